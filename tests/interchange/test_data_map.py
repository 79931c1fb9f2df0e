"""Places and names for datamapplot."""

import shutil

import polars as pl
import pytest

import clioscope
from clioscope import interchange
from clioscope.errors import AtlasError


def test_a_row_is_a_conversation_and_a_layer_a_level(finished) -> None:
    places, layers, hover = interchange.to_datamapplot(finished.path)
    rows = finished.table().unique("conversation", keep="first", maintain_order=True)
    assert places.shape == (60, 2) and places.tolist() == rows.select("x", "y").to_numpy().tolist()
    assert [len(layer) for layer in layers] == [60, 60] and hover == rows["path"].to_list()
    mixed = finished.tree.filter(pl.col("mixed"))["name"].to_list()
    expected = ["Unlabelled" if name in mixed else name for name in rows["name"]]
    assert layers[0].tolist() == expected


def test_without_a_map_it_says_so(finished, tmp_path) -> None:
    copy = shutil.copytree(finished.path, tmp_path / "atlas")
    (copy / "layout.parquet").unlink()
    with pytest.raises(AtlasError, match="was built without a map"):
        interchange.to_datamapplot(clioscope.open(copy))


WHY = "datamapplot is not here; docs/python.md says how to add it"


@pytest.mark.slow
def test_datamapplot_draws_it(finished, tmp_path) -> None:
    datamapplot = pytest.importorskip("datamapplot", reason=WHY)
    places, layers, hover = interchange.to_datamapplot(finished)
    figure, axes = datamapplot.create_plot(places, layers[-1], use_system_fonts=True, force_matplotlib=True)
    assert set(layers[-1]) - {"Unlabelled"} <= {text.get_text().replace("\n", " ") for text in axes.texts}
    figure.savefig(tmp_path / "map.png", dpi=40)
    page = datamapplot.create_interactive_plot(places, *layers, hover_text=hover, inline_data=True)
    page.save(str(tmp_path / "map.html"))
    assert (tmp_path / "map.html").stat().st_size > 10_000
