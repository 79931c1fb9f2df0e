"""How much the raw text should count beside answers, where texts are short: with a small and with a large model.

    python benchmarks/short_texts.py [--data languages clinc] [--embedder multilingual-e5-small ...] [--model NAME]

Of 300 made conversations in 15 languages 100 were asked, of 4,500 utterances of CLINC150 150, chosen by coverage as in
a build. The large model's answers are in ``large_model/``; ``--model`` is asked the same questions here (``--cache``
keeps its answers). The vectors are mixed with 1 for the answer, the prediction as a build weights it, and several
weights of the raw text; then they are centred and smoothed as in a build. Prints the AMI of k-means with as many
groups as labels (mean of several seeds): of all conversations, and of the asked ones alone, as if no others were there.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans

from clioscope.experiments.bench import Bench
from clioscope.experiments.data import clinc150, data_folder
from clioscope.measure import against_labels
from clioscope.prediction.facet_map import FacetMap
from clioscope.prediction.mixing import choose_weights, mix_asked, mix_others, raw_weight, usual_weights
from clioscope.prediction.ready import FACETS, ready_map
from clioscope.prediction.words import word_scores
from clioscope.settings import EmbeddingSettings
from clioscope.vectors.shaping import shape
from clioscope.vectors.unit import average

WEIGHTS = (0.0, 0.5, 1.0, 2.0, 4.0)


class Corpus(NamedTuple):
    """``texts`` (n) and their ``ids``, ``truth`` (n,) and ``languages`` (n), None where all are in one."""

    texts: list[str]
    ids: list[str]
    truth: NDArray[np.int64]
    languages: list[str | None] | None

    @property
    def characters(self) -> float:
        """The mean length of the texts."""
        return float(np.mean([len(text) for text in self.texts]))


def languages() -> Corpus:
    path = data_folder() / "synthetic-15-languages" / "conversations.jsonl"
    rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    texts = ["\n".join(one["content"] for one in row["messages"] if one["role"] == "user") for row in rows]
    truth = np.unique([row["metadata"]["category"] for row in rows], return_inverse=True)[1]
    spoken: list[str | None] = [row["metadata"]["language"] for row in rows]
    return Corpus(texts, [row["id"] for row in rows], truth, spoken)


def clinc() -> Corpus:
    data = clinc150("test")
    return Corpus(data.texts, data.texts, data.truth, None)


DATA = {made.__name__: made for made in (languages, clinc)}


def ami(vectors: NDArray[np.floating], corpus: Corpus, rows: NDArray[np.intp], groups: int, seeds: int) -> float:
    """Of k-means of some rows (m,) whose vectors (m, d) are shaped as in a build."""
    told = None if corpus.languages is None else [corpus.languages[row] for row in rows]
    shaped = shape(np.asarray(vectors, np.float16).astype(np.float32), EmbeddingSettings(), 0, told).vectors
    found = [KMeans(groups, n_init=1, random_state=seed).fit_predict(shaped) for seed in range(seeds)]
    return float(np.mean([against_labels(labels, corpus.truth[rows])["ami"] for labels in found]))


def table(
    bench: Bench,
    corpus: Corpus,
    words: NDArray[np.float16],
    own: NDArray[np.float32],
    rows: NDArray[np.intp],
    seeds: int,
) -> None:
    """Prints a line per weight of the raw text."""
    raw, every = bench.encode(corpus.texts), np.arange(len(corpus.texts))
    groups, few = len(set(corpus.truth)), len(set(corpus.truth[rows]))
    ready = ready_map(bench.encoder().id)
    learnt = FacetMap.fit(raw[rows], own, ready, words[rows])
    told, predicted = learnt.crossfitted, learnt.predict(raw, words)
    least = choose_weights(own, told)
    build = choose_weights(own, told, characters=corpus.characters, unasked=1 - len(rows) / len(raw))
    print(f"  R2 {least.raw / least.own:.2f}, weight of the prediction {least.predicted / least.own:.2f}")

    def line(title: str, weight: float, alone_too: bool = True) -> None:
        # Mixtures are made unit, so only the proportions count.
        weights = least._replace(raw=weight * least.own, predicted_alone=1.0, raw_alone=weight)
        asked = mix_asked(weights, own, told, raw[rows])
        mixed = mix_others(weights, predicted, raw)
        mixed[rows] = asked
        both = f"   asked alone {ami(asked, corpus, rows, few, seeds):.3f}" if alone_too else ""
        print(f"  {title:<28} all {ami(mixed, corpus, every, groups, seeds):.3f}{both}", flush=True)

    for weight in WEIGHTS:
        line(f"raw text {weight:g}", weight)
    line(f"raw text as R2: {least.raw / least.own:.2f}", least.raw / least.own)
    line(f"raw text as a build: {build.raw / build.own:.2f}", build.raw / build.own, alone_too=False)
    print(f"  {'answers alone':<28} asked alone {ami(own, corpus, rows, few, seeds):.3f}", flush=True)


def answers(path: Path, corpus: Corpus) -> tuple[NDArray[np.intp], list[list[str]]]:
    """The rows that were asked, and the texts of their facets."""
    place = {one: row for row, one in enumerate(corpus.ids)}
    said = sorted((place[one["id"]], one) for one in map(json.loads, path.open(encoding="utf-8")))
    return np.array([row for row, _ in said]), [[str(one[name]) for _, one in said] for name in FACETS]


def of_model(bench: Bench, texts: Sequence[str]) -> list[list[str]]:
    """What the bench's model says of texts; an empty text where it has no answer."""
    from clioscope.experiments.model_facets import ask_texts

    said = ask_texts(bench, list(texts), bench.models[0]).texts
    return [said[name] for name in FACETS]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", choices=[*DATA], default=[*DATA])
    parser.add_argument("--embedder", nargs="+", default=["multilingual-e5-small", "all-MiniLM-L6-v2"])
    parser.add_argument("--model", help="a small model that is asked the same questions")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--cache", type=Path, help="folder that keeps vectors and answers")
    given = parser.parse_args()

    if given.cache:
        given.cache.mkdir(parents=True, exist_ok=True)
    for data in given.data:
        corpus = DATA[data]()
        rows, large = answers(Path(__file__).parent / "large_model" / f"{data}.jsonl", corpus)
        models = (given.model,) if given.model else ()
        bench = Bench(embedders=tuple(given.embedder), models=models, cache=given.cache)
        said, words = {"large model": large}, word_scores(corpus.texts)
        if given.model:
            said[given.model] = of_model(bench, [corpus.texts[row] for row in rows])
        for encoder in given.embedder:
            bench.embedders = (encoder,)
            raw, groups = bench.encode(corpus.texts), len(set(corpus.truth))
            ready, every = ready_map(bench.encoder().id), np.arange(len(raw))
            print(f"{data}, {encoder}: raw text {ami(raw, corpus, every, groups, given.seeds):.3f}", flush=True)
            if ready is not None:
                weights = usual_weights(raw=raw_weight(corpus.characters))
                plain = mix_others(weights, ready.predict(raw, words), raw)
                print(f"  no model {ami(plain, corpus, every, groups, given.seeds):.3f}", flush=True)
            for name, columns in said.items():
                print(f" {name}")
                table(bench, corpus, words, average([bench.encode(column) for column in columns]), rows, given.seeds)
        bench.close()


if __name__ == "__main__":
    main()
