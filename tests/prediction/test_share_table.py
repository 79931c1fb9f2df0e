"""Shares of all groups at once are those of each group by itself."""

import numpy as np
import polars as pl
import pytest

from clioscope.facets.facet import Facet
from clioscope.prediction.share_table import Known, predicted_groups, share_table
from clioscope.prediction.shares import Sample, Shares

MOOD = Facet(name="mood", type="category", question="How is the user?", categories=("calm", "cross"))
LANGUAGE = Facet(name="language", type="language")
GROUPS = {"a": [0], "b": [1], "c": [2], "top": [0, 2]}


@pytest.fixture
def known():
    rng = np.random.default_rng(0)
    said = np.where(rng.random((90, 1)) < 0.5, rng.integers(0, 2, (90, 1)), -1)
    chances = rng.dirichlet((2, 2, 1), 90)[:, :2].astype(np.float32)
    languages = rng.choice(["English", "Russian"], 90).tolist()
    languages[4] = None
    return Known(
        pl.DataFrame({"conversation": [f"{row:02}" for row in range(90)], "language": languages}),
        pl.DataFrame({"mood": [None if told >= 0 else 0.5 for told in said[:, 0].tolist()]}),
        pl.DataFrame({"facet": ["mood", "mood"], "value": ["calm", "cross"], "column": [0, 1]}),
        chances,
        said,
    )


def test_every_group_has_the_shares_of_its_own_conversations(known) -> None:
    strata, weight = np.arange(90) % 3, np.arange(90) % 4 + 1
    table = share_table(known, [MOOD, LANGUAGE], strata, GROUPS, weight)
    for group, members in {"": [0, 1, 2], **GROUPS}.items():
        here = np.isin(strata, members)
        rows = table.filter(pl.col("group") == group)
        languages = rows.filter(pl.col("facet") == "language")
        told = np.array(known.facets["language"].to_list(), object)
        for value, share, count, exact in languages.select("value", "share", "count", "exact").iter_rows():
            assert share == pytest.approx(weight[here & (told == value)].sum() / weight[here].sum())
            assert count == weight[here].sum() and exact
        moods = rows.filter(pl.col("facet") == "mood")
        asked = known.said[:, 0] >= 0
        assert moods["asked"].unique().to_list() == [weight[here & asked].sum()]
        assert moods["inferred"].unique().to_list() == [weight[here & ~asked].sum()]
        own = np.where(asked, (known.said[:, 0] == 1).astype(float), np.nan)
        sample = Sample(own, known.chances[:, 1].astype(float), weight.astype(float))
        expected = Shares(sample, strata).of(np.array(members))
        cross = moods.filter(pl.col("value") == "cross").row(0, named=True)
        assert (cross["share"], cross["low"], cross["high"]) == pytest.approx(tuple(expected))


def test_how_often_the_likeliest_value_was_said(known) -> None:
    strata = np.arange(90) % 3
    table = predicted_groups(known, strata, GROUPS, ["mood"])
    whole = np.column_stack([known.chances, 1 - known.chances.sum(axis=1)])
    right = whole.argmax(axis=1) == known.said[:, 0]
    for group, share, number in table.select("group", "right", "n").iter_rows():
        here = np.isin(strata, GROUPS[group]) & (known.said[:, 0] >= 0)
        assert number == here.sum() and share == pytest.approx(right[here].mean())
    assert table["group"].to_list() == list(GROUPS)
