"""Settings of given categories."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from clioscope.settings.section import Section, renamed


class Category(Section):
    """One given category: what it is called, what belongs to it, and where it stands."""

    code: str = Field(min_length=1, description="Short name that stays the same whatever the category is called.")
    name: str = Field(min_length=1, description="What the tree shows.")
    description: str = Field("", description="What belongs to it, in words like those of the conversations.")
    examples: tuple[str, ...] = Field((), description="Texts of conversations that belong to it.")
    parent: str | None = Field(None, description="Code of the category that holds it. If unset, it is at the top.")
    rest: bool = Field(False, description="It takes what fits no other category.")


class CodebookSettings(Section):
    file: str | None = Field(
        None,
        description="File with given categories (TOML, JSON or CSV), or the name of one that comes with Clioscope "
        "(`clioscope codebooks`). Every conversation gets one of them or none; groups are found within each.",
    )
    categories: tuple[Category, ...] = Field(
        (), description="The categories themselves. A build reads them from the file and keeps them in the atlas."
    )
    false_refusals: float = Field(
        0.1,
        ge=0,
        lt=1,
        description="Share of the categories' own words that would be refused by mistake, each judged without itself. "
        "The higher, the more conversations get no category; at 0 every conversation gets one.",
    )

    @model_validator(mode="before")
    @classmethod
    def _earlier_name(cls, given: Any) -> Any:
        return renamed(given, "none", "false_refusals")

    @model_validator(mode="after")
    def _check(self) -> Self:
        check_categories(self.categories)
        return self


def check_categories(categories: tuple[Category, ...]) -> None:
    """Raise ValueError, naming the category, where the categories do not make a codebook."""
    seen: set[str] = set()
    for one in categories:
        if one.code in seen:
            raise ValueError(f"the code {one.code!r} is there twice; give every category its own")
        seen.add(one.code)
    parents = {one.code: one.parent for one in categories}
    for one in categories:
        if one.parent is not None and one.parent not in parents:
            raise ValueError(f"category {one.code!r}: there is no parent {one.parent!r}")
        above, steps = one.parent, 0
        while above is not None:
            if above == one.code or steps > len(parents):
                raise ValueError(f"category {one.code!r} is its own ancestor; correct its parent")
            above, steps = parents[above], steps + 1
    rests = [one for one in categories if one.rest]
    if len(rests) > 1:
        raise ValueError(f"{rests[0].code!r} and {rests[1].code!r} both take the rest; only one category can")
    if rests and any(one.parent == rests[0].code for one in categories):
        raise ValueError(f"{rests[0].code!r} takes the rest and cannot hold other categories")
    names = {(one.parent, one.name.casefold()) for one in categories}
    if len(names) < len(categories):
        raise ValueError("two categories under the same parent have the same name; tell them apart")
    if categories and all(one.rest for one in categories):
        raise ValueError("a codebook needs a category beside the one that takes the rest")
