"""Which groups are large enough: conversations first, then users, known and unknown."""

import polars as pl
import pytest

from clioscope.privacy.thresholds import too_small
from clioscope.settings import PrivacySettings

FEW, ALONE = "fewer than 15 conversations", "fewer than 5 users"


@pytest.mark.parametrize(
    ("count", "users", "anonymous", "each", "one"),
    [
        (15, 5, 0, None, None),
        (14, 14, 0, FEW, FEW),
        (15, 4, 0, ALONE, ALONE),
        (15, 4, 1, None, None),
        (15, 0, 15, None, ALONE),
        (15, 3, 12, None, ALONE),
        (100, 4, 96, None, None),
        (0, 0, 0, FEW, FEW),
        (1, 1, 0, FEW, FEW),
    ],
)
def test_a_group_needs_conversations_and_users(count, users, anonymous, each, one) -> None:
    row = {"count": [count], "users": [users], "anonymous": [anonymous]}
    tree = pl.DataFrame(row, schema=dict.fromkeys(row, pl.UInt32))
    assert too_small(tree, PrivacySettings(each_a_user=True)).to_list() == [each]
    assert too_small(tree, PrivacySettings()).to_list() == [one]


def test_an_empty_tree_has_nothing_to_withhold() -> None:
    tree = pl.DataFrame(schema=dict.fromkeys(("count", "users", "anonymous"), pl.UInt32))
    assert too_small(tree, PrivacySettings()).to_list() == []
