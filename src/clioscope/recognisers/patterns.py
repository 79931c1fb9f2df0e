"""Identifiers and addresses: what has a fixed shape, in any language for identifiers, in English and Russian else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib.resources import files

from clioscope.recognisers.recogniser import Found, Kind, recognisers
from clioscope.recognisers.spans import in_order

IDENTIFIERS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",  # e-mail
        r"\b(?:https?://|www\.)\S+",  # address of a page
        r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])",  # IPv4
        r"\b(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}\b",  # IPv6
        r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b",  # IBAN
        r"\b(?:sk|pk|ghp|gho|xox[bp]|AKIA)[-_]?[A-Za-z0-9_-]{12,}\b",  # keys and tokens
        r"(?<!\w)@[A-Za-z]\w{3,}",  # handle
        # Phone, card, account: nine or more digits, but no decimal fraction.
        r"(?<![\w.,$€£])(?!\d+[.,]\d+(?![\w.]))\+?\(?\d(?:[\s().-]*\d){8,}(?!\w)",
    )
)
# Words after @ that languages of programs and styles have, in small letters: those are no handles.
AT_WORDS = frozenset(files("clioscope.recognisers").joinpath("at_words.txt").read_text(encoding="utf-8").split())

_RU = "А-ЯЁ"
_CAPITAL = rf"[A-Z{_RU}][\w'’-]*"
_STREETS = (
    "Street|St|Road|Rd|Lane|Ln|Avenue|Ave|Drive|Close|Crescent|Terrace|Court|Row|Hill|Way|Square|Boulevard|Blvd|Place|"
    "Gardens|Grove|Walk|Mews|Quay|Parade|Highway"
)
_UL = (
    r"(?:ул\.|улиц\w+|пер\.|переул\w+|пр-т|просп\.|проспект\w*|проезд\w*|шоссе|бульвар\w*|наб\.|набережн\w+|площад\w+)"
)
_SHAPES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    # A house number and a street, in either order.
    ("address", re.compile(rf"\b\d{{1,4}}[a-z]?,? (?:{_CAPITAL} ){{1,3}}(?:{_STREETS})\b")),
    ("address", re.compile(rf"\b(?:{_CAPITAL} ){{1,3}}(?:{_STREETS}),? \d{{1,4}}[a-z]?\b")),
    (
        "address",
        re.compile(
            rf"(?:{_UL} (?:{_CAPITAL} ?){{1,3}}|(?:{_CAPITAL} ){{1,3}}{_UL}),? ?(?:д\.|дом)? ?\d+[а-я]?(?:/\d+)?"
        ),
    ),
    # A school or kindergarten with its number.
    ("organisation", re.compile(r"\b(?i:школ|гимнази|лице|детск\w+ сад)\w* № ?\d+")),
    # An account that is called one. A name in one word of small letters alone ("the user asks") is none.
    (
        "identifier",
        re.compile(
            r"(?<![\w/])u/\w{3,}|\b(?i:user|account|handle|nick(?:name)?|аккаунт|пользовател|ник)\w* "
            r"(?=\S*[\d_.])(?P<name>[A-Za-z][\w.]{3,}\w)"
        ),
    ),
    # A phone number in groups, from six digits on, beside its word; documents with their number.
    (
        "identifier",
        re.compile(r"(?i:\b(?:phone|tel|call|number|номер|тел|телефон)\w*[.:]? )(?P<name>\+?\(?\d[\d() -]{5,}\d)"),
    ),
    ("identifier", re.compile(r"(?<![\w.,-])\d{3}-(?:\d{4}|\d\d-\d\d)(?![\w-])")),
    (
        "identifier",
        re.compile(r"\b(?i:passport|паспорт|снилс|инн|ssn|social security number)\w*:? (?:№ ?)?\d[\d -]{5,}\d"),
    ),
    ("identifier", re.compile(r"\b[АВЕКМНОРСТУХ]\d{3}[АВЕКМНОРСТУХ]{2}\d{2,3}\b|\b[A-Z]{2}\d\d [A-Z]{3}\b")),
)


class Patterns:
    """Finds identifiers, and addresses with a number."""

    id = "patterns-1"

    def find(self, texts: Sequence[str]) -> list[list[Found]]:
        """The parts of each text that have such a shape."""
        return [in_order(_shapes(text)) for text in texts]


def identifiers(text: str) -> Iterator[tuple[int, int]]:
    """Where e-mail and network addresses, handles, keys and numbers of nine or more digits stand; they may overlap."""
    for pattern in IDENTIFIERS:
        for match in pattern.finditer(text):
            if not (match[0].startswith("@") and match[0][1:].casefold() in AT_WORDS):
                yield match.span()


def _shapes(text: str) -> Iterator[Found]:
    for start, end in identifiers(text):
        yield Found(start, end, "identifier")
    for kind, pattern in _SHAPES:
        for match in pattern.finditer(text):
            part = "name" if match.groupdict().get("name") else 0
            start, end = match.span(part)
            yield Found(start, end, kind)


@recognisers.register("patterns")
def open_patterns(rest: str) -> Patterns:
    """The recogniser of what has a fixed shape; it needs nothing."""
    return Patterns()
