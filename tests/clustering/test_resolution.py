import math

import pytest

from clioscope.clustering.resolution import search_resolution


@pytest.mark.parametrize("target", [2, 7, 150, 999])
@pytest.mark.parametrize("power", [0.4, 1.0, 1.8])
@pytest.mark.parametrize("scale", [0.01, 3.0, 500.0])
def test_the_target_is_met(target, power, scale) -> None:
    needed = (target / scale) ** (1 / power)
    if not 1e-5 < needed < 1e5:
        pytest.skip("beyond the resolutions that are searched")
    calls = []

    def count(resolution: float) -> int:
        calls.append(resolution)
        return max(1, min(1000, round(scale * resolution**power)))

    found = search_resolution(count, target, most=30)
    assert count(found) == target
    assert len(calls) <= 31


def test_few_calls_on_a_curve_like_leidens() -> None:
    calls = []

    def count(resolution: float) -> int:
        calls.append(resolution)
        wobble = int(3 * math.sin(40 * resolution))
        return max(1, round(12 * resolution**0.8) + wobble)

    found = search_resolution(count, 150, tolerance=1)
    assert abs(count(found) - 150) <= 1
    assert len(calls) <= 12


def test_what_cannot_be_reached_is_approached() -> None:
    assert 9 + round(search_resolution(lambda resolution: 9 + round(resolution), 4)) == 9
    calls = []
    search_resolution(lambda resolution: calls.append(resolution) or 5, 100, most=50)
    assert len(calls) < 50
