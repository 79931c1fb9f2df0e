"""What releases spent adds up, and ends at the budget."""

import pytest

from clioscope.errors import AtlasError
from clioscope.privacy.guarantee.ledger import LEDGER, book, read_ledger
from clioscope.privacy.guarantee.wanted import Guarantee


def test_releases_add_up(tmp_path):
    assert book(tmp_path, Guarantee(1.0), "one") == {"number": 1, "epsilon": 1.0, "delta": 1e-6}
    assert book(tmp_path, Guarantee(2.5, 1e-7), "two") == {"number": 2, "epsilon": 3.5, "delta": pytest.approx(1.1e-6)}
    assert [one["name"] for one in read_ledger(tmp_path)["releases"]] == ["one", "two"]


def test_beyond_the_budget_only_when_told(tmp_path):
    book(tmp_path, Guarantee(8.0), "one")
    with pytest.raises(
        AtlasError, match=r"spent epsilon 8, and 4 more would pass the budget of 10; .* larger --budget"
    ):
        book(tmp_path, Guarantee(4.0), "two")
    assert len(read_ledger(tmp_path)["releases"]) == 1
    assert book(tmp_path, Guarantee(4.0, budget=12.0), "two")["epsilon"] == 12
    with pytest.raises(AtlasError, match="budget of 12"):
        book(tmp_path, Guarantee(0.5), "three")


def test_a_budget_that_was_stated_stays(tmp_path):
    book(tmp_path, Guarantee(1.0, budget=1.5), "one")
    with pytest.raises(AtlasError, match=r"budget of 1\.5"):
        book(tmp_path, Guarantee(1.0), "two")


def test_a_broken_ledger_is_not_taken_for_an_empty_one(tmp_path):
    for text in ("{", "{}", '{"budget": 1, "releases": [{}]}', '{"budget": "x", "releases": []}'):
        (tmp_path / LEDGER).write_text(text)
        with pytest.raises(AtlasError, match="cannot be read"):
            read_ledger(tmp_path)
