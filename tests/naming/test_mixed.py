"""A mixed group is called mixed, in the language of the atlas."""

from dataclasses import replace

import numpy as np
import pytest

from clioscope.naming.candidates import Label
from clioscope.naming.context import NamingContext
from clioscope.naming.mixed import keep_mixed, mixed_labels
from clioscope.naming.support import Support
from clioscope.settings import NamingSettings

LABELS = [Label("Bake", "Users bake.", ("rye",)), Label("Do things", "x", ("recipes", "trips", "SQL")), Label("A", "")]
GROUPS = np.repeat([0, 1, 2], 8)
FIELDS = ["baking"] * 8 + ["travel"] * 4 + ["cooking"] * 3 + ["law"] + [None] * 8


@pytest.fixture
def context(encode) -> NamingContext:
    texts = ["text"] * 24
    return NamingContext(texts, Support(texts, 3), encode(texts), NamingSettings(), encode, None)


@pytest.mark.parametrize(
    ("language", "name", "bare"),
    [
        ("English", "Mixed topics: recipes, trips", "Mixed topics"),
        ("Russian", "Разные темы: recipes, trips", "Разные темы"),
    ],
)
def test_only_the_mixed_are_renamed(context, language, name, bare) -> None:
    kept, mixed, wordless = mixed_labels(replace(context, language=language), LABELS, [False, True, True], GROUPS)
    assert kept == LABELS[0]
    assert (mixed.name, mixed.phrases, mixed.mixed) == (name, LABELS[1].phrases, True)
    assert "recipes, trips, SQL" in mixed.description
    assert wordless.name == bare and wordless.mixed and not wordless.phrases


def test_fields_that_enough_people_wrote_about_say_more_than_phrases(context) -> None:
    told = replace(context, traits={"field": FIELDS})
    mixed = mixed_labels(told, LABELS, [False, True, False], GROUPS)[1]
    assert mixed.name == "Mixed topics: travel, cooking" and "law" not in mixed.description
    alone = mixed_labels(replace(context, traits={"field": ["travel"] * 24}), LABELS, [False, True, False], GROUPS)[1]
    assert alone.name == "Mixed topics: recipes, trips", "one field is no mixture"


def test_two_mixed_groups_have_different_names(context) -> None:
    told = replace(context, traits={"field": FIELDS[8:16] * 3})
    first, second, _ = mixed_labels(told, LABELS, [True, True, False], GROUPS)
    assert first.name == "Mixed topics: travel, cooking" and second.name == "Mixed topics: recipes, trips"


def test_mixed_groups_keep_their_names_when_names_are_told_apart() -> None:
    before = [
        [Label("Mixed topics: a, b", "", (), True), Label("Bake", ""), *[Label("Mixed topics", "", (), True)] * 2]
    ]
    after = [[label._replace(name=f"New {place}") for place, label in enumerate(before[0])]]
    assert [label.name for label in keep_mixed(before, after)[0]] == ["Mixed topics: a, b", "New 1", "New 2", "New 3"]
