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
_GIVEN_NUMBER = ("agglomerative", "kmeans", "leiden")  # of any other method it shows in what it makes
_APART = 1.5  # two numbers so far apart are different numbers to a method that minds them, if only roughly
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
        raise _finds_its_own(atlas, settings.clustering.method)
    vectors, own, leiden = atlas.vectors, len(atlas.centroids), settings.clustering.method == "leiden"
    rungs = sorted(set(clusters or (max(1, round(step * own)) for step in STEPS)))
    rungs = sorted({min(rung, len(vectors)) for rung in rungs})
    tell, total = progress or Silent(), 1 + draws
    tell.begin("ladder")
    whole = _groupings(vectors, rungs, settings.clustering, settings.seed)
    if not _minds_the_number(vectors, rungs, whole, settings):
        raise _finds_its_own(atlas, settings.clustering.method)
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
            "resolution": [rung.info.get("resolution") if leiden else None for rung in whole],
            "smallest": [int(one.min()) for one in sizes],
            "median": [float(np.median(one)) for one in sizes],
            "silhouette": [found["silhouette"].value if "silhouette" in found else None for found in judged],
            "stability": [float(np.mean(found)) if found else None for found in agreement],
            "built": [abs(rung - own) <= 0.02 * own for rung in rungs],
        },
        schema_overrides={"resolution": pl.Float64, "silhouette": pl.Float64, "stability": pl.Float64},
    )


def _finds_its_own(atlas: Atlas, method: str) -> SettingsError:
    return SettingsError(
        f"{atlas.path}: was grouped by {method}, which finds its own number of groups; build with another "
        f"clustering.method to choose one."
    )


def _minds_the_number(
    vectors: NDArray[np.float32], rungs: Sequence[int], whole: Sequence[Clustering], settings: Settings
) -> bool:
    """Whether the method makes more groups where more are asked for; a plug-in may find a number of its own.

    Where the rungs are too few or too near to tell, one more number is tried.
    """
    if settings.clustering.method in _GIVEN_NUMBER:
        return True
    most = min(one.info["distinct"] for one in whole) - 2  # one row a group, or one group: no method is asked
    found = {rung: len(one.centroids) for rung, one in zip(rungs, whole, strict=True) if 2 <= rung <= most}
    if not found:
        return True
    low, high = min(found), max(found)
    if high < _APART * low:
        other = 2 * high if 2 * high <= most else max(2, low // 2)
        found[other] = len(_groupings(vectors, (other,), settings.clustering, settings.seed)[0].centroids)
    return len(found) < 2 or len(set(found.values())) > 1


def _groupings(
    vectors: NDArray[np.float32], numbers: Sequence[int], settings: ClusteringSettings, seed: int
) -> list[Clustering]:
    """One grouping a number of groups, by the method of the settings; Leiden's share one graph."""
    from clioscope.clustering import cluster, cluster_at_resolutions

    if settings.method == "leiden":
        return cluster_at_resolutions(vectors, settings=settings, seed=seed, clusters=numbers)
    return [cluster(vectors, settings.model_copy(update={"clusters": one, "size": None}), seed) for one in numbers]
