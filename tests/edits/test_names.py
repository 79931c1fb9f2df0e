"""Names of groups that are gone."""

import pytest

from clioscope.edits.names import holds_lost


@pytest.mark.parametrize(
    ("text", "lost", "holds"),
    [
        ("Bake rye bread", ["Bake rye bread"], True),
        ("Bake rye bread at home", ["Bake rye bread"], True),
        ("Bake bread", ["Bake rye bread", "bread"], False),
        ("Write fiction: Maka", ["Write fiction"], False),
        ("Write fiction", ["Write fiction"], False),
        ("Write fiction: Maka", ["Write fiction: Maka"], True),
    ],
)
def test_a_name_is_lost_with_its_group_unless_it_is_ready_made(text, lost, holds) -> None:
    assert holds_lost(text, lost) is holds
