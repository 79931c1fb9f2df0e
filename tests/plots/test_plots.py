"""Plots are well-formed, put values where they belong, and show text without obeying it."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from clioscope.plots import Dot, Interval, Line, Point, interval_plot, line_plot, round_axis, scatter_plot
from clioscope.plots.drawing import STATES, WIDTH, shortened, text_width

SVG = "{http://www.w3.org/2000/svg}"


def circles(plot):
    return [
        (float(circle.get("cx")), float(circle.get("cy")))
        for circle in ElementTree.fromstring(plot).iter(f"{SVG}circle")
    ]


def texts(plot):
    """Each text that is drawn, with its place and what it is anchored by."""
    return {
        element.text: (float(element.get("x")), float(element.get("y")), element.get("text-anchor"))
        for element in ElementTree.fromstring(plot).iter(f"{SVG}text")
    }


def test_intervals_lie_where_their_values_say():
    plot = interval_plot([Interval("a", 0.0), Interval("b", 0.5, 0.4, 0.7, "weak"), Interval("c", 1.0)], "t")
    (left, _), (middle, _), (right, _) = circles(plot)
    assert middle == pytest.approx((left + right) / 2, abs=0.1)
    spans = [
        [float(line.get(end)) for end in ("x1", "x2")]
        for line in ElementTree.fromstring(plot).iter(f"{SVG}line")
        if line.get("stroke") == STATES["weak"]
    ]
    assert spans == [[pytest.approx(left + share * (right - left), abs=0.1) for share in (0.4, 0.7)]]


def test_figures_have_as_many_decimals_as_asked_for():
    plot = interval_plot([Interval("a", 0.16), Interval("b", 1234.5)], "t", round_axis([0.16, 1234.5]), digits=3)
    assert {"0.160", "1,234.500"} <= set(texts(plot))


def test_a_long_label_takes_two_lines_and_stays_on_the_sheet():
    label = "multilingual-e5-small, seven in ten of a section in one language, centred by language"
    plot = interval_plot([Interval(label, 0.5)], "t")
    lines = [words for words, (_, _, anchor) in texts(plot).items() if anchor == "end" and words != "0.50"]
    assert " ".join(lines) == label
    assert all(texts(plot)[words][0] - text_width(words) >= 0 for words in lines)
    assert shortened("word " * 50, 100).endswith("…")


def test_dots_are_spread_by_size_and_value():
    spots = circles(scatter_plot([Dot(1, 0, "a"), Dot(10, 0.5, "b"), Dot(100, 1, "c")], "t", "size", "value"))
    assert spots[1][0] == pytest.approx((spots[0][0] + spots[2][0]) / 2, abs=0.1)
    assert spots[0][1] > spots[1][1] > spots[2][1]


def test_lines_have_a_legend_and_survive_a_single_point():
    plot = line_plot(
        [Line("one line", [Point(22, 0.4), Point(8, 0.2)]), Line("other", [Point(8, 0.3)])], "t", "groups", "share"
    )
    assert {"one line", "other", "22"} <= set(texts(plot))
    assert "nan" not in plot
    assert "nan" not in line_plot([Line("a", [Point(5, 0.5)])], "t", "x", "y", logarithmic=True)


def test_a_line_shows_the_range_of_each_of_its_points():
    plot = line_plot([Line("a", [Point(1, 0.5, 0.25, 0.75), Point(2, 0.5)])], "t", "x", "y")
    ranges = [line for line in ElementTree.fromstring(plot).iter(f"{SVG}line") if line.get("x1") == line.get("x2")]
    (_, middle), _ = circles(plot)
    assert len(ranges) == 1
    assert float(ranges[0].get("y1")) > middle > float(ranges[0].get("y2"))


def test_entries_of_a_legend_do_not_overlap():
    labels = [f"a method with a long name, number {number}" for number in range(12)]
    places = texts(line_plot([Line(label, [Point(1, 0.5), Point(2, 0.6)]) for label in labels], "t", "x", "y"))
    entries = sorted((places[label][1], places[label][0], text_width(label)) for label in labels)
    for (row, x, wide), (next_row, next_x, _) in pairwise(entries):
        assert next_row > row or next_x >= x + wide
    assert all(x + wide <= WIDTH for _, x, wide in entries)


def test_lines_that_share_a_colour_differ_in_their_dashes():
    plot = line_plot([Line(str(number), [Point(1, 0.5), Point(2, 0.6)]) for number in range(9)], "t", "x", "y")
    looks = {
        (path.get("stroke"), path.get("stroke-dasharray"))
        for path in ElementTree.fromstring(plot).iter(f"{SVG}polyline")
    }
    assert len(looks) == 9


def test_plots_without_data_are_still_plots():
    for plot in (interval_plot([], "t"), scatter_plot([], "t", "x", "y"), line_plot([], "t", "x", "y")):
        assert ElementTree.fromstring(plot).tag == f"{SVG}svg"


def test_a_plot_is_the_same_each_time_and_fetches_nothing():
    dots = [Dot(3, 0.5, "a")]
    assert scatter_plot(dots, "t", "x", "y") == scatter_plot(dots, "t", "x", "y")
    assert not re.findall(r"(href|src|url)", scatter_plot(dots, "t", "x", "y"))


def test_names_are_shown_not_obeyed():
    nasty = "<script>alert('x')</script> & \"quotes\""
    for plot in (
        interval_plot([Interval(nasty, 0.5)], nasty),
        scatter_plot([Dot(3, 0.5, nasty)], nasty, nasty, nasty),
        line_plot([Line(nasty, [Point(1, 0.5), Point(2, 0.6)])], nasty, nasty, nasty),
    ):
        assert "<script" not in plot
        assert "<script>" in "".join(ElementTree.fromstring(plot).itertext())
