"""Fonts that have the letters of some texts, among those that are installed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from contextlib import suppress
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


_CJK = ("Noto Sans CJK", "fonts-noto-cjk")
# Script -> the font to install, and the package of Debian that has it; others are "Noto Sans SCRIPT".
_FONTS = {
    **dict.fromkeys(("Chinese", "Hiragana", "Katakana", "Hangul", "Bopomofo"), _CJK),
    **dict.fromkeys(("Latin", "Greek", "Cyrillic"), ("Noto Sans", "fonts-noto-core")),
    "symbols": ("Symbola", "fonts-symbola"),
}


class Fonts(NamedTuple):
    """``families``: in the order in which a letter is looked for. ``missing``: letters that none of them has."""

    families: list[str]
    missing: str


def fonts_for(texts: Iterable[str], wanted: str | None = None) -> Fonts:
    """The fonts for some texts: the ``wanted`` one, or a usual one of this machine; then as many others as are needed
    for all letters."""
    letters = {letter for text in texts for letter in text if not _unseen(letter)}
    region = _region(letters)
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
        best = min((family for score, family in scored if score == most), key=lambda one: _rank(one, region))
        families.append(best)
        missing -= {chr(code) for code in _codes(there[best])}
    return Fonts(families, "".join(sorted(missing)))


def scripts_of(letters: str) -> list[str]:
    """The scripts of some letters, in words for a reader: Chinese, Devanagari, … and symbols."""
    return sorted({_script(letter) for letter in letters})


def said_of_missing(missing: str) -> str:
    """A sentence about letters that no font of this machine has: which fonts have them, and how to install those."""
    scripts = scripts_of(missing)
    wanted = [_FONTS.get(script, (f"Noto Sans {script}", "fonts-noto-core")) for script in scripts]
    fonts = ", ".join(dict.fromkeys(font for font, _ in wanted))
    packages = " ".join(dict.fromkeys(package for _, package in wanted))
    some = "1 letter of the names is" if len(missing) == 1 else f"{len(missing)} letters of the names are"
    return (
        f"{some} in no font of this machine ({', '.join(scripts)}), so the picture has boxes for them. Install {fonts} "
        f"(Debian, Ubuntu: apt install {packages}; other systems: https://fonts.google.com/noto), and draw again."
    )


def _script(letter: str) -> str:
    if "\u3000" <= letter <= "\u303f" or "\uff00" <= letter <= "\uffef":
        return "Chinese"  # marks between ideographs
    if unicodedata.category(letter)[0] not in "LMN":
        return "symbols"
    name = unicodedata.name(letter, "UNKNOWN").split(" ")[0].capitalize()
    return "Chinese" if name == "Cjk" else name


def _rank(family: str, region: str) -> tuple[int, bool, str]:
    plain = next((at for at, name in enumerate(_PLAIN) if family.startswith(name)), len(_PLAIN))
    return plain, not family.endswith(region), family


def _region(letters: Iterable[str]) -> str:
    """How the names of fonts end whose ideographs have the form that readers of these letters expect."""
    names = {unicodedata.name(letter, "").split(" ")[0] for letter in letters}
    return "JP" if names & {"HIRAGANA", "KATAKANA"} else "KR" if "HANGUL" in names else "SC"


def _unseen(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Cn", "Co") or letter == "\ufe0f"


@lru_cache(maxsize=1)
def _installed() -> dict[str, str]:
    """The file of the upright, regular face of each font of this machine, by its name.

    matplotlib keeps a list of fonts from one program to the next, so fonts that were installed since are added to it.
    """
    from matplotlib import font_manager

    listed = {str(entry.fname) for entry in font_manager.fontManager.ttflist}
    for path in sorted(set(font_manager.findSystemFonts()) - listed):
        with suppress(OSError, RuntimeError, ValueError):  # a file that matplotlib cannot read
            font_manager.fontManager.addfont(path)
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
