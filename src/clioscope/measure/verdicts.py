"""What a figure says about the atlas: solid, doubtful or weak (by the limits in ``rules.py``).

A figure is solid only if the worse end of its interval is solid, and weak only if the better end is weak.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from clioscope.measure.privacy import BY_AUTHOR
from clioscope.measure.rules import RULES, Rule

if TYPE_CHECKING:
    import polars as pl

State = Literal["solid", "doubtful", "weak"]


class Verdict(NamedTuple):
    """What a rule says about a figure of the whole atlas or of its base groups. ``judge``: the model that judged, if
    any.

    ``set_aside``: the judge failed its own test, so everything it says about the atlas is doubtful.
    """

    rule: Rule
    state: State
    value: float
    low: float | None
    high: float | None
    n: int
    judge: str | None = None
    set_aside: bool = False

    @property
    def by(self) -> str:
        """The judge's name without the hash of its weights; empty without a judge."""
        return (self.judge or "").partition("@")[0]


_TESTS = ("calibration", "position_flips")  # a judge that fails one of them is set aside


def verdicts(table: pl.DataFrame, rules: tuple[Rule, ...] = RULES) -> list[Verdict]:
    """The verdicts of all rules whose metric was measured, in the order of the rules.

    If a judge is weak in calibration or position bias, its other verdicts are set aside as doubtful.
    """
    import polars as pl

    whole = table.filter(pl.col("group").is_null() & (pl.col("level").is_null() | (pl.col("level") == 0)))
    reached = []
    for rule in rules:
        part = pl.col("part").is_null() if rule.part is None else pl.col("part") == rule.part
        rows = whole.filter(pl.col("metric") == rule.metric)
        rows = rows if rule.judged else rows.filter(part).head(1)
        for row in rows.iter_rows(named=True):
            judge = _judge(rule, row["part"])
            if judge is None and rule.judged:
                continue
            state = state_of(rule, row)
            reached.append(Verdict(rule, state, row["value"], row["low"], row["high"], row["n"], judge))
    failed = {verdict.judge for verdict in reached if verdict.rule.metric in _TESTS and verdict.state == "weak"}
    heard = [
        verdict._replace(state="doubtful", set_aside=True)
        if verdict.judge in failed and verdict.judge is not None and verdict.rule.metric not in _TESTS
        else verdict
        for verdict in reached
    ]
    # The author's audit counts only where no other judge's does.
    audits = [verdict for verdict in heard if verdict.rule.metric == "private_share"]
    if any(verdict.judge and not verdict.set_aside for verdict in audits):
        return [verdict for verdict in heard if verdict.judge or verdict not in audits]
    return heard


def _judge(rule: Rule, part: str | None) -> str | None:
    """The judge in a figure's part; None without a judge, and for a model that audited its own names."""
    head = rule.part or ""
    if not rule.judged or part is None or not part.startswith(head):
        return None
    judge = part.removeprefix(head)
    return None if judge.startswith(BY_AUTHOR) else judge


def state_of(rule: Rule, row: dict[str, float | None]) -> State:
    """Whether a figure with its interval (``value``, ``low``, ``high``) is solid, doubtful or weak."""
    value = row["value"]
    assert value is not None
    low = value if row["low"] is None else row["low"]
    high = value if row["high"] is None else row["high"]
    if rule.solid == rule.weak:  # no case found is the best result; the interval says how sure it is
        low = high = value
    worse, better = (low, high) if rule.higher else (-high, -low)
    solid, weak = (rule.solid, rule.weak) if rule.higher else (-rule.solid, -rule.weak)
    if worse >= solid:
        return "solid"
    return "weak" if better < weak else "doubtful"
