"""Ids in every wrapper: one text per id."""

from __future__ import annotations

import uuid
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clioscope.conversations.fields.ids import plain_id

HEX = "12345678-1234-5678-1234-567812345678"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"),
        (0, "0"),
        (5.0, "5"),
        ("5.0", "5"),
        (" 5 ", "5"),
        (5.5, "5.5"),
        (Decimal("7"), "7"),
        (np.int64(5), "5"),
        (10**20, "100000000000000000000"),
        ("u-4", "u-4"),
        ("1.2.3", "1.2.3"),
        ("007", "007"),
        ("Ann@B.Example", "ann@b.example"),
        ("Ann Lee <Ann@B.Example>", "ann@b.example"),
        ("Ann Lee", "Ann Lee"),
        ({"$oid": "65ab"}, "65ab"),
        ({"$numberLong": "17"}, "17"),
        ({"$uuid": HEX}, HEX),
        ({"$binary": {"base64": "EjRWeBI0VngSNFZ4EjRWeA==", "subType": "04"}}, HEX),
        ({"$binary": "EjRWeBI0VngSNFZ4EjRWeA==", "$type": "04"}, HEX),
        (uuid.UUID(HEX), HEX),
        (uuid.UUID(HEX).bytes, HEX),
        (b"\x01\x02", "0102"),
        ({"id": 5, "name": "Ann"}, "5"),
        ({"_id": {"$oid": "65ab"}}, "65ab"),
        ({"uuid": "x"}, "x"),
        ({"id": None, "email": "a@b.example"}, "a@b.example"),
        ({"id": {"id": {"id": 3}}}, "3"),
    ],
)
def test_one_text(value: object, text: str) -> None:
    assert plain_id(value) == text


NOBODY: list[object] = [
    None,
    "",
    "  ",
    "null",
    "None",
    "NaN",
    "nan",
    "n/a",
    "undefined",
    float("nan"),
    Decimal("nan"),
    b"",
]
NOBODY += ["anonymous", "Anonymous", "guest", "unknown", "[deleted]", "(not set)", "Аноним", "гость", {"id": None}, {}]
NOBODY += ["00000000-0000-0000-0000-000000000000", {"$oid": None}, {"id": "null"}]


@pytest.mark.parametrize("value", NOBODY, ids=repr)
def test_nobody(value: object) -> None:
    assert plain_id(value) is None


@pytest.mark.parametrize(
    "value",
    [
        True,
        False,
        [],
        ["a"],
        {"a": 1},
        float("inf"),
        "1.23457E+18",
        1.23457e18,
        {"$binary": "?"},
        {"id": [1]},
        {"id": True},
        pytest,  # no value at all
    ],
    ids=repr,
)
def test_no_id(value: object) -> None:
    with pytest.raises(ValueError):
        plain_id(value)


@given(st.integers())
def test_a_number_is_one_id_however_it_is_written(number: int) -> None:
    forms: list[object] = [number, str(number), f" {number} ", {"$numberLong": str(number)}, {"id": number}]
    if abs(number) < 2**53:
        forms += [float(number), f"{number}.0"]
    assert {plain_id(form) for form in forms} == {str(number)}


@given(st.text(max_size=30))
def test_text_is_an_id_of_its_own(text: str) -> None:
    try:
        found = plain_id(text)
    except ValueError:
        return
    assert found is None or plain_id(found) == found
