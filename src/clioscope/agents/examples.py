"""Single conversations of a group, where whoever started the server allowed them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clioscope.agents.answers import named
from clioscope.analysis.periods import parse_span, within_span
from clioscope.analysis.records import records_of

if TYPE_CHECKING:
    from clioscope.atlas import Atlas

MOST = 20
_RECORDS = 5  # record ids of one conversation
_CHARACTERS = 4000  # of a transcript


def examples_of(
    atlas: Atlas, group: str, period: str | None = None, most: int = 5, *, traces: bool = False
) -> dict[str, Any]:
    """The conversations of a group that are clearest in it: ids of their records, the day, facets; with ``traces`` the
    shortened transcript. No user is named. ``period``: only records of these dates (``2026-04``)."""
    import polars as pl

    found = named(atlas, group)
    members = atlas.membership.filter(pl.col("group") == found).select("conversation")
    rows = records_of(atlas).join(members, on="conversation", how="semi")
    if period is not None:
        rows = rows.filter(within_span(rows["created_at"], parse_span(period)))
    clear = (
        rows.group_by("conversation")
        .agg(pl.col("record").unique().sort().head(_RECORDS), pl.col("created_at").min(), pl.len().alias("count"))
        .join(atlas.clusters.select("conversation", "margin"), on="conversation", how="left")
        .sort("margin", "conversation", descending=[True, False])
    )
    shown = clear.head(min(max(1, most), MOST)).join(atlas.facets, on="conversation", how="left", maintain_order="left")
    texts: dict[str, str] = {}
    if traces:
        kept = atlas.transcripts.join(shown.select("conversation"), on="conversation", how="semi")
        texts = dict(kept.select("conversation", "transcript").iter_rows())
    names = [facet["name"] for facet in atlas.manifest["facets"] if facet["name"] in shown.columns]
    listed = []
    for row in shown.iter_rows(named=True):
        about = {
            "records": row["record"],
            "date": row["created_at"] and row["created_at"].date(),
            "count": row["count"],
        }
        about["facets"] = {name: row[name] for name in names if row[name] is not None}
        if traces:
            about["transcript"] = (texts.get(row["conversation"]) or "")[:_CHARACTERS]
        listed.append(about)
    return {"group": found, "conversations": clear.height, "records": rows["number"].n_unique(), "examples": listed}
