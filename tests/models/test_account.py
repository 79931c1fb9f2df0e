"""The account."""

import pytest

from clioscope.models.account import Account, Cost
from clioscope.models.chat import ChatAnswer


def test_sums_by_stage_and_money():
    account = Account(price_in=2.0, price_out=10.0)
    account.add("facets", ChatAnswer("a", 1_000, 100, 1.5))
    account.add("facets", ChatAnswer("b", 2_000, 200, 0.5))
    account.add("facets", ChatAnswer("b", 2_000, 200, 0.5, cached=True))
    account.add("names", ChatAnswer("c", 10, 1, 0.25))
    assert account.stages["facets"] == Cost(2, 1, 3_000, 300, 2.0, pytest.approx(0.009))
    total = account.total()
    assert (total.calls, total.cached, total.prompt_tokens, total.completion_tokens) == (3, 1, 3_010, 301)
    assert total.money == pytest.approx(0.00903)
    assert account.price(1_000_000, 1_000_000) == 12.0


def test_answers_from_the_store_may_be_booked_at_what_they_cost():
    account = Account(with_stored=True)
    account.add("facets", ChatAnswer("a", 1_000, 100, 1.5))
    account.add("facets", ChatAnswer("b", 2_000, 200, 0.5, cached=True))
    assert account.stages["facets"] == Cost(1, 1, 3_000, 300, 2.0)


def test_without_prices_it_is_free():
    account = Account()
    account.add("facets", ChatAnswer("a", 10**9, 10**9))
    assert account.total().money == 0.0
