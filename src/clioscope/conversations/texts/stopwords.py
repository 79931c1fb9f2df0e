"""Words that never tell one group from another."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def stopwords() -> frozenset[str]:
    """Words that any request may have, in the languages that most users write."""
    return frozenset(files("clioscope.naming").joinpath("stopwords.txt").read_text(encoding="utf-8").split())
