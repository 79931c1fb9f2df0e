"""What the tools answer about groups."""

import pytest

from clioscope.agents.answers import about, group_of, named, tree_of
from clioscope.agents.examples import examples_of
from clioscope.agents.news import compared, news
from clioscope.agents.search import search_groups
from clioscope.errors import AtlasError, ClioscopeError
from clioscope.explorer.meaning import Meaning


def test_about_says_what_there_is(both, public) -> None:
    found = about(both)
    assert found["months"] == {"2026-03": 280, "2026-04": 280}
    assert found["groups_by_level"] == {"0": 8, "1": both.tree.height - 8}
    assert "language" in [facet["name"] for facet in found["facets"]]
    assert about(public)["months"] == {} and about(public)["published"]


def test_the_tree_goes_as_deep_as_asked(both) -> None:
    top, whole = tree_of(both, depth=1), tree_of(both, depth=5)
    assert len(whole["groups"]) == both.tree.height and whole["deeper"] == 0
    assert sum(row["share"] for row in top["groups"]) == pytest.approx(1)
    parent = next(row for row in top["groups"] if row["level"] == 1)
    below = tree_of(both, parent["name"], 1)["groups"]
    assert below and all(row["parent"] == parent["group"] for row in below)


def test_a_group_has_intervals_and_its_place(both) -> None:
    base = tree_of(both, depth=5)["groups"][1]
    found = group_of(both, base["group"])
    assert found["level"] == 0 and found["inside"][0]["group"] == base["parent"]
    assert all(row["low"] <= row["share"] <= row["high"] for row in found["facets"])
    with pytest.raises(AtlasError, match="tool tree"):
        named(both, "no such group")


def test_search_by_meaning_and_by_words(both, public) -> None:
    found = search_groups(both, "bake sourdough bread", 3, Meaning(both))
    assert found["by"] == "meaning" and len(found["groups"]) == 3
    assert "bread" in str(found["groups"][0]).casefold()
    assert search_groups(public, "georgia")["by"] == "words"


def test_news_is_what_was_planted(both) -> None:
    found = news(both, None, "2026-04")
    new = [row for row in found["groups"] if row["kind"] == "new"]
    assert new and all(row["count_before"] == 0 and row["q"] <= 0.05 and row["low"] > 0 for row in new)
    assert {row["kind"] for row in found["groups"]} <= {"new", "grew"}
    one = compared(both, None, "2026-03", "2026-04", group=new[0]["group"])
    assert [row["group"] for row in one["groups"]] == [new[0]["group"]]
    with pytest.raises(ClioscopeError, match="no earlier atlas"):
        news(both, None)
    with pytest.raises(ClioscopeError, match="no first day"):
        news(both, None, "..2026-03")


def test_examples_name_records_and_no_user(both) -> None:
    group = tree_of(both)["groups"][0]["group"]
    found = examples_of(both, group, "2026-04", 3)
    assert len(found["examples"]) == 3
    for one in found["examples"]:
        assert all(record.startswith("4-") for record in one["records"])
        assert "transcript" not in one and not {"user", "users"} & set(one)
    assert examples_of(both, group, traces=True)["examples"][0]["transcript"]
