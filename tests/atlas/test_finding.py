"""A group by its id, its name, or a part of its name."""

import polars as pl
import pytest

from clioscope.atlas.finding import group_called
from clioscope.errors import AtlasError

TREE = pl.DataFrame(
    {
        "group": ["g1", "g2", "g3", "g4", "g5"],
        "level": [1, 0, 0, 0, 0],
        "name": ["Baking", "Baking", "Rye bread", "Rye flour", "Сады и огороды"],
    }
)


@pytest.mark.parametrize(
    ("said", "group"),
    [
        ("g3", "g3"),
        ("Rye bread", "g3"),
        ("rye BREAD ", "g3"),
        ("flour", "g4"),
        ("огород", "g5"),
        ("Baking", "g1"),  # it holds the other one of this name
    ],
)
def test_it_is_found(said: str, group: str) -> None:
    assert group_called(TREE, said) == group


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("rye", r"'rye' may be any of 2 groups: Rye bread \(g3\); Rye flour \(g4\); give the id of one"),
        ("Rye braed", r"There is no group 'Rye braed' \(did you mean Rye bread\?\)"),
        ("", "There is no group ''"),
        ("zzz", "There is no group 'zzz'\\.$"),
    ],
)
def test_what_is_not_clear_is_said(said: str, message: str) -> None:
    with pytest.raises(AtlasError, match=message):
        group_called(TREE, said)
