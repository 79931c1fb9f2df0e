"""Shares of audit scores, with what none among N still allows."""

import pytest

from clioscope.measure.privacy import audit_score, private_share, score_shares


def test_shares_by_hand():
    scores = [1, 2, 3, 5, 5, 5, 5, 5, None]
    assert private_share(scores).value == pytest.approx(2 / 8)
    assert private_share(scores).n == 8
    assert audit_score(scores).value == pytest.approx(31 / 8)
    found = score_shares(scores)
    assert [found[score].value for score in (1, 2, 3, 4, 5)] == pytest.approx([1 / 8, 1 / 8, 1 / 8, 0, 5 / 8])


def test_none_among_n_still_allows_some():
    found = private_share([5] * 100)
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(0.036, abs=0.001)
    assert score_shares([None]) == {}
