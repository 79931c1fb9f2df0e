"""Texts as they are drawn: in lines, and letter by letter."""

from __future__ import annotations


def safe(text: str) -> str:
    """A text as matplotlib draws it letter by letter: two dollar signs would be read as a formula."""
    return text.replace("$", r"\$")


def wrapped(text: str, most: int) -> list[str]:
    """A text in lines of about ``most`` letters, broken where its script allows it."""
    from icu4py.breakers import LineBreaker

    lines = [""]
    for start, end in LineBreaker(text, "en").segments():
        part = text[start:end]
        if lines[-1] and _width(lines[-1] + part.rstrip()) > most:
            lines.append("")
        lines[-1] += part
    return [one.strip() for one in lines if one.strip()] or [""]


def _width(text: str) -> float:
    """Letters of Chinese, Japanese and Korean are as wide as two others."""
    import unicodedata

    return sum(1.8 if unicodedata.east_asian_width(letter) in "WF" else 1.0 for letter in text)
