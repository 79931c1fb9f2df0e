"""Do the intervals of shares hold the truth? On CLINC150, of which every answer is known.

    python benchmarks/shares.py [--draws 5] [--utterances 2000] [--asked 300] [--noise 0.15] [--embedder NAME]

Of CLINC150 so many utterances are drawn. The domain (ten values) stands for the answer of a model, and a share of the
answers (``--noise``) is replaced by a domain at random, as a model errs. So many utterances (``--asked``) are asked
first, in the order of a build, and then those that 40 base groups need to have three each. From these a build would
infer the others and estimate shares: in the whole, in eight parents and in the base groups. Prints, per kind of group
and draw, how many of the intervals hold the share among all answers, and their mean width beside that of Wilson's
interval from the asked answers of the group alone; the last column counts only values that more than half of the group
have.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.cluster import AgglomerativeClustering

from clioscope.clustering import cluster
from clioscope.embedding.encode import encode_texts
from clioscope.embedding.open import open_embedder
from clioscope.experiments.data import Labelled, clinc150
from clioscope.facets.facet import Facet
from clioscope.measure.figure import share
from clioscope.prediction.copies import near_copies
from clioscope.prediction.filling import fill
from clioscope.prediction.order import spread_order
from clioscope.prediction.share_table import WHOLE, Known, share_table
from clioscope.settings import ClusteringSettings, EmbeddingSettings, FacetSettings
from clioscope.vectors.centring import centre
from clioscope.vectors.centroids import centroids_of

BASE, PARENTS = 40, 8
KINDS = ("whole", "parents", "base groups")


class Tally(NamedTuple):
    """Of every interval: whether it ``held`` the truth, its ``width``, that of Wilson's, and whether the ``share`` is
    more than half."""

    held: list[bool]
    width: list[float]
    wilson: list[float]
    most: list[bool]


def wilson(yes: int, asked: int) -> float:
    """The width of Wilson's 95 % interval of a share among the asked; 1 without any."""
    found = share(yes, asked)
    return 1.0 if found.low is None or found.high is None else found.high - found.low


def one_draw(
    data: Labelled, vectors: NDArray[np.float32], seed: int, count: int, first: int, noise: float
) -> tuple[dict[str, Tally], int]:
    """The intervals of one draw by kind of group, and how many utterances were asked."""
    generator = np.random.default_rng(seed)
    rows = generator.choice(len(vectors), min(count, len(vectors)), replace=False)
    raw, answers = vectors[rows], data.coarse[rows].copy()
    wrong = generator.random(len(rows)) < noise
    answers[wrong] = generator.integers(len(data.domains), size=int(wrong.sum()))
    copies = near_copies(raw)
    place = np.empty(len(rows), np.int64)
    place[spread_order(raw, None, seed, copies)] = np.arange(len(rows))
    centred = centre(raw)[0]
    base = cluster(centred, ClusteringSettings(clusters=BASE), seed).labels
    above = AgglomerativeClustering(PARENTS).fit_predict(centroids_of(centred, base, int(base.max()) + 1))
    asked = place < first
    for group in range(int(base.max()) + 1):
        members = np.flatnonzero(base == group)
        asked[members[np.argsort(place[members])][: FacetSettings().ask_per_group]] = True

    facet = Facet(name="domain", type="category", question="Which domain?", categories=tuple(data.domains))
    said = [data.domains[answer] if told else None for answer, told in zip(answers, asked, strict=True)]
    names = [str(row) for row in rows]
    table = pl.DataFrame({"conversation": names, "asked": asked, "domain": pl.Series(said, dtype=pl.String)})
    filled = fill(table, [facet], raw, copies, None)
    known = Known(filled.facets, filled.probabilities, filled.values, filled.chances, filled.said)
    groups = {f"parents {one}": np.flatnonzero(above == one).tolist() for one in range(PARENTS)}
    groups |= {f"base groups {one}": [one] for one in range(int(base.max()) + 1)}
    shares = share_table(known, [facet], base, groups, np.ones(len(rows)))

    tallies = defaultdict(lambda: Tally([], [], [], []))
    for row in shares.iter_rows(named=True):
        group = str(row["group"])
        here = np.ones(len(rows), bool) if group == WHOLE else np.isin(base, groups[group])
        kind = "whole" if group == WHOLE else group.rpartition(" ")[0]
        answer = data.domains.index(row["value"])
        truth = float((answers[here] == answer).mean())
        own = answers[here & asked] == answer
        tally = tallies[kind]
        tally.held.append(row["low"] - 1e-9 <= truth <= row["high"] + 1e-9)
        tally.width.append(row["high"] - row["low"])
        tally.wilson.append(wilson(int(own.sum()), len(own)))
        tally.most.append(truth > 0.5)
    return dict(tallies), int(asked.sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--utterances", type=int, default=2000)
    parser.add_argument("--asked", type=int, default=300)
    parser.add_argument("--noise", type=float, default=0.15)
    parser.add_argument("--embedder", default="all-MiniLM-L6-v2")
    given = parser.parse_args()

    data = clinc150("test")
    vectors = encode_texts(data.texts, open_embedder(EmbeddingSettings(model=given.embedder)), None)
    print(
        "| groups | draw | asked | shares | held | width | Wilson of the asked | narrower | held where most have it |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    every = defaultdict(lambda: Tally([], [], [], []))
    for seed in range(given.draws):
        tallies, asked = one_draw(data, vectors, seed, given.utterances, given.asked, given.noise)
        for kind in KINDS:
            print(line(kind, str(seed), str(asked), tallies[kind]), flush=True)
            for whole, part in zip(every[kind], tallies[kind], strict=True):
                whole.extend(part)  # type: ignore[arg-type]
    for kind in KINDS:
        print(line(kind, "all", "", every[kind]))


def line(kind: str, draw: str, asked: str, tally: Tally) -> str:
    """A row of the table."""
    held, width, usual, most = (np.array(part, float) for part in tally)
    large = f"{int(held[most > 0].sum())} of {int(most.sum())}"
    return (
        f"| {kind} | {draw} | {asked} | {len(held)} | {held.mean():.1%} | {width.mean():.3f} | {usual.mean():.3f} | "
        f"{1 - width.mean() / usual.mean():.0%} | {large} |"
    )


if __name__ == "__main__":
    main()
