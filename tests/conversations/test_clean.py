"""Text made fit to store."""

from __future__ import annotations

from clioscope.conversations.clean import clean_text


def test_clean_text() -> None:
    assert clean_text("a\x00b\ud83dc😀") == "abc😀"
