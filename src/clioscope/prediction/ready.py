"""Ready-made maps: from the vector of a raw text to that of its facets, learnt once and shipped (``ready/README.md``).

A map is linear: arrays of numbers, in which no text can be looked up. It reads the vector of the raw text, and what the
words of the conversation tell (``words``). Facets that a large language model gave have taught it.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.unit import unit_rows

FACETS = ("request", "field", "activity")  # whose mean the maps tell


class ReadyMap(NamedTuple):
    """``slope`` (d, d) and ``offset`` (d,) float32 of a linear map for one encoder; ``words`` (r, d): what it makes of
    the scores of the words (``words.word_scores``), without rows where it does not read them.

    ``scale``: the length of what it predicts.
    """

    slope: NDArray[np.float32]
    offset: NDArray[np.float32]
    words: NDArray[np.float32]
    scale: float = 1.0

    def predict(self, raw: NDArray[Any], words: NDArray[Any] | None = None) -> NDArray[np.float32]:
        """Rows (n, d) of the length ``scale``: the facets' vectors that the unit rows ``raw`` (n, d) of raw texts, and
        the scores ``words`` (n, r) of their words, let expect. Without ``words`` the vectors alone tell."""
        told = np.asarray(raw, np.float32) @ self.slope + self.offset
        if words is not None and len(self.words):
            told += np.asarray(words, np.float32) @ self.words
        rows = unit_rows(told)
        return rows if self.scale == 1 else rows * np.float32(self.scale)

    def scaled(self, raw: NDArray[Any], own: NDArray[Any], words: NDArray[Any] | None = None) -> Self:
        """The map with the length, 0 to 1, at which its predictions for ``raw`` (m, d) and ``words`` (m, r) vary as
        much as they explain of ``own`` (m, d), the unit vectors of the facets (least squares)."""
        told, wanted = (
            rows - np.mean(rows, axis=0, dtype=np.float64)
            for rows in (self._replace(scale=1.0).predict(raw, words), own)
        )
        size = float((told * told).sum())
        return self._replace(scale=float(np.clip((told * wanted).sum() / size, 0, 1)) if size > 0 else 1.0)

    def array(self) -> NDArray[np.float16]:
        """The map as one array (d + r + 1, d): slope, words, offset."""
        return np.vstack([self.slope, self.words, self.offset]).astype(np.float16)

    @classmethod
    def from_array(cls, array: NDArray[Any]) -> Self:
        """The map that ``array`` made."""
        whole = array.astype(np.float32)
        dimension = whole.shape[1]
        return cls(whole[:dimension], whole[-1], whole[dimension:-1])


@cache
def ready_map(encoder: str) -> ReadyMap | None:
    """The map for the vectors of an encoder, by its ``id``; None where none is shipped.

    How the encoder computes, which follows a ``+``, changes no vector by more than the map would notice.
    """
    encoder = encoder.partition("+")[0]
    place = files(__package__) / "ready" / f"{encoder.partition('@')[0]}.npz"
    if "/" in encoder or not place.is_file():
        return None
    with place.open("rb") as file, np.load(file, allow_pickle=False) as held:
        return ReadyMap.from_array(held["map"]) if str(held["encoder"]) == encoder else None
