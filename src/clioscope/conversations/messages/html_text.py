"""HTML as plain text: what a page shows, without its tags."""

from __future__ import annotations

import html
import re
from collections import Counter
from html.parser import HTMLParser


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


_BLOCKS = _set(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody tfoot thead tr ul"
)
_APART = _set("blockquote h1 h2 h3 h4 h5 h6 hr ol p pre table ul")  # with an empty line around them
_VOID = _set("area base br col embed hr img input link meta param source track wbr")
_DROPPED = _set("button head iframe math noscript object script select style svg template title")
_MARKS = {"img": "[image]", "video": "[video]", "audio": "[audio]"}
_SPACE = re.compile(r"[ \t\r\n\f]+")
_LANGUAGE = re.compile(r"[\w+#.-]{1,20}")


def html_to_text(source: str) -> str:
    """The text of a piece of HTML: blocks on lines of their own, lists with ``- `` or numbers, code between fences.

    Scripts, styles, buttons and what is hidden are left out; formulas are their TeX; images become ``[image]``.
    Never raises: tags that are not closed, or not opened, are passed over.
    """
    reader = _Reader()
    reader.feed(source)
    reader.close()
    return reader.text()


def page_wrapped(text: str) -> bool:
    """Whether a text as a whole is what a chat page had on it: an element with the class of a message, nothing beside.

    HTML that somebody wrote or pasted (``<div class="card">``, or a sentence with tags in it) is not.
    """
    opening = _OPENING.match(text)
    return opening is not None and _classes(opening[1]) & _PAGE != set() and _Shape.of(text).whole


def block_wrapped(text: str) -> bool:
    """Whether a text as a whole is bare paragraphs, lists and code, as pages make them of Markdown."""
    if not text.lstrip().startswith(("<p>", "<h", "<ul>", "<ol>", "<pre>", "<blockquote>")):
        return False
    shape = _Shape.of(text)
    return shape.whole and shape.bare and "p" in shape.top


def page_text(text: str) -> str:
    """The text of a ``page_wrapped`` or ``block_wrapped`` piece of HTML.

    What the page showed as the user typed it (``whitespace-pre-wrap``) keeps its lines, and tags in it are text.
    """
    opening = _OPENING.match(text)
    if opening is not None and _AS_TYPED in _classes(opening[1]) and len(_Shape.of(text).top) == 1:
        inner = text[opening.end() :].rstrip().removesuffix("</div>")
        return page_text(inner) if page_wrapped(inner) or block_wrapped(inner) else html.unescape(inner).strip()
    return html_to_text(text)


_OPENING = re.compile(r"\s*<div\b([^<>]*)>", re.IGNORECASE)
_CLASS = re.compile(r"\bclass\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_AS_TYPED = "whitespace-pre-wrap"
_PAGE = frozenset((_AS_TYPED, "markdown", "prose", "markdown-body", "model-response-text", "font-claude-message"))
_MARKDOWN = _set("p ul ol pre blockquote table hr h1 h2 h3 h4 h5 h6")


def _classes(attributes: str) -> set[str]:
    match = _CLASS.search(attributes)
    return set() if match is None else set((match[1] or match[2] or "").split())


class _Reader(HTMLParser):
    """Collects the text; ``_open`` holds the tags that are open, each with whether it is dropped, or keeps spaces."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._lines = 0  # line ends that stand before the next text
        self._open: list[tuple[str, bool, bool]] = []
        self._counts: Counter[str] = Counter()
        self._lists: list[int] = []  # the next number of each open list; 0 where it has none
        self._label: str | None = None  # what stands in a block of code before the code: the name of the language
        self._lost: list[str] = []  # text of a dropped tag that may never be closed

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        dropped = self._dropped or tag in _DROPPED or given.get("aria-hidden") == "true"
        if tag == "annotation" and "tex" in (given.get("encoding") or ""):
            dropped = False
        if tag not in _VOID:
            kept = self._kept or tag == "pre" or "whitespace-pre" in (given.get("class") or "")
            self._open.append((tag, dropped, kept))
            self._counts[tag] += 1
        if dropped:
            return
        if tag == "pre" and self._counts["pre"] == 1:
            self._break(2)
            self._label = ""
        elif self._counts["pre"]:
            self._in_code(tag)
        else:
            self._begin(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._counts[tag]:
            return
        while True:
            name, dropped, _ = self._open.pop()
            self._counts[name] -= 1
            if not dropped:
                self._end(name)
            if name == tag:
                break
        if not self._dropped:
            self._lost.clear()

    def handle_data(self, data: str) -> None:
        if self._dropped:
            if self.cdata_elem is None and not self._counts["math"]:
                self._lost.append(data)
        elif self._label is not None:
            self._label += data
        elif self._kept:
            self._say(data)
        else:
            text = _SPACE.sub(" ", data).replace("\xa0", " ")
            after_space = self._lines or not self._out or self._out[-1].endswith((" ", "\n"))
            self._say(text.lstrip(" ") if after_space else text)

    def text(self) -> str:
        """What was collected."""
        if self._lost:  # a button that is never closed does not swallow the rest
            self._break(1)
            self._say("".join(self._lost))
        if self._counts["pre"]:
            self.handle_endtag("pre")
        return "".join(self._out).strip()

    @property
    def _dropped(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    @property
    def _kept(self) -> bool:
        return bool(self._open) and self._open[-1][2]

    def _say(self, text: str) -> None:
        if not text:
            return
        if self._lines and self._out:
            if not self._kept:
                self._out[-1] = self._out[-1].rstrip(" ")
            self._out.append("\n" * self._lines)
        self._lines = 0
        self._out.append(text)

    def _break(self, lines: int) -> None:
        self._lines = max(self._lines, lines)

    def _begin(self, tag: str) -> None:
        if tag == "br":
            self._lines = min(self._lines + 1, 2)
        elif tag in _MARKS:
            self._say(_MARKS[tag])
        elif tag in ("td", "th"):
            if not self._lines:
                self._say(" ")
        elif tag in _BLOCKS:
            self._break(2 if tag in _APART and not self._lists else 1)
        if tag in ("ul", "ol"):
            self._lists.append(int(tag == "ol"))
        elif tag == "li":
            number = self._lists[-1] if self._lists else 0
            self._say("  " * max(len(self._lists) - 1, 0) + (f"{number}. " if number else "- "))
            if number:
                self._lists[-1] += 1

    def _in_code(self, tag: str) -> None:
        if tag == "code" and self._label is not None:
            self._fence(self._label.strip())
        elif tag == "br":
            self.handle_data("\n")

    def _fence(self, label: str, code: str = "") -> None:
        """Begin a block of code; a label that is no name of a language stands before it."""
        if label and not _LANGUAGE.fullmatch(label):
            self._say(label)
            self._break(1)
            label = ""
        self._label = None
        self._say(f"```{label}\n{code}")

    def _end(self, tag: str) -> None:
        if tag == "pre" and not self._counts["pre"]:
            if self._label is not None:  # no code element in it
                self._fence("", self._label.removeprefix("\n"))
            if not (self._out and self._out[-1].endswith("\n")):
                self._out.append("\n")
            self._out.append("```")
            self._break(2)
        elif self._counts["pre"]:
            return
        elif tag in ("ul", "ol") and self._lists:
            self._lists.pop()
            self._break(1 if self._lists else 2)
        elif tag in _BLOCKS:
            self._break(2 if tag in _APART and not self._lists else 1)


class _Shape(HTMLParser):
    """The elements at the top of a piece of HTML, and whether text stands beside them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.top: list[str] = []
        self.whole = True
        self.bare = True
        self._open: list[str] = []
        self._counts: Counter[str] = Counter()

    @classmethod
    def of(cls, source: str) -> _Shape:
        shape = cls()
        shape.feed(source)
        shape.close()
        shape.whole = shape.whole and bool(shape.top)
        return shape

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._open:
            self.top.append(tag)
            self.bare = self.bare and tag in _MARKDOWN and not any(name != "start" for name, _ in attrs)
        if tag not in _VOID:
            self._open.append(tag)
            self._counts[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        if not self._counts[tag]:
            return
        while True:
            name = self._open.pop()
            self._counts[name] -= 1
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self._open and data.strip():
            self.whole = False
