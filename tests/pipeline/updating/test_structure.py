"""Which groups change: candidates, splits, merges, and what is confirmed, on vectors whose structure is known."""

import numpy as np
import polars as pl
import pytest

from clioscope.lineage.changes import changes_of
from clioscope.lineage.table import lineage_table
from clioscope.pipeline.updating.joint import Joint
from clioscope.pipeline.updating.placing import Geometry
from clioscope.pipeline.updating.structure import Before, restructured
from clioscope.vectors.centring import Means
from clioscope.vectors.centroids import centroids_of
from clioscope.vectors.unit import unit_rows

DIM = 24


def around(axis: int, count: int, seed: int, spread: float = 0.12, towards: tuple[int, float] | None = None):
    """Unit vectors around an axis, perhaps leaning towards another one."""
    centre = np.zeros(DIM)
    centre[axis] = 1
    if towards is not None:
        centre[towards[0]] = towards[1]
    noise = np.random.default_rng(seed).normal(0, spread, (count, DIM))
    return unit_rows(centre + noise)


@pytest.fixture
def world(tmp_path):
    """A function that makes an atlas of some groups of vectors, and puts new vectors beside it."""

    def make(groups, new):
        plain = np.concatenate(groups)
        labels = np.repeat(np.arange(len(groups), dtype=np.int32), [len(one) for one in groups])
        np.save(tmp_path / "plain.npy", plain.astype(np.float16))
        np.save(tmp_path / "smooth_near.npy", np.full((len(plain), 2), -1, np.int32))
        np.save(tmp_path / "smooth_weights.npy", np.tile(np.array([1, 0], np.float32), (len(plain), 1)))
        means = Means(np.zeros(DIM, np.float32), (), np.zeros((0, DIM), np.float32))
        centroids = centroids_of(plain, labels, len(groups))
        joint = Joint(Geometry(tmp_path, means, None, labels, centroids), np.concatenate(new))
        nearest = (np.concatenate(new) @ centroids.T).argmax(axis=1).astype(np.int32)
        return joint, np.concatenate([labels, nearest])

    return make


def told(old, found, gone=()):
    """The fates of the groups, by the number that they have now, and the kinds that ``changes`` gives them."""
    before = pl.DataFrame({"conversation": np.arange(len(old)).astype(str), "group": [f"b{one}" for one in old]})
    ids = [f"b{was}" if was >= 0 else f"n{label}" for label, was in enumerate(found.was.tolist())]
    rows = [ids[label] for label in found.labels.tolist()]
    now = pl.DataFrame({"conversation": np.arange(len(rows)).astype(str), "group": rows})
    trees = [
        pl.DataFrame({"group": one["group"].unique().sort()}).with_columns(
            level=pl.lit(0, pl.UInt8), parent=pl.lit(None, pl.String), name=pl.col("group")
        )
        for one in (before, now)
    ]
    table = lineage_table(*trees, before, now)
    kinds = changes_of(table)
    return (
        {group or old_one[0]: fate for group, old_one, fate in table.select("group", "before", "fate").iter_rows()},
        {group: kind for group, kind in kinds.select("group", "kind").iter_rows() if group},
    )


def sizes(groups):
    return [len(one) for one in groups]


def test_nothing_changes_where_new_conversations_are_like_the_old(world) -> None:
    groups = [around(axis, 30, axis) for axis in range(5)]
    joint, labels = world(groups, [around(axis, 8, 10 + axis) for axis in range(5)])
    found = restructured(joint, labels, np.ones(190, bool), Before(None, sizes(groups), [None] * 5), 0)
    np.testing.assert_array_equal(found.labels, labels)
    assert found.was.tolist() == [0, 1, 2, 3, 4] and found.none is None
    assert not found.part_of and not found.merged and not found.candidates and not found.promoted


def test_a_group_that_a_second_subject_came_into_is_split_and_told_so(world) -> None:
    groups = [around(axis, 30, axis, 0.05, (20, 0.7)) for axis in range(5)]
    joint, labels = world(groups, [around(9, 25, 20, 0.05, (0, 0.35))])
    assert set(labels[150:].tolist()) == {0}
    found = restructured(joint, labels, np.ones(175, bool), Before(None, sizes(groups), [None] * 5), 0)
    assert found.part_of == {5: (0,)} and found.was.tolist() == [0, 1, 2, 3, 4, -1]
    assert set(found.labels[:30].tolist()) == {0} and set(found.labels[150:].tolist()) == {5}
    assert found.placed == []
    fates, kinds = told(labels[:150], found)
    assert fates["n5"] == "born" and kinds["n5"] == "new"  # its members are new: none were in the group before


def test_a_group_whose_old_members_part_is_told_as_split(world) -> None:
    both = np.concatenate([around(0, 20, 1), around(9, 20, 2)])
    groups = [both, *(around(axis, 30, axis) for axis in range(1, 5))]
    joint, labels = world(groups, [around(0, 10, 30), around(9, 10, 31)])
    found = restructured(joint, labels, np.ones(180, bool), Before(None, sizes(groups), [None] * 5), 0)
    [(part, (whole,))] = found.part_of.items()
    assert whole == 0 and found.split == [0] and np.bincount(found.labels)[[whole, part]].tolist() == [30, 30]
    fates, kinds = told(labels[:160], found)
    assert fates["b0"] == fates[f"n{part}"] == "split"
    assert kinds["b0"] == kinds[f"n{part}"] == "split"


def test_parts_of_two_groups_that_are_alike_become_one(world) -> None:
    groups = [around(axis, 30, axis, 0.05, (20, 0.7)) for axis in range(5)]
    new = [around(9, 12, 20, 0.05, (0, 0.3)), around(9, 10, 21, 0.05, (1, 0.3))]
    joint, labels = world(groups, new)
    assert labels[150:].tolist() == [0] * 12 + [1] * 10
    found = restructured(joint, labels, np.ones(172, bool), Before(None, sizes(groups), [None] * 5), 0)
    assert found.part_of == {5: (0, 1)} and found.split == [0, 1]
    assert (found.labels[150:] == 5).all() and np.bincount(found.labels).tolist() == [30] * 5 + [22]


def test_groups_that_new_conversations_join_are_merged_and_told_so(world) -> None:
    near = [around(0, 12, 1, 0.05, (9, 0.3)), around(9, 10, 2, 0.05, (0, 0.3))]
    groups = [*near, *(around(axis, 30, axis, 0.08) for axis in range(1, 6))]
    middle = around(0, 150, 40, 0.05, (9, 1.0))
    joint, labels = world(groups, [middle])
    before = Before(None, sizes(groups), [None] * 7)
    found = restructured(joint, labels, np.ones(len(labels), bool), before, 0)
    assert found.merged == {1: 0} and found.was.tolist() == [0, 2, 3, 4, 5, 6] and found.placed == [0]
    assert (found.labels[:22] == 0).all() and np.bincount(found.labels).tolist() == [172, *[30] * 5]
    np.testing.assert_allclose(np.linalg.norm(found.centroids, axis=1), 1, atol=1e-5)
    fates, kinds = told(labels[:172], found)
    assert fates["b0"] == "merged" and fates["b1"] == "merged" and kinds["b0"] == "merged"


def test_groups_that_were_near_before_stay_two(world) -> None:
    near = [around(0, 40, 1, 0.02, (9, 0.9)), around(9, 40, 2, 0.02, (0, 0.9))]
    groups = [*near, *(around(axis, 30, axis, 0.2) for axis in range(1, 6))]
    joint, labels = world(groups, [around(0, 40, 40, 0.02, (9, 0.9)), around(9, 40, 41, 0.02, (0, 0.9))])
    found = restructured(joint, labels, np.ones(len(labels), bool), Before(None, sizes(groups), [None] * 7), 0)
    assert not found.merged and not found.part_of


def test_candidates_are_confirmed_by_further_conversations(world) -> None:
    groups = [*(around(axis, 30, axis) for axis in range(5)), around(7, 6, 8)]
    for count, promoted in ((4, []), (5, [5])):
        joint, labels = world(groups, [around(7, count, 50)])
        before = Before(None, sizes(groups), [None] * 6, [5])
        found = restructured(joint, labels, np.ones(len(labels), bool), before, 0)
        assert found.promoted == promoted and found.candidates == []


def test_what_fits_nothing_is_gathered_and_what_holds_together_is_a_candidate(world) -> None:
    groups = [around(axis, 30, axis) for axis in range(5)]
    alone = np.concatenate([around(axis, 1, 60 + axis) for axis in (14, 16, 18)])
    joint, labels = world(groups, [around(11, 12, 51), alone])
    fits = np.arange(len(labels)) < 150
    found = restructured(joint, labels, fits, Before(None, sizes(groups), [None] * 5), 0)
    assert found.candidates == [5] and found.none == 6
    assert found.labels[150:].tolist() == [5] * 12 + [6] * 3 and not found.centroids[6].any()


def test_a_category_keeps_what_is_its_own(world) -> None:
    groups = [around(axis, 30, axis) for axis in range(4)]
    codes = ["a", "a", "b", None]
    joint, labels = world(groups, [around(11, 12, 51), around(12, 3, 52), around(13, 2, 53), around(14, 1, 54)])
    told_codes = [codes[label] for label in labels[:120]] + ["b"] * 15 + ["c"] * 2 + [None]
    labels[120:] = [2] * 15 + [-1] * 2 + [3]
    fits = np.array([True] * 120 + [False] * 15 + [True] * 2 + [False])
    found = restructured(joint, labels, fits, Before(None, sizes(groups), codes), 0, told_codes)
    assert found.codes == [*codes, "c", "b", None] and found.born == [4] and found.candidates == [5]
    assert found.labels[120:].tolist() == [5] * 12 + [2] * 3 + [4] * 2 + [6] and found.none == 6
