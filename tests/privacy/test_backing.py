"""A name that rests on people whom nobody knows."""

import polars as pl
import pytest

from clioscope.privacy.backing import Backing

TEXTS = ["Book a table" + (" for Jelena" if n < 5 else "") + f" {n}" for n in range(20)]


def unbacked(owners, label="Tables, Jelena", texts=TEXTS, copies=None):
    tree = pl.DataFrame({"group": ["g"], "parent": [None], "name": [label], "description": ["People book a table."]})
    return Backing(texts, owners, 3, copies).unbacked(tree, ["g"] * 20)[0]


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
    assert not unbacked(owners, "Book tickets"), "a ready-made name"


def test_near_copies_of_one_text_are_of_one_person() -> None:
    owners = [[] if n < 5 else [f"u{n}"] for n in range(20)]
    assert not unbacked(owners, copies=[0] * 5 + list(range(5, 20))), "the build took the name for one person's"
    users = [[f"u{n}"] if n > 1 else [] for n in range(20)]
    assert not unbacked(users)
    assert unbacked(users, copies=[0, 1, 2, 2, 2, *range(5, 20)])


def test_it_is_found_in_any_script_and_form() -> None:
    texts = ["预订餐桌" + ("给叶莲娜" if n < 5 else "") for n in range(20)]
    owners = [[] if n < 5 else [f"u{n}"] for n in range(20)]
    assert unbacked(owners, "叶莲娜", texts)
    assert unbacked(owners, "JELENA")


def test_every_level_is_looked_at() -> None:
    owners = [[] if n < 5 else [f"u{n}"] for n in range(20)]
    tree = pl.DataFrame(
        {"group": ["a", "b", "top"], "parent": ["top", "top", None], "name": ["Jelena"] * 3, "description": [""] * 3}
    )
    assert Backing(TEXTS, owners, 3).unbacked(tree, ["a"] * 10 + ["b"] * 10) == [True, False, True]
