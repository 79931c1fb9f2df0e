"""Parts by name: ours, registered ones, and those of other packages, of which any may be broken."""

import importlib
import sys
import warnings

import polars as pl
import pytest

from clioscope.errors import ClioscopeError, PluginWarning, SettingsError
from clioscope.registry import Registry
from clioscope.testing import KINDS, registry_of


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Installs a package beside ours: modules by name, and its entry points."""
    home = tmp_path / "site"
    home.mkdir()
    monkeypatch.syspath_prepend(str(home))
    made = []

    def install(name="paint", *, points=None, text="", **modules):
        for module, source in modules.items():
            (home / f"{module}.py").write_text(source)
            made.append(module)
        info = home / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        for group, parts in (points or {}).items():
            text += f"[{group}]\n" + "".join(f"{part} = {value}\n" for part, value in parts.items())
        (info / "entry_points.txt").write_text(text)
        importlib.invalidate_caches()

    yield install
    for module in made:
        sys.modules.pop(module, None)


@pytest.fixture
def plugin(package):
    """A package that offers one good and one broken part."""
    package(paint="def red(): return 'red'\n", points={"test.colours": {"red": "paint:red", "broken": "paint:missing"}})


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


def test_an_unknown_name_that_is_close_to_one_is_guessed() -> None:
    with pytest.raises(SettingsError, match=r"no colour 'bleu'; choose one of: blue \(did you mean blue\?\)\.$"):
        colours().get("bleu")
    said = colours().unknown("grean", "paint.colour", ["green"])
    assert str(said) == ("paint.colour: there is no colour 'grean'; choose one of: blue, green (did you mean green?).")


def test_a_broken_plug_in_is_named(plugin) -> None:
    with pytest.raises(ClioscopeError, match=r"colour plug-in 'broken' \(paint:missing\) cannot be loaded"):
        colours().get("broken")


def test_built_in_parts_are_imported_when_asked_for() -> None:
    from clioscope.clustering import clusterers

    assert callable(clusterers.get("kmeans"))


def test_the_reason_is_one_line_whatever_goes_wrong(package) -> None:
    package(
        bang="raise RuntimeError('first line\\nsecond line')",
        leave="import sys\nsys.exit(3)",
        syntax="def (:",
        points={"test.colours": {"bang": "bang:x", "leave": "leave:x", "syntax": "syntax", "odd": "not a module!"}},
    )
    for name in ("bang", "leave", "syntax", "odd"):
        with pytest.raises(
            ClioscopeError, match=rf"^The colour plug-in '{name}' \(.*\) cannot be loaded: .+\.$"
        ) as said:
            colours().get(name)
        assert "\n" not in str(said.value) and ".." not in str(said.value)


def test_a_part_of_another_kind_is_no_part(package) -> None:
    package(paint2="red = 3\n", points={"test.colours": {"red": "paint2:red", "all": "paint2"}})
    for name, found in (("red", "an int"), ("all", "a module")):
        with pytest.raises(ClioscopeError, match=rf"plug-in '{name}' .* cannot be loaded: it is {found}"):
            colours().get(name)


def test_a_module_may_register_by_itself(package, monkeypatch) -> None:
    registry = colours()
    monkeypatch.setattr("clioscope.registry.TEST", registry, raising=False)
    package(
        paint3="from clioscope.registry import TEST\nTEST.register('own')(print)\n",
        points={"test.colours": {"own": "paint3"}},
    )
    assert registry.get("own") is print


def test_a_module_may_register_several_under_one_entry_point(package, monkeypatch) -> None:
    registry = colours()
    monkeypatch.setattr("clioscope.registry.TEST", registry, raising=False)
    text = "from clioscope.registry import TEST\n@TEST.register('a')\ndef a(): ...\n@TEST.register('b')\ndef b(): ...\n"
    package(paint4=text, points={"test.colours": {"pack": "paint4"}})
    assert registry.get("b").__name__ == "b"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert list(registry.usable()) == ["a", "b", "blue"], "also the second time, when the module is imported"
    with pytest.raises(SettingsError, match="no colour 'c'"):
        registry.get("c")


def test_what_a_user_registers_goes_before_what_ships(package, monkeypatch) -> None:
    registry = Registry("colour", "test.colours", {"red": "paint5", "green": "paint5"})
    monkeypatch.setattr("clioscope.registry.TEST", registry, raising=False)
    ours = "".join(f"@TEST.register('{name}')\ndef {name}(): return 'ours'\n" for name in ("red", "green"))
    package(paint5="from clioscope.registry import TEST\n" + ours, points={"test.colours": {"red": "math:sqrt"}})
    with registry.temporarily():
        registry.register("red")(lambda: "mine")
        assert (registry.get("green")(), registry.get("red")()) == ("ours", "mine"), "imported later"
        assert registry.usable()["red"]() == "mine"
    assert registry.get("red")() == registry.usable()["red"]() == "ours", "nor does an entry point take a name of ours"


def test_a_trial_is_forgotten() -> None:
    registry = colours()
    with registry.temporarily():
        registry.register("pink")(lambda: "pink")
        registry.register("blue")(lambda: "another")
        assert registry.names() == ["blue", "pink"]
    assert registry.names() == ["blue"] and registry.get("blue")() == "blue"


def test_all_that_can_be_used_are_told_from_those_that_cannot(plugin) -> None:
    registry = colours()
    with pytest.warns(
        PluginWarning, match=r"colour plug-in 'broken' \(paint:missing\) cannot be loaded and is left out"
    ):
        assert list(registry.usable()) == ["blue", "red"]


def test_entry_points_that_cannot_be_read_are_told(package) -> None:
    package(points={"test.colours": {"red": "math:sqrt"}})
    package(name="torn", text="[test.colours]\nwithout a value\n")
    with pytest.warns(PluginWarning, match="entry points of the package torn cannot be read and are left out"):
        assert colours().names() == ["blue", "red"]


@pytest.fixture
def torn(package, monkeypatch):
    """A third party's package that offers one part of every kind and cannot be imported."""
    from clioscope.conversations import formats

    formats.all_formats()
    monkeypatch.setattr(formats, "_loaded", False)
    package(
        "third",
        third="import nothing_of_this_name",
        points={f"clioscope.{kind}": {"third": "third:part"} for kind in KINDS},
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_keeps_to_the_same_rules(torn, kind) -> None:
    registry = registry_of(kind)
    assert registry.group == f"clioscope.{kind}"
    assert "third" in registry.names() and set(registry.shipped()) <= set(registry.names())
    with pytest.raises(ClioscopeError, match=rf"^The {registry.kind} plug-in 'third' .*cannot be loaded: No"):
        registry.get("third")
    with pytest.warns(PluginWarning, match=rf"^The {registry.kind} plug-in 'third' .* is left out: No module") as told:
        known = registry.usable()
    assert len([one for one in told if one.category is PluginWarning]) == 1
    assert set(registry.shipped()) <= set(known) and "third" not in known
    name = registry.shipped()[0]
    with pytest.raises(SettingsError, match=rf"no {registry.kind} '{name}x'; choose one of: .*{name}.*\(did you mean"):
        registry.get(f"{name}x")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        registry.usable(named=("third",))


def run(monkeypatch, capsys, *words):
    """Exit code and lines of standard error of a command."""
    from clioscope.cli import main

    monkeypatch.setattr("sys.argv", ["clioscope", *map(str, words)])
    with warnings.catch_warnings(), pytest.raises(SystemExit) as stop:
        main()
    said = capsys.readouterr()
    return stop.value.code or 0, said.err.splitlines()


def left_out(kind: str) -> str:
    return (
        f"clioscope: The {kind} plug-in 'third' (third:part) cannot be loaded and is left out: "
        f"No module named 'nothing_of_this_name'."
    )


FAKE = ("--model", "fake", "--embedder", "hash", "--set", "layout.method=pca")


@pytest.mark.slow
def test_commands_that_do_not_need_it_go_on(torn, chats, tmp_path, monkeypatch, capsys) -> None:
    code, lines = run(monkeypatch, capsys, "build", chats, "--out", tmp_path / "atlas", *FAKE)
    assert code == 0
    assert [line for line in lines if "plug-in" in line] == [left_out("facet"), left_out("input format")]
    code, lines = run(monkeypatch, capsys, "measure", tmp_path / "atlas", "--no-stability", "--quiet")
    assert code == 0 and [line for line in lines if "plug-in" in line] == [left_out("metric")]
    for words in (("show",), ("ladder",)):
        assert run(monkeypatch, capsys, *words, tmp_path / "atlas")[0] == 0
    kept = pl.read_parquet(tmp_path / "atlas" / "measures.parquet")  # of when the plug-in could be loaded
    kept.with_columns(metric=pl.lit("third")).write_parquet(tmp_path / "atlas" / "measures.parquet")
    code, lines = run(monkeypatch, capsys, "compare", "--figures", tmp_path / "atlas", tmp_path / "atlas")
    assert code == 0 and lines == [left_out("metric")]
    code, lines = run(monkeypatch, capsys, "experiment", "list")
    assert code == 0 and lines == [left_out("experiment")]


@pytest.mark.parametrize(
    "words",
    [
        ("--set", 'facets.use=["request","third"]'),
        ("--format", "third"),
        ("--model", "third:any"),
        ("--embedder", "third"),
        ("--method", "third"),
        ("--set", "layout.method=third"),
    ],
    ids=lambda words: words[-1],
)
def test_naming_it_gives_one_sentence_with_the_reason(torn, words, chats, tmp_path, monkeypatch, capsys) -> None:
    code, lines = run(monkeypatch, capsys, "build", chats, "--out", tmp_path / "atlas", *FAKE, *words, "--quiet")
    assert code == 1
    assert lines[-1].startswith("clioscope: ") and "nothing_of_this_name" in lines[-1]
    about = [line for line in lines if "third" in line and "left out" not in line]
    assert about == lines[-1:], "the one that is named is told once"
    assert len(lines) <= 3


def test_an_experiment_that_is_named(torn, monkeypatch, capsys) -> None:
    code, lines = run(monkeypatch, capsys, "experiment", "third")
    assert code == 1 and len(lines) == 1 and "nothing_of_this_name" in lines[0]


def test_a_facet_of_a_package_is_used(package, chats, tmp_path) -> None:
    import clioscope

    package(
        fourth="from clioscope import Facet, facet\n"
        "shout = Facet(name='shout', type='computed', compute=lambda row: 'A' in row['text'])\n"
        "@facet\ndef whisper(row):\n    return 1\nodd = 3\n",
        points={"clioscope.facets": {"shout": "fourth:shout", "whisper": "fourth:whisper", "odd": "fourth:odd"}},
    )
    settings = clioscope.load_settings(
        model__name="fake", embedding__model="hash", layout__method="pca", facets__use=("shout", "whisper")
    )
    with pytest.warns(PluginWarning, match=r"facet plug-in 'odd' \(fourth:odd\) .*it is an int"):
        atlas = clioscope.build(chats, tmp_path / "atlas", settings)
    assert {"shout", "whisper"} <= set(atlas.facets.columns)
