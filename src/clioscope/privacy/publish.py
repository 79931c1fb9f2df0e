"""A copy of an atlas that holds aggregates only."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl

from clioscope.atlas import Atlas
from clioscope.atlas.files import write_json, write_table
from clioscope.atlas.overlay import PENDING
from clioscope.atlas.people import Known, check_people, known_users
from clioscope.atlas.segments import segments_of, whole_ids
from clioscope.atlas.shares import shares_of
from clioscope.errors import AtlasError
from clioscope.files.folders import MANIFEST, MARK, begin_work, end_work
from clioscope.files.modes import make_public
from clioscope.privacy.thresholds import rounded, too_small
from clioscope.settings import PrivacySettings

# Other settings may name files or servers or hold the user's own words, so they are not published.
_PUBLIC_SECTIONS = ("embedding", "clustering", "naming", "hierarchy", "privacy", "layout")
_CLOSED = ("score", "category", "language")  # types of facets whose values are no free text
_UNBACKED = pl.Series(["too few known users wrote what the name says"])


def publish(
    atlas: Atlas,
    out: str | Path,
    settings: PrivacySettings | None = None,
    *,
    unaudited: bool = False,
    each_a_user: bool = False,
) -> Atlas:
    """Write a copy that can be shown to others, and open it.

    The copy holds the groups that meet the thresholds and whose names passed the audit, as the analyst's edits left
    them; a name that the analyst vouches for counts as passed, and the manifest of the copy says so. Where some
    conversations have a user id, a name must not depend on those without one. For each group it holds the size, the
    centre on the map, and counts of facet values; a value must meet the same thresholds as a group. Counts are rounded.
    The copy holds no conversation or part of one, no user, no date, no vector, and no answer of a model about a
    conversation.

    ``settings`` default to those of the build. Names that no auditor has seen are published only with ``unaudited``.
    All conversations without a user id count together as one person. With ``each_a_user`` each counts as another
    person, and the manifest of the copy says so.

    Raises AtlasError if ``out`` exists, if ``<out>.part`` was not made by Clioscope, if the atlas is a published one,
    if an edit of it was not applied, if its names were not audited (unless ``unaudited``), if no conversation has a
    user id (unless ``each_a_user``), or if nothing may be published.
    """
    out = Path(out)
    if out.exists():
        raise AtlasError(f"{out} exists already; publish into a new folder.")
    if atlas.published:
        raise AtlasError(f"{atlas.path} is a published atlas already; publish the atlas that it was made from.")
    _check_applied(atlas)
    settings = settings or PrivacySettings.model_validate(atlas.manifest["settings"]["privacy"])
    settings = settings.model_copy(update={"each_a_user": each_a_user or settings.each_a_user})
    known = known_users(atlas)
    check_people(atlas, known, settings.each_a_user)
    if not unaudited and atlas.tree["action"].eq("unaudited").any():
        _check_edited(atlas)
        raise AtlasError(
            f"{atlas.path}: no auditor has seen its names (it was built without a model, or with "
            "privacy.audit off); read them, then publish with --unaudited."
        )
    small = too_small(atlas.tree, settings)
    if "unbacked" in atlas.tree.columns and not settings.each_a_user:
        backed = ~atlas.tree["unbacked"] | (atlas.tree["action"] == "vouched")
        small = small.zip_with(small.is_not_null() | backed, _UNBACKED)
    tree = atlas.tree.with_columns(small.alias("small"))
    published = _keep(tree)
    if published.is_empty():
        raise AtlasError(
            f"{atlas.path}: no group has {settings.min_conversations} conversations of {settings.min_users} "
            f"users and an accepted name, so there is nothing to publish{_counted(known, settings)}."
        )
    withheld = tree.height - published.height
    sizes = ["count", "weight"] if "weight" in published.columns else ["count"]
    columns = ["group", "level", "parent", "name", "description", "mixed", "code", *sizes, "score", "action"]
    columns += [name for name in ("none",) if name in published.columns]
    tables = {
        "tree": published.select(columns)
        .with_columns(pl.col(name).round().cast(pl.UInt32) for name in sizes[1:])
        .with_columns(rounded(pl.col(name), settings) for name in sizes)
        .join(_places(atlas), on="group", how="left"),
        "facet_counts": _facet_counts(atlas, published, settings),
    }
    shares = _shares(atlas, tables["facet_counts"], tables["tree"], settings)
    if shares is not None:
        key = ["group", "facet", "value"]
        counted = tables["facet_counts"].join(shares, on=key, how="inner", maintain_order="left")
        estimated = pl.when("exact").then("count").otherwise(rounded(pl.col("estimate"), settings))
        tables["facet_counts"] = counted.select(*key, estimated.cast(pl.UInt32).alias("count"))
        tables["shares"] = shares.drop("exact", "estimate")
    part = out.with_name(out.name + ".part")
    try:
        begin_work(part)
        for name, table in tables.items():
            write_table(part / f"{name}.parquet", table)
        write_json(part / MANIFEST, _manifest(atlas, settings, known, tree, published, withheld))
        make_public(part)
        part.rename(out)
        (out / MARK).unlink()
    except OSError as error:
        with suppress(OSError):
            end_work(part)
        raise AtlasError(f"{out}: cannot be written ({error.strerror or error}).") from error
    return Atlas(out)


def _check_applied(atlas: Atlas) -> None:
    """Raise AtlasError where edits stand in the file and not in the tables: a hidden group would be published."""
    if (atlas.path / PENDING).exists():
        raise AtlasError(
            f"{atlas.path}: its last edit was interrupted before it was applied; make any other edit, for example "
            f"clioscope edit {atlas.path} undo and redo."
        )


def _check_edited(atlas: Atlas) -> None:
    """Raise AtlasError, with what to do, if the only names that no auditor has seen are those of edits."""
    unseen = atlas.tree.filter(pl.col("action") == "unaudited")
    if "edited" not in unseen.columns or not unseen["edited"].all() or unseen.height == atlas.tree.height:
        return
    some = ", ".join(repr(name) for name in unseen["name"].head(3)) + (", …" if unseen.height > 3 else "")
    raise AtlasError(
        f"{atlas.path}: no auditor has seen {unseen.height} names that edits made ({some}); run clioscope edit "
        f"{atlas.path} audit, or vouch for them (clioscope edit {atlas.path} vouch GROUP)."
    )


def _edited(atlas: Atlas, published: pl.DataFrame) -> dict[str, Any]:
    """What the manifest says of edits: how many there are, and which names the analyst vouches for."""
    edited = atlas.manifest.get("edited")
    if edited is None:
        return {}
    vouched = published.filter(pl.col("action") == "vouched").select("group", "name").rows(named=True)
    return {"edited": {"operations": edited["operations"], "vouched": vouched}}


def _counted(known: Known, settings: PrivacySettings) -> str:
    """How conversations without a user id were counted, where there are any: the end of an error sentence."""
    if known == "all" or settings.each_a_user:
        return ""
    return " (conversations without a user id count as one person; with --each-a-user, each counts as another person)"


def _public(section: dict[str, Any]) -> dict[str, Any]:
    """A section of the settings with the public name of its model, where it names one."""
    return section | {"model": _public_name(section["model"])} if "model" in section else section


def _public_name(model: str | None) -> str | None:
    """The name of a model without the address of its server or the folder it lies in."""
    if model is None:
        return None
    if model.startswith(("http://", "https://")):
        return model.partition(" ")[2].strip() or "a server"
    if model.startswith((".", "/", "~")) or ".gguf" in model:
        return model.rpartition("/")[2]
    return model


def _keep(tree: pl.DataFrame) -> pl.DataFrame:
    """The groups that may be shown; a child of a parent that may not be shown moves to the nearest shown ancestor."""
    shown = tree.filter(pl.col("small").is_null() & (pl.col("action") != "withheld"))
    groups = set(shown["group"])
    parents: dict[str, str | None] = dict(zip(tree["group"], tree["parent"], strict=True))

    def ancestor(group: str) -> str | None:
        above = parents[group]
        while above is not None and above not in groups:
            above = parents[above]
        return above

    return shown.with_columns(pl.Series("parent", [ancestor(group) for group in shown["group"]], dtype=pl.String))


def _places(atlas: Atlas) -> pl.DataFrame:
    """The median position of each group on the map, rounded so that it reveals no single conversation."""
    if not (atlas.path / "layout.parquet").exists():
        return pl.DataFrame(schema={"group": pl.String, "x": pl.Float64, "y": pl.Float64})
    return (
        atlas.membership.join(atlas.layout, on="conversation", how="inner")
        .group_by("group")
        .agg(pl.col("x").median().round(1), pl.col("y").median().round(1))
    )


def _facet_counts(atlas: Atlas, published: pl.DataFrame, settings: PrivacySettings) -> pl.DataFrame:
    """Rounded counts of the values of closed facets (scores, categories, languages); small cells are left out."""
    frames = []
    written = atlas.occurrences.group_by("conversation").agg(
        pl.len().alias("count"),
        pl.col("user").drop_nulls().unique(),
        pl.col("user").is_null().any().alias("anonymous"),
    )
    segments = segments_of(atlas)
    members = (
        atlas.membership.filter(pl.col("group").is_in(published["group"].to_list()))
        .select("conversation", "group")
        .join(written, on="conversation", how="left")
    )
    members = members.with_columns(whole_ids(members, segments).alias("whole"))
    closed = {facet["name"] for facet in atlas.manifest["facets"] if facet["type"] in _CLOSED}
    for name in atlas.facets.columns:
        if name not in closed | {"length"}:
            continue
        cells = (
            members.join(atlas.facets.select("conversation", name), on="conversation", how="left")
            .filter(pl.col(name).is_not_null())
            .unique(["group", name, "whole"], maintain_order=True)  # a conversation counts once, in all its segments
            .group_by("group", pl.col(name).cast(pl.String).alias("value"))
            .agg(
                pl.col("count").sum(),
                pl.col("user").explode().drop_nulls().n_unique().alias("users"),
                pl.col("anonymous").sum(),
            )
        )
        frames.append(
            cells.filter(too_small(cells, settings).is_null()).select(
                "group", pl.lit(name).alias("facet"), "value", rounded(pl.col("count"), settings)
            )
        )
    schema = {"group": pl.String, "facet": pl.String, "value": pl.String, "count": pl.UInt32}
    if not frames:
        return pl.DataFrame(schema=schema)
    return (
        pl.concat(frames)
        .cast({"count": pl.UInt32})
        .sort("group", "facet", "count", "value", descending=[False, False, True, False])
    )


def _shares(
    atlas: Atlas, counts: pl.DataFrame, published: pl.DataFrame, settings: PrivacySettings
) -> pl.DataFrame | None:
    """The shares that are published: of values whose count is, as rounded counts of the group's rounded count.

    Whether they hold for all conversations of the group, or are estimated, is said by low and high. None for an atlas
    without shares.
    """
    table = shares_of(atlas)
    if table is None:
        return None
    size = "weight" if "weight" in published.columns else "count"  # of segments, shares are parts of conversations
    sizes = published.select("group", pl.col(size).alias("size"))
    step = settings.rounding

    def as_counted(name: str) -> pl.Expr:
        whole = (pl.col(name) * pl.col("count") / step).round() * step
        return (whole / pl.col("size")).clip(0, 1).round(4).alias(name)

    return (
        table.join(counts.select("group", "facet", "value"), on=["group", "facet", "value"], how="semi")
        .join(sizes, on="group", how="inner")
        .with_columns((pl.col("share") * pl.col("count")).round().cast(pl.UInt32).alias("estimate"))
        .filter(pl.col("exact") | (pl.col("estimate") >= settings.min_conversations))
        .select("group", "facet", "value", *map(as_counted, ("share", "low", "high")), "exact", "estimate")
        .sort("group", "facet", "share", "value", descending=[False, False, True, False])
    )


def _manifest(
    atlas: Atlas, settings: PrivacySettings, known: Known, tree: pl.DataFrame, published: pl.DataFrame, withheld: int
) -> dict[str, Any]:
    source = atlas.manifest
    step = settings.rounding
    counts = {
        name: (source["counts"][name] + step // 2) // step * step
        for name in ("records", "rejected", "analysed", "conversations")
        if name in source["counts"]
    }
    return _edited(atlas, published) | {
        "format": source["format"],
        "version": source["version"],
        "clioscope": source["clioscope"],
        "published": True,
        "users": known,  # of the conversations, all have a user id, or some, or none
        "each_a_user": settings.each_a_user and known != "all",
        "models": {role: _public_name(name) for role, name in source["models"].items()},
        "prompts": source["prompts"],
        "facets": [facet for facet in source["facets"] if facet["type"] in _CLOSED],
        "settings": {name: _public(source["settings"][name]) for name in _PUBLIC_SECTIONS}
        | {"privacy": settings.model_dump(mode="json")},
        "counts": counts
        | {
            "groups": published.height,
            "withheld": withheld,
            "hidden": source["counts"].get("hidden_groups", 0),
            "withheld_small": int(tree["small"].is_not_null().sum()),
            "withheld_audit": int(((tree["action"] == "withheld") & tree["small"].is_null()).sum()),
        },
    }
