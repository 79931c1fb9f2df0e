"""One text cut to a budget."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from clioscope.conversations.texts.shorten import shorten
from clioscope.conversations.texts.tokens import token_costs


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400), st.floats(0, 60), st.booleans())
def test_never_over_the_budget_and_only_pieces_of_the_text(text: str, tokens: float, tail: bool) -> None:
    short = shorten(text, tokens, tail=tail)
    assert token_costs(short).sum() <= tokens + 1e-5
    if short != text and short:
        head, mark, end = short.partition("[…]")
        # White space at the edges goes, control characters that count as such with it.
        assert mark and text.lstrip().startswith(head[:-1].lstrip()) and text.rstrip().endswith(end[1:])
        assert tail or not end


def test_head_and_tail_survive_with_whole_words() -> None:
    text = "Summarise this article. " + "lorem ipsum dolor " * 500 + "What does the author want?"
    short = shorten(text, 40)
    assert short.startswith("Summarise this article. lorem")
    assert short.endswith("What does the author want?")
    assert token_costs(short).sum() > 34
    assert all(word in text.split() for word in short.replace("[…]", "").split())


def test_a_small_budget_keeps_the_head() -> None:
    text = "How do I bake bread without an oven at home, please?"
    assert shorten(text, 10) == "How do I bake bread without an oven […]"
    assert shorten(text, 2) == ""
    assert shorten("Hi", 0.7) == "Hi"
    assert shorten("", 5) == ""
