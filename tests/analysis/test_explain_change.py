"""A planted rise is found, and the parts sum to the change."""

import json
import shutil

import numpy as np
import polars as pl
import pytest
from commands import run_cli
from conftest import make_records, write_jsonl

import clioscope
from clioscope.analysis.people import effective_size, resampled_sums
from clioscope.atlas.files import write_table
from clioscope.errors import AtlasError, ClioscopeError

EARLY, LATE = "2026-03-01..2026-03-14", "2026-03-15.."


def bread_group(atlas):
    """The group at the top that holds most of the talk about bread."""
    said = atlas.transcripts.filter(pl.col("text").str.contains("sourdough")).select("conversation")
    tops = atlas.tree.filter(pl.col("parent").is_null())["group"]
    held = atlas.membership.join(said, on="conversation", how="semi").filter(pl.col("group").is_in(tops.implode()))
    return held["group"].value_counts(sort=True)["group"][0]


def test_the_planted_topic_ranks_first_with_its_rate(atlas) -> None:
    found = clioscope.explain_change(atlas, "error", EARLY, LATE)
    first = found.groups.row(0, named=True)
    assert first["group"] == bread_group(atlas)
    assert first["rate"] > 0.08
    assert abs(first["mix"]) < 0.02
    assert first["rate_low"] > 0
    assert first["q"] < 0.01
    assert (found.groups["q"][1:] > 0.05).all()
    assert found.share
    assert found.whole.low > 0


@pytest.mark.parametrize("metric", ["error", "cost", "turns", "concern", "error=false", "field=no such"])
@pytest.mark.parametrize("level", [None, 0])
def test_the_parts_sum_to_the_change(atlas, metric, level) -> None:
    if metric == "field=no such":
        metric = f"field={atlas.facets['field'][0]}"
    found = clioscope.explain_change(atlas, metric, EARLY, LATE, level=level, draws=50)
    whole, groups = found.whole, found.groups
    assert np.isclose(groups["part"].sum(), whole.change, atol=1e-12)
    assert np.isclose(groups["mix"].sum(), whole.mix, atol=1e-12)
    assert np.isclose(whole.mix + whole.rate, whole.change, atol=1e-12)
    assert groups["part"].abs().is_sorted(descending=True)
    assert (groups["part_low"] <= groups["part_high"]).all()


def test_every_record_counts_and_what_has_no_value_is_told(atlas) -> None:
    rows = atlas.occurrences.with_columns(late=pl.col("created_at").dt.day() > 14)
    costs = rows.with_columns(pl.col("meta_cost").cast(pl.Float64)).drop_nulls("meta_cost")
    found = clioscope.explain_change(atlas, "cost", EARLY, LATE, draws=20)
    assert not found.share
    assert sum(found.records) == 440
    assert sum(found.known) == costs.height < 440
    means = [costs.filter(pl.col("late") == late)["meta_cost"].mean() for late in (False, True)]
    assert np.allclose([found.whole.before, found.whole.after], means)
    assert any("have no value of cost" in note for note in found.notes)


def test_periods_may_be_values_of_a_field(atlas) -> None:
    by_date = clioscope.explain_change(atlas, "error", EARLY, LATE, draws=20)
    by_release = clioscope.explain_change(atlas, "meta_error", "v1", "v2", by="release", draws=20)
    assert by_release.groups.equals(by_date.groups)


def test_equal_input_gives_equal_intervals(atlas) -> None:
    first, again = (clioscope.explain_change(atlas, "error", EARLY, LATE, draws=30) for _ in range(2))
    other = clioscope.explain_change(atlas, "error", EARLY, LATE, draws=30, seed=1)
    assert first.groups.equals(again.groups)
    assert first.whole != other.whole


def test_within_a_group_its_own_groups_explain(atlas) -> None:
    group = atlas.tree.filter(pl.col("level") == 0)["parent"].drop_nulls()[0]
    found = clioscope.explain_change(atlas, "error", EARLY, LATE, group=group, draws=20)
    children = atlas.tree.filter(pl.col("parent") == group)["group"]
    assert set(found.groups["group"]) <= set(children)
    assert sum(found.records) == atlas.tree.filter(pl.col("group") == group)["count"][0]
    assert np.isclose(found.groups["part"].sum(), found.whole.change)


def test_only_answers_count_where_a_model_was_asked_about_some(atlas, tmp_path) -> None:
    """Of every base group some conversations are asked; what is inferred is wrong on purpose and must not matter."""
    copy = clioscope.open(shutil.copytree(atlas.path, tmp_path / "asked"))
    facets = copy.facets.with_columns(asked=pl.int_range(pl.len()) % 3 == 0)
    facets = facets.with_columns(concern=pl.when("asked").then("concern").otherwise(999))
    write_table(copy.path / "facets.parquet", facets)
    found = clioscope.explain_change(copy.path, "concern", EARLY, LATE, draws=20)
    rows = copy.occurrences.join(facets, on="conversation").join(
        copy.clusters.select("conversation", "group"), on="conversation"
    )
    assert sum(found.known) == rows.filter("asked").height
    assert sum(found.records) == rows.height
    assert "Inferred values do not count" in found.notes[0]
    shares = rows.group_by("group").len()
    assert found.groups["records_before"].sum() + found.groups["records_after"].sum() == shares["len"].sum()
    said = rows.filter("asked")["concern"]
    assert said.min() <= found.whole.before <= said.max() <= 5
    assert np.isclose(found.groups["part"].sum(), found.whole.change)


def test_an_earlier_atlas_gives_the_period_before(atlas, tmp_path) -> None:
    both = clioscope.explain_change(atlas, "error", EARLY, LATE, draws=20)
    two = clioscope.explain_change(atlas, "error", EARLY, LATE, earlier=atlas.path, draws=20)
    assert two.groups.sort("group")["part"].to_list() == pytest.approx(both.groups.sort("group")["part"].to_list())
    whole = clioscope.explain_change(atlas, "error", earlier=atlas.path, draws=20)
    assert whole.whole.change == 0
    other = clioscope.build(
        write_jsonl(tmp_path / "other.jsonl", [dict(one, metadata={"error": "true"}) for one in make_records(30, 5)]),
        tmp_path / "other",
        clioscope.Settings.model_validate(
            {**atlas.manifest["settings"], "input": {**atlas.manifest["settings"]["input"], "metadata": ["error"]}}
        ),
    )
    with pytest.raises(ClioscopeError, match="have no group in common"):
        clioscope.explain_change(atlas, "error", earlier=other)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            {"metric": "nothing"},
            "there is no field 'nothing'; its facets are .* its metadata fields error, release, cost",
        ),
        ({"metric": "release"}, "release holds texts .v., v..; say whose share is meant, for example release=v"),
        ({"metric": "release=v3"}, "no record has release=v3; the values are"),
        ({"before": "2025"}, "no record in the period '2025'; its records are from 2026-03-01 to 2026-03-28"),
        (
            {"before": "v7", "after": "v2", "by": "release"},
            "release has the values v2, v1|release has the values v1, v2",
        ),
        ({"after": "2026-03"}, "overlap"),
        ({"group": "nobody"}, "there is no group 'nobody'"),
        ({"level": 9}, "there is no level 9"),
        ({"before": None}, "give both periods"),
    ],
)
def test_errors_say_what_there_is(atlas, options, said) -> None:
    with pytest.raises(ClioscopeError, match=said):
        clioscope.explain_change(atlas, **({"metric": "error", "before": EARLY, "after": LATE} | options))


def test_a_base_group_holds_nothing_to_take_apart(atlas) -> None:
    with pytest.raises(AtlasError, match="holds no other groups"):
        clioscope.explain_change(atlas, "error", EARLY, LATE, group=atlas.clusters["group"][0])


def test_the_command_prints_a_table_whose_figures_sum_to_the_change(atlas) -> None:
    said = run_cli("explain-change", atlas.path, "--metric", "error", "--before", EARLY, "--after", LATE, "--most", 2)
    assert said.returncode == 0, said.stderr
    found = clioscope.explain_change(atlas, "error", EARLY, LATE)
    assert f"{found.groups.height - 2} other groups" in said.stdout
    lines = [line.replace("−", "-").split() for line in said.stdout.splitlines()]
    parts = [line[-5] for line in lines if "…" in line and line[0] != "all"]
    parts += [line[-1] for line in lines if line[1:3] == ["other", "groups"]]
    assert len(parts) == 3
    assert sum(map(float, parts)) == pytest.approx(100 * found.whole.change, abs=0.15)
    exact = f"{sum(map(float, parts)):+.1f}" == f"{100 * found.whole.change:+.1f}"
    assert ("rounded one by one" in said.stdout) != exact


def test_the_command_prints_json(atlas) -> None:
    said = run_cli("explain-change", atlas.path, "--metric", "error", "--before", EARLY, "--after", LATE, "--json")
    found = json.loads(said.stdout)
    assert sum(one["part"] for one in found["groups"]) == pytest.approx(found["whole"]["change"])
    assert run_cli("explain-change", atlas.path, "--metric", "x", "--before", EARLY, "--after", LATE).returncode == 1


def test_people_are_drawn_with_all_that_they_wrote() -> None:
    person, cell = np.array([1, 1, 2, 3]), np.array([0, 1, 1, 0])
    drawn = np.concatenate(list(resampled_sums(person, cell, np.ones((4, 1)), 2, 400, 0)))
    assert drawn.shape == (400, 1, 2)
    assert drawn[:, 0].mean(axis=0) == pytest.approx([2, 2], abs=0.2)
    assert set(drawn[:, 0].sum(axis=1)) == {3, 4, 5, 6}
    assert effective_size(person, np.ones(4, bool)) == pytest.approx(16 / 6)


@pytest.mark.slow
def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Of 300 worlds, whose people write three records each: the interval of the change holds it in about 95 %."""
    from clioscope.analysis.decompose import decompose
    from clioscope.analysis.explain_change import _whole

    held = 0
    for seed in range(300):
        random = np.random.default_rng(seed)
        person = np.repeat(np.arange(300), 3)
        side, group = random.integers(0, 2, 900), random.integers(0, 4, 900)
        risk = np.clip(np.repeat(random.beta(2, 8, 300), 3) + 0.2 * ((group == 0) & (side == 1)), 0, 1)
        value = (random.random(900) < risk).astype(float)
        cell = side * 4 + group
        columns = np.stack([np.ones(900), np.ones(900), value], axis=1)
        found = decompose(*np.stack([np.bincount(cell, one, 8) for one in columns.T]).reshape(3, 2, 4))
        chunks = resampled_sums(person, cell, columns, 8, 300, 0)
        whole = _whole(found, [decompose(*np.moveaxis(one.reshape(-1, 3, 2, 4), 1, 0)) for one in chunks])
        held += whole.low <= 0.05 <= whole.high
    assert 0.91 <= held / 300 <= 0.98


@pytest.mark.parametrize("level", [None, 0])
def test_segments_are_parts_of_conversations(segmented, level) -> None:
    assert segmented.segments.height > 90
    found = clioscope.explain_change(segmented, "error", EARLY, LATE, level=level, draws=20)
    rows = segmented.occurrences.join(segmented.segments, left_on="conversation", right_on="segment")
    rows = rows.with_columns(
        late=pl.col("created_at").dt.day() > 14, error=pl.col("meta_error").cast(pl.String) == "true"
    )
    records = rows.unique(["conversation_right", "record"])
    assert records.height == 62
    means = [records.filter(pl.col("late") == late)["error"].mean() for late in (False, True)]
    assert np.allclose([found.whole.before, found.whole.after], means)
    assert sum(found.records) == sum(found.known) == 62
    assert found.people == 60
    groups = found.groups
    assert np.isclose(groups["share_before"].sum(), 1) and np.isclose(groups["share_after"].sum(), 1)
    assert np.isclose(groups["part"].sum(), found.whole.change)
    touching = groups["records_before"].sum() + groups["records_after"].sum()
    assert 62 <= touching <= rows.height and (level is None or touching > 62)
    assert any("every distinct conversation counts as another person" in note for note in found.notes)
