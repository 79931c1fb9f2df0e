"""A test set beside the traffic: what no test covers, and what is tested more than it occurs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.analysis.levels import groups_at
from clioscope.analysis.people import effective_size
from clioscope.analysis.periods import parse_span, within_span
from clioscope.analysis.records import records_of
from clioscope.atlas import Atlas
from clioscope.atlas.opening import opened
from clioscope.atlas.shown import shown_tree
from clioscope.errors import ClioscopeError

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas.assigned import Assigned
    from clioscope.progress import Progress

BOUND = 0.01  # share of the traffic from which on a group without a test stands first
STATES = ("no test", "few tests", "", "many tests", "no traffic")


class Coverage(NamedTuple):
    """A test set against the traffic.

    ``groups``: one row per group, those with traffic and no test first: group, name, traffic and tests (records),
    traffic_share and tests_share (0 to 1) with their 95 % intervals (_low, _high), ratio of the shares (1: tested as
    much as it occurs; null without traffic) with its interval (ratio_high is null where it has no end), and state:
    ``no test`` (traffic of at least the bound, and no test), ``few tests`` and ``many tests`` (the interval of the
    ratio lies below or above 1), ``no traffic`` (tests only), or empty.

    ``traffic`` and ``tests``: records in all groups. Of an atlas of segments, the traffic of a group counts the records
    that touch it, and the shares of traffic sum to one. ``nowhere``: tests that fit no group, or are in one that the
    analyst has hidden; ``refused``: those that the atlas's screener did not let in; ``rejected``: records of the file
    that cannot be read. ``known``: tests that are conversations of the atlas. ``tested``: the conversations that the
    tests are, by their ids. ``bound``: as given.
    """

    groups: pl.DataFrame
    traffic: int
    tests: int
    nowhere: int
    refused: int
    rejected: int
    known: int
    tested: pl.Series
    bound: float


def coverage(
    atlas: Atlas | str | Path,
    tests: str | Path,
    *,
    level: int | None = 0,
    period: str | None = None,
    at_least: float = BOUND,
    format: str | None = None,
    text_column: str | None = None,
    encoding: str | None = None,
    id_column: str | None = None,
    ask: int | Literal["all"] | None = None,
    progress: Progress | None = None,
) -> Coverage:
    """Put a file of test conversations into the groups of an atlas, and compare their shares with those of the traffic.

    ``tests`` is a file that ``assign`` reads, with the same options. ``level``: 0 is the base, None the top.
    ``period``: only records of these dates are traffic (``2026-03``). Every record counts, copies too; intervals of the
    traffic take as many records as its people are worth (Kish 1965).

    Raises ClioscopeError for a period without records and for a file without a usable test; otherwise as ``assign``.

    >>> import clioscope
    >>> found = clioscope.coverage("atlas/", "new.jsonl", level=None)
    >>> found.tests, found.groups.columns[:2]
    (5, ['group', 'name'])
    """
    from clioscope.pipeline.assign import assign

    atlas = opened(atlas)
    rows, above = records_of(atlas), groups_at(atlas, level)
    if not 0 <= at_least <= 1:
        raise ClioscopeError(f"the bound {at_least:g} is no share; give a number from 0 to 1 (0.01 for 1 %).")
    if period is not None:
        rows = rows.filter(within_span(rows["created_at"], parse_span(period)))
        if rows.is_empty():
            raise ClioscopeError(f"{atlas.path}: there is no record in the period {period!r}.")
    options: dict[str, Any] = {"format": format, "text_column": text_column, "encoding": encoding}
    assigned = assign(atlas, tests, **options, id_column=id_column, ask=ask, progress=progress)
    return compare(atlas, rows, assigned, above, at_least)


def compare(atlas: Atlas, rows: pl.DataFrame, assigned: Assigned, above: dict[str, str], bound: float) -> Coverage:
    """The shares of traffic (``rows``, one per record) and of tests in the groups that ``above`` names."""
    import polars as pl

    from clioscope.measure.figure import share

    table = assigned.table
    placed = table.filter(pl.col("group").is_in(list(above)))
    refused = int(table["refused"].sum())
    names = sorted(set(above.values()))
    words = dict(shown_tree(atlas).select("group", "name").iter_rows())
    places = {base: names.index(top) for base, top in above.items()}

    def place_of(table: pl.DataFrame) -> pl.Series:
        return table["group"].replace_strict(places, return_dtype=pl.Int64)

    tests = np.bincount(place_of(placed).to_numpy(), minlength=len(names))
    inside = rows.with_columns(place_of(rows).alias("place"))
    touching = inside.group_by("place").agg(pl.col("number").n_unique(), pl.col("part").sum())
    traffic, held = np.zeros(len(names), np.int64), np.zeros(len(names))
    traffic[touching["place"]], held[touching["place"]] = touching["number"], touching["part"]
    records = rows.unique("number", keep="first", maintain_order=True)
    person = records["person"].to_numpy()
    worth = effective_size(person, np.ones(len(person), bool))
    found = []
    for place, group in enumerate(names):
        of_traffic, of_tests = held[place] / max(1, len(records)), tests[place] / max(1, tests.sum())
        t = share(round(of_traffic * worth), round(worth))
        s = share(int(tests[place]), int(tests.sum()))
        t_ends = (min(_or(t.low, 0), of_traffic), max(_or(t.high, 1), of_traffic))
        s_ends = (_or(s.low, 0), _or(s.high, 1))
        ratio = ratio_interval((of_tests, *s_ends), (of_traffic, *t_ends))
        state = _state(int(traffic[place]), int(tests[place]), of_traffic >= bound, ratio)
        counts = (group, words[group], int(traffic[place]), of_traffic, *t_ends, int(tests[place]), of_tests, *s_ends)
        found.append((*counts, *ratio, state))
    shares = [f"{name}{end}" for name in ("traffic", "tests") for end in ("", "_share", "_low", "_high")]
    columns = ["group", "name", *shares, "ratio", "ratio_low", "ratio_high", "state"]
    groups = pl.DataFrame(found, schema=columns, orient="row", infer_schema_length=None)
    groups = groups.with_columns(pl.col("ratio", "ratio_low", "ratio_high").cast(pl.Float64))
    first = pl.col("state").replace_strict({state: number for number, state in enumerate(STATES)}, return_dtype=pl.Int8)
    groups = groups.sort(first, -pl.col("traffic").cast(pl.Int64), "group")
    return Coverage(
        groups,
        *(len(records), int(tests.sum()), table.height - placed.height - refused, refused, assigned.rejected),
        int(placed["known"].sum()),
        table["conversation"].unique(maintain_order=True),
        bound,
    )


def ratio_interval(
    above: tuple[float, float, float], below: tuple[float, float, float]
) -> tuple[float | None, float | None, float | None]:
    """The ratio of two independent estimates, each with its interval, and the interval of the ratio.

    By the method of variance estimates recovery (MOVER: Donner and Zou 2012). None for a ratio with nothing below, and
    for an end that does not exist.
    """
    (a, a_low, a_high), (b, b_low, b_high) = above, below
    if b <= 0:
        return None, None, None

    def end(near: float, far: float, sign: int) -> float | None:
        under = far * (2 * b - far)
        inner = max(0.0, (a * b) ** 2 - near * (2 * a - near) * under)
        return None if under == 0 else float((a * b + sign * np.sqrt(inner)) / under)

    low = end(a_low, b_high, -1)
    return a / b, a_low / b_high if low is None else max(0.0, low), end(a_high, b_low, 1)


def _state(traffic: int, tests: int, above: bool, ratio: tuple[float | None, float | None, float | None]) -> str:
    _, low, high = ratio
    if not traffic:
        return "no traffic" if tests else ""
    if not tests and above:
        return "no test"
    if high is not None and high < 1:
        return "few tests"
    return "many tests" if low is not None and low > 1 else ""


def _or(value: float | None, other: float) -> float:
    return other if value is None else value


def rows_by_group(atlas: Atlas, above: dict[str, str]) -> dict[str, NDArray[np.int64]]:
    """The places of the conversations (rows of ``atlas.clusters``) of each group that ``above`` names."""
    import polars as pl

    tops = atlas.clusters["group"].replace_strict(above, default=None, return_dtype=pl.String).to_numpy()
    return {group: np.flatnonzero(tops == group) for group in sorted(set(above.values()))}
