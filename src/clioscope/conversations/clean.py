"""Text as it comes in, made fit to store: no NULs, no lone surrogates."""

from __future__ import annotations

import re

_UNFIT = re.compile("[\x00\ud800-\udfff]")


def clean_text(text: str) -> str:
    """Drop NULs and put U+FFFD for lone surrogates, which neither UTF-8 nor Parquet can hold."""
    if "\x00" not in text:
        if text.isascii():
            return text
        try:
            text.encode("utf-8")  # some ten times as fast as the pattern
            return text
        except UnicodeEncodeError:
            pass
    return _UNFIT.sub(lambda match: "" if match[0] == "\x00" else "\ufffd", text)
