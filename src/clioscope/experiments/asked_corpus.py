"""A corpus of which a model was asked about every conversation, so that any few of the answers can be tried."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.errors import InputError
from clioscope.experiments.bench import CONVERSATIONS, Bench
from clioscope.experiments.data import clinc150, labelled_atlas
from clioscope.experiments.model_facets import FACETS, ModelFacets, ask_texts, facets_of

EACH = 10  # utterances per intent of CLINC150


class AskedCorpus(NamedTuple):
    """``raw`` (n, d), unit vectors of the raw texts; ``own`` (n, d), unit means of the vectors of what the model said;
    ``truth`` (n,), codes of the labels, -1 for a conversation without one; ``characters``, the mean length of the raw
    texts."""

    raw: NDArray[np.float32]
    own: NDArray[np.float32]
    truth: NDArray[np.int64]
    characters: float

    @property
    def labelled(self) -> NDArray[np.intp]:
        """The rows that have a label."""
        return np.flatnonzero(self.truth >= 0)


def asked_corpus(bench: Bench) -> AskedCorpus:
    """CLINC150, or the conversations of an atlas with and without labels, with the answers of the bench's model.

    Without a model the answers in the atlas are taken. Conversations without an answer are left out. Raises InputError
    where there is neither, or where nobody answered.
    """
    if bench.data == CONVERSATIONS:
        talks = labelled_atlas(bench.atlas, bench.most or bench.few(90, None), others=True)
        raw, truth = talks.texts.get("text", []), talks.truth
        said = facets_of(bench, talks, bench.models[0], 0).texts if bench.models else talks.texts
    else:
        if not bench.models:
            raise InputError("ask: name a language model with --model; CLINC150 has no answers of its own.")
        data = clinc150("test", *bench.few((12, 8), (None, EACH)))
        raw, truth = data.texts, data.truth
        asked: ModelFacets = ask_texts(bench, raw, bench.models[0])
        said = asked.texts
    columns = [said.get(name, [""] * len(truth)) for name in FACETS]
    rows = [row for row in range(len(raw)) if all(column[row] for column in columns)]
    if len(rows) < 2:
        raise InputError("ask: no answers about raw texts; build with --ask all --keep-transcripts, or give --model.")
    return _encoded(
        bench, [raw[row] for row in rows], [[column[row] for row in rows] for column in columns], truth[rows]
    )


def _encoded(bench: Bench, raw: list[str], said: list[list[str]], truth: NDArray[Any]) -> AskedCorpus:
    from clioscope.vectors.unit import average

    own = average([bench.encode(column) for column in said])
    return AskedCorpus(bench.encode(raw), own, truth.astype(np.int64), float(np.mean([len(text) for text in raw])))
