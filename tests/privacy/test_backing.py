"""A name that rests on people whom nobody knows."""

import numpy as np
import polars as pl
import pytest

from clioscope.hierarchy.tree import group_ids
from clioscope.privacy.backing import Backing

NAMES = [f"c{n:02d}" for n in range(20)]
ALL = np.zeros(20, np.int32)
TEXTS = ["Book a table" + (" for Jelena" if n < 5 else "") + f" {n}" for n in range(20)]


def unbacked(owners, label="Tables, Jelena", texts=TEXTS):
    ids = group_ids(NAMES, ALL, 0)
    tree = pl.DataFrame({"group": ids, "name": [label], "description": ["People book a table."]})
    return Backing(texts, owners, 3).unbacked(tree, NAMES, [ALL])[0]


@pytest.mark.parametrize(
    ("owners", "expected"),
    [
        ([[] if n < 5 else [f"u{n}"] for n in range(20)], True),  # five of somebody, or of five
        ([[] if 1 < n < 5 else [f"u{n}"] for n in range(20)], False),  # and two who are known
        ([[] if 0 < n < 5 else [f"u{n}"] for n in range(20)], True),
        ([[f"u{n}"] if n < 5 else [] for n in range(20)], False),
        ([[] for _ in range(20)], False),  # nothing to tell them apart by: publishing refuses, or counts each
        ([[f"u{n}"] for n in range(20)], False),
    ],
)
def test_what_enough_known_people_wrote_may_be_said(owners, expected) -> None:
    assert unbacked(owners) is expected
    assert not unbacked(owners, "Restaurants"), "no conversation has the word: it is the model's own"


def test_it_is_found_in_any_script_and_form() -> None:
    texts = ["预订餐桌" + ("给叶莲娜" if n < 5 else "") for n in range(20)]
    owners = [[] if n < 5 else [f"u{n}"] for n in range(20)]
    assert unbacked(owners, "叶莲娜", texts)
    assert unbacked(owners, "JELENA")


def test_every_level_is_looked_at() -> None:
    owners = [[] if n < 5 else [f"u{n}"] for n in range(20)]
    half = (np.arange(20) >= 10).astype(np.int32)
    ids = [*group_ids(NAMES, half, 0), *group_ids(NAMES, ALL, 1)]
    tree = pl.DataFrame({"group": ids, "name": ["Jelena"] * 3, "description": [""] * 3})
    assert Backing(TEXTS, owners, 3).unbacked(tree, NAMES, [half, ALL]) == [True, False, True]
