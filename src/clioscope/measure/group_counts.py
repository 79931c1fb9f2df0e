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
_GIVEN_NUMBER = ("agglomerative", "kmeans", "leiden")  # any other method is judged by the groups that it makes
_APART = 1.5  # a method that heeds the number, if only roughly, makes different groups for numbers so far apart
_DRAWS, _SHARE, _MOST = 3, 0.8, 10_000


def compare_group_counts(
    atlas: Atlas, clusters: Sequence[int] = (), *, draws: int = _DRAWS, progress: Progress | None = None
) -> pl.DataFrame:
    """Group the atlas's vectors into different numbers of groups, and say how good each number is.

    The numbers are those in ``clusters``, or a quarter, a half, once, twice and four times that of the atlas.
    One row per number: ``groups``, ``resolution`` (of Leiden), ``smallest`` and ``median`` (conversations per group,
    duplicates counted), ``silhouette``, ``stability``, and ``built`` (whether the atlas has about this many groups).

    Stability is ``bootstrap_ami`` of the measures: the mean agreement (AMI, 1: the same, 0: chance) with as many
    groups found under another seed in ``draws`` subsamples of 80 % of the conversations (at most 10,000). The
    silhouette (-1 to 1) is measured on ``atlas.unsmoothed``; a single group has none.

    Raises AtlasError for a published atlas, SettingsError for a method that finds its own number of groups.
    """
    import numpy as np
    import polars as pl

    from clioscope.measure.evaluate import evaluate
    from clioscope.measure.external import ami

    if atlas.published:
        raise AtlasError(f"{atlas.path}: a published atlas holds no vectors to group; give the atlas it was made from.")
    settings = Settings.model_validate(atlas.manifest["settings"])
    if settings.clustering.method in _OWN_NUMBER:
        raise _own_number_error(atlas, settings.clustering.method)
    vectors, built, leiden = atlas.vectors, len(atlas.centroids), settings.clustering.method == "leiden"
    wanted = clusters or [max(1, round(step * built)) for step in STEPS]
    counts = sorted({min(count, len(vectors)) for count in wanted})
    tell, total = progress or Silent(), 1 + draws
    tell.begin("ladder")
    groupings = _groupings(vectors, counts, settings.clustering, settings.seed)
    if not _heeds_the_count(vectors, counts, groupings, settings):
        raise _own_number_error(atlas, settings.clustering.method)
    tell.step("ladder", 1, total)
    generator = np.random.default_rng(settings.seed)
    agreements: list[list[float]] = [[] for _ in counts]  # per number of groups, one per draw
    for draw in range(draws):
        rows = np.sort(generator.choice(len(vectors), max(1, min(_MOST, round(_SHARE * len(vectors)))), replace=False))
        present = [len(np.unique(grouping.labels[rows])) for grouping in groupings]
        redrawn = _groupings(vectors[rows], present, settings.clustering, settings.seed + 1 + draw)
        for agreement, grouping, other in zip(agreements, groupings, redrawn, strict=True):
            agreement.append(float(ami(other.labels, grouping.labels[rows])))
        tell.step("ladder", 2 + draw, total)
    plain = {"vectors": atlas.unsmoothed, "seed": settings.seed}
    figures = [evaluate({**plain, "labels": grouping.labels}, ["silhouette"]) for grouping in groupings]
    weights = atlas.conversations["count"].to_numpy()
    sizes = [np.bincount(grouping.labels, weights=weights, minlength=len(grouping.centroids)) for grouping in groupings]
    return pl.DataFrame(
        {
            "groups": [len(grouping.centroids) for grouping in groupings],
            "resolution": [grouping.info.get("resolution") if leiden else None for grouping in groupings],
            "smallest": [int(size.min()) for size in sizes],
            "median": [float(np.median(size)) for size in sizes],
            "silhouette": [figure["silhouette"].value if "silhouette" in figure else None for figure in figures],
            "stability": [float(np.mean(agreement)) if agreement else None for agreement in agreements],
            "built": [abs(count - built) <= 0.02 * built for count in counts],
        },
        schema_overrides={"resolution": pl.Float64, "silhouette": pl.Float64, "stability": pl.Float64},
    )


def _own_number_error(atlas: Atlas, method: str) -> SettingsError:
    return SettingsError(
        f"{atlas.path}: was grouped by {method}, which finds its own number of groups; build with another "
        f"clustering.method to choose one."
    )


def _heeds_the_count(
    vectors: NDArray[np.float32], counts: Sequence[int], groupings: Sequence[Clustering], settings: Settings
) -> bool:
    """Whether the method makes more groups where more are asked for; a plug-in may find a number of its own.

    Where the numbers are too few or too close to tell, one more number is tried.
    """
    if settings.clustering.method in _GIVEN_NUMBER:
        return True
    # With one group, or about one group per row, no method is asked.
    most = min(grouping.info["distinct"] for grouping in groupings) - 2
    made = {
        count: len(grouping.centroids) for count, grouping in zip(counts, groupings, strict=True) if 2 <= count <= most
    }
    if not made:
        return True
    low, high = min(made), max(made)
    if high < _APART * low:
        other = 2 * high if 2 * high <= most else max(2, low // 2)
        made[other] = len(_groupings(vectors, (other,), settings.clustering, settings.seed)[0].centroids)
    return len(made) < 2 or len(set(made.values())) > 1


def _groupings(
    vectors: NDArray[np.float32], counts: Sequence[int], settings: ClusteringSettings, seed: int
) -> list[Clustering]:
    """One grouping per number of groups, by the method of the settings; those of Leiden share one graph."""
    from clioscope.clustering import cluster, cluster_at_resolutions

    if settings.method == "leiden":
        return cluster_at_resolutions(vectors, settings=settings, seed=seed, clusters=counts)
    return [cluster(vectors, settings.model_copy(update={"clusters": count, "size": None}), seed) for count in counts]
