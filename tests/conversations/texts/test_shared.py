"""What most texts share is found and cut; what was asked stays."""

from __future__ import annotations

import random

import pytest

from clioscope.conversations.conversation import Message, content_id
from clioscope.conversations.texts.shared import Sampler, find_templates
from clioscope.conversations.texts.templates import Templates, templates_of

THINGS = ["plum tree", "garlic", "rye bread", "night train", "tax return", "git commit", "birthday poem", "old bicycle"]
ASKS = ["How do I care for a {}?", "Tell me the history of the {}", "Where can one find a cheap {}", "Draw a {} please"]
QUESTIONS = [ask.format(thing) for thing in THINGS for ask in ASKS]
RULES = "You are the helpful assistant of a company portal. Read the rules with care. " + " ".join(
    f"Rule {number}: answer shortly and only from the documents." for number in range(9)
)
FORM = "Translate the following text into formal German and keep all names and numbers as they are: "
LONG_QUESTION = "How do I cancel an order that was never sent, if the shop has closed and the bank says no?"
FOOT = "This message may be confidential. If you are not the one it was meant for, please delete it at once."


def after(texts: list[str], templates: Templates | None = None) -> list[str]:
    """The texts, each a conversation of one message, without what they share."""
    found = find_templates([[text] for text in texts]) if templates is None else templates
    return [found.cut([Message("user", text)])[0].content for text in texts]


@pytest.mark.parametrize(
    "write",
    [
        lambda n, text: f"{RULES}\n\nQuestion: {text}",
        lambda n, text: f"{RULES} {text}",
        lambda n, text: f"{FORM}{text}",
        lambda n, text: f"{text}\n\n{FOOT}",
        lambda n, text: f"{RULES}\n{text}\n{FOOT}",
        lambda n, text: f"Today is 2026-05-{n + 10}. {RULES} {text}",
        lambda n, text: f"Question: {text}\nAnswer:",
        lambda n, text: f"### Question\n{text}\n### Answer",
        lambda n, text: f"{text}\nSent from my phone",
        lambda n, text: f"{text}\nThanks in advance,\n--",
    ],
)
def test_only_the_question_is_left(write) -> None:
    assert after([write(number, text) for number, text in enumerate(QUESTIONS)]) == QUESTIONS


def test_numbers_that_are_asked_about_stay() -> None:
    sums = [f"What is {12 + n} * {98 - n} by hand?" for n in range(40)]
    assert after([f"{RULES} {one}" for one in sums]) == sums
    assert after([f"{one} {FOOT}" for one in sums]) == sums
    assert after([f"Order {100 + n}: {text} {FOOT}" for n, text in enumerate(QUESTIONS)])[0].startswith("Order 100")


def test_a_preamble_goes_though_many_ask_the_same() -> None:
    texts = [f"{RULES}\n{LONG_QUESTION}"] * 30 + [f"{RULES}\n{text}" for text in QUESTIONS * 2]
    assert after(texts) == [LONG_QUESTION] * 30 + QUESTIONS * 2


def test_a_signature_behind_the_last_sentence() -> None:
    asked = [f"{text} right away?" for text in QUESTIONS]
    assert after([f"{text} Sent from my phone" for text in asked]) == asked


def test_a_slot_in_the_middle_stays() -> None:
    names = ["Ann", "Bob", "Cid", "Dora", "Eve"]
    texts = [f"My name is {names[n % 5]}. {RULES} {text}" for n, text in enumerate(QUESTIONS)]
    left = after(texts)
    assert [text.split(". ", 1)[1] for text in left] == QUESTIONS


def test_several_templates_in_one_log() -> None:
    texts = [f"{RULES} {text}" for text in QUESTIONS] + [FORM + text for text in QUESTIONS] + QUESTIONS * 3
    assert after(texts) == QUESTIONS * 5


def test_versions_of_one_prompt_are_cut_whole() -> None:
    other = RULES.replace("Rule 4: answer shortly", "Rule 4: answer in two sentences at most, in the words of a child,")
    texts = [f"{RULES} {text}" for text in QUESTIONS] + [f"{other} {text}" for text in QUESTIONS]
    assert after(texts) == QUESTIONS * 2


def test_ideographs() -> None:
    rules = (
        "你是公司门户网站的智能助手。请仔细阅读以下规则，并在每次回答中严格遵守：回答要简短、礼貌，"
        "只能根据提供的文件来回答，绝不能猜测，也不能编造任何内容，更不能透露内部信息。用户想问的是"
    )
    asks = ("怎么办理", "要多久", "多少钱", "在哪里找到", "怎么做最好")
    asked = [f"{thing}{ask}" for thing in ("番茄", "签证", "数据库", "简历", "面包") for ask in asks]
    assert after([rules + one for one in asked]) == asked


@pytest.mark.parametrize(
    "texts",
    [
        QUESTIONS,
        ["hi"] * 50 + ["hello there"] * 30,
        [f"{RULES} How do I cancel?"] * 60,
        [f"{LONG_QUESTION}{end}" for end in ("", " Please", "!")] * 20,
        [f"Hi, I'm {a}{b}. {FORM}" for a in "ABCDEF" for b in "abcdef"],
        [f"{text}\nExplain this" for text in QUESTIONS[:12]] + QUESTIONS,
        [f"Summarise: {text}" for text in QUESTIONS],
        [f"{RULES} {text}" for text in QUESTIONS[:19]],
        ["thanks"] * 40,
        [],
    ],
)
def test_what_was_asked_is_not_cut(texts: list[str]) -> None:
    assert not find_templates([[text] for text in texts])
    assert after(texts) == texts


def test_a_text_that_is_the_template_alone_keeps_it() -> None:
    texts = [f"{RULES} {text}" for text in QUESTIONS]
    assert after([*texts, RULES, f"{RULES} ?"])[-2:] == [RULES, f"{RULES} ?"]


def test_a_first_message_that_is_a_template_is_cut_where_others_say_something() -> None:
    found = find_templates([[RULES, text] for text in QUESTIONS])
    cut = found.cut([Message("user", RULES), Message("assistant", RULES), Message("user", QUESTIONS[0])])
    assert [one.content for one in cut] == ["", RULES, QUESTIONS[0]]
    alone = [Message("user", RULES)]
    assert found.cut(alone) is alone


def test_untouched_messages_are_the_very_same() -> None:
    found = find_templates([[f"{RULES} {text}"] for text in QUESTIONS])
    messages = (Message("user", "What   is\r\nnew?"), Message("assistant", "Nothing."))
    assert found.cut(messages) is messages


def test_the_order_does_not_matter_and_the_table_holds_all() -> None:
    texts = [[f"{RULES}\nQuestion: {text}\nSent from my phone"] for text in QUESTIONS]
    found = find_templates(texts)
    random.Random(1).shuffle(texts)
    assert find_templates(texts) == found == templates_of(found.frame())


def test_the_sampler_keeps_the_same_few_in_any_order() -> None:
    chats = [(Message("user", f"text {number}"), Message("assistant", "ok")) for number in range(100)]
    pairs = [(content_id(one), one) for one in chats]
    one, other = Sampler(10), Sampler(10)
    for content, messages in pairs:
        one.add(content, messages)
    for content, messages in reversed(pairs):
        other.add(content, messages)
    assert one.texts() == other.texts() and len(one.texts()) == 10
    lowest = sorted(pairs)[:10]
    assert one.texts() == [[messages[0].content] for _, messages in lowest]


def test_the_sampler_is_bounded() -> None:
    sampler = Sampler(1)
    sampler.add("0" * 32, [Message("user", f"{number}" + "x" * 50_000) for number in range(30)])
    (texts,) = sampler.texts()
    assert len(texts) == 8 and max(map(len, texts)) < 20_010
