"""Counts of all rows that come with the head, against counts over the rows."""

import numpy as np
import pytest

from clioscope.explorer import make_view
from clioscope.explorer.container import unpack
from clioscope.explorer.sums import add_sums, bounds


def test_counts_are_those_of_the_rows(atlas):
    header, arrays = unpack(make_view(atlas))
    sums, weight = header["sums"], arrays["count"].astype(float)
    assert sums["groups"] == [one["count"] for one in header["groups"]]
    assert sums["days"] == np.bincount(arrays["day"], weight).tolist()
    users = len(set(arrays["user"].tolist()) - {0})
    assert sums["totals"] == {"count": 240, "mass": 240, "distinct": 200, "users": users, "rows": 200}
    for column in header["columns"]:
        codes, width = arrays[column["array"]], len(column["values"])
        assert column["sums"]["counts"] == np.bincount(codes, weight, width + 1).tolist()
        assert column["sums"]["squares"] == (weight**2).sum()
        assert "touched" not in column["sums"]


def test_a_conversation_counts_once_however_many_of_its_segments_are_there():
    """Conversation 0 (twice) has rows 0 and 1 in groups a and b; conversation 1 has row 2 in b; both tops hold both."""
    groups = [{"parent": None, "level": 1}, {"parent": 0, "level": 0}, {"parent": 0, "level": 0}]
    column = {"name": "field", "array": "facet0", "values": ["law", "arts"]}
    header = {"rows": 3, "groups": groups, "columns": [column], "days": {"last": 1}, "map": False}
    arrays = {
        "group": np.array([1, 2, 2], np.uint8),
        "count": np.array([2, 2, 1], np.uint8),
        "whole": np.array([0, 0, 1], np.uint32),
        "part": np.array([0.25, 0.75, 1], np.float32),
        "day": np.array([0, 0, 1], np.uint16),
        "user": np.array([1, 1, 0], np.uint32),
        "facet0": np.array([0, 0, 2], np.uint8),
    }
    add_sums(header, arrays)
    assert header["sums"] == {
        "groups": [3, 2, 3],
        "masses": [3, 0.5, 2.5],
        "days": [2, 1],
        "day_masses": [2, 1],
        "totals": {"count": 3, "mass": 3, "distinct": 2, "users": 1, "rows": 3},
    }
    assert column["sums"] == {"counts": [2, 0, 1], "touched": [2, 0, 1], "squares": 5}


def test_the_bounds_leave_out_a_handful_far_out():
    x = np.concatenate([np.linspace(30_000, 40_000, 1000), [0, 65_535]]).astype(np.uint16)
    left, low, right, high = bounds(x, x[:100])
    assert left == pytest.approx(-0.084, abs=0.003) and right == pytest.approx(0.22, abs=0.003)
    assert (low, high) == (round(30_000 / 65_535 * 2 - 1, 5), round(float(x[99]) / 65_535 * 2 - 1, 5))
