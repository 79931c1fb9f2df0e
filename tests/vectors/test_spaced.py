"""Some of many rows."""

from clioscope.vectors.spaced import evenly_spaced


def test_few_are_all_and_many_are_spread() -> None:
    assert evenly_spaced(4, 10).tolist() == [0, 1, 2, 3]
    assert evenly_spaced(101, 5).tolist() == [0, 25, 50, 75, 100]
    assert evenly_spaced(0, 5).tolist() == []
