"""The picture of the map."""

import shutil

import pytest

import clioscope
from clioscope.errors import AtlasError, ClioscopeError
from clioscope.settings import PrivacySettings

pytest.importorskip("matplotlib", reason="matplotlib is not here; it comes with clioscope[notebook]")


def test_every_conversation_is_a_dot_and_every_top_group_has_its_name(finished) -> None:
    figure = finished.plot(title="March $5 and $6")
    (axes,) = figure.axes
    (dots,) = axes.collections
    assert len(dots.get_offsets()) == 60
    names = set(finished.tree.filter(finished.tree["parent"].is_null() & ~finished.tree["mixed"])["name"])
    assert {text.get_text() for text in axes.texts} == names
    assert figure._repr_png_().startswith(b"\x89PNG")


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_it_is_written_to_a_file(finished, tmp_path, suffix) -> None:
    clioscope.plot(finished.path).savefig(tmp_path / f"map.{suffix}")
    assert (tmp_path / f"map.{suffix}").stat().st_size > 1000


def test_a_published_atlas_has_a_circle_per_base_group(finished, tmp_path) -> None:
    atlas = clioscope.publish(finished, tmp_path / "public", PrivacySettings(min_conversations=4, min_users=2))
    (dots,) = atlas.plot().axes[0].collections
    base = set(atlas.tree["group"]) - set(atlas.tree["parent"].drop_nulls())
    assert len(dots.get_offsets()) == len(base)


def test_without_a_map_or_the_package_it_says_so(finished, tmp_path, monkeypatch) -> None:
    copy = shutil.copytree(finished.path, tmp_path / "atlas")
    (copy / "layout.parquet").unlink()
    with pytest.raises(AtlasError, match="was built without a map"):
        clioscope.plot(copy)
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    with pytest.raises(ClioscopeError, match="needs the package matplotlib"):
        clioscope.plot(finished)
