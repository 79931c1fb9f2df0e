"""The sections of the measures: which metrics are computed, from which arrays of the atlas, at which levels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas import Atlas
from clioscope.embedding.embedder import Encode
from clioscope.errors import ModelError
from clioscope.measure.evaluate import evaluate
from clioscope.measure.figure import Figure
from clioscope.measure.levels import Levels, parents_of
from clioscope.measure.metric import OURS, SAMPLES, Metric, metrics
from clioscope.measure.regrouping import Regrouping
from clioscope.measure.rows import Rows
from clioscope.measure.sampled_neighbours import sampled_neighbours
from clioscope.settings import Settings
from clioscope.vectors.distinct import Distinct

MOST = 50_000  # conversations that geometry is measured on


def groups_section(rows: Rows, atlas: Atlas, levels: Levels, distinct: Distinct, seed: int, notes: list[str]) -> None:
    """Geometry and local coherence at every level, over one sample of neighbours among the ``distinct`` vectors.

    Of more than ``MOST`` conversations, so many drawn at random stand for all where no neighbours are asked for.
    """
    chosen = {name: metric for name, metric in metrics.usable().items() if metric.family in ("geometry", "coherence")}
    near = sampled_neighbours(atlas.vectors, strata=levels.labels[0], seed=seed, distinct=distinct)
    count = len(atlas.vectors)
    some = None
    if count > MOST:
        drawn = np.random.default_rng(seed).choice(count, MOST, replace=False)
        some = np.union1d(drawn, np.unique(levels.labels[0], return_index=True)[1])  # none of the groups is left out
        notes.append(f"Geometry and cohesion are those of {MOST:,} conversations, drawn at random from {count:,}.")
    vectors = atlas.vectors if some is None else atlas.vectors[some]
    for level, (labels, ids) in enumerate(zip(levels.labels, levels.groups, strict=True)):
        arrays = {"vectors": atlas.vectors, "labels": labels, "near": near, "seed": seed}
        if some is None:
            rows.add_all(evaluate(arrays, list(chosen)), level=level, groups=ids)
            continue
        sampled = {"vectors": vectors, "labels": labels[some], "seed": seed}
        for whole, given in ((True, arrays), (False, sampled)):
            names = [name for name, metric in chosen.items() if ("near" in metric.takes) is whole]
            rows.add_all(evaluate(given, names), level=level, groups=ids)
    noise = atlas.manifest["stages"]["clusters"].get("noise")
    if noise is not None:  # these rows went to the nearest group, so every figure counts them
        grouped = int(atlas.manifest["stages"]["clusters"]["distinct"])
        rows.add("geometry", "grouped_by_method", Figure(1 - noise / grouped, n=grouped), level=0)
        if "noise" not in atlas.clusters.columns:
            notes.append(
                "This atlas does not say which conversations the method left ungrouped; build it again to keep that."
            )


def map_section(rows: Rows, atlas: Atlas, distinct: Distinct, seed: int, notes: list[str]) -> None:
    """Quality of the map, among the ``distinct`` vectors; a note for an atlas without one."""
    if not (atlas.path / "layout.parquet").exists():
        notes.append("The atlas has no map, so there are no figures about one.")
        return
    names = [name for name, metric in metrics.usable().items() if metric.family == "map"]
    arrays = {"vectors": atlas.vectors, "places": coordinates_of(atlas), "distinct": distinct, "seed": seed}
    rows.add_all(evaluate(arrays, names))


def coordinates_of(atlas: Atlas) -> NDArray[np.float64]:
    """x and y of every conversation on the map (n, 2), in the order of ``atlas.clusters``; NaN where it has none."""
    import polars as pl

    placed = atlas.clusters.select("conversation").join(
        atlas.layout, on="conversation", how="left", maintain_order="left"
    )
    return placed.select(pl.col("x", "y").cast(pl.Float64)).to_numpy()


def stability_section(rows: Rows, atlas: Atlas, levels: Levels, seed: int, notes: list[str]) -> None:
    """Stability of the base groups: the method that made them groups samples of the conversations again.

    It starts from the plain vectors. Each sample is centred and smoothed by itself; otherwise its rows would have been
    moved towards rows that the sample leaves out. Means of languages are those of the atlas, since a sample does not
    know its languages. For an atlas without plain vectors the figures are an upper bound, and a note says so.
    """
    from clioscope.atlas.vectors import has_plain, read_plain
    from clioscope.clustering import cluster
    from clioscope.clustering.leiden import sized
    from clioscope.vectors.shaping import shape

    settings = Settings.model_validate(atlas.manifest["settings"])
    plain, apart = has_plain(atlas.path), bool(atlas.means.languages)
    if not plain and settings.embedding.smooth:
        notes.append(
            "Stability is an upper bound: this atlas keeps only smoothed vectors, and rows that a sample leaves out "
            "have already changed the others. Build it again to keep the plain vectors."
        )

    clustering = sized(settings.clustering, len(levels.labels[0]))
    embedding = settings.embedding.model_copy(update={"centre": settings.embedding.centre and not apart})

    def shaped(vectors: NDArray[Any]) -> NDArray[Any]:
        return shape(vectors, embedding, seed).vectors if plain else vectors

    def refit(vectors: NDArray[Any], count: int, seed: int) -> NDArray[np.integer[Any]]:
        wanted = {"clusters": count, "size": None, "resolution": None}
        return cluster(shaped(vectors), clustering.model_copy(update=wanted), seed).labels

    names = [name for name, metric in metrics.usable().items() if _of_samples(metric)]
    vectors = read_plain(atlas.path, in_place=OURS.issuperset(names)) if plain and not apart else atlas.unsmoothed
    leiden = clustering.method == "leiden"
    arrays = {
        "vectors": vectors,
        "labels": levels.labels[0],
        "refit": Regrouping(clustering, shaped) if leiden else refit,
        "seed": seed,
    }
    rows.add_all(evaluate(arrays, names), level=0, groups=levels.groups[0])


def _of_samples(metric: Metric[..., Any]) -> bool:
    return metric.family == "stability" or not SAMPLES.isdisjoint(metric.takes)


def tree_section(rows: Rows, atlas: Atlas, encode: Encode | None, seed: int) -> None:
    """Names and the tree."""
    from clioscope.measure.naming import name_coverage

    tree, parents = atlas.tree, parents_of(atlas)
    names = tree["name"].to_list()
    arrays: dict[str, Any] = {"names": names, "parents": parents, "sizes": tree["count"].to_numpy(), "seed": seed}
    if encode is not None:
        arrays["name_vectors"] = encode(names)
    if not atlas.published:
        arrays["requests"] = requests_of(atlas)
    chosen = [name for name, metric in metrics.usable().items() if metric.family in ("names", "tree")]
    rows.add_all(evaluate(arrays, chosen), groups=tree["group"].to_list())
    base = tree.filter(tree["level"] == 0)
    if "mixed" in atlas.table("tree").columns:  # in version 0.1.0 nobody looked
        rows.add("names", "mixed", name_coverage(base["mixed"].to_numpy(), base["count"].to_numpy()), level=0)
    for group in base.filter(base["mixed"])["group"]:
        rows.add("names", "mixed", Figure(1.0), level=0, group=group)
    shown = (tree["action"] != "withheld").to_numpy()
    for level in sorted(set(tree["level"].to_list())):
        here = (tree["level"] == level).to_numpy()
        rows.add("names", "names_shown", name_coverage(shown[here], tree["count"].to_numpy()[here]), level=int(level))


def reading_section(rows: Rows, atlas: Atlas) -> None:
    """How much of the conversations reached the model and the encoder: medians over all and per group."""
    from clioscope.atlas.reading import group_reading, read_shares

    shares, groups = read_shares(atlas), group_reading(atlas)
    if shares is None or groups is None:
        return
    level = dict(zip(atlas.tree["group"], atlas.tree["level"], strict=True))
    for name in shares.columns[1:]:
        if shares[name].null_count() == shares.height:  # there is no model
            continue
        rows.add("reading", name, Figure(float(shares[name].median()), n=shares.height))  # type: ignore[arg-type]
        for group, value in groups.select("group", name).iter_rows():
            rows.add("reading", name, Figure(float(value)), level=level[group], group=group)


def requests_of(atlas: Atlas) -> list[list[str] | None] | None:
    """What the conversations of each group of the tree ask for, None for groups above the base.

    It is the facet ``request``; None for an atlas without it.
    """
    if "request" not in atlas.facets.columns:
        return None
    requests = atlas.facets["request"].to_list()
    members: dict[str, list[str]] = {group: [] for group in atlas.manifest["base_groups"]}
    for label, request in zip(atlas.clusters["label"], requests, strict=True):
        if request:
            members[atlas.manifest["base_groups"][label]].append(str(request))
    return [members.get(group) for group in atlas.tree["group"]]


def privacy_section(rows: Rows, atlas: Atlas) -> None:
    """Audit scores that the build kept, for the names as proposed and for the names that are shown.

    The auditor is the model that wrote the names, and names that it scores low are not shown. So no share of private
    names is computed from its own scores of the names shown: it would always be 0.
    """
    from clioscope.measure.privacy import audit_score, private_share, score_shares

    stages = {"name shown": atlas.tree.filter(atlas.tree["action"] != "withheld")["score"].to_list()}
    if not atlas.published:
        stages["name proposed"] = atlas.table("audit")["first_score"].to_list()
    for stage, scores in stages.items():
        if stage == "name proposed":
            rows.add("privacy", "private_share", private_share(scores), part=stage)
        rows.add("privacy", "audit_score", audit_score(scores), part=stage)
        for score, figure in score_shares(scores).items():
            rows.add("privacy", "audit_share", figure, part=f"{stage}: {score}")


def encoder_of(atlas: Atlas) -> tuple[Encode | None, str | None]:
    """The encoder of the atlas, for names, or None and the reason why it cannot be opened."""
    from clioscope.embedding.encode import encode_texts
    from clioscope.embedding.open import open_embedder
    from clioscope.settings import EmbeddingSettings

    try:
        embedder = open_embedder(EmbeddingSettings.model_validate(atlas.manifest["settings"]["embedding"]))
    except ModelError as error:
        return None, f"Figures about the meaning of names are missing: {error}"
    return lambda texts: encode_texts(list(texts), embedder, None), None
