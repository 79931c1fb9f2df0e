import sys
import textwrap

import pytest

from clioscope.errors import ClioscopeError, SettingsError
from clioscope.registry import Registry


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """A package installed beside ours that offers one good and one broken part."""
    (tmp_path / "paint.py").write_text(textwrap.dedent("def red(): return 'red'\n"))
    info = tmp_path / "paint-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: paint\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[test.colours]\nred = paint:red\nbroken = paint:missing\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("paint", None)


def colours() -> Registry:
    found = Registry("colour", "test.colours", {})
    found.register("blue")(lambda: "blue")
    return found


def test_decorated_and_installed_parts_are_found(plugin) -> None:
    registry = colours()
    assert registry.names() == ["blue", "broken", "red"]
    assert "red" in registry and "green" not in registry
    assert registry.get("blue")() == "blue"
    assert registry.get("red")() == "red"


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(SettingsError, match=r"no colour 'green'; choose one of: blue\."):
        colours().get("green")


def test_a_broken_plug_in_is_named(plugin) -> None:
    with pytest.raises(ClioscopeError, match=r"colour plug-in 'broken' \(paint:missing\) cannot be loaded"):
        colours().get("broken")


def test_built_in_parts_are_imported_when_asked_for() -> None:
    from clioscope.clustering import clusterers

    assert callable(clusterers.get("kmeans"))
