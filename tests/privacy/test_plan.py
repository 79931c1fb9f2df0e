"""Nothing that published counts tell, alone or by subtraction, over one copy or two, is about few people."""

import numpy as np
import pytest
from attacker import smallest, widths
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clioscope.privacy.crowd import Crowd
from clioscope.privacy.places import NEW, ROOT
from clioscope.privacy.plan import Earlier, Lost, make_plan

TREE = {"top": ROOT, "a": "top", "b": "top", "c": "top", "a1": "a", "a2": "a", "other": ROOT}
LEAVES = ["a1", "a2", "b", "c", "other"]
SLOW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def crowd_of(users, conversations=3, people=2):
    rows = np.arange(len(users))
    return Crowd([[user] for user in users], rows, np.ones_like(rows), rows >= 0, conversations, people)


def earlier_of(plan, rows, before=None):
    """What a plan showed, for an atlas of ``rows`` rows, the first of which the plan was made of."""
    more = np.full(rows - len(plan.place), NEW)
    copies = 1 + (before.copies if before else 0)
    seen, born = np.concatenate([plan.seen, more]), np.concatenate([plan.born, more])
    return Earlier(seen, born, (seen != NEW).astype(int), plan.cells, {}, {}, copies)


ROW = st.tuples(
    st.sampled_from(LEAVES), st.integers(0, 7), st.sampled_from(["en", "de", "fr"]), st.sampled_from(["x", "y", None])
)


@st.composite
def data(draw, low=20, high=60):
    rows = draw(st.lists(ROW, min_size=low, max_size=high))
    hidden = draw(st.sets(st.sampled_from(["a", "a1", "b", "c"]), max_size=2))
    return rows, hidden


def named(crowd, base, hidden):
    """The groups with enough members and a name that may be shown; the lowest of them of each row."""
    members = {group: [] for group in TREE}
    for row, group in enumerate(base):
        while group != ROOT:
            members[group].append(row)
            group = TREE[group]
    shown = {group for group, rows in members.items() if group not in hidden and crowd.enough(np.array(rows, np.intp))}

    def above(group):
        while group != ROOT and group not in shown:
            group = TREE[group]
        return group

    return {group: above(TREE[group]) for group in TREE if group in shown}, [above(group) for group in base]


def plan_of(rows, hidden, thresholds, earlier=None):
    base, users, language, kind = zip(*rows, strict=True)
    crowd = crowd_of(users, *thresholds)
    parents, deepest = named(crowd, base, hidden)
    values = {"language": language, "kind": kind}
    return make_plan(parents, deepest, values, crowd, earlier or Earlier.nothing(len(rows))), values, list(users)


def check(plans, values, users, conversations, people):
    fewest_people, fewest_rows = smallest(plans, values, users)
    assert fewest_people is None or fewest_people >= people
    assert fewest_rows is None or fewest_rows >= conversations


@pytest.mark.slow
@SLOW
@given(data())
def test_no_sum_or_difference_is_about_few_people(made) -> None:
    plan, values, users = plan_of(*made, (4, 3))
    check([plan], values, users, 4, 3)


@pytest.mark.slow
@SLOW
@given(data())
def test_every_small_cell_may_be_anything_within_an_interval_as_wide_as_the_threshold(made) -> None:
    plan, values, users = plan_of(*made, (4, 3))
    crowd = crowd_of(users, 4, 3)
    for facet in values:
        for (group, value), width in widths(plan, values, facet).items():
            rows = plan.members[group]
            own = rows[[values[facet][row] == value for row in rows]]
            if len(own) and not crowd.enough(own):
                assert width > 4 - 1e-6


@pytest.mark.slow
@SLOW
@given(data(15, 40), st.lists(ROW, max_size=25), st.sets(st.sampled_from(["a", "b", "c"]), max_size=1))
def test_an_update_tells_of_few_people_neither_alone_nor_together(made, new, hidden) -> None:
    rows, hidden_before = made
    first = plan_of(rows, hidden_before, (4, 3))[0]
    joint = [*rows, *new]
    second, values, users = plan_of(joint, hidden, (4, 3), earlier_of(first, len(joint)))
    padded = first._replace(place=[*first.place, *([None] * len(new))], born=second.born)
    check([second], values, users, 4, 3)
    check([padded, second], values, users, 4, 3)


@pytest.mark.slow
@SLOW
@given(data(20, 50), st.sampled_from([(2, 2), (8, 4)]))
def test_other_thresholds_tell_no_more_than_the_lower_of_them(made, others) -> None:
    rows, hidden = made
    first = plan_of(rows, hidden, (4, 3))[0]
    second, values, users = plan_of(rows, hidden, others, earlier_of(first, len(rows)))
    check([second], values, users, *others)
    check([first, second], values, users, min(4, others[0]), min(3, others[1]))


def test_the_attacker_finds_what_thresholds_alone_would_leave() -> None:
    rows = rows_of(b=[("en", 20), ("de", 2)], c=[("en", 20), ("de", 5)])
    plan, values, users = plan_of(rows, set(), (4, 3))
    crowd = crowd_of(users, 4, 3)
    naive = {}
    for group, own in plan.members.items():
        for value in ("en", "de"):
            cell = own[[values["language"][row] == value for row in own]]
            if group != ROOT and crowd.enough(cell):
                naive[group, value] = cell
    assert ("b", "en") in naive and ("b", "de") not in naive
    assert smallest([plan._replace(cells={"language": naive})], values, users) == [2, 2]
    assert smallest([plan], values, users)[0] >= 3


def rows_of(**sizes):
    """Rows by group, each of another user: group=[(value, how many), …]."""
    made, user = [], 0
    for group, values in sizes.items():
        for value, count in values:
            for _ in range(count):
                made.append((group, user, value, None))
                user += 1
    return made


def test_a_small_group_is_counted_above_and_where_that_is_not_enough_above_that() -> None:
    rows = rows_of(a1=[("en", 20)], a2=[("en", 2)], b=[("en", 20)], c=[("en", 3)], other=[("en", 10)])
    plan, _, users = plan_of(rows, set(), (4, 3))
    crowd = crowd_of(users, 4, 3)
    sizes = {group: plan.size(group, crowd) for group in plan.shown.parents}
    assert sizes == {"top": 45, "a": 20, "b": 20, "a1": 20, "other": 10}
    assert len(plan.withheld("top")) == 5, "the two of a2 and the three of c together"
    assert len(plan.withheld("a")) == 0, "two are too few"
    assert plan.size(ROOT, crowd) == 55


def test_too_few_in_the_whole_tree_are_counted_nowhere() -> None:
    plan, _, users = plan_of(rows_of(b=[("en", 20)], c=[("en", 3)]), set(), (4, 3))
    assert plan.size(ROOT, crowd_of(users)) == 20
    assert plan.place[-3:] == [None] * 3


def test_a_value_is_withheld_with_the_one_that_would_give_it_away() -> None:
    plan, _, _ = plan_of(rows_of(b=[("en", 20), ("de", 2)], c=[("en", 20), ("de", 5), ("fr", 5)]), set(), (4, 3))
    shown = set(plan.cells["language"])
    assert ("b", "en") not in shown, "the two others would be left"
    assert ("c", "en") not in shown, "those of b would be left"
    assert ("top", "en") in shown


def test_an_update_of_few_changes_no_count_and_one_of_many_does() -> None:
    rows = rows_of(b=[("en", 20), ("de", 10)], other=[("en", 20), ("de", 10)])
    first, _, users = plan_of(rows, set(), (4, 3))
    for more, size in ((2, 30), (6, 36)):
        new = [("b", 1000 + number, "en", None) for number in range(more)]
        second, _, users = plan_of([*rows, *new], set(), (4, 3), earlier_of(first, len(rows) + more))
        assert second.size("b", crowd_of(users)) == size
        assert len(second.cells["language"]["b", "en"]) == size - 10
        assert np.array_equal(second.cells["language"]["other", "en"], first.cells["language"]["other", "en"])


def test_few_that_moved_are_counted_where_they_were() -> None:
    rows = rows_of(b=[("en", 20)], other=[("en", 20)])
    first = plan_of(rows, set(), (4, 3))[0]
    moved = [("b", *row[1:]) if number in (20, 21) else row for number, row in enumerate(rows)]
    second, _, users = plan_of(moved, set(), (4, 3), earlier_of(first, len(rows)))
    assert second.size("b", crowd_of(users)) == second.size("other", crowd_of(users)) == 20


def test_few_that_are_gone_are_counted_still() -> None:
    rows = rows_of(b=[("en", 20)], other=[("en", 20)])
    first = plan_of(rows, set(), (4, 3))[0]
    left = earlier_of(first, len(rows))
    left = left._replace(
        seen=left.seen[1:], born=left.born[1:], times=left.times[1:], cells={}, lost={int(left.seen[0]): Lost(1, 1)}
    )
    second, _, users = plan_of(rows[1:], set(), (4, 3), left)
    assert second.size("b", crowd_of(users)) == 20
    assert second.lost == {int(second.seen[0]): (1, 1)}, "the next copy knows of it"
