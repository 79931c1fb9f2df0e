"""Titles are broken where their script allows it."""

import pytest

from clioscope.pictures.lettering import wrapped


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Short", ["Short"]),
        ("Write a letter to the headmaster", ["Write a letter to", "the headmaster"]),
        ("请帮我写一封给校长的信", ["请帮我写一封给校长", "的信"]),
        ("Письмо директору школы о поездке", ["Письмо директору", "школы о поездке"]),
        ("Pneumonoultramicroscopicsilicovolcanoconiosis", ["Pneumonoultramicroscopicsilicovolcanoconiosis"]),
        ("", [""]),
    ],
)
def test_lines(text, lines) -> None:
    assert wrapped(text, 18) == lines
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
