"""The rows of each group."""

import numpy as np

from clioscope.vectors.grouped import rows_by_group


def test_rows_rise_and_what_has_no_group_is_left_out() -> None:
    found = rows_by_group(np.array([2, 0, -1, 2, 0]), 4)
    assert [rows.tolist() for rows in found] == [[1, 4], [], [0, 3], []]
