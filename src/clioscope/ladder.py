"""How many groups? The same conversations in coarser and finer groups, and how stable each number is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clioscope.atlas import Atlas
from clioscope.errors import AtlasError, SettingsError
from clioscope.progress import Progress, Silent
from clioscope.settings import ClusteringSettings, Settings

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from clioscope.clustering import Clustering

STEPS = (0.25, 0.5, 1.0, 2.0, 4.0)  # of the atlas's own number of groups
_OWN_NUMBER = ("dbscan", "hdbscan")
_DRAWS, _SHARE, _MOST = 3, 0.8, 10_000


def climb(
    atlas: Atlas, clusters: Sequence[int] = (), *, draws: int = _DRAWS, progress: Progress | None = None
) -> pl.DataFrame:
    """One row a rung: ``groups``, ``resolution`` (of Leiden), ``smallest`` and ``median`` (conversations a group, those
    that occur often counted as often), ``silhouette``, ``stability``, and ``built`` (whether the atlas has about so
    many groups).

    Rungs are the numbers in ``clusters``, or a quarter, a half, once, twice and four times those of the atlas.
    Stability is the mean agreement (AMI, 1: the same, 0: chance) with as many groups found, by another seed, in
    ``draws`` subsamples of 80 % of the conversations (at most 10,000): ``bootstrap_ami`` of the measures. The
    silhouette (-1 … 1) is that of ``atlas.unsmoothed``; a single group has none.

    Raises AtlasError for a published atlas, SettingsError for a method that finds its own number of groups.
    """
    import numpy as np
    import polars as pl

    from clioscope.measure import evaluate
    from clioscope.measure.external import ami

    if atlas.published:
        raise AtlasError(f"{atlas.path}: a published atlas holds no vectors to group.")
    settings = Settings.model_validate(atlas.manifest["settings"])
    if settings.clustering.method in _OWN_NUMBER:
        raise SettingsError(
            f"{atlas.path}: was grouped by {settings.clustering.method}, which finds its own number of groups; build "
            f"with another clustering.method to choose one."
        )
    vectors, own = atlas.vectors, len(atlas.centroids)
    rungs = sorted(set(clusters or (max(1, round(step * own)) for step in STEPS)))
    rungs = sorted({min(rung, len(vectors)) for rung in rungs})
    tell, total = progress or Silent(), 1 + draws
    tell.begin("ladder")
    whole = _groupings(vectors, rungs, settings.clustering, settings.seed)
    tell.step("ladder", 1, total)
    generator = np.random.default_rng(settings.seed)
    agreement: list[list[float]] = [[] for _ in rungs]
    for draw in range(draws):
        rows = np.sort(generator.choice(len(vectors), max(1, min(_MOST, round(_SHARE * len(vectors)))), replace=False))
        counts = [len(np.unique(rung.labels[rows])) for rung in whole]
        again = _groupings(vectors[rows], counts, settings.clustering, settings.seed + 1 + draw)
        for found, one, other in zip(agreement, whole, again, strict=True):
            found.append(float(ami(other.labels, one.labels[rows])))
        tell.step("ladder", 2 + draw, total)
    plain = {"vectors": atlas.unsmoothed, "seed": settings.seed}
    judged = [evaluate({**plain, "labels": rung.labels}, ["silhouette"]) for rung in whole]
    weights = atlas.conversations["count"].to_numpy()
    sizes = [np.bincount(rung.labels, weights=weights, minlength=len(rung.centroids)) for rung in whole]
    return pl.DataFrame(
        {
            "groups": [len(rung.centroids) for rung in whole],
            "resolution": [rung.info.get("resolution") for rung in whole],
            "smallest": [int(one.min()) for one in sizes],
            "median": [float(np.median(one)) for one in sizes],
            "silhouette": [found["silhouette"].value if "silhouette" in found else None for found in judged],
            "stability": [float(np.mean(found)) if found else None for found in agreement],
            "built": [abs(rung - own) <= 0.02 * own for rung in rungs],
        },
        schema_overrides={"resolution": pl.Float64, "silhouette": pl.Float64, "stability": pl.Float64},
    )


def _groupings(
    vectors: NDArray[np.float32], numbers: Sequence[int], settings: ClusteringSettings, seed: int
) -> list[Clustering]:
    """One grouping a number of groups, by the method of the settings; Leiden's share one graph."""
    from clioscope.clustering import cluster, ladder

    if settings.method == "leiden":
        return ladder(vectors, settings=settings, seed=seed, clusters=numbers)
    return [cluster(vectors, settings.model_copy(update={"clusters": one, "size": None}), seed) for one in numbers]
