"""Codebooks from files: what is read, and what every mistake is called."""

import json

import pytest

from clioscope.codebook.read import code_of, read_codebook, with_codebook
from clioscope.codebook.shipped import shipped
from clioscope.codebook.write import as_toml
from clioscope.errors import SettingsError
from clioscope.settings import Category, load_settings

TREE = """
title = "Shop"

[[categories]]
name = "Orders"
description = "Delivery,  returns"
examples = ["Where is my parcel?"]

[[categories.categories]]
name = "Refunds"

[[categories]]
code = "rest"
name = "Other"
rest = true
"""


def write(folder, name, text):
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_a_tree_in_toml(tmp_path) -> None:
    orders, refunds, other = read_codebook(write(tmp_path, "b.toml", TREE))
    assert orders == Category(
        code="orders", name="Orders", description="Delivery, returns", examples=("Where is my parcel?",)
    )
    assert (refunds.code, refunds.parent, refunds.rest) == ("refunds", "orders", False)
    assert (other.code, other.rest) == ("rest", True)


def test_the_same_as_json_and_csv(tmp_path) -> None:
    whole = read_codebook(write(tmp_path, "b.toml", TREE))
    rows = [one.model_dump(mode="json") for one in whole]
    assert read_codebook(write(tmp_path, "b.json", json.dumps(rows))) == whole
    table = (
        "Name;Description;Examples;Parent;Code;Rest\nRefunds;;;Orders;;\nOrders;Delivery, returns;"
        "Where is my parcel?;;;\nOther;;;;rest;yes\n"
    )
    assert read_codebook(write(tmp_path, "b.csv", table)) == whole, "parents first, and named by their names"


def test_russian_names_have_codes(tmp_path) -> None:
    (one,) = read_codebook(write(tmp_path, "b.csv", "name,examples\nВозврат денег,Верните деньги | Где мой возврат?\n"))
    assert (one.code, one.examples) == ("возврат-денег", ("Верните деньги", "Где мой возврат?"))
    assert code_of("C++ / C#") == "c-c"


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("b.toml", "[[categories]]\nname = 'A'\nexampels = []", "category 1 ('A'), field 'exampels'"),
        ("b.toml", "[[categories]]\ncode = 'a'", "category 1, field 'name': is missing"),
        ("b.toml", "[[categories]\n", "not valid TOML"),
        ("b.toml", "[[groups]]\nname='A'", "'groups' is unknown"),
        ("b.toml", "[[categories]]\nname='A'\ndescription=3", "category 1 ('A'), field 'description'"),
        ("b.toml", "title = 'x'", "no categories"),
        ("b.json", '[{"name": "A"}, {"name": "a", "code": "a"}]', "the code 'a' is there twice"),
        ("b.json", '[{"name": "A", "parent": "z"}]', "there is no parent 'z'"),
        ("b.json", '[{"name": "A", "parent": "b"}, {"name": "B", "parent": "a"}]', "its own ancestor"),
        ("b.json", '[{"name": "A", "categories": [{"name": "B"}, 3]}]', "category 1.2 is no table"),
        ("b.json", "{", "not valid JSON"),
        ("b.csv", "title,text\nA,b\n", "line 1 names no column 'name'"),
        ("b.csv", "name,parent\nA,\nB,C\n", "no parent 'C'"),
        ("b.csv", "name\nA,b,c\n", "line 2 has more cells"),
        ("b.txt", "A", "is no codebook"),
    ],
)
def test_a_mistake_is_named_with_its_place(name, text, told, tmp_path) -> None:
    with pytest.raises(SettingsError) as caught:
        read_codebook(write(tmp_path, name, text))
    assert told in str(caught.value) and name in str(caught.value)


def test_a_file_that_is_not_there(tmp_path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_codebook(tmp_path / "none.toml")
    with pytest.raises(SettingsError, match="onet, sharegpt, trust-and-safety"):
        read_codebook("shargpt")


def test_those_that_come_along() -> None:
    assert {name: len(read_codebook(name)) for name in shipped()} == {
        "onet": 23,
        "sharegpt": 14,
        "trust-and-safety": 16,
    }
    assert [one.code for one in read_codebook("sharegpt") if one.rest] == ["other"]


def test_a_codebook_is_written_as_it_was_read(tmp_path) -> None:
    own = (
        Category(code="a", name='Quotes " and \\', description="x\ny", examples=("one", "два\x7f")),
        Category(code="b", name="B", parent="a"),
    )
    again = read_codebook(write(tmp_path, "b.toml", as_toml(own, "T")))
    assert again == (own[0].model_copy(update={"description": "x y"}), own[1])


def test_settings_keep_the_categories_of_the_file(tmp_path) -> None:
    path = write(tmp_path, "b.toml", TREE)
    made = with_codebook(load_settings(codebook__file=str(path)))
    path.unlink()
    assert len(made.codebook.categories) == 3 and with_codebook(made) == made
