"""Names to parts, filled by decorators here and by entry points of other packages, of which any may be broken."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from importlib import import_module, metadata
from typing import Any, Generic, NamedTuple, TypeVar

from clioscope.errors import ClioscopeError, PluginWarning, SettingsError

T = TypeVar("T")


class Plugins(NamedTuple):
    """What other packages offer of one kind: ``parts`` by name, and why those that cannot be loaded are ``broken``."""

    parts: dict[str, Any]
    broken: dict[str, str]


def plugin_points(group: str, name: str | None = None) -> list[metadata.EntryPoint]:
    """Entry points of a group, or those of one name in it; nothing is imported.

    A package whose entry points cannot be read is left out, with a warning.
    """
    try:
        found: Iterable[metadata.EntryPoint] = metadata.entry_points(group=group)
    except Exception:  # a file of another package: one broken line fails for all
        found = _points_one_by_one(group)
    return list({point.name: point for point in found if name in (None, point.name)}.values())


def load_plugin(
    kind: str,
    point: metadata.EntryPoint,
    usable: Callable[[Any], bool] = lambda part: True,
    error: type[ClioscopeError] = ClioscopeError,
) -> Any:
    """The part that an entry point names. ``usable`` says whether it is one of the ``kind``.

    Raises ``error``, one sentence with the reason, whatever goes wrong in the other package.
    """
    why = ""
    try:
        part = point.load()
    except (Exception, SystemExit) as problem:
        why = reason_of(problem)
    else:
        if usable(part):
            return part
        found = type(part).__name__
        why = f"it is {'an' if found[0] in 'aeiou' else 'a'} {found}"
    raise error(f"The {kind} plug-in {point.name!r} ({point.value}) cannot be loaded: {why}.")


def load_plugins(
    kind: str,
    group: str,
    usable: Callable[[str, Any], bool] = lambda name, part: True,
    named: Collection[str] = (),
) -> Plugins:
    """All parts of a group that can be loaded; ``usable`` gets the name and the part.

    The others are left out, each with a warning of one line; of those that are ``named`` there is none, since whoever
    named them gets an error.
    """
    parts: dict[str, Any] = {}
    broken: dict[str, str] = {}
    for point in plugin_points(group):
        try:
            parts[point.name] = load_plugin(kind, point, partial(usable, point.name))
        except ClioscopeError as error:
            broken[point.name] = str(error)
            if point.name not in named:
                _warn_of(error)
    return Plugins(parts, broken)


def reason_of(error: BaseException) -> str:
    """What an error of another package says, in one line without a full stop."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = lines[0].rstrip(".") if lines else ""
    plain = isinstance(error, ImportError | AttributeError) and said
    return said if plain else f"{type(error).__name__}{': ' if said else ''}{said}"


class Registry(Generic[T]):
    """Names of one kind of part, e.g. the clustering methods.

    ``group`` is the entry-point group in which another package offers parts of its own; ``builtin`` maps the
    names that ship with Clioscope to the modules whose import registers them, so that nothing is imported
    before it is asked for. ``usable`` says whether what a package offers is such a part. An entry point may name a
    module, too, that registers its part by the decorator.
    """

    def __init__(
        self, kind: str, group: str, builtin: dict[str, str], usable: Callable[[Any], bool] = callable
    ) -> None:
        self.kind = kind
        self.group = group
        self._builtin = builtin
        self._usable = usable
        self._parts: dict[str, T] = {}

    def register(self, name: str) -> Callable[[T], T]:
        """Decorator: offer the decorated object under ``name``."""

        def keep(part: T) -> T:
            self._parts[name] = part
            return part

        return keep

    def names(self) -> list[str]:
        """All names that can be asked for, sorted; nothing is imported."""
        return sorted({*self._parts, *self._builtin, *(point.name for point in plugin_points(self.group))})

    def __contains__(self, name: str) -> bool:
        return name in self.names()

    def get(self, name: str) -> T:
        """The part called ``name``.

        Raises SettingsError that lists the names there are, ClioscopeError for a plug-in that cannot be loaded.
        """
        if name not in self._parts and name in self._builtin:
            import_module(self._builtin[name])
        if name not in self._parts:
            for point in plugin_points(self.group, name):
                part = load_plugin(self.kind, point, lambda part: name in self._parts or self._usable(part))
                self._parts.setdefault(name, part)
        if name not in self._parts:
            raise SettingsError(f"There is no {self.kind} {name!r}; choose one of: {', '.join(self.names())}.")
        return self._parts[name]

    def find(self, name: str) -> T | None:
        """The part called ``name``; None where there is none, or it cannot be loaded, which a warning tells."""
        try:
            return self.get(name)
        except SettingsError:
            return None
        except ClioscopeError as error:
            _warn_of(error)
            return None

    def usable(self) -> dict[str, T]:
        """All parts by name, sorted; plug-ins that cannot be loaded are left out, each with a warning of one line."""
        found = {name: self.find(name) for name in self.names()}
        return {name: part for name, part in found.items() if part is not None}


def _points_one_by_one(group: str) -> Iterator[metadata.EntryPoint]:
    for package in metadata.distributions():
        try:
            yield from package.entry_points.select(group=group)
        except Exception as error:
            name = package.metadata["Name"]
            _warn(f"The entry points of the package {name} cannot be read and are left out: {reason_of(error)}.")


def _warn_of(error: ClioscopeError) -> None:
    _warn(str(error).replace(" cannot be loaded: ", " cannot be loaded and is left out: ", 1))


def _warn(message: str) -> None:
    warnings.warn(message, PluginWarning, stacklevel=3)
