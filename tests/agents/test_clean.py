"""What an agent gets is plain JSON."""

import json
from datetime import date

import numpy as np

from clioscope.agents.clean import clean


def test_controls_go_and_numbers_are_finite() -> None:
    value = {"a\x1b[31m": ["b\u202ec", float("nan"), 1 / 3, True, None, 2], "d": (date(2026, 4, 1), np.float64("inf"))}
    found = clean(value)
    assert found == {"a[31m": ["bc", None, 0.333333, True, None, 2], "d": ["2026-04-01", None]}
    assert json.loads(json.dumps(found)) == found
