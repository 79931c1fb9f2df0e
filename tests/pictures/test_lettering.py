"""Titles are broken where their script allows it."""

import pytest

from clioscope.pictures.lettering import cut, width, wrapped


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Short", ["Short"]),
        ("Write a letter to the headmaster", ["Write a letter to", "the headmaster"]),
        ("请帮我写一封给校长的信", ["请帮我写一封给校长", "的信"]),
        ("料理のレシピと健康的な食生活", ["料理のレシピと健康", "的な食生活"]),
        ("Письмо директору школы о поездке", ["Письмо директору", "школы о поездке"]),
        ("Pneumonoultramicroscopicsilicovolcanoconiosis", ["Pneumonoultramicroscopicsilicovolcanoconiosis"]),
        ("", [""]),
    ],
)
def test_lines(text, lines) -> None:
    assert wrapped(text, 18) == lines
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_letters_are_cut_with_their_marks_and_counted_by_their_width() -> None:
    assert cut("Short", 8) == "Short" and cut("Write a letter", 8) == "Write a…"
    assert cut("请帮我写一封信", 8) == "请帮我…"
    assert width("请帮") == pytest.approx(3.6) and width("e\u0301") == 1
    assert cut("हिन्दी में कविता", 6).removesuffix("…") in ("हिन्दी", "हिन्दी में")
