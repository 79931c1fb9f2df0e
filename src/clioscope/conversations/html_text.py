"""HTML as text, for exports that keep a page's markup: blocks on lines of their own, code as it is."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset("p div section article table tr ul ol blockquote h1 h2 h3 h4 h5 h6 hr figure".split())  # noqa: SIM905
_DROPPED = frozenset(("script", "style", "button", "svg", "head", "template"))
_MANY = re.compile(r"\n{3,}")
# The wrappers that chat pages put around whole messages; what a person pasted as code has none of them.
_PAGE = re.compile(
    r"\s*<(?:div|p|span|section)\b[^<>]*class\s*=\s*[\"'][^\"'<>]*"
    r"(?:markdown|prose|whitespace-pre-wrap|message-content|response-content)[^<>]*>",
    re.IGNORECASE,
)
_PARAGRAPH = re.compile(r"\s*<(?:p|ul|ol|h[1-6]|pre|blockquote|table)>", re.IGNORECASE)
_CLOSED = re.compile(r"</(?:p|ul|ol|h[1-6]|pre|blockquote|table|div|span|section)>\s*\Z", re.IGNORECASE)


def is_page(text: str, *, answer: bool) -> bool:
    """Whether a message is markup of a chat page as a whole, and not text that shows HTML.

    The message of a person counts only with the page's own wrapper around it; an ``answer`` also where it begins
    and ends with a block element, as pages write them.
    """
    if "<" not in text[:200] or _CLOSED.search(text[-40:]) is None:
        return False
    return _PAGE.match(text) is not None or (answer and _PARAGRAPH.match(text) is not None)


def html_text(markup: str) -> str:
    """The text of HTML: entities decoded, list items with a dash, scripts and buttons left out. Linear time."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    lines = "".join(reader.parts).split("\n")
    return _MANY.sub("\n\n", "\n".join(line.rstrip() for line in lines)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0
        self.code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED:
            self.hidden += 1
        elif tag == "pre":
            self.code += 1
            self._line()
        elif tag == "br":
            self.parts.append("\n")
        elif tag == "li":
            self._line()
            self.parts.append("- ")
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif tag in _BLOCKS:
            self._line()

    def handle_endtag(self, tag: str) -> None:
        if tag in _DROPPED:
            self.hidden = max(0, self.hidden - 1)
        elif tag == "pre":
            self.code = max(0, self.code - 1)
            self._line()
        elif tag == "li" or tag in _BLOCKS:
            self._line()

    def handle_data(self, data: str) -> None:
        if self.hidden:
            return
        if not self.code:
            data = re.sub(r"\s+", " ", data)
            if not self.parts or self.parts[-1].endswith(("\n", " ")):
                data = data.lstrip()
        if data:
            self.parts.append(data)

    def _line(self) -> None:
        if self.parts and not self.parts[-1].endswith(("\n", "- ")):
            self.parts.append("\n")
