"""HTML as text, and what is taken for a page's own HTML."""

from __future__ import annotations

import pytest

from clioscope.conversations.messages.html_text import block_wrapped, html_to_text, page_text, page_wrapped

TEXTS = [
    ("<p>Soak &amp; sow</p><p>Wait.</p>", "Soak & sow\n\nWait."),
    ("<p>First<br>second   line\n goes on</p>", "First\nsecond line goes on"),
    ("<ul><li>one</li><li>two<ul><li>inner</li></ul></li></ul>after", "- one\n- two\n  - inner\n\nafter"),
    ("<ol><li>dig<li>plant</ol>", "1. dig\n2. plant"),
    (
        "<pre><code class='x'>if a &lt; b:\n    go()\n\n\n    on()</code></pre>",
        "```\nif a < b:\n    go()\n\n\n    on()\n```",
    ),
    (
        "<pre><div><span>python</span><button>Copy code</button><code>x = 1\n</code></div></pre><p>Done</p>",
        "```python\nx = 1\n```\n\nDone",
    ),
    ("<pre>as\n  it is</pre>", "```\nas\n  it is\n```"),
    ("<style>p {}</style><script>var p = '<p>no</p>'</script><p>yes</p><!-- no -->", "yes"),
    ("<p>Photo: <img src='a.png' alt='x'></p>", "Photo: [image]"),
    ("<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>", "A B\n1 2"),
    (
        "<p>It is <span><math><mi>x</mi><annotation encoding='application/x-tex'>x^2</annotation></math></span>"
        "<span aria-hidden='true'>x2</span>.</p>",
        "It is x^2.",
    ),
    ("a < b and c > d", "a < b and c > d"),
    ("</p>stray<p>open <b>ends", "stray\n\nopen ends"),
    ("", ""),
]


@pytest.mark.parametrize(("source", "text"), TEXTS)
def test_the_text_of_html(source: str, text: str) -> None:
    assert html_to_text(source) == text


def test_a_button_that_is_never_closed_does_not_swallow_the_rest() -> None:
    assert html_to_text("<p>one</p><button>two three") == "one\n\ntwo three"


def test_deep_nesting_and_many_stray_tags_take_time_in_proportion() -> None:
    assert html_to_text("<div>" * 20_000 + "x" + "</p>" * 20_000) == "x"


PAGES = [
    ('<div class="markdown prose w-full dark:prose-invert"><p>Yes</p></div>', "Yes"),
    ('\n<div class="whitespace-pre-wrap">one\n  two &lt;b&gt;</div>', "one\n  two <b>"),
    (
        '<div class="whitespace-pre-wrap">Why is <div class="card">x</div> red?</div>',
        'Why is <div class="card">x</div> red?',
    ),
    ('<div class="min-h-[20px] whitespace-pre-wrap"><div class="markdown prose"><p>In</p></div></div>', "In"),
    ('<div class="markdown prose"><p>cut in the mid', "cut in the mid"),
    ("<div class='prose'><pre><code>&lt;p class=\"a\"&gt;</code></pre></div>", '```\n<p class="a">\n```'),
]


@pytest.mark.parametrize(("source", "text"), PAGES)
def test_what_a_page_showed(source: str, text: str) -> None:
    assert page_wrapped(source)
    assert page_text(source) == text


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        '<div class="card"><p>Hello</p></div>',
        'Mend this: <div class="markdown">x</div>',
        '<div class="markdown">x</div> does not work',
        "<div>x</div>",
        "```html\n<div class='prose'>x</div>\n```",
        "<!DOCTYPE html><html><body><div class='prose'>x</div></body></html>",
    ],
)
def test_html_that_somebody_wrote_is_no_page(text: str) -> None:
    assert not page_wrapped(text) and not block_wrapped(text)


def test_bare_blocks() -> None:
    assert block_wrapped("<p>a</p>\n<ul><li>b</li></ul>")
    assert (
        not block_wrapped('<p class="x">a</p>')
        and not block_wrapped("<p>a</p> b")
        and not block_wrapped("<pre>a</pre>")
    )
