"""Plots are well-formed, put values where they belong, and show text without obeying it."""

from xml.etree import ElementTree

import pytest

from clioscope.measure.plots import COLOURS, Bar, Dot, Line, interval_plot, line_plot, scatter_plot

SVG = "{http://www.w3.org/2000/svg}"


def circles(plot):
    return [(float(one.get("cx")), float(one.get("cy"))) for one in ElementTree.fromstring(plot).iter(f"{SVG}circle")]


def test_bars_lie_where_their_values_say():
    plot = interval_plot([Bar("a", 0.0, None, None), Bar("b", 0.5, 0.4, 0.7, "weak"), Bar("c", 1.0, None, None)], "t")
    (left, _), (middle, _), (right, _) = circles(plot)
    assert middle == pytest.approx((left + right) / 2)
    spans = [
        [float(one.get(end)) for end in ("x1", "x2")]
        for one in ElementTree.fromstring(plot).iter(f"{SVG}line")
        if one.get("stroke") == COLOURS["weak"]
    ]
    assert spans == [[pytest.approx(left + share * (right - left)) for share in (0.4, 0.7)]]


def test_dots_are_spread_by_size_and_value():
    found = circles(scatter_plot([Dot(1, 0, "a"), Dot(10, 0.5, "b"), Dot(100, 1, "c")], "t", "size", "value"))
    assert found[1][0] == pytest.approx((found[0][0] + found[2][0]) / 2)
    assert found[0][1] > found[1][1] > found[2][1]


def test_lines_have_a_legend_and_survive_a_single_point():
    plot = line_plot([Line("one line", [(22, 0.4), (8, 0.2)]), Line("other", [(8, 0.3)])], "t", "groups", "share")
    text = "".join(ElementTree.fromstring(plot).itertext())
    assert "one line" in text and "other" in text and "22" in text
    assert "nan" not in plot
    assert "nan" not in line_plot([Line("a", [(5, 0.5)])], "t", "x", "y", logarithmic=True)


def test_names_are_shown_not_obeyed():
    nasty = "<script>alert('x')</script> & \"quotes\""
    for plot in (
        interval_plot([Bar(nasty, 0.5, None, None)], nasty),
        scatter_plot([Dot(3, 0.5, nasty)], nasty, nasty, nasty),
        line_plot([Line(nasty, [(1, 0.5), (2, 0.6)])], nasty, nasty, nasty),
    ):
        assert "<script" not in plot
        assert "<script>" in "".join(ElementTree.fromstring(plot).itertext())
