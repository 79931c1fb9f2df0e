"""What a facet promises."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from clioscope.errors import SettingsError
from clioscope.facets.column import facet_column
from clioscope.facets.facet import Facet
from clioscope.testing.promise import carry_out, equal, promise

_AT = datetime(2026, 3, 9, 23, 5, tzinfo=UTC)
ROWS: tuple[Mapping[str, Any], ...] = tuple(
    {
        "conversation": f"{number:032x}",
        "text": text,
        "turns": number + 1,
        "characters": len(text),
        "count": 1 + number % 3,
        "users": users,
        "first_at": at,
        "last_at": at,
    }
    for number, (text, users, at) in enumerate(
        [
            ("How do I bake rye bread?", ["u1"], _AT),
            ("FIX THIS FUNCTION!\n\ndef f(x):\n    return x[1]", [], None),
            ("Как испечь ржаной хлеб? 🍞", ["u1", "u2"], _AT),
            ("ok", [], None),
            ("", [], None),
            ("word " * 4000, ["u3"], _AT),
        ]
    )
)


def check_facet(
    facet: Facet, rows: Sequence[Mapping[str, Any]] = ROWS, answers: Sequence[str | int | float] | None = None
) -> None:
    """Raise AssertionError where the facet breaks a promise of ``Facet``.

    ``rows``: what a computed facet is tried on, with the keys that ``Facet`` names. ``answers``: of the language model,
    what the function of an asked facet is tried on; made up where they are not given.
    """
    promise(isinstance(facet, Facet), f"A facet is a Facet, not a {type(facet).__name__}; use @facet or Facet(...).")
    said = f"The facet {facet.name}"
    promise(
        facet.identity == facet.identity and not re.search(r" at 0x[0-9a-f]+", facet.identity),
        f"{said} has another identity in every process, so it would be made anew each time.",
    )
    if facet.compute is None:
        return
    if facet.asked:
        tried: Sequence[Any] = answers if answers is not None else _answers(facet)
    else:
        tried = [MappingProxyType(dict(row)) for row in rows]
    values = [_value(facet, given, said) for given in tried]
    again = [_value(facet, given, said) for given in reversed(tried)][::-1]
    promise(equal(values, again), f"{said} does not give the same value for the same input, whatever came before.")
    try:
        facet_column(facet, values)
    except SettingsError as error:
        raise AssertionError(f"{said} makes no column of one kind of values: {error}") from error


def _value(facet: Facet, given: Any, said: str) -> Any:
    assert facet.compute is not None
    if not facet.asked:
        function = facet.compute
        return carry_out(lambda: function(given), f"{said} fails on the row {str(dict(given))[:120]}")
    try:
        return facet.compute(given)
    except ValueError:  # the way to say that an answer is of no use
        return None
    except Exception as error:
        raise AssertionError(
            f"{said} fails on the answer {given!r} ({error!r}); its function raises ValueError for one of no use."
        ) from error


def _answers(facet: Facet) -> list[str | int | float]:
    """Answers that the language model may give."""
    if facet.type == "category":
        return list(facet.categories)
    if facet.type == "text":
        return ["Rye bread", "none", "Ржаной хлеб", "a", "a word " * facet.words[1]]
    low, high = facet.minimum, facet.maximum
    if facet.type == "score":
        steps = range(1, len(facet.categories) + 1) if facet.categories else range(int(low or 0), int(high or 0) + 1)
        return list(steps)
    return [low if low is not None else -1.5, high if high is not None else 1e6]
