"""The facets that are known by name: built-in ones, those of other packages, and those that users register."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from clioscope.errors import SettingsError
from clioscope.facets.builtin import BUILT_IN
from clioscope.facets.code import MODULE
from clioscope.facets.facet import Facet, make_facet
from clioscope.registry import Plugins, load_plugins

_registered: dict[str, Facet] = {}


def facet(
    function: Callable[[Any], Any] | None = None, *, name: str | None = None, **fields: Any
) -> Callable[[Any], Any]:
    """Register a facet with a decorator.

    Without a ``question`` the function computes the value from a row; with one, the model answers and the
    function cleans the answer (return None to drop it)::

        @facet
        def questions(row) -> int:
            return row["text"].count("?")

        @facet(question="How frustrated is the user?", type="score", minimum=1, maximum=5)
        def frustration(answer):
            return answer

    Raises SettingsError when the facet makes no sense.
    """

    def register(inner: Callable[[Any], Any]) -> Callable[[Any], Any]:
        kind = fields.pop("type", "text" if "question" in fields else "computed")
        register_facet(make_facet({"name": name or inner.__name__, "type": kind, "compute": inner, **fields}))
        return inner

    return register(function) if function is not None else register


def register_facet(new: Facet) -> None:
    """Make a facet available by name; a later one of the same name replaces the earlier."""
    _registered[new.name] = new


def _offered(named: Collection[str] = ()) -> Plugins:
    def usable(name: str, part: Any) -> bool:
        return isinstance(part, Facet) or name in _registered

    return load_plugins("facet", "clioscope.facets", usable, named)


def _known_facets(offered: Plugins) -> dict[str, Facet]:
    theirs = {name: part for name, part in offered.parts.items() if isinstance(part, Facet)}
    return {built_in.name: built_in for built_in in BUILT_IN} | theirs | _registered


# A file is run once as it stands: what it imports registers no second time.
_loaded: dict[tuple[Path, int], tuple[str, ...]] = {}


def load_modules(paths: Iterable[str | Path]) -> tuple[str, ...]:
    """Run Python files so that their ``@facet`` functions register; returns their names. Raises SettingsError."""
    return tuple(name for path in paths for name in _load_module(Path(path)))


def _load_module(path: Path) -> tuple[str, ...]:
    if not path.is_file():
        raise SettingsError(f"{path}: not a Python file with facets.")
    key = (path.resolve(), path.stat().st_mtime_ns)
    if key not in _loaded:
        before = dict(_registered)
        spec = importlib.util.spec_from_file_location(f"{MODULE}{path.stem}", path)
        if spec is None or spec.loader is None:
            raise SettingsError(f"{path}: not a Python file with facets.")
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        try:
            spec.loader.exec_module(module)
        except SettingsError:
            raise
        except Exception as error:
            raise SettingsError(f"{path}: failed while loading facets ({error!r}).") from error
        _loaded[key] = tuple(name for name, new in _registered.items() if before.get(name) is not new)
        if not _loaded[key]:
            raise SettingsError(f"{path}: registers no facet; put @facet before a function (docs/facets.md).")
    return _loaded[key]


def choose_facets(names: Iterable[str], define: Iterable[Mapping[str, Any]] = ()) -> tuple[Facet, ...]:
    """The facets of a build, by name, with the definitions of the settings added. Raises SettingsError."""
    names = tuple(names)
    offered = _offered(names)
    known = _known_facets(offered)
    own = [make_facet(definition) for definition in define]
    known |= {defined.name: defined for defined in own}
    chosen: dict[str, Facet] = {}
    for name in (*names, *(defined.name for defined in own)):
        if name not in known and name in offered.broken:
            raise SettingsError(offered.broken[name])
        if name not in known:
            raise SettingsError(f"facets.use: there is no facet {name!r}; known are {', '.join(sorted(known))}.")
        chosen[name] = known[name]
    return tuple(chosen.values())
