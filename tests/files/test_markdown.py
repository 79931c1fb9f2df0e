"""Names within Markdown are shown as they are."""

import re

import pytest
from markdown_it import MarkdownIt

from clioscope.files.markdown import as_markdown

TEXTS = [
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    r"\[click](javascript:alert(1))",
    "![x](http://example.org/x.png)",
    "# heading",
    "- item",
    "1. first",
    "12) twelfth",
    "1990. A year",
    "=== title",
    "> quote | `code` *bold* _soft_ ~~gone~~ &lt;b&gt; &#60;",
    "see https://example.org or www.example.org",
    "a\nb\x1b[2J",
]


@pytest.mark.parametrize("text", TEXTS)
def test_it_renders_as_the_text_alone(text):
    page = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(as_markdown(text))
    shown = " ".join(text.replace("\x1b", "").split())
    assert re.fullmatch(r"<p>[^<]*</p>\n", page), page
    import html

    assert html.unescape(page[3:-5]) == shown


def test_addresses_become_no_links_where_bare_ones_do():
    assert as_markdown("https://example.org") == r"https:\//example.org"
    assert as_markdown("WWW.example.org") == r"WWW\.example.org"
