"""Lines and sentences, headings and signatures."""

import pytest

from clioscope.conversations.texts.pieces import is_heading, is_signature, label_of, letters, masked, pieces


def test_pieces_are_lines_and_sentences() -> None:
    text = 'Keep it short. Say "no." Never guess!\nWhen? 请回答。谢谢'
    found = [text[one.start : one.end] for one in pieces(text)]
    assert found == ["Keep it short.", 'Say "no."', "Never guess!", "When?", "请回答。", "谢谢"]
    assert [one.line for one in pieces("a\nb. c")] == [True, False, False]
    assert pieces("") == []


def test_numbers_make_no_difference_in_long_pieces() -> None:
    one, other = pieces(
        "Ticket 12 of 2026-05-01 was opened by the web form.\nTicket 7 of 1999-11-30 was opened by the web form."
    )
    assert one.key == other.key
    assert pieces("variant 1")[0].key != pieces("variant 2")[0].key
    assert masked("a 12.5 b") == "a 00.0 b"


@pytest.mark.parametrize(
    ("line", "key", "rest"),
    [
        ("Question: why?", "question:", "why?"),
        ("**Context:** a", "context:", "a"),
        ("### Documents", "### documents", ""),
        ("问题：怎么", "问题:", "怎么"),
        ("----", "----", ""),
    ],
)
def test_headings(line: str, key: str, rest: str) -> None:
    found = label_of(line)
    assert found is not None
    assert (found[0], line[found[1] :]) == (key, rest)
    assert is_heading(key)


@pytest.mark.parametrize(
    "line", ["Why is it so", "see https://x.example", "I have one more thing to ask you: why", "```"]
)
def test_no_headings(line: str) -> None:
    assert label_of(line) is None


@pytest.mark.parametrize("line", ["Summarise:", "Translate to German: Haus", "Python: why"])
def test_what_a_person_writes_before_a_colon_is_no_heading_of_a_program(line: str) -> None:
    found = label_of(line)
    assert found is not None and not is_heading(found[0])


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Get Outlook for iOS",
        "Best regards,",
        "-- ",
        "Thanks in advance!",
        "С уважением,",
        "Отправлено с iPhone",
        "Mit freundlichen Grüßen",
        "Cordialement,",
        "发自我的iPhone",
    ],
)
def test_signatures(line: str) -> None:
    assert is_signature(line)


@pytest.mark.parametrize(
    "line", ["Explain this code", "Thanks to whom is it named?", "Write unit tests for this", "fix it"]
)
def test_asks_are_no_signatures(line: str) -> None:
    assert not is_signature(line)


def test_ideographs_say_as_much_as_words() -> None:
    assert letters("怎么浇水") == 12 and letters("ab 1!") == 3
