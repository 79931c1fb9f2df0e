"""What a facet is, and how users add their own."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from clioscope.errors import SettingsError
from clioscope.facets.code import MODULE, code_of
from clioscope.registry import Registry

# Columns that stand beside the facets in a table of the atlas or in the explorer; `text` names the raw text.
_TABLES = ("conversation", "count", "group", "label", "level", "margin", "name", "parent", "rare", "record", "user")
RESERVED = frozenset((*_TABLES, "confidence", "facet", "text", "transcript", "value", "x", "y"))

FacetType = Literal["text", "category", "score", "number", "language", "computed"]
Row = Mapping[str, Any]


class Facet(BaseModel):
    """One thing to know about every conversation (Clio 2.1 and G.3).

    ``text``, ``category``, ``score`` and ``number`` are answered by the language model; ``language`` by a
    language-identification library; ``computed`` by ``compute``, from a row with the keys ``conversation``,
    ``turns``, ``characters``, ``count``, ``users``, ``first_at``, ``last_at`` and ``text`` (the user's turns).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    type: FacetType = "text"
    question: str = ""
    categories: tuple[str, ...] = Field((), description="The values of a category, or the words of a score.")
    minimum: float | None = Field(None, description="Lowest value of a score or number.")
    maximum: float | None = Field(None, description="Highest value of a score or number.")
    words: tuple[int, int] = Field((1, 20), description="Fewest and most words of a text answer.")
    criteria: str = Field("", description="What names of clusters by this facet should be like.")
    examples: tuple[str | int | float, ...] = Field(
        (), description="Answers for the example conversations of prompts/examples.toml, in their order."
    )
    embed: bool = Field(False, description="Whether its text is embedded and so decides the groups.")
    compute: Callable[[Any], Any] | None = Field(
        None, description="The value from a row (computed), or a cleaner of the model's answer."
    )

    @property
    def asked(self) -> bool:
        """Whether the language model answers it."""
        return self.type in ("text", "category", "score", "number")

    @property
    def identity(self) -> str:
        """What decides its values, as text: the definition, and its function as it is written."""
        return self.model_dump_json(exclude={"compute"}) + ("" if self.compute is None else code_of(self.compute))

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.name in RESERVED:
            raise ValueError(f"the name {self.name!r} is that of a column of the atlas; give the facet another name")
        if self.asked and not self.question.strip():
            raise ValueError(f"facet {self.name!r} needs a question")
        if self.type == "category" and len(self.categories) < 2:
            raise ValueError(f"facet {self.name!r} is a category and needs at least two categories")
        if len(set(self.categories)) != len(self.categories):
            raise ValueError(f"facet {self.name!r} names a category twice")
        if self.type == "score" and not self.categories and (self.minimum is None or self.maximum is None):
            raise ValueError(f"facet {self.name!r} is a score and needs minimum and maximum, or categories")
        if self.minimum is not None and self.maximum is not None and self.minimum >= self.maximum:
            raise ValueError(f"facet {self.name!r}: minimum must be below maximum")
        if self.type == "computed" and self.compute is None:
            raise ValueError(f"facet {self.name!r} is computed and needs a function; use @facet in Python")
        if self.embed and self.type not in ("text", "category"):
            raise ValueError(f"facet {self.name!r} is a {self.type} and cannot be embedded")
        return self


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
    """

    def register(inner: Callable[[Any], Any]) -> Callable[[Any], Any]:
        kind = fields.pop("type", "text" if "question" in fields else "computed")
        register_facet(make_facet({"name": name or inner.__name__, "type": kind, "compute": inner, **fields}))
        return inner

    return register(function) if function is not None else register


def make_facet(definition: Mapping[str, Any]) -> Facet:
    """Validate a definition (a TOML table or keywords). Raises SettingsError naming the facet and the field."""
    try:
        return Facet.model_validate(definition)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        where = f"facet {definition.get('name', '?')!r}" + (f", {field}" if field else "")
        raise SettingsError(f"{where}: {first['msg'].removeprefix('Value error, ')}.") from error


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
    """Run Python files so that their ``@facet`` functions register; the names of these. Raises SettingsError."""
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
