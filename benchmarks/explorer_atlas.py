"""A synthetic atlas of any size, written by Clioscope's own writers, to measure and test the explorer.

    python benchmarks/explorer_atlas.py 100000 /tmp/atlas-100k

Topics are normal clouds on a map, of Zipf sizes; facets, dates, users and metadata depend on the topic, so that
groups differ and change. Nothing in it is real.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from clioscope import __version__
from clioscope.atlas.files import VERSION, write_array, write_json, write_table
from clioscope.atlas.vectors import NEAR, PLAIN, WEIGHTS
from clioscope.facets.known import choose_facets
from clioscope.files.folders import FORMAT
from clioscope.hierarchy.levels import level_sizes
from clioscope.hierarchy.tree import Level, group_ids, memberships, tree_table
from clioscope.naming.candidates import Label
from clioscope.settings import Settings
from clioscope.vectors.centring import Means
from clioscope.vectors.centroids import centroids_of, nearest_centroid

DIMENSIONS = 32
THINGS = ["bread", "python", "travel", "poetry", "excel", "gardens", "taxes", "chess", "chemistry", "marketing"]
THINGS += ["lesson", "contract", "novel", "server", "logo", "resume", "physics", "recipe", "fitness", "history"]
THINGS += ["grammar", "startup", "insurance", "song", "regex", "budget", "quiz", "letter"]
VERBS = ["Explain", "Write", "Plan", "Fix", "Compare", "Translate", "Summarise", "Design", "Review", "Teach"]
FIELDS = ["programming", "business", "science", "education", "health", "law", "arts", "language", "finance", "travel"]
LANGUAGES = ["en", "es", "zh", "ru", "fr", "de", "pt", "ja", "ko", "ar"]


def _write_vectors(folder: Path, vectors: NDArray[np.float32]) -> None:
    """The arrays that a build without centring and smoothing writes."""
    n, d = vectors.shape
    arrays = {
        PLAIN: vectors.astype(np.float16),
        **Means(np.zeros(d, np.float32), (), np.zeros((0, d), np.float32)).arrays(),
        NEAR: np.zeros((n, 0), np.int32),
        WEIGHTS: np.tile(np.float32([1, 0]), (n, 1)),
    }
    for name, array in arrays.items():
        write_array(folder / f"{name}.npy", array)


def write_atlas(n: int, folder: Path, seed: int = 0) -> Path:
    """An atlas of ``n`` distinct conversations in ``folder``."""
    generator = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    base = max(2, min(round(1.2 * n**0.5 * 0.9), 3_500))
    sizes = level_sizes(base, n)
    labels, levels, spots = _topics(n, sizes, generator)
    names = [f"c{index:09x}" for index in generator.permutation(n)]
    names.sort()
    centres = generator.normal(size=(base, DIMENSIONS))
    vectors = centres[labels] + generator.normal(size=(n, DIMENSIONS))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    centroids = centroids_of(vectors, labels, base)
    conversations, occurrences = _conversations(names, labels, base, generator)
    write_table(folder / "conversations.parquet", conversations)
    write_table(folder / "occurrences.parquet", occurrences)
    facets = choose_facets(("request", "field", "concern", "language", "turns", "length", "hour", "day"))
    write_table(folder / "facets.parquet", _facets(names, labels, conversations, generator))
    ids = group_ids(names, labels, 0)
    write_table(
        folder / "clusters.parquet",
        pl.DataFrame(
            {
                "conversation": names,
                "group": [ids[label] for label in labels],
                "label": labels,
                "margin": nearest_centroid(vectors, centroids, own=labels)[1],
                "rare": np.zeros(n, dtype=np.bool_),
            }
        ),
    )
    member = memberships(labels, levels)
    titles = [_titles(size, level) for level, size in enumerate(sizes)]
    tree = tree_table(conversations, occurrences, member, levels, titles)
    tree = tree.with_columns(
        pl.lit(5, pl.Int64).alias("score"), pl.lit(5, pl.Int64).alias("first_score"), pl.lit("accepted").alias("action")
    )
    write_table(folder / "tree.parquet", tree)
    write_table(folder / "layout.parquet", pl.DataFrame({"conversation": names, "x": spots[:, 0], "y": spots[:, 1]}))
    _write_vectors(folder, vectors)
    write_array(folder / "centroids.npy", centroids)
    write_json(
        folder / "manifest.json",
        {
            "format": FORMAT,
            "version": VERSION,
            "clioscope": __version__,
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            "settings": Settings().model_dump(mode="json"),
            "facets": [one.model_dump(mode="json", exclude={"compute"}) for one in facets],
            "models": {"chat": None, "embedder": "hash"},
            "prompts": {},
            "counts": {"records": occurrences.height, "rejected": 0, "conversations": n, "groups": tree.height},
            "base_groups": ids,
        },
    )
    return folder


def _topics(n: int, sizes: list[int], generator: np.random.Generator) -> tuple[np.ndarray, list[Level], np.ndarray]:
    """The base group of each conversation, the levels above, and places on a map that follow the tree."""
    weights = 1 / np.arange(1, sizes[0] + 1) ** 0.7
    labels = np.concatenate([np.arange(sizes[0]), generator.choice(sizes[0], n - sizes[0], p=weights / weights.sum())])
    labels = generator.permutation(labels).astype(np.int32)
    levels = []
    for below, above in pairwise(sizes):
        parents = np.concatenate([np.arange(above), generator.integers(0, above, below - above)])
        levels.append(Level(generator.permutation(parents).astype(np.int32)))
    spots = generator.normal(scale=4.0, size=(sizes[-1], 2))
    scale = 1.6
    for level in reversed(levels):
        spots = spots[level.parent_of] + generator.normal(scale=scale, size=(len(level.parent_of), 2))
        scale /= 2.2
    return labels, levels, (spots[labels] + generator.normal(scale=scale / 1.4, size=(n, 2))).astype(np.float32)


def _conversations(
    names: list[str], labels: np.ndarray, base: int, generator: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    n = len(names)
    skew = generator.uniform(0.5, 1.8, base)[labels]  # topics come and go
    days = (generator.random(n) ** skew * 180).astype(int)
    hours = generator.integers(0, 24, n)
    start = datetime(2026, 1, 1)
    at = [start + timedelta(days=int(day), hours=int(hour)) for day, hour in zip(days, hours, strict=True)]
    copies = np.where(generator.random(n) < 0.02, 3, 1)
    users = generator.integers(1, max(3, n // 4), n).astype(np.uint32)
    conversations = pl.DataFrame(
        {
            "conversation": names,
            "count": copies.astype(np.uint32),
            "users": np.ones(n, np.uint32),
            "turns": generator.geometric(0.25, n).astype(np.uint32) + 1,
            "characters": generator.lognormal(7.5, 1.4, n).astype(np.uint64),
            "first_at": at,
            "last_at": at,
        }
    ).with_columns(pl.col("first_at", "last_at").dt.replace_time_zone("UTC"))
    rows = np.repeat(np.arange(n), copies)
    plans = np.array(["free", "pro", "team"])
    occurrences = pl.DataFrame(
        {
            "conversation": np.asarray(names, dtype=object)[rows].tolist(),
            "record": [str(index) for index in range(len(rows))],
            "user": users[rows],
            "created_at": conversations["first_at"].gather(rows),
            "meta_plan": plans[np.minimum(2, (labels[rows] % 4 + generator.integers(0, 3, len(rows))) // 2)],
        }
    )
    return conversations, occurrences


def _facets(
    names: list[str], labels: np.ndarray, conversations: pl.DataFrame, generator: np.random.Generator
) -> pl.DataFrame:
    from clioscope.facets.computed import LENGTHS

    n = len(names)
    field = np.array(FIELDS)[np.where(generator.random(n) < 0.7, labels % len(FIELDS), generator.integers(0, 10, n))]
    most = 0.35 * generator.random(n) ** 2 + (labels % 7 == 0) * 0.5
    language = np.array(LANGUAGES)[np.where(generator.random(n) < 0.75, 0, generator.integers(0, 10, n))]
    language = np.where(labels % 9 == 3, np.array(LANGUAGES)[(labels // 9) % 10], language)
    characters = conversations["characters"].to_numpy()
    edges = np.array([limit for limit, _ in LENGTHS])
    words = np.array([*(word for _, word in LENGTHS), "very long"])
    return pl.DataFrame(
        {
            "conversation": names,
            "request": [f"{VERBS[a % 10]} something about {THINGS[b % len(THINGS)]}" for a, b in enumerate(labels)],
            "field": field,
            "concern": (1 + np.minimum(4, most * 5)).astype(np.int64),
            "language": language,
            "turns": conversations["turns"].cast(pl.Int64),
            "length": words[np.searchsorted(edges, characters, side="right")],
            "hour": conversations["first_at"].dt.hour().cast(pl.Int64),
            "day": conversations["first_at"].dt.date().cast(pl.String),
        }
    )


def _titles(size: int, level: int) -> list[Label]:
    found = []
    for index in range(size):
        verb, thing = VERBS[index % len(VERBS)], THINGS[(index * 7 + level) % len(THINGS)]
        other = THINGS[(index * 11 + 3) % len(THINGS)]
        name = f"{verb} {thing} and {other}" if level == 0 else f"{thing.capitalize()}, {other} and more"
        description = f"Users asked the assistant to {verb.lower()} what has to do with {thing} and {other}."
        found.append(Label(f"{name} {index // 90 + 1}" if index >= 90 else name, description, (thing, other)))
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("conversations", type=int)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    print(write_atlas(given.conversations, given.folder))
