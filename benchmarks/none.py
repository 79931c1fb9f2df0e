"""What fits nothing: members held out that are refused, and foreign texts that are, by encoder and corpus.

    python benchmarks/none.py [--embedder all-MiniLM-L6-v2 all-mpnet-base-v2] [--most 1500] [--foreign 300]
        [--splits 3] [--out none-vectors] [--compare] [--speed]

Needs ../shared/data (CLINC150, the chats in fifteen languages), the ``sharegpt`` data set of the catalogue (fetched if
absent), and the Russian texts that benchmarks/russian_data.py makes. Vectors are kept in ``--out``, so a second run
encodes nothing. Seven tenths of a corpus are the members, the rest are held out, in several splits; the figures are
means over them. ``each alone``: every conversation is judged by itself. ``in a file``: each set is a file of its own,
as ``assign`` gets it. ``with held out``: a foreign set and the held-out texts are one file; the second figure of a pair
is the share of the held-out texts that are refused in it. Then each domain of CLINC150 is left out in turn and planted.
``--compare`` adds each score alone, and a classifier that has seen half of the foreign texts with labels: what could be
told with examples. ``--speed`` measures the test alone, on vectors that are there.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from none_texts import CORPORA, FOREIGN, ONLY_FOREIGN, domains, shuffled
from numpy.typing import NDArray

from clioscope.clustering import cluster
from clioscope.clustering.fit import LEVEL, Fit, calibrate, fit_from
from clioscope.clustering.novelty import p_values_in_file
from clioscope.embedding.encode import encode_texts
from clioscope.embedding.open import open_embedder
from clioscope.models.store import Store
from clioscope.settings import ClusteringSettings, EmbeddingSettings
from clioscope.vectors.centroids import nearest_centroid
from clioscope.vectors.neighbours import nearest
from clioscope.vectors.shaping import Shaped, shape
from clioscope.vectors.smoothing import smooth
from clioscope.vectors.unit import unit_rows

Vectors = NDArray[np.float32]
CLINC = "CLINC150"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--embedder", nargs="+", default=["all-MiniLM-L6-v2", "all-mpnet-base-v2"])
    parser.add_argument("--most", type=int, default=1500, help="texts of a corpus")
    parser.add_argument("--foreign", type=int, default=FOREIGN, help="texts of a foreign set")
    parser.add_argument(
        "--corpora", nargs="+", default=list(CORPORA), choices=list(CORPORA), help="to build atlases of"
    )
    parser.add_argument("--out", type=Path, default=Path("none-vectors"), help="the folder that keeps the vectors")
    parser.add_argument("--splits", type=int, default=3, help="draws of the members of a corpus")
    parser.add_argument("--compare", action="store_true")
    parser.add_argument("--speed", action="store_true")
    given = parser.parse_args()
    if given.speed:
        return speed()
    corpora = {name: shuffled(read()) for name, read in CORPORA.items()}
    foreign = {name: read() for name, read in ONLY_FOREIGN.items()}
    topics = list(domains().items())
    for name in given.embedder:
        encoder = open_embedder(EmbeddingSettings(model=name))
        with Store(given.out / f"{name}.sqlite") as store:

            def encode(rows: list[str], most: int) -> Vectors:
                return encode_texts(rows[:most], encoder, store)  # noqa: B023 - called within this round

            own = {corpus: encode(corpora[corpus], given.most) for corpus in given.corpora}
            few = {set_: encode(rows, given.foreign) for set_, rows in {**corpora, **foreign}.items()}
            planted = {topic: encode(shuffled(rows), given.most // len(topics)) for topic, rows in topics}
        for corpus in given.corpora:
            others = {other: rows for other, rows in few.items() if other != corpus}
            report(name, corpus, own[corpus], others, given, given.splits)
        if CLINC in given.corpora:
            for topic, rows in planted.items():
                rest = np.concatenate([one for other, one in planted.items() if other != topic])
                report(name, "CLINC150 without", rest, {topic: rows}, given)


class World(NamedTuple):
    """What an atlas of some members would tell new ones by."""

    shaped: Shaped
    centroids: Vectors
    fit: Fit

    def p_values(self, vectors: Vectors, in_file: bool = False) -> NDArray[np.float32]:
        """Of new conversations, put into groups as ``assign`` does; ``in_file``: they are all of one file."""
        centred = self.shaped.means.centre(vectors)
        near = nearest(centred, self.shaped.vectors, EmbeddingSettings().smooth_neighbours)
        placed = smooth(centred, near.indices, self.shaped.vectors, EmbeddingSettings().smooth)
        labels = nearest_centroid(placed, self.centroids)[0]
        return p_values_in_file(self.fit, vectors, labels) if in_file else self.fit.p_values(vectors, labels)

    def refused(self, vectors: Vectors, in_file: bool = False) -> NDArray[np.bool_]:
        return self.p_values(vectors, in_file) <= LEVEL


def world(members: Vectors) -> World:
    """The groups that a build makes of ``members``, and its test."""
    shaped = shape(members, EmbeddingSettings())
    found = cluster(shaped.vectors, ClusteringSettings(), judged=shaped.means.centre(members))
    rows, kept = calibrate(members)
    return World(shaped, found.centroids, fit_from(members, found.labels, rows, kept))


def report(
    encoder: str, corpus: str, own: Vectors, others: dict[str, Vectors], given: argparse.Namespace, splits: int = 1
) -> None:
    """A line with what is refused, as means over the splits; with ``--compare`` more lines, of the first split."""
    cut = int(0.7 * len(own))
    head = f"{encoder:<18}{corpus:<18}{cut:>6,} members"
    drawn: dict[str, list[dict[str, float]]] = {"each alone": [], "in a file": [], "with held out": []}
    for split in range(splits):
        rows = own[np.random.default_rng(split).permutation(len(own))]
        members, held = rows[:cut], rows[cut:]
        sets = {"held out": held, **others}
        atlas = world(members)
        for way, in_file in (("each alone", False), ("in a file", True)):
            drawn[way].append({name: float(atlas.refused(rows, in_file).mean()) for name, rows in sets.items()})
        mixed = {}
        for name, rows in others.items():
            both = atlas.refused(np.concatenate([rows, held]), True)
            mixed[name], mixed[f"and held out beside {name}"] = both[: len(rows)].mean(), both[len(rows) :].mean()
        drawn["with held out"].append(mixed)
        if given.compare and split == 0:
            for score, name in enumerate(("far", "rest", "sparse")):
                limit = np.quantile(atlas.fit.deviations[:, score], 1 - LEVEL)
                line(
                    head, name, {one: (atlas.fit.deviations_of(v)[:, score] > limit).mean() for one, v in sets.items()}
                )
            line(head, "with labels", {one: with_labels(members, held, v) for one, v in others.items()})
    for way, figures in drawn.items():
        line(head, way, {name: np.mean([one[name] for one in figures]) for name in figures[0]})
    for way in ("each alone", "in a file"):
        line(head, f"{way}, splits", {f"{n}": one["held out"] for n, one in enumerate(drawn[way])})


def line(head: str, name: str, refused: Mapping[str, float | np.floating]) -> None:
    found = ", ".join(f"{other} {100 * share:.1f} %" for other, share in refused.items())
    print(f"{head} {name:<12}: {found}", flush=True)


def with_labels(members: Vectors, held: Vectors, foreign: Vectors) -> float:
    """The share of foreign texts that a logistic regression finds, which saw the other half of them as examples, at
    a limit that refuses as many of the held-out texts as the level says."""
    from sklearn.linear_model import LogisticRegression

    half = len(foreign) // 2
    rows = np.concatenate([members, foreign[:half]])
    model = LogisticRegression(C=10, max_iter=500, class_weight="balanced")
    model.fit(rows, np.arange(len(rows)) >= len(members))
    limit = np.quantile(model.decision_function(held), 1 - LEVEL)
    return float((model.decision_function(foreign[half:]) > limit).mean())


def speed() -> None:
    """Rows per second of the test alone, on made vectors of two sizes and two numbers of members."""
    rng = np.random.default_rng(0)
    for width in (384, 768):
        centres = rng.normal(size=(100, width))
        for count in (2_000, 20_000):
            rows = unit_rows(centres[rng.integers(100, size=count + 2000)] + rng.normal(size=(count + 2000, width)))
            labels = rng.integers(100, size=count).astype(np.int32)
            begun = time.process_time()
            places, kept = calibrate(rows[:count])
            calibrated = time.process_time() - begun
            fit = fit_from(rows[:count], labels, places, kept)
            begun = time.process_time()
            fit.p_values(rows[count:], labels[:2000] if count >= 2000 else labels)
            took = time.process_time() - begun
            print(
                f"{width} dimensions, {count:,} members: calibrated in {calibrated:.1f} s of processor time, "
                f"{2000 / took:,.0f} rows per second of it",
                flush=True,
            )


if __name__ == "__main__":
    main()
