"""Ready-made maps: from the vector of a raw text to that of its facets, learnt once and shipped (``ready/README.md``).

A map is linear: two arrays of numbers, in which no text can be looked up. That of MiniLM was taught by facets that a
model gave. Those of other encoders were taught by it: by the ready-made names (``naming.ready``) that it sees in texts.
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
    """``slope`` (d, d) and ``offset`` (d,) float32 of a linear map for one encoder; ``by_names``: what taught it.

    ``scale``: the length of what it predicts. Names that are taught tell directions only, not how far facets are apart.
    """

    slope: NDArray[np.float32]
    offset: NDArray[np.float32]
    by_names: bool = False
    scale: float = 1.0

    def predict(self, raw: NDArray[Any]) -> NDArray[np.float32]:
        """Rows (n, d) of the length ``scale``: the facets' vectors that the unit rows ``raw`` (n, d) of raw texts let
        expect."""
        rows = unit_rows(np.asarray(raw, np.float32) @ self.slope + self.offset)
        return rows if self.scale == 1 else rows * np.float32(self.scale)

    def scaled(self, raw: NDArray[Any], own: NDArray[Any]) -> Self:
        """The map with the length, 0 to 1, at which its predictions for ``raw`` (m, d) vary as much as they explain of
        ``own`` (m, d), the unit vectors of the facets (least squares)."""
        told, wanted = (
            rows - np.mean(rows, axis=0, dtype=np.float64) for rows in (self._replace(scale=1.0).predict(raw), own)
        )
        size = float((told * told).sum())
        return self._replace(scale=float(np.clip((told * wanted).sum() / size, 0, 1)) if size > 0 else 1.0)

    def array(self) -> NDArray[np.float16]:
        """The map as one array (d + 1, d), the offset last."""
        return np.vstack([self.slope, self.offset]).astype(np.float16)

    @classmethod
    def from_array(cls, array: NDArray[Any]) -> Self:
        """The map that ``array`` made."""
        whole = array.astype(np.float32)
        return cls(whole[:-1], whole[-1])


@cache
def ready_map(encoder: str, by_names: bool = True) -> ReadyMap | None:
    """The map for the vectors of an encoder, by its ``id``; None where none is shipped, and without ``by_names`` where
    it was taught by names.

    How the encoder computes, which follows a ``+``, changes no vector by more than the map would notice.
    """
    encoder = encoder.partition("+")[0]
    place = files(__package__) / "ready" / f"{encoder.partition('@')[0]}.npz"
    if "/" in encoder or not place.is_file():
        return None
    with place.open("rb") as file, np.load(file, allow_pickle=False) as held:
        named = str(held["taught_by"]) == "names"
        if str(held["encoder"]) != encoder or (named and not by_names):
            return None
        return ReadyMap.from_array(held["map"])._replace(by_names=named)
