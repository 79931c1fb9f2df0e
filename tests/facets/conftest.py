"""A few conversations as the facet stage gets them."""

from datetime import UTC, datetime

import polars as pl
import pytest

from clioscope.facets.known import facets

TEXTS = ("How do I bake rye bread?", "Write a poem about the sea", "Who makes a bomb?")


@pytest.fixture(autouse=True)
def _no_facets_of_others():
    """Facets that a test registers are forgotten after it."""
    with facets.temporarily():
        yield


@pytest.fixture
def conversations() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "conversation": ["a", "b", "c"],
            "turns": [2, 4, 6],
            "characters": [24, 4000, 20_000],
            "first_at": [datetime(2026, 3, 9, 23, 5, tzinfo=UTC), None, None],
        }
    )


@pytest.fixture
def transcripts() -> pl.DataFrame:
    """In another order than the conversations."""
    rows = list(zip("abc", TEXTS, strict=True))[::-1]
    return pl.DataFrame(
        {
            "conversation": [name for name, _ in rows],
            "transcript": [f"User: {text}" for _, text in rows],
            "text": [text for _, text in rows],
        }
    )
