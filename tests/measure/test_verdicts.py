"""Solid only if the worse end of the interval is, weak only if the better end is."""

import polars as pl
import pytest

from clioscope.measure.figure import Figure
from clioscope.measure.metric import metrics
from clioscope.measure.rows import Rows
from clioscope.measure.rules import RULES
from clioscope.measure.verdicts import state_of, verdicts
from clioscope.measure.weak_groups import weak_groups


@pytest.mark.parametrize(
    ("metric", "figure", "state"),
    [
        ("stability_jaccard", (0.8, 0.76, 0.84), "solid"),
        ("stability_jaccard", (0.8, 0.7, 0.9), "doubtful"),
        ("stability_jaccard", (0.45, 0.4, 0.49), "weak"),
        ("stability_jaccard", (0.45, 0.35, 0.55), "doubtful"),
        ("misplaced", (0.02, 0.01, 0.04), "solid"),
        ("misplaced", (0.3, 0.25, 0.35), "weak"),
        ("duplicate_names", (0.0, None, None), "solid"),
        ("duplicate_names", (0.2, None, None), "weak"),
        ("mixed", (0.1, None, None), "solid"),
        ("mixed", (0.2, None, None), "doubtful"),
        ("mixed", (0.26, None, None), "weak"),
        ("private_share", (0.0, 0.0, 0.3), "solid"),
        ("private_share", (0.1, 0.0, 0.3), "weak"),
    ],
)
def test_where_a_figure_stands(metric, figure, state):
    rule = next(one for one in RULES if one.metric == metric)
    assert state_of(rule, dict(zip(("value", "low", "high"), figure, strict=True))) == state


def test_the_direction_of_a_rule_is_that_of_its_metric():
    for rule in RULES:
        if rule.metric in metrics:
            assert rule.higher == (metrics.get(rule.metric).better == "higher"), rule.metric


@pytest.mark.parametrize(("calibration", "state"), [(0.05, "doubtful"), (0.9, "weak")])
def test_a_judge_that_fails_its_test_is_not_heard(calibration, state):
    rows = Rows()
    rows.add("judges", "name_fit", Figure(0.1, 0.05, 0.2, 50), part="judge")
    rows.add("validation", "calibration", Figure(calibration, calibration - 0.05, calibration + 0.05, 50), part="judge")
    rows.add("judges", "name_fit", Figure(0.1, 0.05, 0.2, 50), part="another")
    found = {(one.rule.metric, one.judge): one for one in verdicts(rows.table())}
    assert found["name_fit", "judge"].state == state
    assert found["name_fit", "judge"].set_aside == (state == "doubtful")
    assert found["name_fit", "another"].state == "weak"


def audited(**parts):
    """Verdicts on privacy, from shares of private names by part."""
    rows = Rows()
    for part, value in parts.items():
        rows.add("privacy", "private_share", Figure(value, max(0, value - 0.05), value + 0.05, 50), part=part)
    return [(one.judge, one.state, one.value) for one in verdicts(rows.table())]


def test_names_audited_by_their_author_alone_are_never_solid():
    """What the author scores low is withheld, so among the names shown its own share is nought whatever they are."""
    assert audited(**{"name proposed": 0.0}) == [(None, "doubtful", 0.0)]
    assert audited(**{"name proposed": 0.4}) == [(None, "doubtful", 0.4)]
    assert audited(**{"name proposed": 0.4, "name shown, by its author me": 0.0}) == [(None, "doubtful", 0.4)]


@pytest.mark.parametrize(("value", "state"), [(0.0, "solid"), (0.02, "weak")])
def test_another_model_decides_about_privacy(value, state):
    parts = {"name proposed": 0.4, "name shown, by other": value, "facets, by other": 0.9}
    assert audited(**parts) == [("other", state, value)]


def test_groups_to_look_at():
    rows = Rows()
    for group, jaccard, astray in (("a", 0.9, 0.1), ("b", 0.3, 0.1), ("c", 0.3, 0.5)):
        rows.add("stability", "stability_jaccard", Figure(jaccard), level=0, group=group)
        rows.add("coherence", "misplaced", Figure(astray), level=0, group=group)
        rows.add("coherence", "knn_purity", Figure(0.05), level=0, group=group)
    tree = pl.DataFrame(
        {
            "group": ["a", "b", "c"],
            "name": ["A", "B", "C"],
            "action": ["accepted", "withheld", "accepted"],
            "score": [5, 1, 5],
            "count": [9, 8, 7],
        }
    )
    found = weak_groups(rows.table(), tree)
    assert [(one.group, len(one.reasons)) for one in found] == [("c", 2), ("b", 1)]
    assert found[1].name == "(name withheld for privacy)"
    assert verdicts(rows.table()) == []


def test_no_verdict_hangs_on_a_figure_whose_chance_level_differs():
    """Of two groups by the toss of a coin, neighbours share half."""
    rows = Rows()
    rows.add("coherence", "knn_purity", Figure(0.7, 0.69, 0.71, 100), level=0)
    rows.add("stability", "bootstrap_ami", Figure(0.3, 0.2, 0.4, 100), level=0)
    assert [(one.rule.metric, one.state) for one in verdicts(rows.table())] == [("bootstrap_ami", "weak")]


def test_an_atlas_whose_groups_are_mixed_is_called_so():
    rows = Rows()
    rows.add("names", "mixed", Figure(0.3), level=0)
    rows.add("names", "mixed", Figure(1.0), level=0, group="a")
    (verdict,) = verdicts(rows.table())
    assert (verdict.state, verdict.value, verdict.rule.about) == ("weak", 0.3, "Groups have a subject")
