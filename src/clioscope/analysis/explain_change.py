"""Which groups explain that a rate or a mean changed between two periods."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.analysis.decompose import Floats, Parts, decompose
from clioscope.analysis.people import resampled_sums
from clioscope.analysis.two_periods import TwoPeriods, two_periods
from clioscope.atlas import Atlas
from clioscope.atlas.opening import opened
from clioscope.errors import ClioscopeError
from clioscope.statistics.significance import corrected

if TYPE_CHECKING:
    import polars as pl

DRAWS = 1000
FEW_PEOPLE = 20  # with fewer people, drawing them anew says little


class Change(NamedTuple):
    """A change from ``before`` to ``after``; ``mix`` and ``rate`` sum to ``change``. All with 95 % intervals."""

    before: float
    after: float
    change: float
    low: float
    high: float
    mix: float
    mix_low: float
    mix_high: float
    rate: float
    rate_low: float
    rate_high: float


class ExplainedChange(NamedTuple):
    """What explains a change.

    ``metric``: its name; ``share``: whether it is a share (0 to 1) and not another mean. ``whole``: the change in all
    groups together. ``groups``: one row per group, the greatest part first: group, name, share_before, share_after (of
    the records; a segment counts as its part of one), before, after (the metric in the group, null where it has no
    value), records_before, records_after, known_before, known_after (records with a value; of segments, those that
    touch the group), mix, rate, part (mix + rate), each with its 95 % interval (_low, _high), and q: the expected share
    of false findings among parts at least as clear (Benjamini and Hochberg 1995). ``records`` and ``known``: in both
    periods. ``people``: how many different ones. ``notes``: what a reader must know,
    in sentences.
    """

    metric: str
    share: bool
    whole: Change
    groups: pl.DataFrame
    records: tuple[int, int]
    known: tuple[int, int]
    people: int
    notes: list[str]


def explain_change(
    atlas: Atlas | str | Path,
    metric: str,
    before: str | None = None,
    after: str | None = None,
    *,
    by: str | None = None,
    group: str | None = None,
    level: int | None = None,
    earlier: Atlas | str | Path | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> ExplainedChange:
    """Take the change of a metric between two periods apart by groups.

    ``metric``: a facet or a metadata field that is a number, a score or yes and no (its mean is looked at), or
    FIELD=VALUE (the share of that value). ``before`` and ``after``: dates, months or ranges (``2026-03``,
    ``2026-03-01..2026-03-31``), or, with ``by``, values of that field. Every record counts, copies too. ``level`` says
    which groups (0 is the base, None the top); with ``group`` the change within it is taken apart by the groups that it
    holds. With ``earlier``, the period before is taken from that atlas, and a period may be left out, which means all
    records; groups of both atlases are the same if their ids are, or their codes. Intervals are of 95 %, from ``draws``
    samples of people; equal input gives equal intervals.

    Raises ClioscopeError for an unknown field or group, for periods that overlap, and for a period without a value;
    AtlasError for a published atlas.

    >>> import clioscope
    >>> found = clioscope.explain_change("atlas/", "turns", "2026-03-01..2026-03-14", "2026-03-15..2026-03-31")
    >>> found.metric, found.records
    ('turns', (32, 28))
    """
    later, former = (one if one is None else opened(one) for one in (atlas, earlier))
    assert later is not None
    if former is None and (before is None or after is None):
        raise ClioscopeError("give both periods, --before and --after, or an earlier atlas with --earlier.")
    data = two_periods(later, metric, before, after, by=by, group=group, level=level, earlier=former)
    known = np.isfinite(data.value)
    counted = (data.records(known & (data.side == 0)), data.records(known & (data.side == 1)))
    for count, when in zip(counted, ("before", "after"), strict=True):
        if not count:
            raise ClioscopeError(f"{later.path}: no record of the period {when} has a value of {metric}.")
    values, k = weighted_values(data), len(data.groups)
    cell = data.side * k + data.group
    found = decompose(*np.stack([np.bincount(cell, column, 2 * k) for column in values.T]).reshape(3, 2, k))
    chunks = resampled_sums(data.person, cell, values, 2 * k, draws, seed)
    drawn = [decompose(*np.moveaxis(chunk.reshape(-1, 3, 2, k), 1, 0)) for chunk in chunks]
    table = _table(data, found, drawn, known)
    people = len(np.unique(data.person))
    records = (data.records(data.side == 0), data.records(data.side == 1))
    notes = _notes(data, metric, known, table, people)
    if former is not None:
        notes += _met_once(table)
    return ExplainedChange(metric, data.rate, _whole(found, drawn), table, records, counted, people, notes)


def weighted_values(data: TwoPeriods) -> Floats:
    """Per record (n, 3): what it counts in the shares of groups, the weight of its value, and weight times value.

    A record without a value counts nowhere, unless a model just was not asked about it: then it counts in the shares.
    An answer stands for the records of its base group, since more is asked of some groups than of others. A segment
    counts as its part of its record.
    """
    known = np.isfinite(data.value)
    size, weight = known * data.part, known * data.part
    if data.asked:
        size = data.part.copy()
        codes = np.unique(data.base, return_inverse=True)[1]
        of_all, of_known = np.bincount(codes, size), np.bincount(codes, weight)
        weight *= np.divide(of_all, of_known, where=of_known > 0, out=np.zeros(len(of_all)))[codes]
    return np.stack([size, weight, weight * np.where(known, data.value, 0.0)], axis=1)


def _interval(drawn: Floats) -> tuple[Floats, Floats]:
    """The middle 95 % of samples, over the first axis; NaN where no sample tells anything."""
    fit = drawn[np.isfinite(drawn).reshape(len(drawn), -1).all(axis=1)]
    if not len(fit):
        return np.full(drawn.shape[1:], np.nan), np.full(drawn.shape[1:], np.nan)
    low, high = np.quantile(fit, (0.025, 0.975), axis=0)
    return low, high


def _whole(found: Parts, drawn: list[Parts]) -> Change:
    figures: list[float] = [*map(float, found.overall)]
    for name in ("change", "mix", "rate"):
        value, *samples = (
            one.overall[..., 1] - one.overall[..., 0] if name == "change" else getattr(one, name).sum(-1)
            for one in (found, *drawn)
        )
        figures += [float(value), *map(float, _interval(np.concatenate(samples)))]
    return Change(*figures)


def _table(data: TwoPeriods, found: Parts, drawn: list[Parts], known: NDArray[np.bool_]) -> pl.DataFrame:
    """One row per group, the greatest part first."""
    import polars as pl
    from scipy.special import ndtr

    k = len(data.groups)
    mix, rate = (np.concatenate([getattr(one, name) for one in drawn]) for name in ("mix", "rate"))
    columns: dict[str, Any] = {"group": data.groups, "name": data.names}
    for side, when in enumerate(("before", "after")):
        here = data.side == side
        valued = data.records_by_group(here & known)
        columns[f"share_{when}"] = found.share[side]
        columns[when] = np.where(valued > 0, found.mean[side], np.nan)
        columns[f"records_{when}"], columns[f"known_{when}"] = data.records_by_group(here), valued
    part = found.mix + found.rate
    for name, value, sampled in (("mix", found.mix, mix), ("rate", found.rate, rate), ("part", part, mix + rate)):
        columns[name] = value
        columns[f"{name}_low"], columns[f"{name}_high"] = _interval(sampled)
    fit = (mix + rate)[np.isfinite(mix).all(axis=1)]
    error = fit.std(axis=0) if len(fit) else np.zeros(k)
    columns["q"] = corrected(2 * ndtr(-np.divide(abs(part), error, where=error > 0, out=np.zeros(k))))
    return pl.DataFrame(columns).fill_nan(None).sort(pl.col("part").abs(), "group", descending=[True, False])


def _notes(data: TwoPeriods, metric: str, known: NDArray[np.bool_], table: pl.DataFrame, people: int) -> list[str]:
    """What a reader must know about these figures."""
    import polars as pl

    notes = []
    missing = [data.records(data.side == side) - data.records(known & (data.side == side)) for side in (0, 1)]
    if data.asked:
        notes.append(
            "A model was asked about a part of the conversations only, and only its own answers count: those about "
            f"{data.records(known):,} records. Inferred values do not count. The shares of groups are of all records."
        )
        half = [(pl.col(f"known_{when}") == 0) & (pl.col(f"records_{when}") > 0) for when in ("before", "after")]
        if lacking := table.filter(pl.any_horizontal(half)).height:
            notes.append(
                f"{lacking:,} of {table.height:,} groups have no answer in one of the periods; there the metric of the "
                "other period stands in, or that of all groups."
            )
    elif any(missing):
        notes.append(
            f"{missing[0]:,} records before and {missing[1]:,} after have no value of {metric}; they count nowhere."
        )
    if data.without_user == data.records(data.side >= 0):
        notes.append("No record has a user id, so every distinct conversation counts as another person.")
    elif data.without_user:
        notes.append(
            f"{data.without_user:,} records have no user id; each distinct text of these counts as another person."
        )
    if people < FEW_PEOPLE:
        notes.append(f"There are only {people:,} people in both periods, so the intervals are too narrow to rely on.")
    return notes


def _met_once(table: pl.DataFrame) -> list[str]:
    """A sentence on groups that only one of two atlases has."""
    import polars as pl

    gone, new = (table.filter(pl.col(f"records_{when}") == 0).height for when in ("after", "before"))
    if not gone and not new:
        return []
    return [
        f"{gone:,} groups are only in the earlier atlas and {new:,} only in the later one; all of their part is mix."
    ]
