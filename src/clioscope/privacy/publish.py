"""A copy of an atlas that holds aggregates only."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import polars as pl

from clioscope.atlas import Atlas
from clioscope.atlas.files import write_json, write_table
from clioscope.atlas.opening import opened
from clioscope.atlas.overlay import PENDING
from clioscope.atlas.people import Known, check_people, known_users
from clioscope.atlas.segments import main_segments, segments_of, whole_ids
from clioscope.atlas.shares import shares_of
from clioscope.errors import AtlasError
from clioscope.files.folders import MANIFEST, MARK, begin_work, end_work
from clioscope.files.modes import make_public
from clioscope.privacy.crowd import Crowd, crowd_of
from clioscope.privacy.places import ROOT
from clioscope.privacy.plan import Earlier, Plan, make_plan
from clioscope.privacy.public_manifest import CLOSED, public_manifest
from clioscope.privacy.public_names import TABLE, UNCOUNTED, with_public_names
from clioscope.privacy.public_tables import counted_shares, facet_tables, tree_table
from clioscope.privacy.record import forget_record, read_record, write_record
from clioscope.privacy.thresholds import round_count, too_small
from clioscope.settings import PrivacySettings

_UNBACKED = pl.Series(["too few known users wrote what the name says"])


def publish(
    atlas: Atlas | str | Path,
    out: str | Path,
    settings: PrivacySettings | None = None,
    *,
    unaudited: bool = False,
    each_a_user: bool = False,
    anew: bool = False,
) -> Atlas:
    """Write a copy that can be shown to others, and open it.

    The copy holds the groups that meet the thresholds and whose names passed the audit, as the analyst's edits left
    them; a name that the analyst vouches for counts as passed, and the manifest of the copy says so. Where some
    conversations have a user id, a name must not depend on those without one. A conversation that is cut into segments
    is counted once, in the group of its longest segment. For each group the copy holds the size, the centre on the map,
    and counts of facet values; a value must meet the same thresholds as a group. What is withheld is counted as
    "withheld or other", and no sum or difference of counts is about fewer people than the thresholds ask for
    (docs/privacy.md). Counts are rounded. The copy holds no conversation or part of one, no user, no date, no vector,
    and no answer of a model about a conversation.

    The atlas keeps a record of what was published. A later copy agrees with it: together they tell no more about few
    people than one alone. With ``anew`` the record is forgotten first, which is right only if nobody has an earlier
    copy.

    ``settings`` default to those of the build. Names that no auditor has seen are published only with ``unaudited``.
    All conversations without a user id count together as one person. With ``each_a_user`` each counts as another
    person, and the manifest of the copy says so.

    Raises AtlasError if ``out`` exists, if ``<out>.part`` was not made by Clioscope, if the atlas is a published one,
    if an edit of it was not applied, if its names were not audited (unless ``unaudited``), if no conversation has a
    user id (unless ``each_a_user``), if nothing may be published, or if a folder cannot be written.

    >>> import clioscope
    >>> from clioscope.settings import PrivacySettings
    >>> small = PrivacySettings(min_conversations=4, min_users=2)
    >>> clioscope.publish("atlas/", "public/", small).published
    True
    """
    atlas, out = opened(atlas), Path(out)
    if out.exists():
        raise AtlasError(f"{out} exists already; publish into a new folder.")
    if atlas.published:
        raise AtlasError(f"{atlas.path} is a published atlas already; publish the atlas that it was made from.")
    _check_applied(atlas)
    settings = settings or PrivacySettings.model_validate(atlas.manifest["settings"]["privacy"])
    settings = settings.model_copy(update={"each_a_user": each_a_user or settings.each_a_user})
    known = known_users(atlas)
    unseen = not unaudited and atlas.tree["action"].eq("unaudited").any()
    try:
        check_people(atlas, known, settings.each_a_user)
    except AtlasError as error:
        further = " No auditor has seen its names either: read them, and add --unaudited."
        raise AtlasError(f"{error}{further if unseen and not _only_edits(atlas) else ''}") from None
    if unseen:
        _check_edited(atlas)
        raise AtlasError(
            f"{atlas.path}: no auditor has seen its names (it was built without a model, or with "
            "privacy.audit off); read them, then publish with --unaudited."
        )
    segments = segments_of(atlas)
    rows = atlas.clusters[atlas.shown_rows].select("conversation", "group")
    if segments is not None:
        longest = main_segments(atlas.clusters, segments)
        rows = rows.join(longest, on="conversation", how="semi", maintain_order="left")
    conversations, whole = rows["conversation"].to_list(), whole_ids(rows, segments).to_list()
    crowd = crowd_of(atlas, conversations, settings)
    small = too_small(atlas.tree, rows["group"].to_list(), crowd)
    if "unbacked" in atlas.tree.columns and not settings.each_a_user:
        backed = ~atlas.tree["unbacked"] | (atlas.tree["action"] == "vouched")
        small = small.zip_with(small.is_not_null() | backed, _UNBACKED)
    tree, unnamed = with_public_names(atlas.tree, _counted_names(atlas), settings.word_users)
    small = small.zip_with(small.is_not_null() | ~unnamed, pl.Series([UNCOUNTED]))
    tree = tree.with_columns(small.alias("small"))
    named = _keep(tree)
    earlier = Earlier.nothing(len(whole)) if anew else read_record(atlas.path, whole, segments)
    crowd = crowd.as_counted(earlier.times)
    plan = make_plan(
        _parents(named), _deepest(tree, named, rows["group"].to_list()), _facets(atlas, conversations), crowd, earlier
    )
    published = named.filter(pl.col("group").is_in(list(plan.shown.parents)))
    if published.is_empty():
        raise AtlasError(
            f"{atlas.path}: no group has {settings.min_conversations} conversations of {settings.min_users} "
            f"users and an accepted name, so there is nothing to publish{_counted(known, settings)}."
        )
    places, sizes = _places(atlas, conversations, plan), tree_table(published, plan, crowd, settings)
    tables = {"tree": sizes.join(places, on="group", how="left", maintain_order="left")}
    estimated = shares_of(atlas) if segments is None else counted_shares(atlas, conversations)
    tables["facet_counts"], shares = facet_tables(estimated, plan, crowd, tables["tree"], settings)
    if shares is not None:
        tables["shares"] = shares
    manifest = public_manifest(
        atlas,
        settings,
        known,
        tree,
        published,
        round_count(plan.size(ROOT, crowd), settings),
        round_count(plan.withheld_size(ROOT, crowd), settings),
    )
    part = out.with_name(out.name + ".part")
    try:
        begin_work(part)
        for name, table in tables.items():
            write_table(part / f"{name}.parquet", table)
        write_json(part / MANIFEST, manifest)
        if anew:
            forget_record(atlas.path)
        _record(atlas, whole, plan, earlier, crowd)  # before the copy, so that none is without its record
        make_public(part)
        part.rename(out)
        (out / MARK).unlink()
    except (OSError, AtlasError) as error:
        with suppress(OSError, AtlasError):
            end_work(part)
        if isinstance(error, AtlasError):
            raise
        raise AtlasError(f"{out}: cannot be written ({error.strerror or error}).") from error
    return Atlas(out)


def _counted_names(atlas: Atlas) -> pl.DataFrame | None:
    """How many people are behind the names of an atlas; None for one that was built before they were counted."""
    return atlas.table(TABLE) if (atlas.path / f"{TABLE}.parquet").exists() else None


def _record(atlas: Atlas, whole: list[str], plan: Plan, earlier: Earlier, crowd: Crowd) -> None:
    try:
        write_record(atlas.path, whole, plan, earlier, crowd)
    except OSError as error:
        raise AtlasError(
            f"{atlas.path}: the record of what is published cannot be written ({error.strerror or error}), so nothing "
            "was published; make the folder writable."
        ) from error


def _check_applied(atlas: Atlas) -> None:
    """Raise AtlasError where edits stand in the file and not in the tables: a hidden group would be published."""
    if (atlas.path / PENDING).exists():
        raise AtlasError(
            f"{atlas.path}: its last edit was interrupted before it was applied; make any other edit, for example "
            f"clioscope edit {atlas.path} undo and redo."
        )


def _only_edits(atlas: Atlas) -> bool:
    """Whether the only names that no auditor has seen are those of edits."""
    unseen = atlas.tree.filter(pl.col("action") == "unaudited")
    return "edited" in unseen.columns and bool(unseen["edited"].all()) and unseen.height < atlas.tree.height


def _check_edited(atlas: Atlas) -> None:
    """Raise AtlasError, with what to do, if the only names that no auditor has seen are those of edits."""
    if not _only_edits(atlas):
        return
    unseen = atlas.tree.filter(pl.col("action") == "unaudited")
    some = ", ".join(repr(name) for name in unseen["name"].head(3)) + (", …" if unseen.height > 3 else "")
    raise AtlasError(
        f"{atlas.path}: no auditor has seen {unseen.height} names that edits made ({some}); run clioscope edit "
        f"{atlas.path} audit, or vouch for them (clioscope edit {atlas.path} vouch GROUP)."
    )


def _counted(known: Known, settings: PrivacySettings) -> str:
    """How conversations without a user id were counted, where there are any: the end of an error sentence."""
    if known == "all" or settings.each_a_user:
        return ""
    return " (conversations without a user id count as one person; with --each-a-user, each counts as another person)"


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


def _parents(named: pl.DataFrame) -> dict[str, str]:
    """The groups that may be shown, parents before children, each with its parent."""
    above = {group: parent or ROOT for group, parent in named.select("group", "parent").iter_rows()}
    ordered: dict[str, str] = {}

    def add(group: str) -> None:
        if group != ROOT and group not in ordered:
            add(above[group])
            ordered[group] = above[group]

    for group in above:
        add(group)
    return ordered


def _deepest(tree: pl.DataFrame, named: pl.DataFrame, base: list[str]) -> list[str]:
    """The lowest group that may be shown of each conversation, from its base group."""
    parents: dict[str, str | None] = dict(tree.select("group", "parent").iter_rows())
    groups = set(named["group"])
    found: dict[str, str] = {}
    for group in set(base):
        above: str | None = group
        while above is not None and above not in groups:
            above = parents[above]
        found[group] = above or ROOT
    return [found[group] for group in base]


def _facets(atlas: Atlas, conversations: list[str]) -> dict[str, list[str | None]]:
    """The values of the closed facets (scores, categories, languages) and of the length of each conversation."""
    closed = {facet["name"] for facet in atlas.manifest["facets"] if facet["type"] in CLOSED} | {"length"}
    rows = pl.DataFrame({"conversation": conversations}, schema={"conversation": pl.String}).join(
        atlas.facets, on="conversation", how="left", maintain_order="left"
    )
    return {name: rows[name].cast(pl.String).to_list() for name in atlas.facets.columns if name in closed}


def _places(atlas: Atlas, conversations: list[str], plan: Plan) -> pl.DataFrame:
    """The median position of what is counted in each group, rounded so that it reveals no single conversation."""
    if not (atlas.path / "layout.parquet").exists():
        return pl.DataFrame(schema={"group": pl.String, "x": pl.Float64, "y": pl.Float64})
    ids = pl.Series("conversation", conversations, dtype=pl.String)
    members = pl.concat(
        pl.DataFrame({"group": pl.Series([group] * len(rows), dtype=pl.String), "conversation": ids.gather(rows)})
        for group, rows in plan.members.items()
        if group != ROOT and len(rows)
    )
    return (
        members.join(atlas.layout, on="conversation", how="inner")
        .group_by("group")
        .agg(pl.col("x").median().round(1), pl.col("y").median().round(1))
    )
