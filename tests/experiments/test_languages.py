"""Figures of texts in two languages, by hand."""

import numpy as np
import pytest

from clioscope.experiments import languages


def test_the_nearest_original():
    rows = np.eye(40, dtype=np.float32)
    assert languages.finds_original(rows, rows, 0) == 1
    assert languages.finds_original(rows, rows[:, ::-1], 0) == 0


def test_share_of_answers_in_cyrillic():
    assert languages.cyrillic([["Ёлка в Bash-скрипте", "a letter я"], ["", "почта"]]) == pytest.approx(2 / 3)
    assert languages.cyrillic([[""]]) == 0
