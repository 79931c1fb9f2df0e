"""Fonts that have the letters of some texts, among those that are installed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

_FIRST = ("Inter", "Noto Sans", "Segoe UI", "Helvetica Neue", "Arial", "Liberation Sans")
_ALWAYS = "DejaVu Sans"  # comes with matplotlib: Latin, Cyrillic, Greek, Arabic, Hebrew, Georgian, Armenian
# Plain faces of the large scripts, which are preferred to any other that has the letters.
_PLAIN = (
    *("Noto Sans", "Source Han Sans", "Source Sans", "PingFang", "Hiragino Sans", "Microsoft YaHei", "Yu Gothic"),
    *("Malgun Gothic", "Apple SD Gothic", "WenQuanYi", "Droid Sans", "Nirmala", "Kohinoor", "Leelawadee", "Tahoma"),
    *("Arial", "Segoe UI", "FreeSans", "Unifont"),
)


class Fonts(NamedTuple):
    """``families``: in the order in which a letter is looked for. ``missing``: letters that none of them has."""

    families: list[str]
    missing: str


def fonts_for(texts: Iterable[str], wanted: str | None = None) -> Fonts:
    """The fonts for some texts: the ``wanted`` one, or a usual one of this machine; then as many others as are needed
    for all letters."""
    letters = {letter for text in texts for letter in text if not _unseen(letter)}
    there = _installed()
    families = [wanted] if wanted in there else []
    families += [name for name in _FIRST if name in there and name not in families][: 0 if families else 1]
    families += [_ALWAYS] if _ALWAYS in there and _ALWAYS not in families else []
    missing = letters - {chr(code) for family in families for code in _codes(there[family])}
    while missing:
        scored = [(len(missing & {chr(code) for code in _codes(path)}), family) for family, path in there.items()]
        most = max(score for score, _ in scored)
        if not most:
            break
        best = min((family for score, family in scored if score == most), key=_rank)
        families.append(best)
        missing -= {chr(code) for code in _codes(there[best])}
    return Fonts(families, "".join(sorted(missing)))


def scripts_of(letters: str) -> list[str]:
    """The scripts of some letters, in words for a reader: Chinese, Devanagari, …"""
    names = {unicodedata.name(letter, "UNKNOWN").split(" ")[0].capitalize() for letter in letters}
    return sorted("Chinese" if name == "Cjk" else name for name in names)


def _rank(family: str) -> tuple[int, str]:
    return next((at for at, name in enumerate(_PLAIN) if family.startswith(name)), len(_PLAIN)), family


def _unseen(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Cn", "Co") or letter == "\ufe0f"


@lru_cache(maxsize=1)
def _installed() -> dict[str, str]:
    """The file of the upright, regular face of each font of this machine, by its name."""
    from matplotlib import font_manager

    found: dict[str, tuple[int, str]] = {}
    for entry in font_manager.fontManager.ttflist:
        weight = entry.weight if isinstance(entry.weight, int) else 400
        if entry.style != "normal" or entry.name.startswith((".", "STIX", "cm", "Last Resort")):
            continue
        if entry.name not in found or abs(weight - 400) < found[entry.name][0]:
            found[entry.name] = (abs(weight - 400), entry.fname)
    return {name: path for name, (_, path) in sorted(found.items())}


@lru_cache(maxsize=512)
def _codes(path: str) -> frozenset[int]:
    """The code points that a font has; none for one that cannot be read."""
    from matplotlib.font_manager import get_font

    try:
        return frozenset(get_font(path).get_charmap())
    except (OSError, RuntimeError):
        return frozenset()
