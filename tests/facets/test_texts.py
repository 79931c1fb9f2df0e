"""What of a conversation is embedded, shown and counted."""

import polars as pl
import pytest

from clioscope.facets.texts import embedded_texts, known_texts, shown_texts

TRANSCRIPTS = pl.DataFrame({"conversation": ["b", "a", "c"], "text": ["raw b", "raw a", None]})
FACETS = pl.DataFrame(
    {
        "conversation": ["a", "b", "c"],
        "request": ["Bake bread.", None, "Write a poem"],
        "field": ["food", "", "food"],
        "concern": [1, None, 4],
    }
)


@pytest.mark.parametrize(
    ("embed", "expected"),
    [
        (("request",), [["Bake bread.", "raw b", "Write a poem"]]),
        (("request", "field"), [["Bake bread.", "raw b", "Write a poem"], ["food", "raw b", "food"]]),
        (("request", "text"), [["Bake bread.", "raw b", "Write a poem"], ["raw a", "raw b", ""]]),
        (("nothing",), [["raw a", "raw b", ""]]),
        ((), [["raw a", "raw b", ""]]),
        (("concern",), [["1", "raw b", "4"]]),
    ],
)
def test_one_list_of_texts_a_vector(embed, expected) -> None:
    assert embedded_texts(FACETS, TRANSCRIPTS, embed) == expected


def test_joined_texts_are_said_once() -> None:
    joined = embedded_texts(FACETS, TRANSCRIPTS, ("request", "field", "text"), "join")
    assert joined == [["Bake bread.. food. raw a", "raw b", "Write a poem. food. "]]
    assert embedded_texts(FACETS, TRANSCRIPTS, ("field",), "join") == [["food", "raw b", "food"]]


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        (("request",), ["Bake bread", "raw b", "Write a poem"]),
        (("request", "field"), ["Bake bread (food)", "raw b", "Write a poem (food)"]),
        (("nothing",), ["raw a", "raw b", ""]),
        (("concern",), ["1", "raw b", "4"]),
    ],
)
def test_a_conversation_is_shown_as_its_facets(show, expected) -> None:
    assert shown_texts(FACETS, TRANSCRIPTS, show) == expected


def test_a_long_text_in_place_of_a_facet_is_cut() -> None:
    long = pl.DataFrame({"conversation": ["b"], "text": ["x" * 500]})
    assert shown_texts(FACETS[1:2], long, ("request",)) == ["x" * 160]


def test_all_that_is_known_holds_every_text_once() -> None:
    assert known_texts(FACETS, TRANSCRIPTS, ("request", "field"))[:2] == ["Bake bread.. food. raw a", "raw b"]


def test_ids_are_never_among_the_texts() -> None:
    secret = FACETS.with_columns(pl.lit("id-") + pl.col("conversation"))
    texts = TRANSCRIPTS.with_columns(pl.lit("id-") + pl.col("conversation"))
    for found in (embedded_texts(secret, texts, ("request", "text")), [known_texts(secret, texts, ("request",))]):
        assert not any("id-" in text for column in found for text in column)
