"""Work in several threads."""

import numpy as np
import pytest

from clioscope.vectors.threads import in_threads


@pytest.mark.parametrize("count", [0, 1, 50])
def test_every_item_is_worked_on_once(count: int) -> None:
    seen = np.zeros(count, int)

    def work(item: int) -> None:
        seen[item] += 1

    in_threads(work, range(count))
    assert (seen == 1).all()


def test_an_error_of_an_item_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        in_threads(lambda item: 1 / item, [1, 0, 2])
