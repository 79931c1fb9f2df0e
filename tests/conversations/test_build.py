"""The checks that all formats share."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from clioscope.conversations.build import (
    conversation_of,
    flat_fields,
    list_of,
    make_conversation,
    object_of,
    read_messages,
)
from clioscope.conversations.conversation import Message
from clioscope.conversations.fields.columns import Columns
from clioscope.conversations.formats import Context
from clioscope.conversations.messages.content import RecordError

TURNS = [("user", " Why?\x00 "), ("assistant", "Because.")]


def test_texts_are_cleaned_and_empty_turns_dropped() -> None:
    found = make_conversation([*TURNS, ("assistant", " \n"), ("user", "\x00")])
    assert found.messages == (Message("user", "Why?"), Message("assistant", "Because."))


def test_without_an_id_the_content_is_the_id() -> None:
    one, other = make_conversation(TURNS), make_conversation(TURNS, user_id="u", created_at="2024-05-01")
    assert one.source_id == other.source_id == one.content_id
    assert len(one.source_id) == 32
    assert make_conversation(TURNS[:1]).source_id != one.source_id
    assert make_conversation(TURNS, source_id=7).source_id == "7"
    assert make_conversation(TURNS, source_id=0).source_id == "0"


@pytest.mark.parametrize(
    ("date", "found"),
    [
        ("2024-05-01T10:00:00Z", datetime(2024, 5, 1, 10, tzinfo=UTC)),
        ("2024-05-01T12:00:00+02:00", datetime(2024, 5, 1, 10, tzinfo=UTC)),
        ("Wed, 01 May 2024 12:00:00 +0200", datetime(2024, 5, 1, 10, tzinfo=UTC)),
        (1714557600, datetime(2024, 5, 1, 10, tzinfo=UTC)),
        (None, None),
        ("", None),
    ],
)
def test_dates_become_utc(date, found) -> None:
    assert make_conversation(TURNS, created_at=date).created_at == found


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"created_at": "yesterday"}, "created_at: 'yesterday' is not a date"),
        ({"created_at": "05/10/2024"}, "created_at: '05/10/2024' is not a date"),
        ({"created_at": "0000-00-00 00:00:00"}, "created_at: '0000-00-00 00:00:00' is not a date"),
        ({"created_at": [1]}, "created_at: a list is not a date"),
        ({"source_id": {"a": 1}}, "id: expected text or a number, found an object"),
        ({"source_id": True}, "id: expected text or a number, found true/false"),
        ({"user_id": ["u"]}, "user_id: expected text or a number, found a list"),
        ({"user_id": "1.23E+18"}, "user_id: '1.23E+18' is a number that has lost its last figures"),
        ({"user_id": 1.23e18}, "user_id: '1.23e+18' is a number that has lost its last figures"),
    ],
)
def test_a_field_of_no_use_is_left_out_and_named_and_the_record_stays(fields, said) -> None:
    found = make_conversation(TURNS, **fields)
    assert found.flaws[0].startswith(said)
    assert replace(found, flaws=()) == make_conversation(TURNS)


def test_all_that_is_wrong_is_said() -> None:
    found = make_conversation(TURNS, flaws=["metadata: expected an object"], created_at=[], user_id=[], source_id=[])
    assert [flaw.partition(":")[0] for flaw in found.flaws] == ["metadata", "id", "user_id", "created_at"]


def test_a_message_of_an_unknown_role_is_context() -> None:
    found = make_conversation([("moderator", "Be kind."), *TURNS, ("moderator", "Well done."), ("wizard", "")])
    assert [message.role for message in found.messages] == ["system", "user", "assistant", "system"]
    assert found.flaws == ("the unknown role 'moderator' is taken as system",)
    with pytest.raises(RecordError, match="no user text; the unknown role 'client' is taken as system"):
        make_conversation([("client", "Help"), ("assistant", "How?")])


@pytest.mark.parametrize(
    ("turns", "said"),
    [
        ([], "no message with text"),
        ([("user", " ")], "no message with text"),
        ([("assistant", "Hello")], "no user text"),
    ],
)
def test_without_a_user_there_is_no_conversation(turns, said) -> None:
    with pytest.raises(RecordError, match=said):
        make_conversation(turns)


def test_only_flat_values_are_metadata() -> None:
    record = {
        "plan": "free\x00",
        "price": 1.5,
        "paid": False,
        "none": None,
        "blank": "",
        "tags": ["a"],
        "user": {"name": "Ann"},
        "at": datetime(2024, 5, 1, tzinfo=UTC),
        "id": 3,
    }
    assert flat_fields(record, ["id"]) == {
        "plan": "free",
        "price": 1.5,
        "paid": False,
        "at": "2024-05-01T00:00:00+00:00",
    }


def test_messages_of_both_styles_are_read() -> None:
    items = [
        {"role": "developer", "content": "Be brief."},
        {"from": "human", "value": "Why?"},
        {"role": "assistant", "content": [{"type": "text", "text": "See"}, {"type": "image_url", "image_url": {}}]},
        {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "search", "arguments": "{}"}}]},
    ]
    roles, texts = zip(*read_messages(items, "messages"), strict=True)
    assert roles == ("system", "user", "assistant", "assistant")
    assert texts[:2] == ("Be brief.", "Why?")
    assert "See" in texts[2] and "[image]" in texts[2]
    assert "search" in texts[3] and "{}" not in texts[3]


@pytest.mark.parametrize(
    ("items", "said"),
    [
        (["hello"], r"messages\[0\]: expected an object, found text"),
        ([{"from": 3, "value": "a"}], r"messages\[0\]\.from: expected a role as text, found a number"),
    ],
)
def test_a_message_that_is_none_is_named_by_its_place(items, said) -> None:
    with pytest.raises(RecordError, match=said):
        read_messages(items, "messages")


def test_objects_and_lists_are_asked_for_by_name() -> None:
    assert object_of({"a": 1}) == {"a": 1}
    assert list_of({"a": [1]}, "a") == [1]
    with pytest.raises(RecordError, match="expected an object, found a list"):
        object_of([1])
    with pytest.raises(RecordError, match="a: expected a list, found nothing"):
        list_of({}, "a")


def test_user_and_date_of_the_message_of_the_user_stand_in() -> None:
    messages = [
        {"role": "assistant", "content": "Hi.", "user_id": "bot", "timestamp": "2024-01-01"},
        {"role": "user", "content": "Why?", "user_id": "u", "timestamp": "2024-05-01"},
    ]
    context = Context()
    found = conversation_of({"id": 1}, read_messages(messages, "messages"), context)
    assert (found.user_id, found.created_at) == ("u", datetime(2024, 5, 1, tzinfo=UTC))
    assert context.columns.used["user"] == {"messages[].user_id": 1}
    own = conversation_of({"user": "x", "date": "2024-06-01"}, read_messages(messages, "messages"), context)
    assert (own.user_id, own.created_at) == ("x", datetime(2024, 6, 1, tzinfo=UTC))
    named = Context(columns=Columns(user="nobody"))
    assert conversation_of({"id": 1}, read_messages(messages, "messages"), named).user_id is None
