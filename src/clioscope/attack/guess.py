"""What an attacker concludes from published text: the likeliest illness of a target."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from clioscope.attack.target import Target
from clioscope.attack.words import ILLNESSES, SYMPTOMS, Words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Vectors = Callable[[Sequence[str]], "NDArray[np.float32]"]  # texts (n) to unit vectors (n, d)

CHANCE = 1 / len(ILLNESSES)
# Letters of Cyrillic that look like those of Latin, in small letters.
_LATIN = str.maketrans("асеорхумтвнк", "aceopxymtbhk")
_CYRILLIC = str.maketrans("aceopxymtbhk", "асеорхумтвнк")
_LETTERS = re.compile(r"\b(?:\w[\W_]{1,2}){3,}\w\b")


class Guess(NamedTuple):
    """``illness``: its place in ``ILLNESSES``. ``named``: whether a text that mentions the symptom names it; otherwise
    the nearest text by the encoder decided, or, where no text mentions the symptom, chance."""

    illness: int
    named: bool


def readings(text: str) -> list[str]:
    """What a text may say to a person who looks closely: without hidden characters, lookalikes and spelling tricks."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = "".join(letter for letter in plain if unicodedata.category(letter) not in ("Cf", "Mn"))
    joined = _LETTERS.sub(lambda found: re.sub(r"[\W_]", "", found.group()), plain)
    forms = [plain, joined, plain[::-1], plain.translate(_LATIN), plain.translate(_CYRILLIC)]
    return list(dict.fromkeys(forms))


def mentions(forms: Sequence[str], word: Words) -> int:
    """How often the readings of a text name something: the most of any reading."""
    pattern = _beginning(word.stems)
    return max(len(pattern.findall(form)) for form in forms)


@cache
def _beginning(stems: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(stems)})")


def guess_illness(target: Target, passages: Sequence[str], vectors: Vectors | None = None) -> Guess:
    """The likeliest illness of a target, from published passages.

    Passages that mention the symptom count. If they name illnesses, the one named most often is guessed; otherwise the
    one whose vector is nearest to such a passage. ``vectors`` gives unit vectors of texts (n, d); without it, or where
    no passage mentions the symptom, the guess is a draw that is the same each time. Ties are broken by that draw too.
    """
    order = Random(f"guess {target.number} {target.symptom} {target.age}").sample(range(len(ILLNESSES)), len(ILLNESSES))
    close = [(passage, readings(passage)) for passage in passages]
    close = [(passage, forms) for passage, forms in close if mentions(forms, SYMPTOMS[target.symptom])]
    counts = [sum(mentions(forms, illness) > 0 for _, forms in close) for illness in ILLNESSES]
    if any(counts):
        return Guess(max(order, key=lambda place: counts[place]), True)
    if not close or vectors is None:
        return Guess(order[0], False)
    asked = vectors([f"{illness.en}. {illness.ru}" for illness in ILLNESSES])
    near = (asked @ vectors([passage for passage, _ in close]).T).max(axis=1)
    return Guess(max(order, key=lambda place: float(near[place])), False)
