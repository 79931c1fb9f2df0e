"""Every public function has an example in its help, and what can run here is run."""

import doctest
import inspect
import shutil

import pytest
from conftest import make_records, write_jsonl

import clioscope

# Results, which a function with an example returns, and errors, of which their base has the example.
RESULTS = {"Comparison", "Coverage", "Editor", "ExplainedChange", "Forgotten", "Guarantee", "Inspection", "Redteam"}
RESULTS |= {"Trial", "AtlasError", "InputError", "ModelError", "SettingsError"}
MODULES = {"interchange", "measure"}
NEEDED = {"explore": "anywidget", "Explorer": "anywidget", "plot": "matplotlib"}


def functions() -> dict[str, object]:
    named = {name: getattr(clioscope, name) for name in clioscope.__all__ if name != "__version__"}
    tools = {f"interchange.{name}": getattr(clioscope.interchange, name) for name in clioscope.interchange.__all__}
    more = {"measure.measure_atlas": clioscope.measure.measure_atlas}
    return {name: one for name, one in {**named, **tools, **more}.items() if name not in MODULES}


@pytest.fixture(scope="module")
def place(finished, tmp_path_factory):
    """A folder as the examples want it: a file of 60 conversations, five new ones, an atlas and a copy to change."""
    folder = tmp_path_factory.mktemp("examples")
    write_jsonl(folder / "chats.jsonl", make_records(60))
    write_jsonl(folder / "new.jsonl", make_records(5, seed=1))
    for name in ("atlas", "mine"):
        shutil.copytree(finished.path, folder / name)
    return folder


def test_every_public_function_has_an_example() -> None:
    without = [name for name, one in functions().items() if ">>>" not in (inspect.getdoc(one) or "")]
    assert set(without) - RESULTS - {"interchange.DataMap"} == set()


@pytest.mark.parametrize("name", sorted(functions()))
def test_the_example_is_true(name, place, monkeypatch) -> None:
    if name in NEEDED:
        pytest.importorskip(NEEDED[name], reason=f"{NEEDED[name]} is not here; it comes with clioscope[notebook]")
    one = functions()[name]
    example = doctest.DocTestParser().get_doctest(
        inspect.getdoc(one) or "", {"clioscope": clioscope}, name, inspect.getsourcefile(one), 0
    )
    monkeypatch.chdir(place)
    told: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(example, out=told.append)
    assert "".join(told) == ""


def test_dir_lists_what_there_is() -> None:
    assert dir(clioscope) == sorted(clioscope.__all__)
    assert {"build", "open", "table", "show", "plot", "explore", "interchange"} <= set(dir(clioscope))
    assert all(hasattr(clioscope, name) for name in dir(clioscope))
