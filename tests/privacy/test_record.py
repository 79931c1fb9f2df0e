"""The record of what was published gives back what was shown, also when rows came and went."""

import numpy as np
import polars as pl
import pytest
from attacker import smallest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clioscope.errors import AtlasError
from clioscope.privacy import record
from clioscope.privacy.crowd import Crowd
from clioscope.privacy.places import NEW, ROOT
from clioscope.privacy.plan import Earlier, make_plan
from clioscope.privacy.record import CELLS, ROWS, forget_record, read_record, write_record

PARENTS = {"a": ROOT, "b": ROOT}


def published(folder, ids, values, earlier=None, times=None):
    """A copy of conversations, which occur so many ``times``; one that is in group a has an id like a7."""
    earlier = read_record(folder, ids) if earlier is None else earlier
    rows = np.arange(len(ids))
    times = np.ones(len(ids), int) if times is None else times
    crowd = Crowd([[row] for row in ids], rows, times, rows >= 0, 4, 3)
    crowd = crowd.as_counted(earlier.times)
    plan = make_plan(PARENTS, [one[0] for one in ids], {"language": values}, crowd, earlier)
    write_record(folder, ids, plan, earlier, crowd)
    return plan, crowd


def seen_by_all(folder, plan, ids, everyone):
    """The plan of a copy for all conversations that ever were: with those that are counted still, though they are
    gone."""
    kept = {row["conversation"]: row for row in pl.read_parquet(folder / f"{ROWS}.parquet").iter_rows(named=True)}
    at = dict(zip(plan.seen.tolist(), plan.place, strict=True)) | {NEW: None}
    seen = np.array([kept[one]["seen"] if one in kept else NEW for one in everyone])
    born = np.array([kept[one]["born"] if one in kept else NEW for one in everyone])
    row = np.array([everyone.index(one) for one in ids])
    cells = {name: {cell: row[rows] for cell, rows in own.items()} for name, own in plan.cells.items()}
    return plan._replace(place=[at.get(one) for one in seen.tolist()], born=born, cells=cells)


def attacked(folder, copies, values):
    """The fewest people and conversations that a reader of all ``copies`` (lists of ids) can tell something of."""
    everyone = list(values)
    plans = []
    for ids in copies:
        plan, crowd = published(folder, ids, [values[one] for one in ids])
        plans.append(seen_by_all(folder, plan, ids, everyone))
        for group, size in {group: plan.size(group, crowd) for group in (ROOT, *plan.shown.parents)}.items():
            held = [one for one in plans[-1].place if one is not None and group in (one, ROOT)]
            assert size == len(held), "each number counts known conversations"
    plans = [plan._replace(born=plans[-1].born) for plan in plans]
    return smallest(plans, {"language": list(values.values())}, everyone)


IDS = [f"{group}{number}" for group in "ab" for number in range(10)]
VALUES = (["en"] * 5 + ["de"] * 5) * 2
ABOUT = (("a", 0), ("b", 0), ("b", 50))  # groups, and the number of their first conversation


def test_what_was_shown_is_read_again(tmp_path) -> None:
    plan, _ = published(tmp_path, IDS, VALUES, Earlier.nothing(20))
    found = read_record(tmp_path, IDS)
    assert found.seen.tolist() == plan.seen.tolist() and set(found.born) == {0} and found.copies == 1
    assert set(found.lost.values()) == {(0, 0)} and not found.gone
    assert {cell: rows.tolist() for cell, rows in found.cells["language"].items()} == {
        cell: rows.tolist() for cell, rows in plan.cells["language"].items()
    }


def test_new_rows_are_new_and_absent_ones_are_missed(tmp_path) -> None:
    published(tmp_path, IDS, VALUES, Earlier.nothing(20))
    found = read_record(tmp_path, ["a99", *IDS[2:]])
    assert found.seen[0] == found.born[0] == NEW and (found.seen[1:] != NEW).all()
    assert sorted(found.lost.values()) == [(0, 0), (2, 2)]
    assert found.gone["language"] == {("a", "en", 0)}


def test_absent_rows_are_known_when_they_come_back(tmp_path) -> None:
    first, _ = published(tmp_path, IDS, VALUES, Earlier.nothing(20))
    second, crowd = published(tmp_path, IDS[2:], VALUES[2:], read_record(tmp_path, IDS[2:]))
    assert second.size("a", crowd) == 10, "two are counted still"
    assert ("a", "en") in first.cells["language"] and ("a", "en") not in second.cells["language"], "it has changed"
    found = read_record(tmp_path, IDS)
    assert (found.born == 0).all() and set(found.lost.values()) == {(0, 0)}
    third, crowd = published(tmp_path, IDS, VALUES, found)
    assert third.size("a", crowd) == 10, "the two are still those that were gone"
    assert np.array_equal(third.cells["language"]["a", "en"], first.cells["language"]["a", "en"]), "the very same"


def test_it_is_forgotten_when_told_and_damage_is_one_sentence(tmp_path) -> None:
    published(tmp_path, IDS, VALUES, Earlier.nothing(20))
    (tmp_path / "published_cells.parquet").write_bytes(b"no table")
    with pytest.raises(AtlasError, match="record of what was published cannot be read"):
        read_record(tmp_path, IDS)
    forget_record(tmp_path)
    assert read_record(tmp_path, IDS).copies == 0


def test_records_of_one_conversation_that_come_and_go_change_no_count(tmp_path) -> None:
    first, crowd = published(tmp_path, IDS, VALUES, times=np.full(20, 2))
    assert first.size("a", crowd) == 20 and crowd.size(first.cells["language"]["a", "en"]) == 10
    for times in (1, 2, 3, 1, 2):  # of the first conversation
        later, crowd = published(tmp_path, IDS, VALUES, times=np.array([times, *[2] * 19]))
        assert later.size("a", crowd) == 20
        assert crowd.size(later.cells["language"]["a", "en"]) == 10


def test_few_of_many_that_were_left_out_and_do_not_come_back_are_counted_with_the_others(tmp_path) -> None:
    ids = [f"{group}{number}" for group in "ab" for number in range(20)]
    sizes = []
    for there in (ids, ids[10:], ids[2:], ids[7:], ids):  # ten are gone, then two are, then seven, then none
        plan, crowd = published(tmp_path, there, ["en"] * len(there))
        sizes.append(plan.size("a", crowd))
    assert sizes == [20, 10, 20, 10, 20], "no difference is about two or three"


def test_a_cell_that_lost_somebody_forgotten_is_not_shown_again_without_them(tmp_path) -> None:
    first, _ = published(tmp_path, IDS, VALUES)
    rows = pl.read_parquet(tmp_path / f"{ROWS}.parquet")
    rows.filter(pl.col("conversation") != "a0").write_parquet(tmp_path / f"{ROWS}.parquet")
    for _ in range(2):
        later, crowd = published(tmp_path, IDS[1:], VALUES[1:])
        assert later.size("a", crowd) == 10
        assert ("a", "en") in first.cells["language"] and ("a", "en") not in later.cells["language"]


def forgotten(folder, ids) -> None:
    """What ``forget`` leaves of the record."""
    rows = pl.read_parquet(folder / f"{ROWS}.parquet")
    rows.filter(~pl.col("conversation").is_in(ids)).write_parquet(folder / f"{ROWS}.parquet")


def test_the_number_of_a_copy_of_which_all_is_forgotten_is_not_given_again(tmp_path) -> None:
    first, new, other = ([f"{group}{number}" for number in range(start, start + 13)] for group, start in ABOUT)
    published(tmp_path, first[:12], ["de"] * 12)
    published(tmp_path, first[:12] + new[:12], ["de"] * 12 + ["en"] * 12)
    forgotten(tmp_path, new)
    shown, _ = published(tmp_path, first[:12] + other, ["de"] * 12 + ["en"] * 13)
    born = set(shown.born[12:].tolist())
    assert born == {2}
    before = shown.cells["language"].get(("b", "en"))
    later, _ = published(tmp_path, first[:12] + other[1:], ["de"] * 12 + ["en"] * 12)
    assert before is None or ("b", "en") not in later.cells["language"], "its difference would be about one"


def test_one_that_occurred_often_is_one_that_is_gone(tmp_path) -> None:
    times = np.array([9, *[1] * 19])
    first, crowd = published(tmp_path, IDS, VALUES, times=times)
    forgotten(tmp_path, IDS[:1])
    later, after = published(tmp_path, IDS[1:], VALUES[1:], times=times[1:])
    assert first.size("a", crowd) == later.size("a", after) == 18


def test_a_record_that_counted_segments_is_one_sentence(tmp_path) -> None:
    published(tmp_path, IDS, VALUES)
    parts = pl.DataFrame({"segment": [*IDS[:2], "a99"], "parts": [2, 2, 2]})
    with pytest.raises(AtlasError, match="once; publish with --anew"):
        read_record(tmp_path, IDS, parts)
    assert read_record(tmp_path, IDS, parts.with_columns(parts=1)).copies == 1


def test_two_tables_that_do_not_belong_together_are_one_sentence(tmp_path) -> None:
    published(tmp_path, IDS, VALUES)
    cells = (tmp_path / f"{CELLS}.parquet").read_bytes()
    published(tmp_path, [*IDS, *(f"a{n}" for n in range(20, 40))], VALUES * 2)
    (tmp_path / f"{CELLS}.parquet").write_bytes(cells)
    with pytest.raises(AtlasError, match="do not belong together"):
        read_record(tmp_path, IDS[:3])


def test_a_record_that_cannot_be_written_is_as_it_was(tmp_path, monkeypatch) -> None:
    published(tmp_path, IDS, VALUES)
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    whole = record.write_table

    def full(path, table) -> None:
        if CELLS in path.name:
            raise OSError(28, "No space left on device")
        whole(path, table)

    monkeypatch.setattr(record, "write_table", full)
    with pytest.raises(OSError, match="No space"):
        published(tmp_path, IDS[2:], VALUES[2:])
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == before


def test_the_record_of_an_earlier_version_is_read(tmp_path) -> None:
    first, crowd = published(tmp_path, IDS, VALUES)
    pl.read_parquet(tmp_path / f"{CELLS}.parquet").drop("different").write_parquet(tmp_path / f"{CELLS}.parquet")
    for there in (IDS[1:], IDS):
        later, after = published(tmp_path, there, [VALUES[IDS.index(one)] for one in there])
        assert later.size("a", after) == first.size("a", crowd)


def test_what_is_withheld_counts_those_that_are_gone(tmp_path) -> None:
    rows = np.arange(16)
    ids, deepest = [f"r{row}" for row in rows], ["a"] * 8 + ["top"] * 8
    for there in (ids, ids[:-1], ids):
        few = rows[: len(there)]
        earlier = read_record(tmp_path, there)
        crowd = Crowd([[row] for row in few], few, np.ones_like(few), few >= 0, 4, 3)
        plan = make_plan({"top": ROOT, "a": "top"}, deepest[: len(there)], {}, crowd, earlier)
        write_record(tmp_path, there, plan, earlier, crowd)
        assert (plan.size("top", crowd), plan.withheld_size("top", crowd)) == (16, 8)
        assert plan.withheld_size("a", crowd) == 0


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_reader_of_copies_between_which_conversations_come_and_go_learns_of_no_few(tmp_path_factory, data) -> None:
    folder = tmp_path_factory.mktemp("record")
    everyone = [f"{group}{number}" for group in "ab" for number in range(14)]
    values = {one: data.draw(st.sampled_from(["en", "de"])) for one in everyone}
    copies = []
    for _ in range(data.draw(st.integers(2, 4))):
        gone = data.draw(st.sets(st.sampled_from(everyone), max_size=12))
        copies.append([one for one in everyone if one not in gone])
    for number in attacked(folder, copies, values):
        assert number is None or number >= 3  # people; conversations here are of one person each
