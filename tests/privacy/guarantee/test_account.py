"""The sum of all steps is what was promised, and no step spends more than its share."""

import pytest
from extras import needs

from clioscope.privacy.guarantee.account import FOUND, GIVEN, TOPICS_ONLY, Account
from clioscope.privacy.guarantee.mechanisms import Cost, epsilon_of

pytestmark = needs("opendp", "dp")


@pytest.mark.parametrize("shares", [FOUND, TOPICS_ONLY, GIVEN])
def test_shares_are_the_whole(shares):
    assert sum(shares.values()) == pytest.approx(1)


@pytest.mark.parametrize("epsilon", [0.5, 4.0])
def test_all_steps_together_spend_what_was_promised(epsilon):
    account = Account(epsilon, 1e-6, FOUND)
    for step in FOUND:
        account.spend(step, Cost(account.rho(step), account.delta_of(step), 1.0))
    spent, delta = account.spent()
    assert spent <= epsilon and spent == pytest.approx(epsilon, rel=1e-3)
    assert delta <= 1e-6 * (1 + 1e-9) and delta == pytest.approx(1e-6)
    rho = sum(step["rho"] for step in account.steps())
    assert spent == epsilon_of(rho, 5e-7)
    assert [step["step"] for step in account.steps()] == list(FOUND)


def test_a_step_that_would_spend_more_is_stopped():
    account = Account(1.0, 1e-6, FOUND)
    account.spend("centres", Cost(account.rho("centres", 2), 0.0, 1.0))
    with pytest.raises(RuntimeError, match="centres"):
        account.spend("centres", Cost(account.rho("centres", 2) * 1.1, 0.0, 1.0))
    with pytest.raises(RuntimeError, match="sizes"):
        account.spend("sizes", Cost(0.0, 1e-9, 1.0))


def test_what_is_left_can_be_divided_otherwise():
    account = Account(1.0, 1e-6, FOUND)
    account.spend("people", Cost(account.rho("people"), 0.0, 1.0))
    before = account.rho("sizes")
    account.share(TOPICS_ONLY)
    assert account.rho("sizes") > before
    with pytest.raises(RuntimeError, match="do not fit"):
        account.share({"sizes": 1.0})
    with pytest.raises(RuntimeError, match="do not fit"):
        account.share({"people": 0.5, "sizes": 0.6})


def test_nothing_spent_is_nothing_but_the_delta_of_the_conversion():
    assert Account(1.0, 1e-6, FOUND).spent() == (0.0, 5e-7)
