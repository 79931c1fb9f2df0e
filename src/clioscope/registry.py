"""The one plug-in mechanism: names to parts, filled by decorators here and by entry points of other packages.

Any other package may be broken, so its parts are loaded with care: a part that cannot be loaded is left out with one
line of warning, and is an error of one sentence only for those who name it.
"""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module, metadata
from types import ModuleType
from typing import Any, Generic, TypeVar

from clioscope.errors import ClioscopeError, PluginWarning, SettingsError

T = TypeVar("T")


class Registry(Generic[T]):
    """The parts of one kind by name, e.g. the clustering methods.

    ``kind`` is the word for one part in messages. ``group`` is the entry-point group in which other packages offer
    theirs. ``builtin`` maps the names that ship with Clioscope to the modules whose import registers them, so that
    nothing is imported before it is asked for. ``usable`` says whether what a package offers is such a part.
    ``error`` is what is raised for a plug-in that is named and cannot be loaded.

    An entry point names the part itself, or a function or module that registers parts by the decorator. A part that
    is registered by a decorator takes the place of an earlier one of its name, and of a built-in one; a part that an
    entry point names does not take the place of a built-in one.
    """

    def __init__(
        self,
        kind: str,
        group: str,
        builtin: dict[str, str],
        usable: Callable[[Any], bool] = callable,
        error: type[ClioscopeError] = SettingsError,
    ) -> None:
        self.kind = kind
        self.group = group
        self._builtin = builtin
        self._usable = usable
        self._error = error
        self._parts: dict[str, T] = {}
        self._own: dict[str, T] = {}  # the built-in parts that have been imported, also where another one took the name
        self._homes: dict[str, str] = {}  # name of a part to the module that registered it

    def register(self, name: str, home: str | None = None) -> Callable[[T], T]:
        """Decorator: offer the decorated object under ``name``.

        ``home`` is the module that registers it, where the object itself does not know.
        """

        def keep(part: T) -> T:
            module = home or getattr(part, "__module__", None) or ""
            if module == self._builtin.get(name):
                self._own[name] = part
            else:
                self._parts[name] = part
                self._homes[name] = module
            return part

        return keep

    def names(self) -> list[str]:
        """All names that can be asked for, sorted; nothing is imported."""
        return sorted({*self._parts, *self._builtin, *(point.name for point in self._points())})

    def __contains__(self, name: str) -> bool:
        return name in self.names()

    def shipped(self) -> list[str]:
        """The names that come with Clioscope, in the order in which they are declared."""
        return list(self._builtin)

    def registered(self) -> dict[str, T]:
        """The parts that have been registered or loaded so far, by name."""
        return self._own | self._parts

    def get(self, name: str, setting: str = "") -> T:
        """The part called ``name``; ``setting`` is the setting that names it, for the message.

        Raises SettingsError that lists the names there are and guesses which was meant. Raises ``error`` with the
        reason for a plug-in that cannot be loaded.
        """
        part = self._load(name)
        if part is None:
            for point in self._points():  # a package may register several parts under one entry point
                self._try(point)
            part = self._parts.get(name)
        if part is None:
            raise self.unknown(name, setting)
        return part

    def find(self, name: str) -> T | None:
        """The part called ``name``; None where there is none. One that cannot be loaded is None, with a warning."""
        try:
            return self._load(name)
        except ClioscopeError as error:
            _warn_of(error)
            return None

    def usable(self, named: Collection[str] = ()) -> dict[str, T]:
        """All parts by name, sorted. Plug-ins that cannot be loaded are left out, each with a warning of one line.

        There is no warning for those that are ``named``: whoever named them gets an error from ``get``.
        """
        for name in self._builtin:
            self._load(name)
        for point in self._points():
            error = self._try(point)
            if error is not None and point.name not in named:
                _warn_of(error)
        return dict(sorted(self.registered().items()))

    def unknown(self, name: str, setting: str = "", further: Iterable[str] = ()) -> SettingsError:
        """The error for a name that does not exist: it lists the names there are, and ``further`` ones."""
        known = sorted({*self.names(), *further})
        hint = suggestion(name, known)
        where = f"{setting}: there" if setting else "There"
        return SettingsError(f"{where} is no {self.kind} {name!r}; choose one of: {', '.join(known)}{hint}.")

    @contextmanager
    def temporarily(self) -> Iterator[None]:
        """A block after which the parts that were registered or loaded in it are forgotten, for tests and trials.

        Built-in parts stay.
        """
        parts, homes = self._parts, self._homes
        self._parts, self._homes = dict(parts), dict(homes)
        try:
            yield
        finally:
            self._parts, self._homes = parts, homes

    def _points(self) -> list[metadata.EntryPoint]:
        return plugin_points(self.group)

    def _load(self, name: str) -> T | None:
        """The part of exactly this name, imported if need be; None where there is none. Raises ``error``."""
        if name in self._parts:
            return self._parts[name]
        if name in self._builtin:
            import_module(self._builtin[name])
            return self._own[name]
        for point in plugin_points(self.group, name):
            self._load_point(point)
        return self._parts.get(name)

    def _try(self, point: metadata.EntryPoint) -> ClioscopeError | None:
        """Load what an entry point names; the error where that fails."""
        try:
            if point.name not in self._parts and point.name not in self._builtin:
                self._load_point(point)
        except ClioscopeError as error:
            return error
        return None

    def _load_point(self, point: metadata.EntryPoint) -> None:
        try:
            part = point.load()
        except (Exception, SystemExit) as problem:
            reason = reason_of(problem)
        else:
            if point.name in self._parts or (isinstance(part, ModuleType) and self._registers(part.__name__)):
                return
            if self._usable(part):
                self.register(point.name, point.module)(part)
                return
            kind = type(part).__name__
            reason = f"it is {'an' if kind[0] in 'aeiou' else 'a'} {kind}"
            if isinstance(part, ModuleType):
                reason += f" that registers no {self.kind}"
        raise self._error(f"The {self.kind} plug-in {point.name!r} ({point.value}) cannot be loaded: {reason}.")

    def _registers(self, module: str) -> bool:
        """Whether a module, or one inside it, has registered a part."""
        return any(home == module or home.startswith(f"{module}.") for home in self._homes.values())


def suggestion(name: str, known: Iterable[str]) -> str:
    """`` (did you mean …?)`` with the one of the ``known`` names that is spelt most like ``name``, or nothing."""
    names = {one.casefold(): one for one in known}
    close = difflib.get_close_matches(name.strip().casefold(), sorted(names), n=1)
    return f" (did you mean {names[close[0]]}?)" if close else ""


def plugin_points(group: str, name: str | None = None) -> list[metadata.EntryPoint]:
    """Entry points of a group, or those of one name in it; nothing is imported.

    A package whose entry points cannot be read is left out, with a warning.
    """
    points: Iterable[metadata.EntryPoint]
    try:
        points = metadata.entry_points(group=group)
    except Exception:  # a file of another package: one broken line fails for all
        points = _points_one_by_one(group)
    return list({point.name: point for point in points if name in (None, point.name)}.values())


def reason_of(error: BaseException) -> str:
    """What an error of another package says, in one line without a full stop."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = lines[0].rstrip(".") if lines else ""
    plain = isinstance(error, ImportError | AttributeError) and said
    return said if plain else f"{type(error).__name__}{': ' if said else ''}{said}"


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
