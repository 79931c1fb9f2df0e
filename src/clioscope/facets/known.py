"""The facets that are known by name: built-in ones, those of other packages, and those that users register."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from clioscope.errors import SettingsError
from clioscope.facets.code import MODULE
from clioscope.facets.facet import Facet, make_facet
from clioscope.registry import Registry

_NAMES = ("request", "task", "field", "activity", "concern", "language", "turns", "length", "hour", "day")
facets: Registry[Facet] = Registry(
    "facet",
    "clioscope.facets",
    dict.fromkeys(_NAMES, "clioscope.facets.builtin"),
    lambda part: isinstance(part, Facet),
)


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

    >>> import clioscope
    >>> @clioscope.facet  # doctest: +SKIP
    ... def questions(row) -> int:
    ...     return row["text"].count("?")
    """

    def register(inner: Callable[[Any], Any]) -> Callable[[Any], Any]:
        kind = fields.pop("type", "text" if "question" in fields else "computed")
        register_facet(make_facet({"name": name or inner.__name__, "type": kind, "compute": inner, **fields}))
        return inner

    return register(function) if function is not None else register


def register_facet(new: Facet, home: str | None = None) -> None:
    """Make a facet available by name; a later one of the same name replaces the earlier.

    ``home`` is the module that registers it; where it is not given, that of the facet's function.
    """
    facets.register(new.name, home or getattr(new.compute, "__module__", None))(new)


def registered_facets() -> dict[str, Facet]:
    """All facets known by name: built-in, from entry points (``clioscope.facets``), and registered here.

    An entry point names a ``Facet``, or a function or module that registers one by the decorator. One that cannot be
    loaded is left out, with a warning.
    """
    return facets.usable()


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
        facets.find(_NAMES[0])  # so that the built-in ones are not taken for those of the file
        before = facets.registered()
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
        _loaded[key] = tuple(name for name, new in facets.registered().items() if before.get(name) is not new)
        if not _loaded[key]:
            raise SettingsError(f"{path}: registers no facet; put @facet before a function (docs/facets.md).")
    return _loaded[key]


def choose_facets(names: Iterable[str], define: Iterable[Mapping[str, Any]] = ()) -> tuple[Facet, ...]:
    """The facets of a build, by name, with the definitions of the settings added. Raises SettingsError."""
    names = tuple(names)
    known = facets.usable(named=names)
    own = {new.name: new for new in map(make_facet, define)}
    known |= own
    chosen: dict[str, Facet] = {}
    for name in (*names, *own):
        if name not in known and name not in facets:
            raise facets.unknown(name, "facets.use", own)
        chosen[name] = known[name] if name in known else facets.get(name)
    return tuple(chosen.values())
