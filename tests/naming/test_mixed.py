"""A mixed group is called mixed, in the language of the atlas."""

import pytest

from clioscope.naming.candidates import Label
from clioscope.naming.mixed import mixed_labels


@pytest.mark.parametrize(
    ("language", "name", "bare"),
    [
        ("English", "Mixed topics: recipes, travel", "Mixed topics"),
        ("Russian", "Разные темы: recipes, travel", "Разные темы"),
    ],
)
def test_only_the_mixed_are_renamed(language, name, bare) -> None:
    labels = [
        Label("Bake", "Users bake.", ("rye",)),
        Label("Do things", "x", ("recipes", "travel", "SQL")),
        Label("A", ""),
    ]
    kept, mixed, wordless = mixed_labels(labels, [False, True, True], language)
    assert kept == labels[0]
    assert (mixed.name, mixed.phrases, mixed.mixed) == (name, labels[1].phrases, True)
    assert "recipes, travel, SQL" in mixed.description
    assert wordless.name == bare and wordless.mixed and not wordless.phrases
