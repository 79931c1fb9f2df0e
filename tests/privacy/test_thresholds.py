"""Which groups are large enough: distinct texts first, then distinct authors of them."""

import numpy as np
import polars as pl
import pytest

from clioscope.privacy.crowd import Crowd
from clioscope.privacy.thresholds import round_count, too_small
from clioscope.settings import PrivacySettings

FEW, ALONE = "fewer than 15 conversations", "fewer than 5 users"


def crowd_of(authors, texts=None):
    rows = np.arange(len(authors))
    text = rows if texts is None else np.array(texts)
    return Crowd(authors, text, np.ones_like(rows), rows >= 0, 15, 5)


@pytest.mark.parametrize(
    ("authors", "texts", "expected"),
    [
        ([[n] for n in range(15)], None, None),
        ([[n] for n in range(14)], None, FEW),
        ([[n % 4] for n in range(15)], None, ALONE),
        ([[n % 5] for n in range(15)], None, None),
        ([], None, FEW),
        ([[n] for n in range(100)], [n % 14 for n in range(100)], FEW),  # near copies
        ([[n] for n in range(100)], [n % 15 for n in range(100)], None),
        # Fifty accounts with copies of one text, and two people with the others.
        ([[n] for n in range(50)] + [[90 + n % 2] for n in range(20)], [0] * 50 + list(range(1, 21)), ALONE),
        # One text by many, but each of them wrote one of their own too.
        ([[n] for n in range(10)] * 2, [0] * 10 + list(range(1, 11)), FEW),
        ([list(range(20))] * 15, None, None),
    ],
)
def test_a_group_needs_distinct_texts_and_distinct_authors_of_them(authors, texts, expected) -> None:
    tree = pl.DataFrame({"group": ["g"], "parent": [None]}, schema={"group": pl.String, "parent": pl.String})
    assert too_small(tree, ["g"] * len(authors), crowd_of(authors, texts)).to_list() == [expected]


def test_a_parent_has_what_its_children_have() -> None:
    tree = pl.DataFrame({"group": ["top", "a", "b"], "parent": [None, "top", "top"]})
    crowd = crowd_of([[n] for n in range(20)])
    assert too_small(tree, ["a"] * 10 + ["b"] * 10, crowd).to_list() == [None, FEW, FEW]


def test_what_does_not_count_does_not_help() -> None:
    crowd = crowd_of([[n] for n in range(20)])
    assert crowd.enough(np.arange(20))
    assert not crowd._replace(counted=np.arange(20) > 5).enough(np.arange(20))


def test_large_groups_are_enough_by_any_part_of_them() -> None:
    crowd = crowd_of([[n % 5] for n in range(5000)])
    assert crowd.enough(np.arange(5000))
    late = crowd_of([[0]] * 4990 + [[n] for n in range(1, 11)])
    assert late.enough(np.arange(5000)), "the others come last"


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, 5), (7, 5), (8, 10), (12, 10), (13, 15)])
def test_counts_are_rounded_and_never_to_nothing(count, shown) -> None:
    assert round_count(count, PrivacySettings(rounding=5)) == shown
