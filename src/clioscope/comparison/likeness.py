"""How far groups of two atlases are from each other, in one space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas.membership import lines_of
from clioscope.errors import ModelError
from clioscope.vectors.centroids import group_sums
from clioscope.vectors.unit import unit_rows

if TYPE_CHECKING:
    from clioscope.atlas import Atlas

NEAR = 0.7  # the same group is at most so many times as far as the next one of its own atlas
Vectors = Mapping[str, NDArray[np.float64]]


class EncoderMissingError(Exception):
    """The encoder that the names should be compared by cannot be opened here."""


class Space(NamedTuple):
    """Unit vectors (d,) of the groups of two atlases, by their ids; a group without one is near to nothing."""

    before: Vectors
    after: Vectors

    def distances(self, old: Sequence[str], new: Sequence[str]) -> NDArray[np.float64]:
        """Distances (len(old), len(new)) of groups, 0 to 2; infinite where one has no vector."""
        return _distances([self.before.get(one) for one in old], [self.after.get(one) for one in new])

    def limits(self, side: int, groups: Sequence[str], near: float = NEAR) -> dict[str, float]:
        """How far the same group of the other atlas may be from each of ``groups``, all of one tier of a ``side``.

        It is a part (``near``) of the distance to the next group of the same atlas, or of the median of these distances
        where that is greater: two groups that are nearly the same do not make a third one new. A group that is alone
        has no limit but a right angle.
        """
        own = [(self.before, self.after)[side].get(one) for one in groups]
        away = _distances(own, own)
        np.fill_diagonal(away, np.inf)
        nearest = away.min(axis=1, initial=np.inf)
        usual = float(np.median(nearest[np.isfinite(nearest)])) if np.isfinite(nearest).any() else np.sqrt(2)
        found = near * np.maximum(np.where(np.isfinite(nearest), nearest, np.sqrt(2)), usual)
        return dict(zip(groups, found.tolist(), strict=True))

    @staticmethod
    def likeness(away: float) -> float:
        """The cosine of two groups at a distance, 0 to 1."""
        return float(max(0.0, 1 - away**2 / 2))


def vector_space(before: Atlas, after: Atlas) -> Space | None:
    """The means of the vectors of what groups hold, before centring, of which each atlas has its own.

    None where the vectors of the two atlases are of different things: of other encoders, or of texts here and of facets
    there; and where one of them keeps none.
    """
    from clioscope.atlas.vectors import has_plain

    if before.published or after.published or not (has_plain(before.path) and has_plain(after.path)):
        return None
    if _made_of(before) != _made_of(after):
        return None
    return Space(_means(before), _means(after))


def name_space(before: Atlas, after: Atlas, *, exact: bool = False) -> Space:
    """Vectors of the names and descriptions of groups, by the encoder of the later atlas. Withheld names have none.

    ``exact``: no encoder; only equal names are near. Raises EncoderMissingError where that encoder cannot be had.
    """
    texts = [_texts(atlas) for atlas in (before, after)]
    distinct = list(dict.fromkeys(text for side in texts for text in side.values()))
    if exact:
        vectors: NDArray[Any] = np.eye(len(distinct))
    else:
        try:
            vectors = _encoded(distinct, after)
        except ModelError as error:
            raise EncoderMissingError(str(error)) from error
    place = {text: number for number, text in enumerate(distinct)}
    sides = [{group: vectors[place[text]].astype(np.float64) for group, text in side.items()} for side in texts]
    return Space(sides[0], sides[1])


def _encoded(texts: list[str], atlas: Atlas) -> NDArray[np.float32]:
    from clioscope.embedding.encode import encode_texts
    from clioscope.embedding.open import open_embedder
    from clioscope.settings import EmbeddingSettings

    settings = atlas.manifest["settings"].get("embedding")
    if settings is None:
        raise ModelError(f"{atlas.path}: does not say which encoder it was made with.")
    return encode_texts(texts, open_embedder(EmbeddingSettings.model_validate(settings)), None)


def _texts(atlas: Atlas) -> dict[str, str]:
    rows = atlas.tree.select("group", "name", "description", "action").iter_rows()
    return {
        group: f"{name}. {description or ''}".strip()
        for group, name, description, action in rows
        if action != "withheld"
    }


def _made_of(atlas: Atlas) -> tuple[Any, ...]:
    """What decides what a plain vector is the vector of."""
    manifest = atlas.manifest
    embedded = sorted(facet["name"] for facet in manifest["facets"] if facet.get("embed"))
    return manifest["models"]["embedder"], manifest["models"]["chat"] is None, tuple(embedded)


def base_labels(atlas: Atlas) -> tuple[list[str], NDArray[np.int64]]:
    """The base groups of an atlas that are shown, and the place in them of each row of ``clusters`` (-1: hidden)."""
    import polars as pl

    base = sorted(set(atlas.clusters["group"].to_list()) & set(atlas.tree["group"].to_list()))
    place = {group: number for number, group in enumerate(base)}
    return base, atlas.clusters["group"].replace_strict(place, default=-1, return_dtype=pl.Int64).to_numpy()


def _means(atlas: Atlas) -> dict[str, NDArray[np.float64]]:
    """The unit mean of the plain vectors of each group, of every level."""
    from clioscope.atlas.vectors import read_plain

    parents: dict[str, str | None] = dict(atlas.tree.select("group", "parent").iter_rows())
    lines = lines_of(parents)
    base, labels = base_labels(atlas)
    sums = group_sums(read_plain(atlas.path, in_place=True), labels, len(base))[0]
    found = {group: np.zeros(sums.shape[1]) for group in parents}
    for group, own in zip(base, sums, strict=True):
        for holder in lines[group]:
            found[holder] += own
    return {group: unit_rows(total[None])[0].astype(np.float64) for group, total in found.items() if total.any()}


def _distances(one: list[Any], other: list[Any]) -> NDArray[np.float64]:
    away = np.full((len(one), len(other)), np.inf)
    rows, columns = ([place for place, vector in enumerate(side) if vector is not None] for side in (one, other))
    if rows and columns:
        left, right = np.stack([one[row] for row in rows]), np.stack([other[column] for column in columns])
        away[np.ix_(rows, columns)] = np.sqrt(np.maximum(0.0, 2 - 2 * left @ right.T))
    return away
