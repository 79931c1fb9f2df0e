"""Which names may be published, and what stands in for those that may not."""

import polars as pl

from clioscope.privacy.public_names import public_names, with_public_names

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
