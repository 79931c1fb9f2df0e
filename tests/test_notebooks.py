"""The notebooks: in step with their sources and with each other, small, and run from the first cell to the last."""

import importlib.util
import json
import os
import re
from pathlib import Path

import pytest
from conftest import make_records

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("nbclient")
pytest.importorskip("jupytext")

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "notebooks"
_SPEC = importlib.util.spec_from_file_location("make_notebooks", FOLDER / "make.py")
make = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(make)
NAMES = ["colab_t4", "quick_start", "research", "your_own_data"]
QUICK = {"embedding__model": "hash", "layout__method": "pca"}
SMALL = {  # what the notebooks are run with where no weights and no card are needed
    "quick_start": {"MODEL": "fake", "SAMPLE": 60, "ASK": 12, "GROUPS": 4, "MORE": QUICK},
    "colab_t4": {"WITHOUT_CARD": "fake", "SAMPLE": 60, "ASK": 8, "GROUPS": 4, "MORE": QUICK},
    "research": {"PAIRS": 20, "ENCODERS": ["hash"], "SEEDS": 2, "GROUPS": 5},
    "your_own_data": {"MODEL": "fake", "MORE": QUICK},
}
LARGEST = 250_000  # bytes of a notebook with its outputs


def read(name, language):
    return nbformat.read(make.path_of(name, language), as_version=4)


def parts_of_chats(count):
    """Conversations in the format of ShareGPT; two by two they are parts of one, on the same topic."""
    records = make_records(count)
    for number, one in enumerate(records):
        talk = [
            {"from": "human" if turn["role"] == "user" else "gpt", "value": turn["content"]} for turn in one["messages"]
        ]
        yield {"id": f"c{number // 10 * 5 + number % 5}_{number // 5 % 2 * 7}", "conversations": talk}


@pytest.fixture
def chats(tmp_path):
    path = tmp_path / "sharegpt.json"
    path.write_text(json.dumps(list(parts_of_chats(80))), encoding="utf-8")
    return path


@pytest.fixture
def quickly(monkeypatch):
    """Kernels that find this source and say nothing of the system they run on."""
    for name, value in {"JUPYTER_PLATFORM_DIRS": "1", "PYTHONWARNINGS": "ignore"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]))


def test_the_notebooks_are_those_of_the_sources() -> None:
    assert make.names() == NAMES
    there = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/*.ipynb"))
    assert there == [f"{language}/{name}.ipynb" for language in make.LANGUAGES for name in NAMES]


@pytest.mark.parametrize("language", make.LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_what_its_source_makes(name, language) -> None:
    made, there = make.notebook_of(name, language), read(name, language)
    assert [(one.cell_type, one.source) for one in there.cells] == [(one.cell_type, one.source) for one in made.cells]
    assert there.metadata == made.metadata
    nbformat.validate(there)


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_code_and_as_many_texts(name) -> None:
    english, russian = (read(name, language) for language in make.LANGUAGES)
    assert make.code_of(english) == make.code_of(russian)
    assert [one.cell_type for one in english.cells] == [one.cell_type for one in russian.cells]
    words = "".join(one.source for one in russian.cells if one.cell_type == "markdown")
    assert len(re.findall(r"[а-яё]", words)) > 5 * len(re.findall(r"[a-z]", re.sub(r"`[^`]*`|\(.*?\)", "", words))) / 4


@pytest.mark.parametrize("language", make.LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_committed_outputs_are_small_and_whole(name, language) -> None:
    path = make.path_of(name, language)
    assert path.stat().st_size < LARGEST
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"/(?:home|root|tmp|Users)/", text), "an output names a folder of a machine"
    cells = [one for one in read(name, language).cells if one.cell_type == "code"]
    assert all(one.get("output_type") != "error" for cell in cells for one in cell.outputs)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs_from_the_first_cell_to_the_last(name, tmp_path, chats, quickly) -> None:
    given = SMALL[name] | ({"CHATS": str(chats)} if name != "your_own_data" else {})
    done = make.run(make.notebook_of(name, "en"), tmp_path, given)
    cells = [one for one in done.cells if one.cell_type == "code"]
    assert all(cell.execution_count for cell in cells)
    assert not any(one.output_type == "error" for cell in cells for one in cell.outputs)


@pytest.mark.engine
def test_the_quick_start_runs_on_the_embedded_engine(tmp_path, quickly) -> None:
    """Real conversations, a real encoder and a real language model, on few conversations."""
    pytest.importorskip("xllamacpp")
    pytest.importorskip("sentence_transformers")
    from clioscope.errors import ModelError
    from clioscope.models.fetch import pull

    try:
        for asset in ("sharegpt", "fast", "all-MiniLM-L6-v2"):
            pull(asset)
    except ModelError as error:
        pytest.skip(f"the weights cannot be fetched here: {error}")
    make.run(make.notebook_of("quick_start", "en"), tmp_path, {"SAMPLE": 40, "ASK": 6, "GROUPS": 3})
    import clioscope

    atlas = clioscope.open(tmp_path / "atlas")
    assert atlas.manifest["models"]["chat"].startswith("qwen2.5-coder-0.5b")
    assert atlas.facets["request"].drop_nulls().len() >= 5
    assert (tmp_path / "atlas.html").stat().st_size > 100_000


def test_the_address_of_the_repository_goes_from_one_place_into_notebooks_and_badges() -> None:
    address = "https://github.com/someone/clioscope"
    to = "https://colab.research.google.com/github/someone/clioscope/blob/main/notebooks/ru"
    made = make.notebook_of("quick_start", "ru", address)
    assert re.match(rf"\[!\[Открыть в Colab\]\(\S+badge.svg\)\]\({to}/quick_start.ipynb\)\n\n# ", made.cells[0].source)
    assert f'SOURCE = "git+{address}"' in make.code_of(made)[0] and make.UNKNOWN not in str(made)
    own = make.notebook_of("your_own_data", "ru", address)
    kept = make.with_outputs(own, read("your_own_data", "ru"))
    assert any(cell.get("outputs") for cell in kept.cells), "another address loses no output"
    for page in make.PAGES.values():
        changed = make.with_badge(page, address)
        assert re.search(r"/clioscope/blob/main/notebooks/(en|ru)/quick_start.ipynb\)", changed)
        assert make.with_badge(page, "https://example.org/clioscope") == (ROOT / page).read_text(encoding="utf-8")
    elsewhere = make.notebook_of("quick_start", "en", "https://example.org/clioscope")
    assert 'SOURCE = "git+https://example.org/clioscope"' in make.code_of(elsewhere)[0]
    assert "badge" not in elsewhere.cells[0].source


def test_the_badges_lead_somewhere() -> None:
    """To Colab where pyproject.toml has an address on GitHub; else to how to open a notebook."""
    for page in make.PAGES.values():
        text = (ROOT / page).read_text(encoding="utf-8")
        (to,) = re.findall(r"\[!\[[^\]]*Colab[^\]]*\]\([^)]+\)\]\(([^)]+)\)", text)
        assert make.with_badge(page, make.repository()) == text
        if not make.repository().startswith("https://github.com/"):
            assert to.startswith("notebooks/README") and (ROOT / to.partition("#")[0]).exists()
