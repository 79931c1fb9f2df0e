"""The record of what was published gives back what was shown, also when rows came and went."""

import numpy as np
import pytest

from clioscope.errors import AtlasError
from clioscope.privacy.crowd import Crowd
from clioscope.privacy.places import NEW, ROOT
from clioscope.privacy.plan import Earlier, make_plan
from clioscope.privacy.record import forget_record, read_record, write_record

PARENTS = {"a": ROOT, "b": ROOT}


def published(folder, ids, values, earlier):
    rows = np.arange(len(ids))
    crowd = Crowd([[row] for row in ids], rows, rows, np.ones_like(rows), np.ones(len(ids)), rows >= 0, 4, 3)
    plan = make_plan(PARENTS, [one[0] for one in ids], {"language": values}, crowd, earlier)
    write_record(folder, ids, plan, earlier, crowd)
    return plan, crowd


IDS = [f"{group}{number}" for group in "ab" for number in range(10)]
VALUES = (["en"] * 5 + ["de"] * 5) * 2


def test_what_was_shown_is_read_again(tmp_path) -> None:
    plan, _ = published(tmp_path, IDS, VALUES, Earlier.nothing(20))
    found = read_record(tmp_path, IDS)
    assert found.seen.tolist() == plan.seen.tolist() and set(found.born) == {0} and found.copies == 1
    assert set(found.lost.values()) == {0} and not found.gone
    assert {cell: rows.tolist() for cell, rows in found.cells["language"].items()} == {
        cell: rows.tolist() for cell, rows in plan.cells["language"].items()
    }


def test_new_rows_are_new_and_absent_ones_are_missed(tmp_path) -> None:
    published(tmp_path, IDS, VALUES, Earlier.nothing(20))
    found = read_record(tmp_path, ["a99", *IDS[2:]])
    assert found.seen[0] == found.born[0] == NEW and (found.seen[1:] != NEW).all()
    assert sorted(found.lost.values()) == [0, 2]
    assert found.gone["language"] == {("a", "en", 0)}


def test_absent_rows_are_known_when_they_come_back(tmp_path) -> None:
    first, _ = published(tmp_path, IDS, VALUES, Earlier.nothing(20))
    second, crowd = published(tmp_path, IDS[2:], VALUES[2:], read_record(tmp_path, IDS[2:]))
    assert second.size("a", crowd) == 10, "two are counted still"
    assert ("a", "en") in first.cells["language"] and ("a", "en") not in second.cells["language"], "it has changed"
    found = read_record(tmp_path, IDS)
    assert (found.born == 0).all() and len(set(found.seen.tolist())) == 3
    third, crowd = published(tmp_path, IDS, VALUES, found)
    assert third.size("a", crowd) == 10, "the two are still those that were gone"
    assert ("a", "en") not in third.cells["language"] and ("b", "en") in third.cells["language"]


def test_it_is_forgotten_when_told_and_damage_is_one_sentence(tmp_path) -> None:
    published(tmp_path, IDS, VALUES, Earlier.nothing(20))
    (tmp_path / "published_cells.parquet").write_bytes(b"no table")
    with pytest.raises(AtlasError, match="record of what was published cannot be read"):
        read_record(tmp_path, IDS)
    forget_record(tmp_path)
    assert read_record(tmp_path, IDS).copies == 0


def test_a_copy_that_went_is_missed_like_a_conversation(tmp_path) -> None:
    rows = np.arange(20)
    crowd = Crowd([[row] for row in IDS], rows, rows, np.full(20, 2), np.ones(20), rows >= 0, 4, 3)
    plan = make_plan(PARENTS, [one[0] for one in IDS], {"language": VALUES}, crowd, Earlier.nothing(20))
    write_record(tmp_path, IDS, plan, Earlier.nothing(20), crowd)
    times = np.full(20, 2)
    assert set(read_record(tmp_path, IDS, times).lost.values()) == {0}
    times[0] = 1
    found = read_record(tmp_path, IDS, times)
    assert sorted(found.lost.values()) == [0, 1] and found.gone["language"] == {("a", "en", 0)}
    assert set(read_record(tmp_path, IDS, times + 2).lost.values()) == {0}, "more are new ones"
