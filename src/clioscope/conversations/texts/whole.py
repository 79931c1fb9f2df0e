"""Whole phrases and whole sentences: whether a text breaks off, and what is left of it without its loose end."""

from __future__ import annotations

import re

from clioscope.conversations.texts.stopwords import dangling_words
from clioscope.conversations.texts.words import unspaced, word_spans

_PAIRS = {"(": ")", "[": "]", "{": "}", "«": "»", "“": "”", "„": "“", "（": "）", "「": "」"}
_LOOSE = " \t\n,:;-–—/&|…،、，：；"  # characters that no phrase ends with
# Words after which a phrase goes on, except at the end of these.
_ENDS = re.compile(
    r"\b(?:log|sign|check|plug|opt|fill|built|log(?:ged|ging)|sign(?:ed|ing)) in$"
    r"|\b(?:log|sign|turn|move|carry|try|go|going) on$|\bfollow through$|\bto be$|\bas such$",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"^(?:\w+ )?(?:what|where|who|whom|which|how)\b.*\b(?:for|from|about|with|like|of|in|on|at|to|is|are)$",
    re.IGNORECASE,
)
# Without these, a phrase is cut back to the word before its last link: an article is no link.
_ARTICLES = """
    a an the their his her its your my our this these those some any each every der das dem den ein eine einen le la les
    un une el los las il
"""
_NO_LINK = frozenset(_ARTICLES.split())
# A Russian adjective at the end of a phrase that was cut waits for its noun.
_ADJECTIVE = re.compile(r"(?:ого|его|ому|ему|ыми|ими|ый|ий|ая|яя|ое|ее|ые|ие|ых|их|ую|юю|ой)$")
_SENTENCE_END = re.compile(r"(?<=[.!?。！？])\s+|(?<=[.!?][\"'”»)])\s+|(?<=[。！？])")
_SENTENCE = 4  # words that a repaired sentence has at least
_SHORTENED = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|approx|incl|Mr|Ms|Dr|St|No|т\.\s?[едпк]|и\s?др|напр|см)\.|\b\w\.)$")


def breaks_off(text: str) -> bool:
    """Whether a phrase or sentence ends before it is complete.

    It does if it ends with a preposition, a conjunction, an article or another word that something must follow, with a
    comma, a dash or an ellipsis, or if a bracket stays open. English and Russian words are known, and the commonest of
    some other languages. An empty text does not break off.
    """
    flat = " ".join(text.split())
    if not flat:
        return False
    if flat[-1] in _LOOSE or flat.endswith("...") or _open_at(flat) is not None or flat.count('"') % 2:
        return True
    return _dangles(flat.rstrip(".!?"))


def whole_phrase(text: str, *, cut: bool = False) -> str:
    """The longest beginning of a phrase that does not break off, without a full stop.

    ``cut``: the text was cut at a limit, so its last words may miss what they belong to. If the cut left no loose end,
    the phrase goes back to before its last preposition or conjunction, as far as two words are left. A Russian
    adjective that a cut left at the end goes too.
    """
    flat = _closed(" ".join(text.split()))
    tight = flat.rstrip(_LOOSE + ".")
    loose, long = tight != flat.rstrip("."), tight
    tight = _without_dangling(tight)
    # Where only an article hangs loose ("paint a"), the cut fell inside a part, and the part goes.
    loose = loose or any(word.casefold() not in _NO_LINK for word in long[len(tight) :].split())
    if not cut or loose or len(flat) < len(" ".join(text.split())):
        return tight
    words = tight.split(" ")
    while len(words) > 2 and _ADJECTIVE.search(words[-1].casefold()):
        words = words[:-1]
    links = [n for n, word in enumerate(words) if n > 1 and _links(words[n - 1], word)]
    if links:
        words = words[: links[-1]]
    return _without_dangling(" ".join(words).rstrip(_LOOSE))


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with its full stop. "e.g." ends no sentence."""
    found: list[str] = []
    for part in filter(None, _SENTENCE_END.split(" ".join(text.split()))):
        if found and _SHORTENED.search(found[-1]):
            found[-1] += f" {part}"
        else:
            found.append(part)
    return found


def whole_sentences(text: str, limit: int | None = None) -> str:
    """``text`` up to its last whole sentence. A first sentence that breaks off is repaired to a whole one, or left out
    where fewer than four words of it remain.

    ``limit``: the most characters that the text could have; a text of that length was cut.
    """
    parts = sentences(text)
    if not parts:
        return ""
    if parts[-1].rstrip("\"'”»)").endswith((".", "!", "?", "。", "！", "？")) and not breaks_off(parts[-1]):
        return _together(parts)
    if len(parts) > 1:
        return _together(parts[:-1])
    cut = limit is not None and len(text) >= limit
    phrase = whole_phrase(parts[0], cut=cut)
    if phrase and unspaced(phrase[-1]):
        return f"{phrase}。"
    return f"{phrase}." if len(phrase.split(" ")) >= _SENTENCE else ""


def _together(parts: list[str]) -> str:
    text = parts[0]
    for part in parts[1:]:
        text += part if text.endswith(("。", "！", "？")) else f" {part}"
    return text


def _closed(text: str) -> str:
    """The text before a bracket that stays open, and without a quotation mark that has no partner."""
    opened = _open_at(text)
    if opened is not None:
        text = text[:opened]
    return text.replace('"', "") if text.count('"') % 2 else text


def _open_at(text: str) -> int | None:
    """Where the first bracket stands that is never closed."""
    stack: list[tuple[str, int]] = []
    for place, character in enumerate(text):
        if stack and character == stack[-1][0]:
            stack.pop()
        elif character in _PAIRS:
            stack.append((_PAIRS[character], place))
    return stack[0][1] if stack else None


def _without_dangling(text: str) -> str:
    while text and _dangles(text):
        start, _ = list(word_spans(text))[-1]
        start = max(text.rfind(" ", 0, start + 1) + 1, 0) if not unspaced(text[start]) else start
        text = text[:start].rstrip(_LOOSE)
    return text


def _dangles(text: str) -> bool:
    """Whether the last word of a text is one that something must follow."""
    spans = list(word_spans(text))
    if not spans or spans[-1][1] < len(text.rstrip()):  # it ends with a sign: "C++", a closed bracket
        return False
    start, end = spans[-1]
    last = text[start:end]
    if not unspaced(last):
        last = text[text.rfind(" ", 0, start) + 1 :]
    elif len(spans) == 1:
        return False
    if last.casefold() not in dangling_words():
        return False
    if len(last) == 1 and last.isupper() and len(spans) > 1:  # "plan B", "vitamin E"
        return False
    return not (_ENDS.search(text) or _ASKS.search(text))


def _links(before: str, word: str) -> bool:
    """Whether a word begins a part that a phrase can do without."""
    low = word.casefold()
    return before.endswith((",", ";", ":")) or (low in dangling_words() and low not in _NO_LINK)
