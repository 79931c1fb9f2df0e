"""What a build has when its facets are there, for benchmarks/scale.py: what the later stages read.

The model was asked about 20,000 of the conversations, as it would be of so many. What it said is made of the base texts
(benchmarks/scale_data.py): the request is a text that the conversation was made of, the field its domain.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scale_data import Base, Made, conversations, texts_of

from clioscope.atlas.vectors import ENCODED, TEXT_KEYS, TEXTS
from clioscope.embedding.registry import embedders
from clioscope.facets.known import choose_facets
from clioscope.pipeline.run import Run
from clioscope.pipeline.workspace import file_hash
from clioscope.settings import Settings, load_settings
from clioscope.vectors.unit import unit_rows

ASKED = 20_000
FACETS = ("request", "field", "activity", "concern", "language", "turns", "length", "hour", "day")
_TABLES = ("conversations", "occurrences", "transcripts", "copies", "asked", "answers")
_ARRAYS = (TEXTS, TEXT_KEYS, ENCODED)
_ACTIVITIES = ("asking a question", "giving an order", "looking something up", "planning", "writing", "fixing")


class WordMeans:
    """An ``Embedder`` without an encoder: a base text has its vector, any other the mean of those with its words."""

    def __init__(self, base: Base) -> None:
        self.id, self.dimension = "scale-words", base.vectors.shape[1]
        self._row = {text: row for row, text in enumerate(base.texts)}
        rows_of: dict[str, list[int]] = {}
        for row, text in enumerate(base.texts):
            for word in set(text.casefold().split()):
                rows_of.setdefault(word, []).append(row)
        self._words = {word: base.vectors[rows].mean(axis=0) for word, rows in rows_of.items()}
        self._vectors = base.vectors

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimension)."""
        return unit_rows(np.stack([self._one(text) for text in texts]), directed=True)

    def _one(self, text: str) -> NDArray[np.float32]:
        if text in self._row:
            return self._vectors[self._row[text]]
        known = [self._words[word] for word in text.casefold().split() if word in self._words]
        found: NDArray[np.float32] = np.mean(known, axis=0) if known else self._vectors[0]
        return found


def settings_of(layout: str) -> Settings:
    """Of a build without a model."""
    return load_settings(
        model__name="none",
        embedding__model="scale-words",
        layout__method=layout,
        facets__embed=["request", "field", "activity", "text"],
        privacy__recognisers=[],
        input__keep_transcripts=True,
    )


def run_of(folder: Path, base: Base, layout: str) -> Run:
    """A run in a folder; call ``put_inputs`` next."""
    words = WordMeans(base)
    embedders.register("scale-words")(lambda settings: words)
    return Run(folder, settings_of(layout), choose_facets(FACETS))


def put_inputs(run: Run, base: Base, rows: int) -> None:
    """Write what the facets left, or take what an earlier call wrote."""
    run.folder.mkdir(parents=True, exist_ok=True)
    if not (run.folder / "answers.parquet").exists():
        made = conversations(base, rows, run.folder / f"{TEXTS}.npy")
        keys = np.arange(2 * rows, dtype=np.uint64).view(np.uint8).reshape(rows, 16)
        run.write_array(TEXT_KEYS, keys)
        run.write_array(ENCODED, np.ones(rows, np.float16))
        np.save(run.folder / "base_rows.npy", made.base)
        run.take(**tables(base, made))
    for name in _TABLES:
        run.hashes[f"{name}.parquet"] = file_hash(run.folder / f"{name}.parquet")
    for name in _ARRAYS:
        run.hashes[f"{name}.npy"] = file_hash(run.folder / f"{name}.npy")


def tables(base: Base, made: Made) -> dict[str, pl.DataFrame]:
    """The tables by name, of n conversations by n / 3 users."""
    rows, rng = len(made.base), np.random.default_rng(1)
    ids = pl.Series("conversation", [f"c{number:09x}" for number in range(rows)])
    texts = pl.Series("text", texts_of(base, made))
    days = rng.integers(0, 180 * 24, rows)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    at = pl.Series([start + timedelta(hours=int(hour)) for hour in range(180 * 24)]).gather(days)
    users = pl.Series(rng.integers(0, max(2, rows // 3), rows)).cast(pl.String)
    place = rng.permutation(rows)
    said = place < min(ASKED, rows // 5)
    topic = base.topic[made.base]
    domain = np.where(topic >= 0, topic // 15, 10)
    fields = pl.Series([f"domain {'abcdefghijk'[number]}" for number in range(11)]).gather(domain)
    ask = pl.Series(said)
    answers = pl.DataFrame(
        {
            "conversation": ids,
            "request": pl.Series(base.texts).gather(made.base).zip_with(ask, pl.Series([None], dtype=pl.String)),
            "field": fields.zip_with(ask, pl.Series([None], dtype=pl.String)),
            "activity": pl.Series(_ACTIVITIES)
            .gather((topic + 1) % len(_ACTIVITIES))
            .zip_with(ask, pl.Series([None], dtype=pl.String)),
            "concern": pl.Series(1 + (topic % 7 == 0)).zip_with(ask, pl.Series([None], dtype=pl.Int64)),
            "language": pl.Series(["en"]).gather(np.zeros(rows, int)),
            "turns": pl.Series(1 + rng.geometric(0.4, rows)),
            "length": pl.Series(["short", "medium", "long"]).gather(rng.integers(0, 3, rows)),
            "hour": at.dt.hour().cast(pl.Int64),
            "day": at.dt.date().cast(pl.String),
        }
    )
    ones = np.ones(rows, np.uint32)
    return {
        "conversations": pl.DataFrame(
            {
                **{"conversation": ids, "count": ones, "users": ones, "turns": answers["turns"].cast(pl.UInt32)},
                **{"characters": texts.str.len_chars(), "first_at": at, "last_at": at},
                **dict.fromkeys(
                    ("read_characters", "read_turns", "text_characters", "text_turns"), np.ones(rows, np.float32)
                ),
            }
        ),
        "occurrences": pl.DataFrame({"conversation": ids, "record": ids, "user": users, "created_at": at}),
        "transcripts": pl.DataFrame({"conversation": ids, "transcript": texts, "text": texts}),
        "copies": pl.DataFrame({"conversation": ids, "text": np.arange(rows, dtype=np.uint32)}),
        "asked": pl.DataFrame(
            {**{"conversation": ids, "place": place, "asked": said}, "weight": ones, "stands_for": np.arange(rows)}
        ),
        "answers": answers,
    }
