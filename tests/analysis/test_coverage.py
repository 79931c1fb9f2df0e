"""Planted gaps of a test set are found, and a new one is balanced."""

import json
import shutil

import numpy as np
import polars as pl
import pytest
from commands import run_cli
from conftest import make_records, write_jsonl

import clioscope
from clioscope.analysis.coverage import ratio_interval
from clioscope.analysis.draw import draw_tests, quotas, write_tests
from clioscope.errors import ClioscopeError


@pytest.fixture(scope="session")
def tests_file(tmp_path_factory):
    """60 tests on two of the five topics, two of them conversations of the atlas."""
    fresh = [one for number, one in enumerate(make_records(150, 7)) if number % 5 in (1, 4)]
    rows = make_records(400)
    return write_jsonl(tmp_path_factory.mktemp("tests") / "tests.jsonl", [*fresh[:58], rows[1], rows[4]])


@pytest.fixture(scope="session")
def found(atlas, tests_file):
    return clioscope.coverage(atlas, tests_file)


def of_topics(atlas, *words):
    """The base groups of the conversations whose text holds one of the words."""
    texts = atlas.transcripts.filter(pl.col("text").str.contains("|".join(words))).select("conversation")
    return set(atlas.clusters.join(texts, on="conversation", how="semi")["group"])


def test_groups_without_a_test_come_first(atlas, found) -> None:
    bare = found.groups.filter(pl.col("state") == "no test")
    assert found.groups["state"][: bare.height].unique().to_list() == ["no test"]
    assert bare["traffic"].is_sorted(descending=True)
    assert set(bare["group"]) == of_topics(atlas, "sourdough", "trip", "poem")
    assert found.groups["tests"].sum() == found.tests == 60 - found.nowhere
    assert found.groups["traffic"].sum() == found.traffic == 440
    assert (found.known, found.refused, found.rejected) == (2, 0, 0) and found.nowhere <= 3


def test_shares_have_intervals_and_ratios(found) -> None:
    groups = found.groups
    assert np.allclose(groups["traffic_share"].sum(), 1)
    for name in ("traffic", "tests"):
        assert (groups[f"{name}_low"] <= groups[f"{name}_share"]).all()
        assert (groups[f"{name}_share"] <= groups[f"{name}_high"]).all()
    tested = groups.filter(pl.col("tests") > 0)
    assert np.allclose(tested["ratio"], tested["tests_share"] / tested["traffic_share"])
    assert (tested["ratio_low"] < tested["ratio"]).all()
    assert (tested["ratio"] < tested["ratio_high"]).all()
    assert "many tests" in tested["state"].to_list()


def test_traffic_may_be_that_of_a_period_and_groups_those_of_the_top(atlas, tests_file) -> None:
    top = clioscope.coverage(atlas, tests_file, level=None, period="2026-03-01..2026-03-07")
    days = atlas.occurrences["created_at"].dt.day()
    assert top.traffic == (days <= 7).sum()
    assert set(top.groups["group"]) == set(atlas.tree.filter(pl.col("parent").is_null())["group"])
    with pytest.raises(ClioscopeError, match="no record in the period"):
        clioscope.coverage(atlas, tests_file, period="2020")


def test_the_interval_of_a_ratio_holds_the_truth_and_ends_where_it_can() -> None:
    assert ratio_interval((0.2, 0.1, 0.3), (0, 0, 0.1)) == (None, None, None)
    ratio, low, high = ratio_interval((0.0, 0.0, 0.05), (0.2, 0.15, 0.25))
    assert (ratio, low) == (0, 0)
    assert 0.2 < high < 0.4
    assert ratio_interval((0.2, 0.1, 0.3), (0.1, 0.0, 0.2))[2] is None
    random = np.random.default_rng(0)
    from clioscope.measure.figure import share

    held = 0
    for _ in range(300):
        a, b = random.binomial(60, 0.2), random.binomial(400, 0.1)
        ends = [(one.value, one.low, one.high) for one in (share(a, 60), share(b, 400))]
        _, low, high = ratio_interval(*ends)
        held += low <= 2 <= high
    assert held / 300 > 0.92


def test_quotas_are_in_proportion_and_at_least_one() -> None:
    plenty = np.array([1000] * 4)
    assert quotas(np.array([50.0, 30, 19, 1]), plenty, 100).tolist() == [50, 30, 19, 1]
    assert quotas(np.array([97.0, 1, 1, 1]), plenty, 10).tolist() == [7, 1, 1, 1]
    assert quotas(np.array([60.0, 20, 10, 10]), plenty, 2).sum() == 2
    assert quotas(np.array([60.0, 20, 10, 10]), np.array([3, 50, 0, 50]), 20).tolist()[2] == 0
    assert quotas(np.array([60.0, 20, 10, 10]), np.array([3, 50, 50, 50]), 20)[0] == 3
    assert quotas(np.array([60.0, 40]), np.array([3, 4]), 20).tolist() == [3, 4]


@pytest.mark.parametrize("number", [3, 10, 37, 200])
def test_a_draw_is_balanced_and_new(atlas, found, tests_file, number) -> None:
    drawn = draw_tests(atlas, found, number)
    assert drawn.height == number == drawn["conversation"].n_unique()
    assert not set(drawn["conversation"]) & set(found.tested)
    sizes = dict(drawn["group"].value_counts().iter_rows())
    for group, traffic in found.groups.select("group", "traffic").iter_rows():
        assert abs(sizes.get(group, 0) - number * traffic / 440) <= 2
        assert number < found.groups.height or sizes[group] >= 1
    states = dict(found.groups.select("group", "state").iter_rows())
    order = [states[group] == "no test" for group in drawn["group"]]
    assert order == sorted(order, reverse=True)


def test_a_draw_is_written_whole_condensed_or_as_ids(atlas, found, tmp_path) -> None:
    drawn = draw_tests(atlas, found, 12)
    assert write_tests(atlas, drawn, tmp_path / "new.jsonl") == "full"
    lines = [json.loads(line) for line in (tmp_path / "new.jsonl").read_text().splitlines()]
    assert [line["id"] for line in lines] == drawn["conversation"].to_list()
    assert all(line["messages"][1]["content"].startswith("Here is help with") for line in lines)
    again = atlas.assign(tmp_path / "new.jsonl").table
    assert again["known"].all()
    assert set(again["group"]) == set(drawn["group"])
    moved = clioscope.open(shutil.copytree(atlas.path, tmp_path / "moved"))
    moved.manifest["sources"] = [{"path": str(tmp_path / "gone.jsonl")}]
    assert write_tests(moved, drawn, tmp_path / "short.jsonl") == "condensed"
    short = [json.loads(line) for line in (tmp_path / "short.jsonl").read_text().splitlines()]
    assert [line["messages"][0]["role"] for line in short] == ["user"] * 12
    (moved.path / "transcripts.parquet").unlink()
    assert write_tests(moved, drawn, tmp_path / "ids.jsonl") == "ids"
    assert json.loads((tmp_path / "ids.jsonl").read_text().splitlines()[0])["conversation"] == lines[0]["id"]


def test_the_command_prints_the_gaps_and_draws(atlas, tests_file, found, tmp_path) -> None:
    new = tmp_path / "new.jsonl"
    said = run_cli("coverage", atlas.path, tests_file, "--draw", 9, new, "--quiet")
    assert said.returncode == 0, said.stderr
    bare = found.groups.filter(pl.col("state") == "no test")
    assert f"Groups with at least 1 % of the traffic and no test: {bare.height}," in said.stdout
    assert "Tests that are conversations of the atlas: 2." in said.stdout
    assert len(new.read_text().splitlines()) == 9
    told = json.loads(run_cli("coverage", atlas.path, tests_file, "--level", "top", "--json", "--quiet").stdout)
    assert told["tests"] == found.tests
    assert "no number" not in run_cli("coverage", atlas.path, tests_file, "--level", "high").stderr
    assert run_cli("coverage", atlas.path, tests_file, "--level", "high").returncode == 1


def test_what_is_hidden_is_in_no_group(atlas, tests_file, tmp_path) -> None:
    shutil.copytree(atlas.path, tmp_path / "atlas")
    [group] = clioscope.coverage(atlas, tests_file).groups["group"][:1]
    held = atlas.membership.filter(pl.col("group") == group)["count"].sum()
    after = clioscope.open(tmp_path / "atlas").edit.hide(group)
    found = clioscope.coverage(after, tests_file)
    assert group not in set(found.groups["group"]) and found.traffic == 440 - held
    assert group not in set(
        clioscope.explain_change(
            after, "error", level=0, before="2026-03-01..2026-03-14", after="2026-03-15..", draws=10
        ).groups["group"]
    )
    assert group not in {one.group for one in clioscope.surprises(after)}


def test_the_traffic_of_segments_is_counted_in_records(segmented, tmp_path) -> None:
    file = write_jsonl(tmp_path / "tests.jsonl", make_records(20, 7))
    found = clioscope.coverage(segmented, file)
    assert found.traffic == 62 < segmented.segments.height
    assert found.groups["traffic_share"].sum() == pytest.approx(1)
    assert found.groups["traffic"].sum() > 62 >= found.groups["traffic"].max()
