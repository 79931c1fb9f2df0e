"""A real notebook, run by a real kernel: what its cells show."""

import pytest
from conftest import make_records, write_jsonl

CELLS = [
    "import clioscope, polars as pl",
    'atlas = clioscope.build("chats.jsonl", "built/", "mine.toml", model="fake", embedder="hash")',
    "atlas",
    'atlas.plot(title="March")',
    "explorer = atlas.explore(height=300)\nexplorer",
    "import numpy as np\n"
    'explorer.set_state({"_rows": np.arange(7, dtype="<u4").tobytes()})  # as the page does\n'
    "print(explorer.selection.height)",
    "print(atlas.show(depth=1))",
]
SETTINGS = '[layout]\nmethod = "pca"\n[clustering]\nclusters = 6\n[hierarchy]\nlevels = 2\ntop = 2\n'


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """The outputs of each cell."""
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not here; it comes with clioscope[dev]")
    pytest.importorskip("ipykernel", reason="ipykernel is not here; it comes with clioscope[dev]")
    import nbformat

    folder = tmp_path_factory.mktemp("notebook")
    write_jsonl(folder / "chats.jsonl", make_records(60))
    (folder / "mine.toml").write_text(SETTINGS)
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    nbclient.NotebookClient(book, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
    return [cell["outputs"] for cell in book.cells]


def data(outputs) -> dict:
    return {kind: one for output in outputs for kind, one in output.get("data", {}).items()}


@pytest.mark.slow
def test_a_build_shows_one_block_that_says_what_was_done(ran) -> None:
    blocks = [output for output in ran[1] if output["output_type"] == "display_data"]
    assert len(blocks) == 1
    html = blocks[0]["data"]["text/html"]
    assert "60 conversations" in html and "layout" in html and "<progress" not in html
    assert not [output for output in ran[1] if output["output_type"] == "stream"]  # nothing beside the block


@pytest.mark.slow
def test_cells_show_the_tree_the_picture_and_the_page(ran) -> None:
    assert "<svg" in data(ran[2])["text/html"] and "<details" in data(ran[2])["text/html"]
    assert [kind for output in ran[3] for kind in output["data"] if kind == "image/png"] == ["image/png"]  # once
    assert "application/vnd.jupyter.widget-view+json" in data(ran[4])
    assert ran[5][0]["text"] == "7\n"
    assert ran[6][0]["text"].startswith("built: 60 conversations")
