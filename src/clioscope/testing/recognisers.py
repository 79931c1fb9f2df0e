"""What a recogniser promises."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from clioscope.recognisers.recogniser import KINDS, Found, Recogniser
from clioscope.testing.promise import carry_out, promise

TEXTS = (
    "Letters to Marjorie Blenkinsop about unpaid rent",
    "Write to m.blenkinsop@example.org",
    "Письма к Игорю Селиванову о долге",
    "",
    "ok",
    "word " * 200,
    "Letters to Marjorie Blenkinsop about unpaid rent",
)


def check_recogniser(recogniser: Recogniser, texts: Sequence[str] = TEXTS) -> None:
    """Raise AssertionError where the recogniser breaks a promise of the protocol ``Recogniser``."""
    name = getattr(recogniser, "id", "")
    promise(isinstance(name, str) and bool(name), "A recogniser has an `id` that names it and its weights.")
    promise(callable(getattr(recogniser, "find", None)), f"The recogniser {name} has no method `find(texts)`.")
    said, given = f"The recogniser {name}", list(texts)
    found = carry_out(lambda: recogniser.find(given), f"{said} does not work")
    promise(given == list(texts), f"{said} changes the list of texts that it is given.")
    promise(isinstance(found, list) and len(found) == len(given), f"{said} does not return one list of parts per text.")
    for text, parts in zip(given, found, strict=True):
        _check_parts(said, text, parts)
    promise([recogniser.find([text])[0] for text in given] == found, f"{said} finds other parts in a text alone.")
    promise(recogniser.find([]) == [], f"{said} does not return an empty list for no texts.")


def _check_parts(said: str, text: str, parts: Sequence[Found]) -> None:
    for part in parts:
        promise(isinstance(part, Found), f"{said} returns {type(part).__name__}, not Found.")
        promise(part.kind in KINDS, f"{said} returns the kind {part.kind!r}, which is none of {', '.join(KINDS)}.")
        promise(
            0 <= part.start < part.end <= len(text),
            f"{said} returns a part from {part.start} to {part.end} of a text of {len(text)} letters.",
        )
    promise(
        all(one.end <= other.start for one, other in pairwise(parts)),
        f"{said} returns parts that overlap or are not in order.",
    )
