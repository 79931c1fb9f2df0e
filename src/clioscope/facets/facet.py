"""What a facet is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from clioscope.errors import SettingsError
from clioscope.facets.code import code_of

# Columns that stand beside the facets in a table of the atlas or in the explorer; `text` names the raw text.
_TABLES = ("asked", "conversation", "count", "group", "label", "level", "margin", "name", "parent", "rare", "record")
_SHOWN = ("confidence", "facet", "inferred", "probability", "text", "transcript", "user", "value", "x", "y")
RESERVED = frozenset((*_TABLES, *_SHOWN))

FacetType = Literal["text", "category", "score", "number", "language", "computed"]
Row = Mapping[str, Any]


class Facet(BaseModel):
    """One thing to know about every conversation (Clio 2.1 and G.3).

    ``text``, ``category``, ``score`` and ``number`` are answered by the language model; ``language`` by a
    language-identification library; ``computed`` by ``compute``, from a row with the keys ``conversation``,
    ``turns``, ``characters``, ``count``, ``users``, ``first_at``, ``last_at`` and ``text`` (the user's turns).

    >>> from clioscope import Facet
    >>> Facet(name="mood", question="What mood is the user in?").type
    'text'
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
        """What decides its values, as text: the definition, and the source of its function."""
        return self.model_dump_json(exclude={"compute"}) + ("" if self.compute is None else code_of(self.compute))

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.name in RESERVED:
            raise ValueError(f"the name {self.name!r} is taken by a column of the atlas; give the facet another name")
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


def make_facet(definition: Mapping[str, Any]) -> Facet:
    """Validate a definition (a TOML table or keywords). Raises SettingsError naming the facet and the field."""
    try:
        return Facet.model_validate(definition)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        where = f"facet {definition.get('name', '?')!r}" + (f", {field}" if field else "")
        raise SettingsError(f"{where}: {first['msg'].removeprefix('Value error, ')}.") from error


def built_facets(manifest: Mapping[str, Any]) -> list[Facet]:
    """The facets that the manifest of an atlas names; those that are computed lack their function."""
    return [
        Facet.model_construct(**{**one, "categories": tuple(one.get("categories") or ())}) for one in manifest["facets"]
    ]
