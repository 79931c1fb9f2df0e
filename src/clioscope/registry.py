"""A registry: names to factories, filled by decorators here and by entry points of other packages."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points
from typing import Generic, TypeVar

from clioscope.errors import ClioscopeError, SettingsError

T = TypeVar("T")


class Registry(Generic[T]):
    """Names of one kind of part, e.g. the clustering methods.

    ``group`` is the entry-point group in which another package offers parts of its own; ``builtin`` maps the
    names that ship with Clioscope to the modules whose import registers them, so that nothing is imported
    before it is asked for.
    """

    def __init__(self, kind: str, group: str, builtin: dict[str, str]) -> None:
        self.kind = kind
        self.group = group
        self._builtin = builtin
        self._parts: dict[str, T] = {}

    def register(self, name: str) -> Callable[[T], T]:
        """Decorator: offer the decorated object under ``name``."""

        def keep(part: T) -> T:
            self._parts[name] = part
            return part

        return keep

    def names(self) -> list[str]:
        """All names that can be asked for, sorted; nothing is imported."""
        plugins = (point.name for point in entry_points(group=self.group))
        return sorted({*self._parts, *self._builtin, *plugins})

    def __contains__(self, name: str) -> bool:
        return name in self.names()

    def get(self, name: str) -> T:
        """The part called ``name``. Raises SettingsError that lists the names there are."""
        if name not in self._parts and name in self._builtin:
            import_module(self._builtin[name])
        if name not in self._parts:
            for point in entry_points(group=self.group, name=name):
                try:
                    self._parts[name] = point.load()
                except Exception as error:  # another package's code: anything may be wrong with it
                    raise ClioscopeError(
                        f"The {self.kind} plug-in {name!r} ({point.value}) cannot be loaded: {error}."
                    ) from error
        if name not in self._parts:
            raise SettingsError(f"There is no {self.kind} {name!r}; choose one of: {', '.join(self.names())}.")
        return self._parts[name]
