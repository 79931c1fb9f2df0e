"""Which names may be published, and what stands in for those that may not."""

import polars as pl

from clioscope.privacy.public_names import public_names, with_public_names, with_spare_names

BREAD = [f"please bake bread with rye flour, batch {number}" for number in range(12)]
CODE = [f"debug this python function, try {number}" for number in range(12)]


def found(name: str, description: str, least: int = 5) -> tuple[str, str]:
    """The published name and description of the group about bread."""
    tree = pl.DataFrame(
        {
            "group": ["b", "c"],
            "parent": pl.Series([None, None], dtype=pl.String),
            "level": [0, 0],
            "name": [name, "Debug python"],
            "description": [description, "Debug this function."],
            "action": ["accepted"] * 2,
        }
    )
    base, owners = ["b"] * 12 + ["c"] * 12, [[number] for number in range(24)]
    names = public_names(tree, base, BREAD + CODE, owners, None, least=least, words=8, language="English")
    public, lacking = with_public_names(tree, names, least)
    assert not lacking.any()
    return public.row(0)[3:5]


def test_words_that_enough_people_wrote_are_published() -> None:
    assert found("Bake bread", "Bake bread with rye flour.") == ("Bake bread", "Bake bread with rye flour.")


def test_a_name_stays_where_only_its_description_fails() -> None:
    name, description = found("Bake bread", "Bake bread against lupus.")
    assert name == "Bake bread"
    assert "lupus" not in description and description


def test_a_name_that_fails_is_replaced_by_phrases() -> None:
    name, description = found("Bread against lupus", "Bake bread.")
    assert "lupus" not in f"{name} {description}".lower()
    assert name and name != "Bread against lupus"


def test_a_ready_made_name_is_everybodys() -> None:
    assert found("Cook and find recipes", "Bake bread.") == ("Cook and find recipes", "Bake bread.")
    assert found("Cook and find recipes: bread", "Bake bread.")[0] == "Cook and find recipes: bread"
    assert "lupus" not in found("Cook and find recipes: lupus", "Bake bread.")[0]
    assert found("Write Python scripts", "Bake bread.")[0] != "Write Python scripts", "nobody of the group wrote Python"


def spared(
    ready: dict[str, list[tuple[str, int]]], names: tuple[str, str, str] = ("Lupus", "Maria", "Bake bread"), refused=()
) -> list[tuple]:
    """Spare name, description and people of three groups, two about bread (12 and 8 people) and a third one, which may
    have these ready-made names in place of their own."""
    tree = pl.DataFrame(
        {
            "group": ["b", "c", "d"],
            "parent": pl.Series([None] * 3, dtype=pl.String),
            "level": [0] * 3,
            "name": names,
            "description": ["Bake bread."] * 3,
        }
    )
    base, texts = ["b"] * 12 + ["c"] * 8 + ["d"] * 12, [*BREAD, *(f"rye {text}" for text in BREAD[:8]), *BREAD]
    owners = [[number] for number in range(32)]
    given = {"least": 5, "words": 8, "language": "English"}
    table = public_names(tree, base, texts, owners, None, **given, refused=refused, ready=ready)
    return list(table.select("spare_name", "spare_description", "spare_people").iter_rows())


def test_the_people_behind_a_name_that_stays_are_counted_with_its_new_description() -> None:
    tree = pl.DataFrame(
        {
            "group": ["b", "c"],
            "parent": pl.Series([None, None], dtype=pl.String),
            "level": [0, 0],
            "name": ["Bake rye rolls", "Debug python"],
            "description": ["Bake bread against lupus.", "Debug this function."],
            "action": ["accepted"] * 2,
        }
    )
    texts = [f"{text} and rolls" if number < 6 else text for number, text in enumerate(BREAD)]
    texts += [f"{text} and rolls" for text in CODE]  # so that no phrase of rolls sets a group apart
    base, owners = ["b"] * 12 + ["c"] * 12, [[number] for number in range(24)]
    names = public_names(tree, base, texts, owners, None, least=5, words=8, language="English")
    row = names.row(0, named=True)
    assert (row["spare_name"], row["spare_people"]) == ("Bake rye rolls", 6), "six wrote of rolls"
    assert with_public_names(tree, names, 7)[1].to_list() == [True, False], "they are too few for a higher threshold"


def test_a_ready_made_name_that_fits_comes_before_phrases() -> None:
    bread, rye, third = spared({"b": [("Cook and find recipes", 9)], "c": [("Ask about food and drinks", 6)]})
    assert bread[0] == "Cook and find recipes" and rye[0] == "Ask about food and drinks" and third[0] is None
    assert (bread[2], rye[2]) == (9, 6), "the people that are near to the name"
    assert "Lupus" not in bread[1] and bread[1].startswith("Set apart by: ")


def test_enough_people_must_be_behind_a_ready_made_name() -> None:
    bread, *_ = spared({"b": [("Cook and find recipes", 4), ("Ask about food and drinks", 5)]})
    assert bread[0] == "Ask about food and drinks" and bread[2] == 5
    bread, *_ = spared({"b": [("Cook and find recipes", 4)]})
    assert "recipes" not in bread[0] and "bread" in bread[0].lower()


def test_specific_words_of_a_ready_made_name_are_counted() -> None:
    bread, *_ = spared({"b": [("Write Python scripts", 9), ("Cook and find recipes", 9)]})
    assert bread[0] == "Cook and find recipes", "nobody wrote Python"
    bread, *_ = spared({"b": [("Write Python scripts", 9)]})
    assert "Python" not in bread[0] and "bread" in bread[0].lower()


def test_no_two_groups_have_one_ready_made_name() -> None:
    same = [("Cook and find recipes", 9), ("Ask about food and drinks", 9)]
    bread, rye, _ = spared({"b": same, "c": same})
    assert (bread[0], rye[0]) == (same[0][0], same[1][0]), "the larger one has the nearer name"
    bread, rye, _ = spared({"b": same[:1], "c": same[:1]})
    assert bread[0] == same[0][0] and rye[0].startswith(f"{same[0][0]}: ")
    bread, rye, _ = spared({"b": same, "c": same}, ("Lupus", "Maria", same[0][0]))
    assert bread[0] == same[1][0] and rye[0].startswith(f"{same[0][0]}: "), "a name that a group has already"


def test_a_refused_name_does_not_come_back_as_a_ready_made_one_with_a_phrase() -> None:
    held = "Cook and find recipes"
    ready = {"b": [(held, 9)]}
    [name] = {row[0] for row in spared(ready, ("Lupus", "Maria", held))[:1]}
    assert name.startswith(f"{held}: ")
    refused, *_ = spared(ready, (name, "Maria", held), refused=["b"])
    assert refused[0] and refused[0] != name


def withheld(spare: str | None, score: int | None, scores: dict[str, int]) -> tuple[dict, dict]:
    """The rows of tree and table of a withheld group with this spare name, and what the auditor says of it."""
    tree = pl.DataFrame(
        {
            "group": ["b", "c"],
            "name": ["Maria's bakery", "Debug python"],
            "description": ["Maria Petrova bakes.", "Debug this function."],
            "score": pl.Series([score, 5], dtype=pl.Int64),
            "first_score": [1, 5],
            "action": ["withheld", "accepted"],
        }
    )
    names = pl.DataFrame(
        {
            "group": ["b", "c"],
            "name": tree["name"],
            "description": tree["description"],
            "people": pl.Series([1, 9], dtype=pl.UInt32),
            "spare_name": pl.Series([spare, None], dtype=pl.String),
            "spare_description": pl.Series([spare and f"Set apart by: {spare}, Wukong.", None], dtype=pl.String),
            "spare_people": pl.Series([spare and 8, None], dtype=pl.UInt32),
        }
    )
    tree, names = with_spare_names(
        tree,
        names,
        lambda labels: [min([s for word, s in scores.items() if word in " ".join(x)] or [5]) for x in labels],
        3,
    )
    assert tree.row(1, named=True)["name"] == "Debug python"
    return tree.row(0, named=True), names.row(0, named=True)


def test_words_that_many_wrote_stand_for_a_withheld_name() -> None:
    shown, counted = withheld("Bread, rye", 1, {})
    assert (shown["name"], shown["action"], shown["first_score"]) == ("Bread, rye", "rewritten", 1)
    assert shown["score"] == 5 and "Maria" not in shown["description"] and shown["description"]
    assert (counted["name"], counted["people"], counted["spare_name"]) == ("Bread, rye", 8, None)
    assert counted["description"] == shown["description"]


def test_of_a_spare_name_only_what_passes_is_taken() -> None:
    shown, counted = withheld("Bread, rye", 1, {"Wukong": 1})
    assert (shown["name"], shown["description"], shown["action"]) == ("Bread, rye", "", "rewritten")
    assert counted["description"] == ""
    for spare, score, scores in (
        ("Bread, rye", 1, {"rye": 2}),  # the auditor objects to it as well
        ("Bread, rye", None, {}),  # the auditor gave no answer about the group
        ("Various requests", 1, {}),  # says nothing
        ("Debug python", 1, {}),  # another group has it
        (None, 1, {}),
    ):
        shown, counted = withheld(spare, score, scores)
        assert (shown["action"], shown["name"], counted["people"]) == ("withheld", "Maria's bakery", 1)


def test_a_refused_name_is_in_no_spare_name() -> None:
    tree = pl.DataFrame(
        {
            "group": ["b", "c"],
            "parent": pl.Series([None, None], dtype=pl.String),
            "level": [0, 0],
            "name": ["Bake bread", "Debug python"],
            "description": ["Bake bread.", "Debug this function."],
        }
    )
    base, owners = ["b"] * 12 + ["c"] * 12, [[number] for number in range(24)]
    names = public_names(tree, base, BREAD + CODE, owners, None, least=5, words=8, language="English", refused=["b"])
    row = names.row(0, named=True)
    assert row["people"] == 12 and row["spare_name"] != "Bake bread" and row["spare_people"] >= 5
    assert names.row(1, named=True)["spare_name"] is None


def test_a_refused_name_that_is_ready_made_stays_with_another_description() -> None:
    tree = pl.DataFrame(
        {
            "group": ["b", "c"],
            "parent": pl.Series([None, None], dtype=pl.String),
            "level": [0, 0],
            "name": ["Cook and find recipes", "Debug python"],
            "description": ["Set apart by: Maria.", "Debug this function."],
        }
    )
    base, owners = ["b"] * 12 + ["c"] * 12, [[number] for number in range(24)]
    names = public_names(tree, base, BREAD + CODE, owners, None, least=5, words=8, language="English", refused=["b"])
    row = names.row(0, named=True)
    assert row["spare_name"] == "Cook and find recipes" and row["spare_people"] >= 5
    assert "Maria" not in row["spare_description"] and row["spare_description"]
