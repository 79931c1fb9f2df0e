"""What can be asked of a release."""

import pytest

from clioscope.errors import SettingsError
from clioscope.privacy.guarantee import Guarantee


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"epsilon": 0}, "epsilon is 0"),
        ({"epsilon": float("nan")}, "epsilon is nan"),
        ({"epsilon": 1000}, "epsilon is 1000"),
        ({"epsilon": 1, "delta": 0}, "delta is 0"),
        ({"epsilon": 1, "delta": 0.1}, "delta is 0.1"),
        ({"epsilon": 1, "conversations": 0}, "1 to 1,000 conversations"),
        ({"epsilon": 1, "words": 0}, "1 to 100 words"),
        ({"epsilon": 1, "groups": 0}, "0 groups"),
        ({"epsilon": 1, "budget": 0}, "budget of 0"),
    ],
)
def test_values_out_of_range_are_one_sentence(asked, said):
    with pytest.raises(SettingsError, match=said):
        Guarantee(**asked)


def test_what_is_not_said_has_a_default():
    wanted = Guarantee(1.0)
    assert (wanted.delta, wanted.conversations, wanted.words) == (1e-6, 4, 5)
