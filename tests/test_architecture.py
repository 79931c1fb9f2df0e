"""Who imports whom: the rule of docs/architecture.md, and no circles."""

import ast
import re
from collections import defaultdict
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "clioscope"
COMMON = {"errors", "settings", "progress", "registry", "version"}  # what everybody may import
TOP = "clioscope"  # public names, each imported at its first use


def modules(source: Path) -> dict[str, Path]:
    names = {".".join((TOP, *path.relative_to(source).with_suffix("").parts)): path for path in source.rglob("*.py")}
    return {name.removesuffix(".__init__"): path for name, path in names.items()}


def imports(path: Path, known: set[str]) -> set[str]:
    """The modules that a file imports anywhere: at its top, in functions, for type checking."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in known else node.module)
    return found & known


def graph(source: Path = SOURCE) -> dict[str, set[str]]:
    found = modules(source)
    return {name: imports(path, set(found)) - {name} for name, path in found.items()}


def room(module: str) -> str:
    return (*module.split("."), TOP)[1]


def table() -> dict[str, set[str]]:
    """Rooms of the document, from the top to the bottom, with those that each may import."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]*)\|$", page, re.MULTILINE)
    return {name: set(re.findall(r"`(\w+)`", allowed)) for name, allowed in rows}


@pytest.fixture(scope="module")
def arrows() -> dict[str, dict[str, set[str]]]:
    """For each room the rooms that it imports, with the modules that do."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for module, others in graph().items():
        for other in others:
            if room(module) != room(other):
                found[room(module)][room(other)].add(f"{module} → {other}")
    return found


def test_every_import_is_allowed(arrows) -> None:
    allowed = table()
    wrong = [
        import_
        for name, others in arrows.items()
        if name in allowed
        for other, imports_ in others.items()
        if other not in allowed[name] | COMMON and (name, other) != ("atlas", TOP)
        for import_ in imports_
    ]
    assert wrong == [], "see the table in docs/architecture.md"


def test_the_table_has_every_room_and_nothing_that_is_not_used(arrows) -> None:
    allowed = table()
    rooms = {path.parent.name for path in SOURCE.glob("*/__init__.py")} - COMMON
    assert set(allowed) == rooms
    assert {name: others - set(arrows[name]) for name, others in allowed.items() if others - set(arrows[name])} == {}


def test_rooms_import_only_rooms_below_them() -> None:
    allowed = table()
    order = list(allowed)
    up = [
        (name, other) for name, others in allowed.items() for other in others if order.index(other) <= order.index(name)
    ]
    assert up == []


def test_modules_outside_the_rooms_import_only_each_other(arrows) -> None:
    for name in COMMON:
        assert set(arrows[name]) <= COMMON
    files = {path.stem for path in SOURCE.glob("*.py")} | {name for name in COMMON if (SOURCE / name).is_dir()}
    assert files == COMMON | {"__init__", "__main__"}, "the top level holds what a user imports, and little else"


def test_no_circles_between_modules() -> None:
    modules_ = {name: others - {TOP} for name, others in graph().items() if name != TOP}
    TopologicalSorter(modules_).prepare()


def test_a_circle_inside_a_function_is_seen(tmp_path) -> None:
    (tmp_path / "__init__.py").touch()
    (tmp_path / "one.py").write_text("from clioscope.two import x\n")
    (tmp_path / "two.py").write_text("def f():\n    from clioscope import one\n")
    with pytest.raises(CycleError):
        TopologicalSorter(graph(tmp_path)).prepare()


def test_the_example_of_a_stage_is_one() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    source = (SOURCE / "pipeline" / "stages" / "layout.py").read_text(encoding="utf-8")
    example = page.split("```python\n")[1].split("```")[0]
    assert [line for line in example.splitlines() if line not in source.splitlines()] == []


def test_no_file_is_long() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in SOURCE.rglob("*.py")}
    assert {path: lines for path, lines in lengths.items() if lines > 300} == {}
