"""Search by meaning: the groups and conversations nearest to a question, by the encoder of the atlas."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from clioscope.errors import AtlasError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clioscope.atlas import Atlas
    from clioscope.atlas.vectors import Compared
    from clioscope.embedding.embedder import Embedder


class Found(NamedTuple):
    """``groups`` and ``rows``: (place, cosine) pairs, best first. Places are rows of the table tree, and places in
    ``atlas.shown_rows``."""

    groups: list[tuple[int, float]]
    rows: list[tuple[int, float]]


class Meaning:
    """Searches one atlas. The encoder is opened for the first question.

    Raises AtlasError for a published atlas.
    """

    def __init__(self, atlas: Atlas) -> None:
        if atlas.published:
            raise AtlasError(f"{atlas.path}: a published atlas holds no vectors to search by meaning.")
        self.atlas = atlas

    def take_encoder(self, other: Meaning) -> None:
        """Use the encoder that another search of the same atlas has opened, if it has."""
        if "embedder" in other.__dict__:
            self.__dict__["embedder"] = other.embedder

    @cached_property
    def embedder(self) -> Embedder:
        from clioscope.embedding.open import open_embedder
        from clioscope.settings import EmbeddingSettings

        return open_embedder(EmbeddingSettings.model_validate(self.atlas.manifest["settings"]["embedding"]))

    @cached_property
    def _rows(self) -> Compared:
        from clioscope.atlas.vectors import Compared

        return Compared(self.atlas.path, self.atlas.languages)

    @cached_property
    def _groups(self) -> NDArray[np.float32]:
        from clioscope.explorer.similar_groups import group_centroids

        return group_centroids(self.atlas)

    def search(self, question: str, groups: int = 12, rows: int = 100) -> Found:
        """The nearest ``groups`` and ``rows``. Raises ModelError when the encoder cannot answer."""
        from clioscope.embedding.encode import encode_texts
        from clioscope.facets.language import likeliest

        means = self.atlas.means
        language = likeliest(question, means.languages)
        vector = means.centre(encode_texts([question], self.embedder, None), [language])[0]
        return Found(
            _best(self._groups @ vector, groups), _best(self._rows.cosines(vector)[self.atlas.shown_rows], rows)
        )

    def neighbours(self, row: int, count: int = 12) -> list[tuple[int, float]]:
        """The rows nearest to a row of the page, as (row, cosine), nearest first. Of segments, those of the same
        conversation are left out. Raises IndexError for a row that is not there, AtlasError without vectors."""
        shown = self.atlas.shown_rows
        if not 0 <= row < len(shown):
            raise IndexError("there is no such row")
        cosines = self._rows.cosines(self._rows.vector(int(shown[row])))[shown]
        cosines[row] = -math.inf
        if self._wholes is not None:
            cosines[self._wholes == self._wholes[row]] = -math.inf
        return [(place, value) for place, value in _best(cosines, count) if value > -math.inf]

    @cached_property
    def _wholes(self) -> NDArray[np.integer] | None:
        """A number for the whole conversation of each row of the page; None where a row is one."""
        from clioscope.atlas.segments import segments_of, whole_ids

        segments = segments_of(self.atlas)
        if segments is None:
            return None
        wholes: NDArray[np.integer] = (
            whole_ids(self.atlas.clusters[self.atlas.shown_rows], segments).rank("dense").to_numpy()
        )
        return wholes


def _best(scores: NDArray[np.floating], count: int) -> list[tuple[int, float]]:
    import numpy as np

    order = np.argsort(-scores, kind="stable")[:count]
    return [(int(place), round(float(scores[place]), 4)) for place in order]
