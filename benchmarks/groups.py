"""How many base groups, and which weights of facets: figures behind two defaults, without a language model.

    python benchmarks/groups.py number            # the number that a build chooses beside the usual one
    python benchmarks/groups.py facets            # facets of a large model: weights, smoothing, number of groups

Needs ../shared/data, the ``sharegpt`` data of the catalogue, and for Russian what benchmarks/russian_data.py makes.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from peers import DATA, texts_and_vectors

WEIGHTS = (
    *({"request": 1}, {"field": 1}, {"activity": 1}, {"field": 1, "activity": 1}),
    {"request": 1, "field": 1, "activity": 1},
    {"request": 1, "field": 2, "activity": 1},
    {"request": 1, "field": 3, "activity": 1},
    {"request": 1, "field": 1, "activity": 1, "text": 0.5},
    {"request": 1, "field": 1, "activity": 1, "text": 1},
    {"text": 1},
)


class Set(NamedTuple):
    """A data set: unit ``vectors`` (n, d), true codes ``truth`` (n,) if there are any, ``languages`` (n) likewise."""

    name: str
    vectors: np.ndarray
    truth: np.ndarray | None = None
    languages: Sequence[str] | None = None


def sets(unlabelled: Sequence[int]) -> Iterator[Set]:
    """All data sets, the smallest first."""
    from clioscope.conversations import collect_conversations
    from clioscope.experiments.data import russian_texts
    from clioscope.models.fetch import pull
    from clioscope.settings import InputSettings

    for name in ("sharegpt", "strong"):
        _, vectors, truth = texts_and_vectors(name)
        yield Set(name, vectors, truth)
    path = DATA / "synthetic-15-languages/conversations.jsonl"
    rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    texts = ["\n".join(one["content"] for one in row["messages"] if one["role"] == "user") for row in rows]
    category, tags = ([row["metadata"][name] for row in rows] for name in ("category", "language"))
    for model in ("all-MiniLM-L6-v2", "multilingual-e5-small"):
        yield Set(f"15 languages, {model}", encoded(texts, model), np.unique(category, return_inverse=True)[1], tags)
    russian = russian_texts()
    yield Set("Russian", encoded(russian.texts["ru"]), russian.truth)
    _, vectors, truth = texts_and_vectors("clinc")
    yield Set("clinc", vectors, truth)
    for count in unlabelled:
        found = collect_conversations([pull("sharegpt")], InputSettings(format="sharegpt", sample=count), 0, None)
        yield Set("ShareGPT, unlabelled", encoded(found.transcripts["text"].to_list()))


def encoded(texts: Sequence[str], model: str = "all-MiniLM-L6-v2") -> np.ndarray:
    """Unit vectors (n, d) of the texts."""
    from clioscope.embedding.encode import encode_texts
    from clioscope.embedding.open import open_embedder
    from clioscope.settings import EmbeddingSettings

    return encode_texts(list(texts), open_embedder(EmbeddingSettings(model=model)), None)


def groups_of(vectors: np.ndarray, seed: int, languages: Sequence[str] | None = None, smooth: float = 0.5, **settings):
    """The clustering of centred and smoothed vectors."""
    from clioscope.clustering import cluster
    from clioscope.settings import ClusteringSettings, EmbeddingSettings
    from clioscope.vectors.shaping import shape

    shaped = shape(vectors, EmbeddingSettings(smooth=smooth), seed, languages)
    centred = shaped.means.centre(vectors, languages)
    return cluster(shaped.vectors, ClusteringSettings(**settings), seed, judged=centred)


def number(seeds: int, unlabelled: Sequence[int]) -> None:
    """The chosen number beside the usual one, with and without the bound for a model on this machine."""
    from clioscope.clustering import default_clusters
    from clioscope.measure.external import ami
    from clioscope.pipeline.resolve import MOST_HERE

    print(
        "| data | rows | usual | AMI | chosen | AMI | chosen, most 100 | AMI | s | silhouettes of the numbers tried |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for one in sets(unlabelled):
        cells: list[str] = []
        for settings in ({"clusters": default_clusters(len(one.vectors))}, {}, {"most": MOST_HERE}):
            began = time.monotonic()
            found = [groups_of(one.vectors, seed, one.languages, **settings) for seed in range(seeds)]
            seconds = (time.monotonic() - began) / seeds
            agreed = "" if one.truth is None else f"{np.mean([ami(each.labels, one.truth) for each in found]):.3f}"
            cells += [f"{np.mean([len(each.centroids) for each in found]):.0f}", agreed]
            if not settings:
                tried = [f"{each['groups']} {each['silhouette']:.3f}" for each in found[0].info.get("tried", ())]
                took = f"{seconds:.0f}"
        print(f"| {one.name} | {len(one.vectors):,} | {' | '.join(cells)} | {took} | {', '.join(tried)} |", flush=True)


def facets(draws: int) -> None:
    """AMI by the weights of a large model's facets, by smoothing, and at 8, 14 and 22 groups; draws of 85 %."""
    from clioscope.experiments.data import category_labels
    from clioscope.measure.external import ami
    from clioscope.vectors.unit import unit_rows

    category = category_labels()
    lines = (DATA / "sharegpt-labelled/strong_facets.jsonl").open(encoding="utf-8")
    rows = {row["id"]: row for row in map(json.loads, lines) if row["id"] in category}
    columns = {name: encoded([row[name] for row in rows.values()]) for name in ("request", "field", "activity")}
    _, raw, _ = texts_and_vectors("sharegpt")
    place = {source: number for number, source in enumerate(sharegpt_ids(category))}
    columns["text"] = raw[[place[source] for source in rows]]
    truth = np.unique([category[source] for source in rows], return_inverse=True)[1]
    share = round(0.85 * len(truth))
    parts = [np.sort(np.random.default_rng(seed).permutation(len(truth))[:share]) for seed in range(draws)]
    print("| weights | no smoothing | .25 | .5 | .7 |\n|---|---|---|---|---|")
    for weights in WEIGHTS:
        vectors = unit_rows(np.sum([weight * columns[name] for name, weight in weights.items()], axis=0))
        cells = []
        for smooth in (0, 0.25, 0.5, 0.7):
            for count in (8, 14, 22):
                found = [
                    ami(groups_of(vectors[rows], seed, smooth=smooth, clusters=count).labels, truth[rows])
                    for seed, rows in enumerate(parts)
                ]
                cells.append(f"{np.mean(found):.3f}")
        named = " + ".join(name if weight == 1 else f"{weight} {name}" for name, weight in weights.items())
        print(f"| {named} | {' | '.join(' '.join(cells[i : i + 3]) for i in range(0, 12, 3))} |", flush=True)


def sharegpt_ids(category) -> list[str]:
    """Ids of labelled ShareGPT in the order of ``texts_and_vectors``."""
    from clioscope.conversations import Conversation, read_conversations
    from clioscope.models.fetch import pull

    records = read_conversations(pull("sharegpt"), format="sharegpt")
    ids = [one.source_id for one in records if isinstance(one, Conversation)]
    return list(dict.fromkeys(one for one in ids if one in category))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["number", "facets"])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--unlabelled", nargs="*", type=int, default=[3_000, 17_000])
    given = parser.parse_args()
    if given.what == "number":
        number(given.seeds, given.unlabelled)
    else:
        facets(given.seeds)


if __name__ == "__main__":
    main()
