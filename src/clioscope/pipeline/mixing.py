"""The vectors of conversations from what was said of them, what is predicted of them, and their raw texts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas.files import read_array
from clioscope.atlas.vectors import Plain
from clioscope.conversations.transcript import turns_of
from clioscope.prediction import facet_map
from clioscope.prediction.facet_map import FacetMap
from clioscope.prediction.mixing import Weights, choose_weights, mix_asked, mix_others, raw_weight, usual_weights
from clioscope.prediction.ready import FACETS, ReadyMap, ready_map
from clioscope.prediction.words import word_scores
from clioscope.vectors.unit import average

if TYPE_CHECKING:
    import polars as pl

    from clioscope.embedding.embedder import Embedder
    from clioscope.models.store import Store
    from clioscope.progress import Step

FEWEST = 50  # answers that something is learnt from
_WEIGHTS = "map_weights"
MAP = (*(f"map_{name}" for name in facet_map.ARRAYS), _WEIGHTS)  # what an atlas keeps of the map
_BLOCK = 16_384  # rows mixed at once


class Said(NamedTuple):
    """``rows`` (m,): the conversations that have an answer of the model, by row. ``parts``: lists of m texts, one per
    embedded facet; ``whole``: lists of m texts whose mean is the vector where nothing is learnt. ``learns``: whether
    the model is asked for any of these facets; ``with_raw``: whether the raw text decides the groups as well;
    ``ready``: whether they are what the ready-made maps tell; ``characters``: the mean length of the raw texts;
    ``read``: text and transcript of all conversations (n rows)."""

    rows: NDArray[np.int64]
    parts: list[list[str]]
    whole: list[list[str]]
    learns: bool
    with_raw: bool
    ready: bool
    characters: float
    read: pl.DataFrame


class Encoding(NamedTuple):
    """What texts are encoded with: ``known`` are vectors that need not be made again."""

    embedder: Embedder
    store: Store | None
    known: Plain | None = None
    on_progress: Step | None = None


class Learnt(NamedTuple):
    """``plain`` (n, d) float16, unit vectors of all conversations; ``own``, the vectors of the facets' texts, all of
    the first facet first; ``map`` and ``weights``, None where nothing was learnt; ``predicted``, how many conversations
    have no answer of their own and got a prediction."""

    plain: NDArray[np.float16]
    own: Plain
    map: FacetMap | None = None
    weights: Weights | None = None
    predicted: int = 0

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What ``read_map`` reads, by the names of ``MAP``."""
        if self.map is None or self.weights is None:
            return {}
        return {f"map_{name}": array for name, array in self.map.arrays().items()} | {_WEIGHTS: self.weights.array()}

    def figures(self) -> dict[str, Any]:
        """What the manifest says of it."""
        if self.map is None or self.weights is None:
            return {}
        weights = {name: round(weight, 4) for name, weight in self.weights._asdict().items()}
        known = {} if np.isnan(self.map.cosine) else {"cosine": round(self.map.cosine, 4)}
        return known | {"ready": self.map.ready is not None, "weights": weights}


def said_texts(
    answers: pl.DataFrame,
    transcripts: pl.DataFrame,
    asked: Sequence[str],
    embed: Sequence[str],
    combine: Literal["mean", "join"],
) -> Said:
    """The texts of what was said of each conversation. ``asked`` names the facets that the model is asked for,
    ``embed`` those that decide the groups."""
    import polars as pl

    from clioscope.facets.texts import RAW, embedded_texts

    names = [name for name in embed if name in answers.columns]
    told = [name for name in names if name in asked]
    some = pl.any_horizontal(*(pl.col(name).is_not_null() for name in told or names)) if names else pl.lit(False)
    there = answers.select(pl.repeat(True, pl.len()) & some).to_series()
    rows = answers.filter(there)
    parts = embedded_texts(rows, transcripts, names, combine) if names else []
    whole = embedded_texts(rows, transcripts, embed, combine) if names else []
    usual = set(FACETS) <= set(embed) and combine == "mean"
    read = answers.select("conversation").join(transcripts, on="conversation", how="left", maintain_order="left")
    length = read["text"].str.len_chars().mean()
    characters = float(length) if isinstance(length, int | float) else 0.0
    which = there.arg_true().to_numpy().astype(np.int64)
    return Said(which, parts, whole, bool(told), RAW in embed, usual, characters, read)


def spoken(text: str | None, transcript: str | None) -> str:
    """The words that tell of a conversation: its raw text, and what the assistant says in its transcript."""
    return "\n".join([text or "", *(said for role, said in turns_of(transcript or "") if role == "assistant")])


def learn(said: Said, raw: NDArray[np.float16], encoding: Encoding) -> Learnt:
    """The vectors of n conversations whose raw texts have the vectors ``raw`` (n, d).

    From 50 answers on, a map from raw texts to facets is learnt, and the vectors are mixed with what it predicts. With
    fewer, the ready-made map of the encoder predicts, if there is one; else a conversation with an answer has the mean
    of its facets and its raw text, the others have their raw text.
    """
    ready = ready_map(encoding.embedder.id) if said.ready else None
    few = len(said.rows) < FEWEST or not said.learns
    if few and (ready is None or len(said.rows) == len(raw)):
        return Learnt(_unlearnt(said, raw, encoding), Plain(raw[:0], np.zeros((0, 16), np.uint8)))
    own, parts = _own(said, encoding)
    texts, words = raw[said.rows].astype(np.float32), _words(said, ready)
    mean = average(list(parts)) if len(said.rows) else texts
    if few:
        assert ready is not None
        learnt, weights = FacetMap.of(ready), usual_weights(said.with_raw, raw_weight(said.characters))
        told = learnt.predict(texts, _some(words, said.rows))
    else:
        learnt = FacetMap.fit(texts, mean, ready, _some(words, said.rows))
        told, unasked = learnt.crossfitted, 1 - len(said.rows) / len(raw)
        weights = choose_weights(mean, told, with_raw=said.with_raw, characters=said.characters, unasked=unasked)
    plain = _others(raw, words, learnt, weights)
    plain[said.rows] = mix_asked(weights, mean, told, texts)
    return Learnt(plain, own, learnt, weights, len(raw) - len(said.rows))


def place(said: Said, raw: NDArray[np.float16], encoding: Encoding, folder: Path) -> NDArray[np.float16]:
    """The vectors of n new conversations, by the map of the atlas in ``folder``; without one, as if nothing was
    learnt."""
    found = read_map(folder)
    if found is None:
        return _unlearnt(said, raw, encoding)
    learnt, weights = found
    words = _words(said, learnt.ready)
    plain = _others(raw, words, learnt, weights)
    if len(said.rows):
        texts = raw[said.rows].astype(np.float32)
        own, told = average(list(_own(said, encoding)[1])), learnt.predict(texts, _some(words, said.rows))
        plain[said.rows] = mix_asked(weights, own, told, texts)
    return plain


def read_map(folder: Path) -> tuple[FacetMap, Weights] | None:
    """The map of an atlas with its weights; None where nothing was learnt."""
    if not (folder / f"{_WEIGHTS}.npy").exists():
        return None
    arrays = {name: read_array(folder, f"map_{name}") for name in facet_map.ARRAYS}
    return FacetMap.from_arrays(arrays), Weights(*read_array(folder, _WEIGHTS).tolist())


def _words(said: Said, ready: ReadyMap | None) -> NDArray[np.float16] | None:
    """What the words of all conversations tell (n, r); None where no map reads them."""
    if ready is None or not len(ready.words):
        return None
    return word_scores(spoken(*pair) for pair in said.read.select("text", "transcript").iter_rows())


def _some(words: NDArray[np.float16] | None, rows: NDArray[np.int64] | slice) -> NDArray[np.float16] | None:
    return None if words is None else words[rows]


def _own(said: Said, encoding: Encoding) -> tuple[Plain, NDArray[np.float32]]:
    """The vectors of what was said, as they are kept and as (f, m, d)."""
    from clioscope.embedding.plain import plain_vectors

    texts = [text for part in said.parts for text in part]
    if not texts:
        nothing = np.zeros((0, 16), np.uint8)
        return Plain(np.zeros((0, 0), np.float16), nothing), np.zeros((len(said.parts), 0, 0), np.float32)
    own = plain_vectors([texts], encoding.embedder, encoding.store, encoding.known, encoding.on_progress)
    return own, own.rows.astype(np.float32).reshape(len(said.parts), len(said.rows), -1)


def _unlearnt(said: Said, raw: NDArray[np.float16], encoding: Encoding) -> NDArray[np.float16]:
    from clioscope.embedding.plain import plain_vectors

    plain = raw.copy()
    if len(said.rows):
        made = plain_vectors(said.whole, encoding.embedder, encoding.store, None, encoding.on_progress)
        plain[said.rows] = made.rows
    return plain


def _others(
    raw: NDArray[np.float16], words: NDArray[np.float16] | None, learnt: FacetMap, weights: Weights
) -> NDArray[np.float16]:
    plain = np.empty(raw.shape, np.float16)
    for start in range(0, len(raw), _BLOCK):
        part = slice(start, start + _BLOCK)
        texts = raw[part].astype(np.float32)
        plain[part] = mix_others(weights, learnt.predict(texts, _some(words, part)), texts)
    return plain
