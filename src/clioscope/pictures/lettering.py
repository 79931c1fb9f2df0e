"""Texts as they are drawn: in lines, and letter by letter."""

from __future__ import annotations

from itertools import pairwise


def safe(text: str) -> str:
    """A text as matplotlib draws it letter by letter: two dollar signs would be read as a formula."""
    return text.replace("$", r"\$")


def wrapped(text: str, most: int) -> list[str]:
    """A text in lines of about ``most`` letters, broken between words where its script allows a line to end."""
    from icu4py.breakers import LineBreaker, WordBreaker

    words = {end for _, end in WordBreaker(text, "en").segments()}
    ends = [end for _, end in LineBreaker(text, "en").segments() if end in words]
    lines = [""]
    for start, end in pairwise([0, *ends]):
        part = text[start:end]
        if lines[-1] and width(lines[-1] + part.rstrip()) > most:
            lines.append("")
        lines[-1] += part
    return [one.strip() for one in lines if one.strip()] or [""]


def width(text: str) -> float:
    """How wide a text is, in letters: those of Chinese, Japanese and Korean are as wide as two others, and marks above
    or below a letter have no width."""
    import unicodedata

    def one(letter: str) -> float:
        if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
            return 0.0
        return 1.8 if unicodedata.east_asian_width(letter) in "WF" else 1.0

    return sum(map(one, text))


def cut(text: str, most: float) -> str:
    """A text of at most ``most`` letters in width; one that is longer ends with "…", and no letter loses its marks."""
    from icu4py.breakers import CharacterBreaker

    if width(text) <= most:
        return text
    kept = ""
    for start, end in CharacterBreaker(text, "en").segments():
        if width(kept + text[start:end]) > most - 1:
            break
        kept += text[start:end]
    return f"{kept.rstrip()}…"
