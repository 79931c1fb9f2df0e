"""How much a few answers tell: learning curve, kinds of maps, and weights, on an atlas of which all were asked.

    python benchmarks/ask.py ATLAS [--labels LABELS.csv] [--column category] [--draws 3]

``ATLAS`` is built with ``--ask all`` and keeps its vectors; LABELS has the columns ``id`` and ``category`` (default:
labelled ShareGPT). Of the conversations without a label so many are taken as asked; the map that they teach is applied
to the labelled ones, which it has not seen. Prints the cross-validated cosine, and the AMI of k-means (as many groups
as labels, six seeds, vectors centred and smoothed with 8 neighbours by half) of the labelled ones, for the raw text,
what they say themselves, what is predicted, and mixtures. No label is used for anything but this figure. The raw
text has the weight of long texts; a build gives that of short ones more. No words are read, as
the ready-made map of a build does.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.cluster import KMeans

from clioscope.atlas import Atlas
from clioscope.atlas.files import read_array
from clioscope.experiments.data import data_folder
from clioscope.measure import against_labels
from clioscope.prediction.facet_map import FacetMap
from clioscope.prediction.mixing import choose_weights, mix_asked, mix_others
from clioscope.prediction.ready import FACETS, ready_map
from clioscope.vectors.centring import centre
from clioscope.vectors.neighbours import nearest
from clioscope.vectors.smoothing import smooth
from clioscope.vectors.unit import average, unit_rows

COUNTS = (50, 100, 200, 400, 800, 1600, 3200, 6400)


def score(vectors: np.ndarray, truth: np.ndarray) -> float:
    """The mean AMI over six seeds."""
    centred = centre(unit_rows(vectors))[0]
    others = nearest(centred, centred, 9).indices[:, 1:]
    smoothed = smooth(centred, others, centred, 0.5)
    groups = len(set(truth))
    found = [KMeans(groups, n_init=1, random_state=seed).fit_predict(smoothed) for seed in range(6)]
    return float(np.mean([against_labels(labels, truth)["ami"] for labels in found]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("atlas", type=Path)
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--column", default="category")
    parser.add_argument("--draws", type=int, default=3)
    given = parser.parse_args()

    from clioscope.embedding.open import open_embedder
    from clioscope.measure.labels_file import label_rows, read_labels
    from clioscope.settings import Settings

    path = given.labels or data_folder() / "sharegpt-labelled" / "labels.csv"
    atlas = Atlas(given.atlas)
    labels = label_rows(atlas, read_labels(path, given.column))
    answered = atlas.facets.select(pl.col("asked") & pl.all_horizontal(pl.col(FACETS).is_not_null())).to_series()
    encoder = open_embedder(Settings.model_validate(atlas.manifest["settings"]).embedding)
    rows = np.flatnonzero(answered.to_numpy())
    raw = read_array(given.atlas, "texts")[rows].astype(np.float32)
    own = average([encoder.encode(atlas.facets[name].gather(rows).to_list()) for name in FACETS])
    known = np.array([labels[row] is not None for row in rows])
    truth = np.array([str(labels[row]) for row in rows[known]])
    x, said = raw[known], own[known]
    print(f"{known.sum()} labelled, {(~known).sum()} others, {len(set(truth))} labels; {encoder.id}")
    print(f"raw text {score(x, truth):.3f}   own facets {score(said, truth):.3f}")
    ready = ready_map(encoder.id)
    if ready is not None:
        told = ready.predict(x)
        print(f"ready-made map {score(told, truth):.3f}   with the raw text, alike {score(told + x, truth):.3f}")
    for count in [count for count in COUNTS if count <= (~known).sum()]:
        for start in (None, ready) if ready is not None else (None,):
            figures = []
            for draw in range(given.draws):
                taken = np.random.default_rng(draw).permutation(np.flatnonzero(~known))[:count]
                learnt = FacetMap.fit(raw[taken], own[taken], start)
                weights = choose_weights(own[taken], learnt.crossfitted)
                told = learnt.predict(x)
                figures.append(
                    (
                        learnt.cosine,
                        score(told, truth),
                        score(mix_others(weights, told, x), truth),
                        score(mix_asked(weights, said, told, x), truth),
                        score(said + told, truth),
                        score(said + told + x, truth),
                    )
                )
            cosine, alone, mixed, both, equal, thirds = np.mean(figures, axis=0)
            print(
                f"{count:>5} asked, {'ready-made start' if start is not None else 'from nothing':<16}  "
                f"cosine {cosine:.3f}   predicted {alone:.3f}   predicted and raw {mixed:.3f}   "
                f"own, predicted, raw {both:.3f}   own and predicted alike {equal:.3f}   all three alike {thirds:.3f}"
            )


if __name__ == "__main__":
    main()
