"""HTML of chat pages as text, and what is left as it is."""

from __future__ import annotations

import pytest

from clioscope.conversations.html_text import html_text, is_page

PAGE = '<div class="markdown prose w-full break-words dark:prose-invert dark">'


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (f"{PAGE}<p>One &amp; two</p><p>three</p></div>", "One & two\nthree"),
        ("<p>See</p><ul><li>a</li><li>b <b>c</b></li></ul>", "See\n- a\n- b c"),
        ("<p>a<br>b</p>", "a\nb"),
        (
            "<pre><div><button>Copy code</button><code>if x:\n    y = 1 &lt; 2\n</code></div></pre>",
            "if x:\n    y = 1 < 2",
        ),
        ("<style>p {}</style><p>a</p><script>alert(1)</script>", "a"),
        ("<p>a\n   b</p>", "a b"),
        ("<p>never closed", "never closed"),
        ("no markup", "no markup"),
    ],
)
def test_text(markup, text) -> None:
    assert html_text(markup) == text


@pytest.mark.parametrize(
    ("text", "person", "answer"),
    [
        (f"{PAGE}<p>a</p></div>", True, True),
        ('<div class="whitespace-pre-wrap">Why?</div>', True, True),
        ("<p>First</p><p>second</p>", False, True),
        ("<div id='app'><h1>My page</h1></div>", False, False),
        ("Explain <p>this</p>", False, False),
        ("<p>this</p> does not work, why?", False, False),
        ('Use `<div class="prose">` here', False, False),
    ],
)
def test_only_a_message_that_is_a_page_as_a_whole_counts(text, person, answer) -> None:
    assert (is_page(text, answer=False), is_page(text, answer=True)) == (person, answer)
