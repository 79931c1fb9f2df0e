"""What a stage is: a declaration of all that its outcome depends on, and the function that does the work.

The key of a stage, the order of the stages, what is skipped and the tables in ``docs/`` follow from the declarations.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from hashlib import blake2b
from typing import Any, Literal, TypeVar

from pydantic import BaseModel

from clioscope.settings import Settings

Section = TypeVar("Section", bound=BaseModel)
Role = Literal["chat", "naming"]  # of a model: it answers about conversations, or about groups
Given = Literal["files", "facets", "language", "embedder", "segments", "before"]  # what a build has beside its settings


@dataclass(frozen=True)
class Stage:
    """One stage of a build.

    ``version`` counts up when the stage makes something else of the same input than before. ``reads`` names tables and
    arrays that other stages wrote: ``clusters``, or one column of it, ``clusters.label``. ``writes`` names its own.
    ``settings`` are those that it may see: whole sections, or single ones as ``naming.support``. ``prompts`` are the
    texts that it asks with, ``role`` the model that answers, if one is asked. ``given`` names what else it takes: the
    input files, the facets (or, as ``language``, only whether one of them says the language), the encoder (or, as
    ``segments``, the encoder where conversations are cut into segments), the atlas that was ``before``. ``when`` says
    whether a build with these settings has the stage at all.
    """

    name: str
    make: Callable[[Any], None]  # gets a ``Job``
    version: int
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    settings: tuple[str, ...]
    prompts: tuple[str, ...]
    role: Role | None
    given: tuple[Given, ...]
    when: Callable[[Settings], bool]

    @property
    def about(self) -> str:
        """What the stage makes, in one sentence."""
        return (self.make.__doc__ or "").strip().partition("\n")[0]

    @property
    def tables(self) -> dict[str, tuple[str, ...] | None]:
        """What it reads by name, with the columns that it may see; None stands for all of them."""
        columns: dict[str, tuple[str, ...] | None] = {}
        for read in self.reads:
            table, _, column = read.partition(".")
            if table in self.reads:
                columns[table] = None
            else:
                columns[table] = (*(columns.get(table) or ()), column)
        return columns

    def sees(self, setting: str) -> bool:
        """Whether it may see a setting, given by its dotted name."""
        return any(setting == declared or setting.startswith(f"{declared}.") for declared in self.settings)


def stage(
    name: str,
    *,
    version: int = 1,
    reads: Iterable[str] = (),
    writes: Iterable[str],
    settings: Iterable[str] = (),
    prompts: Iterable[str] = (),
    role: Role | None = None,
    given: Iterable[Given] = (),
    when: Callable[[Settings], bool] = lambda settings: True,
) -> Callable[[Callable[[Any], None]], Stage]:
    """Decorator: declare a function, which gets a ``Job``, as a stage (see ``Stage``)."""

    def declare(make: Callable[[Any], None]) -> Stage:
        parts = (tuple(reads), tuple(writes), tuple(settings), tuple(prompts))
        return Stage(name, make, version, *parts, role, tuple(given), when)

    return declare


def in_order(stages: Iterable[Stage]) -> list[Stage]:
    """The stages, each after those whose tables it reads; otherwise in the order given.

    Raises ValueError (``graphlib.CycleError``) where two read each other's tables, KeyError for one that nobody writes.
    """
    by_name = {one.name: one for one in stages}
    writer = {table: one.name for one in by_name.values() for table in one.writes}
    sorter = TopologicalSorter({one.name: {writer[table] for table in one.tables} for one in by_name.values()})
    sorter.prepare()
    listed = list(by_name)
    ready: list[str] = []
    ordered: list[str] = []
    while sorter.is_active():
        ready += sorter.get_ready()
        ready.sort(key=listed.index, reverse=True)
        ordered.append(ready.pop())
        sorter.done(ordered[-1])
    return [by_name[name] for name in ordered]


def subset(settings: Settings, names: Iterable[str]) -> Settings:
    """The settings with nothing but ``names`` in them: asking for another one raises AttributeError."""
    tree: dict[str, Any] = {}
    for name in names:
        section, _, field = name.partition(".")
        value = getattr(settings, section)
        if not field:
            tree[section] = value
            continue
        if section not in tree:
            tree[section] = _empty(type(value))
        tree[section].__dict__[field] = getattr(value, field)
    handed = _empty(Settings)
    handed.__dict__.update(tree)
    return handed


def _empty(section: type[Section]) -> Section:
    bare = section.model_construct()
    bare.__dict__.clear()
    return bare


def values(settings: Settings, names: Iterable[str]) -> dict[str, Any]:
    """The values of settings by dotted name, as they go into a key."""
    found: dict[str, Any] = {}
    for name in names:
        section, _, field = name.partition(".")
        value = getattr(settings, section)
        found[name] = getattr(value, field) if field else value
    return found


def every_setting(section: type[BaseModel] = Settings, above: str = "") -> Iterator[str]:
    """The dotted names of all settings."""
    for name, field in section.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from every_setting(inner, f"{above}{name}.")
        else:
            yield above + name


def digest(*parts: Any) -> str:
    """Hash, in 24 characters, of anything made of settings, lists, strings and numbers."""

    def plain(value: Any) -> Any:
        if isinstance(value, BaseModel):
            return value.model_dump(mode="json")
        return str(value)

    text = json.dumps(parts, default=plain, sort_keys=True, ensure_ascii=False)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
