"""The longest beginning that prompts share."""

from clioscope.models.prefix import common


def test_what_rows_share():
    assert common([[1, 2, 3], [1, 2, 4, 5], [1, 2, 3, 9]]) == [1, 2]
    assert common([[1, 2], [1, 2, 3]]) == [1, 2]
    assert common([[2], [1]]) == []
    assert common([[7, 8]]) == [7, 8]
