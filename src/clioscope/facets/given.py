"""The facet that asks the model for a given category."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clioscope.facets.facet import Facet

if TYPE_CHECKING:
    from clioscope.settings import Category

GIVEN = "given_category"
NOTHING = "none of these"


def given_facet(categories: Sequence[Category]) -> Facet:
    """The facet: which of the categories the conversation belongs to, by name, or to none of them."""
    names = {code: name for name, code in category_answers(categories).items()}
    listed = "; ".join(f"{names[one.code]}: {one.description.rstrip('.')}" for one in categories if one.description)
    return Facet(
        name=GIVEN,
        type="category",
        question=f"the category that the user's overall request belongs to ({listed}), one of"
        if listed
        else "the category that the user's overall request belongs to, one of",
        categories=tuple(category_answers(categories)),
    )


def category_answers(categories: Sequence[Category]) -> dict[str, str | None]:
    """What the model may answer, with the code of each: the names, and that none fits (None).

    A name that occurs twice in a tree is told by its parent. Where a category takes the rest, none is no answer.
    """
    names = {one.code: one.name for one in categories}
    often = [one.name.casefold() for one in categories]
    answers: dict[str, str | None] = {}
    for one in categories:
        twice = often.count(one.name.casefold()) > 1 and one.parent is not None
        answers[f"{names[str(one.parent)]}: {one.name}" if twice else one.name] = one.code
    if not any(one.rest for one in categories):
        answers[NOTHING] = None
    return answers
