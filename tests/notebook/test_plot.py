"""The picture of the map, as a cell shows it."""

import shutil

import pytest

import clioscope
from clioscope.errors import AtlasError, ClioscopeError

for package in ("matplotlib", "textalloc"):
    pytest.importorskip(package, reason=f"{package} is not here; it comes with clioscope[notebook]")


def test_a_cell_shows_the_picture(finished) -> None:
    figure = finished.plot(title="March $5 and $6", size=(12.0, 9.0))
    assert figure._repr_png_().startswith(b"\x89PNG")
    assert figure.get_size_inches().tolist() == pytest.approx([12 / 2.54, 9 / 2.54])


@pytest.mark.parametrize("suffix", ["png", "pdf"])
def test_it_is_written_to_a_file(finished, tmp_path, suffix) -> None:
    clioscope.plot(finished.path, size=(12.0, 9.0)).savefig(tmp_path / f"map.{suffix}")
    assert (tmp_path / f"map.{suffix}").stat().st_size > 1000


def test_without_a_map_or_the_package_it_says_so(finished, tmp_path, monkeypatch) -> None:
    copy = shutil.copytree(finished.path, tmp_path / "atlas")
    (copy / "layout.parquet").unlink()
    with pytest.raises(AtlasError, match="has no map to draw"):
        clioscope.plot(copy)
    monkeypatch.setitem(__import__("sys").modules, "textalloc", None)
    with pytest.raises(ClioscopeError, match="needs the package textalloc"):
        clioscope.plot(finished)
