"""Messages of every provider: whose text it is, and what becomes of text that is not known."""

from __future__ import annotations

import pytest

from clioscope.conversations.build import make_conversation
from clioscope.conversations.messages.content import RecordError
from clioscope.conversations.messages.turns import read_messages

ASKED = "Why do my tomato leaves curl?"


def turns(*items, leaf=None):
    return list(read_messages(items, "messages", leaf))


@pytest.mark.parametrize(
    "message",
    [
        {"role": "user", "content": ASKED},
        {"role": "user", "content": [{"type": "text", "text": ASKED}]},
        {"role": "user", "parts": [{"type": "text", "text": ASKED}]},  # AI SDK
        {"role": "user", "content": "", "parts": [{"type": "text", "text": ASKED}]},
        {"role": "user", "content": None, "parts": [{"text": ASKED}]},
        {"role": "user", "parts": [{"text": ASKED}]},  # Gemini
        {"role": "user", "parts": [{"type": "text", "content": ASKED}]},  # OpenTelemetry
        {"from": "human", "value": ASKED},
        {"type": "human", "content": ASKED},  # LangChain
        {"type": "human", "data": {"content": ASKED, "type": "human"}},
        {"lc": 1, "type": "constructor", "id": ["langchain", "schema", "HumanMessage"], "kwargs": {"content": ASKED}},
        {"type": "message", "message": {"role": "user", "content": ASKED}},
        {"author": {"role": "user"}, "content": {"content_type": "text", "parts": [ASKED]}},
        {"sender": "human", "text": ASKED},
        {"role": "user", "content": [{"type": "paragraph", "value": ASKED}]},
    ],
)
def test_one_question_in_many_shapes(message) -> None:
    assert turns(message) == [("user", ASKED)]


def test_results_of_tools_in_messages_of_the_user_are_the_tool_s() -> None:
    content = [
        {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "text", "text": "17 rows"}]},
        {"type": "text", "text": "<system-reminder>Be brief.</system-reminder>"},
        {"type": "text", "text": ASKED},
    ]
    assert turns({"role": "user", "content": content}) == [
        ("tool", "17 rows"),
        ("system", "<system-reminder>Be brief.</system-reminder>"),
        ("user", ASKED),
    ]


def test_calls_are_marks_and_thoughts_are_left_out() -> None:
    parts = [
        {"type": "step-start"},
        {"type": "reasoning", "text": "HIDDEN"},
        {"type": "thinking", "thinking": "HIDDEN"},
        {"text": "HIDDEN", "thought": True},
        {"type": "tool-search", "toolCallId": "x", "output": {"t": "TOOL"}},
        {"functionCall": {"name": "lookup", "args": {}}},
        {"type": "text", "text": "In spring."},
    ]
    assert turns({"role": "assistant", "parts": parts}) == [
        ("assistant", "[tool call: search]\n[tool call: lookup]\nIn spring.")
    ]


def test_a_message_without_a_text_that_is_known_is_a_flaw_that_names_its_fields() -> None:
    found = read_messages(
        [{"role": "user", "content": ASKED}, {"role": "assistant", "id": "a", "blocks": [{"words": "x"}]}], "messages"
    )
    assert list(found) == [("user", ASKED)]
    assert found.flaws == ["messages[1]: no known field of text among the fields blocks"]
    assert make_conversation(found).flaws == tuple(found.flaws)


@pytest.mark.parametrize("rest", ["Hello", "ok", "你好"])
def test_a_conversation_that_lost_its_question_never_becomes_a_greeting(rest) -> None:
    found = read_messages([{"role": "user", "content": rest}, {"role": "user", "blocks": [ASKED]}], "messages")
    with pytest.raises(RecordError, match=r"messages\[1\]: no known field of text among the fields blocks"):
        make_conversation(found)


@pytest.mark.parametrize("rest", ["How often do I water tomatoes?", "番茄叶子为什么卷起来"])
def test_with_another_question_it_stays_and_says_what_is_missing(rest) -> None:
    found = read_messages([{"role": "user", "content": rest}, {"role": "user", "blocks": [ASKED]}], "messages")
    assert make_conversation(found).flaws == ("messages[1]: no known field of text among the fields blocks",)


def test_parts_of_an_unknown_kind_are_read_by_the_name_of_their_kind_or_are_a_lost_question() -> None:
    named = [{"role": "user", "content": [{"type": "markdown", "markdown": "Why?"}]}]
    assert read_messages(named, "messages") == [("user", "Why?")]
    odd = [{"role": "user", "content": [{"type": "blurb", "words": "Why?"}]}]
    for messages in (odd, [{"role": "user", "content": "Hello"}, *odd]):
        with pytest.raises(RecordError, match="unknown type 'blurb'"):
            make_conversation(read_messages(messages, "messages"))


def test_an_empty_message_is_no_flaw() -> None:
    found = read_messages(
        [
            {"role": "user", "content": ASKED},
            {"role": "assistant", "content": None, "country": "Georgia", "usage": {"tokens": 3}},
            {"role": "assistant", "id": "x", "createdAt": "2026-05-01", "metadata": {"a": "b"}},
            {"role": "assistant", "tool_calls": [{"function": {"name": "f"}}], "content": None},
        ],
        "messages",
    )
    assert found.flaws == []
    assert list(found) == [("user", ASKED), ("assistant", "[tool call: f]")]


def test_a_branch_is_taken_and_the_others_are_counted() -> None:
    items = [
        {"id": "1", "parentId": None, "role": "user", "content": "DISCARDED", "timestamp": 1777631400},
        {"id": "2", "parentId": "1", "role": "assistant", "content": "DISCARDED", "timestamp": 1777631401},
        {"id": "3", "parentId": None, "role": "user", "content": ASKED, "timestamp": 1777631402},
        {"id": "4", "parentId": "3", "role": "assistant", "content": "Sun.", "timestamp": 1777631403},
    ]
    found = read_messages(items, "messages")
    assert (list(found), found.abandoned) == ([("user", ASKED), ("assistant", "Sun.")], 2)
    assert read_messages(items, "messages", "2")[0] == ("user", "DISCARDED")


EDITED = [
    {"id": "1", "parent": None, "role": "user", "content": "DISCARDED"},
    {"id": "2", "parent": "1", "role": "assistant", "content": "An answer"},
    {"id": "3", "parent": None, "role": "user", "content": ASKED},
    {"id": "4", "parent": "3", "role": "assistant", "content": "Heat."},
]


def renamed(**names):
    return [{names.get(key, key): value for key, value in item.items()} for item in EDITED]


@pytest.mark.parametrize(
    "items",
    [
        renamed(parent="previous_message_id"),
        renamed(parent="reply_to_id"),
        [*EDITED[:1], dict(EDITED[0]), *EDITED[1:]],  # written twice
        [{**one, "id": float(one["id"]), "parent": one["parent"] and float(one["parent"])} for one in EDITED],
        [{**one, "parent": one["parent"] and one["parent"] + ".0"} for one in EDITED],
        [
            {**{key: value for key, value in one.items() if key != "parent"}, "children": children}
            for one, children in zip(EDITED, (["2"], [], ["4"], []), strict=True)
        ],
        [{"role": "user", "content": "DISCARDED", "deleted": True}, *EDITED[2:]],
        [{**one, "parent": None, "is_active": place > 1} for place, one in enumerate(EDITED)],
    ],
)
def test_discarded_wordings_are_never_the_users(items) -> None:
    assert turns(*items) == [("user", ASKED), ("assistant", "Heat.")]


def test_a_few_replies_in_a_group_chat_make_no_tree() -> None:
    items = [
        {"id": 1, "role": "user", "content": ASKED},
        {"id": 2, "role": "assistant", "content": "Heat."},
        {"id": 3, "role": "user", "content": "And why do they drop?", "reply_to_id": 2},
    ]
    assert [text for _, text in turns(*items)] == [ASKED, "Heat.", "And why do they drop?"]


def test_a_damaged_link_is_told_and_leaves_no_thanks_as_the_question() -> None:
    items = [
        {"id": "1", "parent": None, "role": "user", "content": ASKED},
        {"id": "2", "parent": "1", "role": "assistant", "content": "Heat."},
        {"id": "3", "parent": "lost", "role": "user", "content": "Thank you, that helps a lot!"},
    ]
    read = read_messages(items, "messages")
    assert any("parent that is not there" in flaw for flaw in read.flaws)
    with pytest.raises(RecordError, match="parent that is not there"):
        make_conversation(read)
    items[2]["content"] = "How often must they be watered in July?"
    assert [message.role for message in make_conversation(read_messages(items, "messages")).messages] == ["user"]


def test_messages_listed_newest_first_are_turned_round() -> None:
    items = [
        {"role": "assistant", "content": "Heat.", "created_at": 1777631402},
        {"role": "user", "content": ASKED, "created_at": 1777631401},
    ]
    assert turns(*items) == [("user", ASKED), ("assistant", "Heat.")]


def test_a_question_without_a_role_is_the_users_where_it_stands_alone() -> None:
    assert turns({"parts": [{"text": ASKED}]}) == [("user", ASKED)]
    with pytest.raises(RecordError, match="role"):
        turns({"role": "user", "parts": [{"text": ASKED}]}, {"parts": [{"text": "Heat."}]})


@pytest.mark.parametrize("greeting", ["Hi there!", "Good morning, dear assistant team", "Добрый день, уважаемые"])
@pytest.mark.parametrize("lost", [{"words": ASKED}, {"content": {"deep": {"text": ASKED}}}])
def test_a_lost_question_never_leaves_a_greeting(greeting, lost) -> None:
    read = read_messages([{"role": "user", "content": greeting}, {"role": "user", **lost}], "messages")
    with pytest.raises(RecordError, match="no known field of text"):
        make_conversation(read)


def test_thanks_whose_question_is_missing_are_rejected() -> None:
    items = [
        {"id": "2", "parent": "1", "role": "assistant", "content": "Heat."},
        {"id": "3", "parent": "2", "role": "user", "content": "Thank you so much for it"},
    ]
    with pytest.raises(RecordError, match="parent that is not there"):
        make_conversation(read_messages(items, "messages"))
