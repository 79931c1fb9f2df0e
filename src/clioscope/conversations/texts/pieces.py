"""A text as lines and sentences, and what marks headings and signatures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_END = re.compile(r"\n|(?<=[.!?…])[\"'”»)\]]*\s+|(?<=[。！？])")
_DIGITS = re.compile(r"\d+")
_DIGIT = {ord(str(digit)): "0" for digit in range(10)}
_MASKED = 40  # characters from which a piece is the same whatever its numbers are (dates, ticket numbers)
_LABEL = re.compile(r"(?:[#>*_\-\s]|\d{1,2}[.)])*([^\W\d_][^\n:：]{0,39})[*_]*(?::[*_]*(?:\s+|$)|：[*_\s]*)")
_LABEL_WORDS = 5
_RULE = re.compile(r"#{1,6} \S.{0,60}|[-=*_#~—–]{3,}")

# Headings that a program writes above its slots; a person's own words before a colon ("Summarise:") are none.
_HEADINGS = re.compile(
    r"(?:the |my |user'?s? |original |relevant |retrieved |chat |conversation |current |new |follow[- ]?up )*"
    r"(?:question|query|answer|context|documents?|sources?|passages?|snippets?|excerpts?|search results?|history|"
    r"input|output|instructions?|response|request|message|prompt|data|content|text|ticket|subject|body)s?"
    r"|(?:вопрос|запрос|ответ|контекст|документы?|источники?|история|сообщение|текст|инструкци[яи]|тема)"
    r"|(?:pregunta|contexto|respuesta|documentos?|frage|kontext|antwort|dokumente?|contexte|réponse|domanda|contesto|"
    r"risposta|pergunta|resposta)"
    r"|(?:问题|提问|回答|上下文|文档|資料|资料|背景|質問|回答|文脈|コンテキスト|질문|답변|문맥)",
    re.IGNORECASE,
)
# Last lines of mail that say nothing of what it is about.
_SIGNATURE = re.compile(
    r"(?:sent|get) (?:from|via|with|outlook for) .{1,40}"
    r"|(?:with )?(?:kind(?:est)?|best|warm(?:est)?|many)? ?(?:regards|wishes|greetings)"
    r"|(?:yours )?(?:sincerely|truly|faithfully)(?: yours)?|cheers|(?:many )?thanks?(?: you)?"
    r"(?: (?:so|very) much| a lot| in advance)*(?: for your (?:help|time|support))?"
    r"|с (?:уважением|наилучшими пожеланиями)|отправлено (?:с|из) .{1,40}"
    r"|(?:заранее )?(?:большое )?спасибо(?: заранее)?|mit freundlichen gr(?:ü|ue)(?:ß|ss)en"
    r"|(?:viele|liebe|beste|freundliche) gr(?:ü|ue)(?:ß|ss)e|von mei.{1,40} gesendet"
    r"|gesendet (?:von|mit) .{1,40}|(?:bien )?cordialement|envoyé (?:de|depuis|à partir) .{1,40}|(?:un )?saludos?"
    r"|atentamente|enviado (?:desde|do) .{1,40}|inviato da .{1,40}|cordiali saluti|met vriendelijke groet(?:en)?"
    r"|verstuurd vanaf .{1,40}|wysłane z .{1,40}|发自我的.{1,20}|發自我的.{1,20}|.{1,20}から送信",
    re.IGNORECASE,
)


class Piece(NamedTuple):
    """A sentence or line of a text: where it stands, its key, and whether it is a line of its own."""

    start: int
    end: int
    key: str
    line: bool


def pieces(text: str) -> list[Piece]:
    """The sentences and lines of a tidy text, in order; ``text[start:end]`` has no white space at its ends."""
    whole: list[Piece] = []
    for first, last, at_start, at_end in _spans(text):
        raw = text[first:last]
        start = first + len(raw) - len(raw.lstrip())
        end = first + len(raw.rstrip())
        if start < end:
            whole.append(Piece(start, end, key_of(text[start:end]), at_start and at_end))
    return whole


def _spans(text: str) -> Iterator[tuple[int, int, bool, bool]]:
    place, fresh = 0, True
    for match in _END.finditer(text):
        breaks = "\n" in match.group()
        yield place, match.start() if breaks else match.end(), fresh, breaks
        place, fresh = match.end(), breaks
    yield place, len(text), fresh, True


def key_of(piece: str) -> str:
    """What makes two pieces the same: their letters without case, and for long ones whatever numbers they hold."""
    folded = piece.casefold()
    return _DIGITS.sub("0", folded) if len(folded) >= _MASKED else folded


def masked(text: str) -> str:
    """The text with every digit as 0: as long as before."""
    return text.translate(_DIGIT)


def label_of(line: str) -> tuple[str, int] | None:
    """The heading that a line begins with ("Question:", "### Context") as a key, and where what follows begins."""
    if _RULE.fullmatch(line):
        return line.casefold(), len(line)
    match = _LABEL.match(line)
    if match is None or len(match[1].split()) > _LABEL_WORDS or match[1].startswith("http"):
        return None
    return match[1].strip(" *_#").casefold() + ":", match.end()


def is_heading(key: str) -> bool:
    """Whether a label is one that programs write above what they put into a prompt."""
    return not key.endswith(":") or _HEADINGS.fullmatch(key[:-1].strip()) is not None


def is_signature(piece: str) -> bool:
    """Whether a piece reads like a closing formula or the mark of a mail program."""
    plain = piece.strip(" \t-–—*_.,!")
    return not plain or _SIGNATURE.fullmatch(plain) is not None


def letters(text: str) -> int:
    """How much a text says: its letters and digits, ideographs three times, as they are words."""
    return sum(3 if "\u2e80" <= character < "\uac00" else 1 for character in text if character.isalnum())
