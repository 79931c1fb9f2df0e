"""Conversations for benchmarks/scale.py, as many as are wanted: real texts with real vectors, each changed a little.

The base are 22,500 utterances of CLINC150 and the first 300 characters of what 7,500 users of ShareGPT wrote, encoded
once by MiniLM. A conversation is a base row that is moved: up to half of the way to one of the ten rows nearest to it,
and by the difference of two other rows that are neighbours of each other. So the noise has the directions and sizes
that texts about one thing differ by, and not those of a ball. One row in fifty is a copy of another. Its text is that
of the base row with every fourth word from the neighbour. Topics are drawn by Zipf's law.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_TURNS = 7500
_LETTERS = 300
_NEAR = 10
_BLOCK = 20_000


class Base(NamedTuple):
    """``vectors`` (m, d) unit rows of ``texts`` (m); ``topic`` (m,): the intent of an utterance, -1 of a turn; ``near``
    (m, 10): the nearest rows."""

    texts: list[str]
    vectors: NDArray[np.float32]
    topic: NDArray[np.int64]
    near: NDArray[np.int32]


class Made(NamedTuple):
    """``vectors`` (n, d) float16 unit rows; ``base`` and ``other`` (n,): the base rows that each lies between."""

    vectors: NDArray[np.float16]
    base: NDArray[np.intp]
    other: NDArray[np.intp]


def base_rows() -> Base:
    """The base, encoded once (about a minute) and kept beside the fetched models."""
    from clioscope.experiments.data import clinc150, made_folder
    from clioscope.vectors.neighbours import knn

    parts = [clinc150(split) for split in ("train", "val", "test")]
    texts = [text for part in parts for text in part.texts] + _turns()
    topic = np.concatenate([*(part.truth for part in parts), np.full(_TURNS, -1)])
    path = made_folder() / "scale" / "vectors.npy"
    if not path.exists():
        from clioscope.embedding import encode_texts, open_embedder
        from clioscope.settings import Settings

        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, encode_texts(texts, open_embedder(Settings().embedding), None))
    vectors = np.load(path)
    return Base(texts, vectors, topic, knn(vectors, _NEAR).indices)


def _turns() -> list[str]:
    from clioscope.conversations import Conversation, read_conversations
    from clioscope.conversations.transcript import user_text
    from clioscope.models.fetch import pull

    found: list[str] = []
    for record in read_conversations(pull("sharegpt"), format="sharegpt"):
        text = user_text(record.messages) if isinstance(record, Conversation) else ""
        if len(text.split()) > 2:
            found.append(" ".join(text[:_LETTERS].split()))
        if len(found) == _TURNS:
            break
    return found


def conversations(base: Base, rows: int, path: Path, seed: int = 0) -> Made:
    """So many rows; their vectors lie in a file at ``path``, and are read from there."""
    rng = np.random.default_rng(seed)
    weight = 1 / (1 + rng.permutation(len(np.unique(base.topic)))) ** 0.5
    share = weight[np.unique(base.topic, return_inverse=True)[1]]
    start = rng.choice(len(base.vectors), rows, p=share / share.sum())
    other = base.near[start, rng.integers(_NEAR, size=rows)].astype(np.intp)
    vectors = np.lib.format.open_memmap(path, "w+", np.float16, (rows, base.vectors.shape[1]))
    for first in range(0, rows, _BLOCK):
        part = slice(first, first + _BLOCK)
        here, there = base.vectors[start[part]], base.vectors[other[part]]
        size = len(here)
        one = rng.integers(len(base.vectors), size=size)
        another = base.near[one, rng.integers(_NEAR, size=size)]
        away = base.vectors[one] - base.vectors[another]
        moved = here + rng.uniform(0, 0.5, (size, 1)) * (there - here) + rng.uniform(0.2, 0.6, (size, 1)) * away
        vectors[part] = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    copies = np.flatnonzero(rng.random(rows) < 0.02)
    of = rng.integers(rows, size=len(copies))
    vectors[copies], start[copies], other[copies] = vectors[of], start[of], other[of]
    vectors.flush()
    return Made(np.load(path, mmap_mode="r"), start, other)


def texts_of(base: Base, made: Made) -> list[str]:
    """The text of each row."""
    words = [text.split() for text in base.texts]
    return [_mixed(words[one], words[two]) for one, two in zip(made.base.tolist(), made.other.tolist(), strict=True)]


def _mixed(own: list[str], other: list[str]) -> str:
    return " ".join(other[place % len(other)] if place % 4 == 3 else word for place, word in enumerate(own))
