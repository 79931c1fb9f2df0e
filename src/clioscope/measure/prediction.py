"""How well the conversations that were asked tell what the others would have said, for the measures and the card."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from clioscope.atlas import Atlas
from clioscope.atlas.segments import has_segments
from clioscope.atlas.shares import WHOLE, shares_of
from clioscope.measure.figure import Figure, share
from clioscope.measure.rows import Rows
from clioscope.prediction.classifier import FEWEST

if TYPE_CHECKING:
    import polars as pl

ENOUGH = 5  # asked conversations of a group from which on it is said that it is poorly predicted
_GAIN = 0.01  # a rise of the share that is right, by twice as many questions, from which on these are worth it


def prediction_section(rows: Rows, atlas: Atlas) -> None:
    """The figures that the build kept: per facet, and per group how often the predictions are right; and the shares
    of facet values in the whole atlas, so that atlases can be compared. Nothing for an atlas without them."""
    import polars as pl

    if atlas.published or not (atlas.path / "prediction.parquet").exists():
        return
    table = atlas.table("prediction")
    for facet, figure, part, value, number in table.iter_rows():
        name = facet if part is None else f"{facet}: {part:.4g}"
        counted = figure in ("right", "right_sure", "usual", "sure")
        told = share(round(value * number), number) if counted else Figure(value, n=number)
        rows.add("prediction", f"predicted_{figure}", told, part=name)
    levels = dict(atlas.tree.select("group", "level").iter_rows())
    for group, facet, right, number in atlas.table("predicted_groups").iter_rows():
        if group in levels:
            figure = share(round(right * number), number)
            rows.add("prediction", "predicted_right", figure, level=levels[group], group=group, part=facet)
    shares = shares_of(atlas)
    if shares is None:
        return
    kinds = {facet["name"]: facet["type"] for facet in atlas.manifest["facets"]}
    for row in shares.filter(pl.col("group") == WHOLE).iter_rows(named=True):
        if kinds.get(row["facet"]) in ("score", "category", "language", "text"):
            low, high = (None, None) if row["exact"] else (row["low"], row["high"])
            figure = Figure(row["share"], low, high, row["asked"])
            rows.add("shares", "facet_share", figure, part=f"{row['facet']}: {row['value']}")


def asked_lines(atlas: Atlas) -> Iterator[str]:
    """What the report card says of how many conversations the model was asked about, and where the others got their
    place from, in Markdown. Nothing where all were asked or none, or for a published copy."""
    if atlas.published or "asked" not in atlas.facets.columns:
        return
    told = atlas.facets["asked"].gather(atlas.shown_rows)
    asked, whole = int(told.sum()), len(told)
    if asked in (0, whole):
        return
    yield f"The model was asked about {asked:,} of the {whole:,} different {_unit(atlas)}."
    made = atlas.manifest.get("stages", {}).get("predict", {})
    if (cosine := made.get("cosine")) is not None:
        yield (
            "Where the others belong is predicted from their texts. For the asked ones, predicted without their own "
            f"answers, the cosine of what was predicted with the answers is {cosine:.2f} on average (1: the same)."
        )
    elif made.get("ready"):
        yield (
            f"Fewer than {FEWEST} answers are too few to learn from. So a map that comes with Clioscope places the "
            "others by their texts. How right it is about these conversations is not measured."
        )
    else:
        few = f"Fewer than {FEWEST} answers are too few to learn from. " if asked < FEWEST else ""
        yield f"{few}Nothing was learnt from the answers: the others lie where their texts put them."
    yield ""


def prediction_lines(table: pl.DataFrame, names: dict[str, str]) -> Iterator[str]:
    """What the report card says, in Markdown, from the table of measures; ``names`` of groups are plain text.

    Per facet: how often predictions are right, where they are not, and whether more questions would help.
    """
    import polars as pl

    own = table.filter((pl.col("family") == "prediction") & pl.col("group").is_null())
    facets = own.filter(pl.col("metric") == "predicted_right")["part"].to_list()
    for facet in facets:
        found = dict(own.filter(pl.col("part") == facet).select("metric", "value").iter_rows())
        number = own.filter((pl.col("metric") == "predicted_right") & (pl.col("part") == facet))["n"][0]
        right, usual = found["predicted_right"], found["predicted_usual"]
        said = (
            f"- **{facet}**: the prediction is right for {_percent(right)} of the {number:,} asked conversations, each "
            f"predicted without its own answer. The commonest answer would be right for {_percent(usual)}."
        )
        sure = found.get("predicted_sure", 0.0)
        if sure and "predicted_right_sure" in found:
            said += f" {_percent(sure)} of the predictions are sure enough to be filled in; of these "
            said += f"{_percent(found['predicted_right_sure'])} are right."
        else:
            said += " No prediction is sure enough to be filled in."
        yield f"{said} {_more(own, facet)}"
        poor = _poor(table, facet, right)
        if poor:
            listed = "; ".join(f"{names.get(group, group)} ({_percent(value)} of {n:,})" for group, value, n in poor)
            yield f"  Poorly predicted groups: {listed}."
    if facets:
        yield ""


def _unit(atlas: Atlas) -> str:
    return "segments of conversations" if has_segments(atlas) else "conversations"


def _more(own: pl.DataFrame, facet: str) -> str:
    """Whether more questions would help, from the share right with a part of the asked conversations."""
    import polars as pl

    curve = own.filter((pl.col("metric") == "predicted_learning") & pl.col("part").str.starts_with(f"{facet}: "))
    points = sorted(curve.select("n", "value").iter_rows())
    if len(points) < 3:
        return ""
    (half, before), (asked, now) = points[len(points) // 2 - 1], points[-1]
    gain = min((now - before) / np.log2(asked / half), 1 - now) if asked > half else 0.0
    if gain < _GAIN:
        return "More questions would hardly help."
    return f"Twice as many questions would bring about {100 * gain:.0f} points more (`--ask {2 * asked}`)."


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _poor(table: pl.DataFrame, facet: str, usual: float) -> list[tuple[str, float, int]]:
    """Base groups that are clearly less well predicted than the atlas: group, share right, number asked."""
    import polars as pl

    rows = table.filter(
        (pl.col("metric") == "predicted_right")
        & (pl.col("part") == facet)
        & (pl.col("level") == 0)
        & pl.col("group").is_not_null()
        & (pl.col("n") >= ENOUGH)
        & (pl.col("high") < usual)
    )
    return list(rows.sort("value", "group").head(5).select("group", "value", "n").iter_rows())
