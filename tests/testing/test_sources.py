"""The suite for input formats: ours pass, and one that breaks a promise does not."""

from dataclasses import replace
from pathlib import Path

import pytest

from clioscope.conversations import Message
from clioscope.conversations.build import conversation_of
from clioscope.conversations.formats import Format
from clioscope.conversations.messages.content import RecordError
from clioscope.conversations.records.files import list_inputs
from clioscope.conversations.records.reading import read_records
from clioscope.testing import check_source, registry_of

pytestmark = pytest.mark.slow  # many builds

DATA = Path(__file__).parents[1] / "data" / "conversations"
OTHER_NAMES = {"text": "tickets.csv"}


@pytest.mark.parametrize("name", registry_of("sources").shipped())
def test_ours_keep_their_promises(name) -> None:
    """The records are those of the file in tests/data/conversations that has the name of the format."""
    (path,) = DATA.glob(OTHER_NAMES.get(name, f"{name}.*"))
    (file,) = list_inputs([path])
    records = [record.value for record in read_records(file) if record.error is None]
    check_source(registry_of("sources").get(name), records)


GOOD = [{"n": n, "forum": [{"guest": True, "words": f"When do I prune tree {n}?"}]} for n in range(4)]


def _matches(record):
    return isinstance(record, dict) and isinstance(record.get("forum"), list)


def _parse(record, context):
    if not isinstance(record, dict) or not isinstance(record.get("forum"), list):
        raise RecordError("forum: expected a list")
    turns = [
        ("user" if post.get("guest") else "assistant", str(post.get("words")))
        for post in record["forum"]
        if isinstance(post, dict)
    ]
    return conversation_of(record, turns, context, source_id=record.get("n"))


FORUM = Format("forum", "forum threads", _matches, _parse)


def changed(**fields):
    """What the good parser makes, with other fields."""

    def parse(record, context):
        return replace(_parse(record, context), **fields)

    return replace(FORUM, parse=parse)


def _unguarded(record, context):
    turns = [("user", post["words"]) for post in record["forum"]]
    return conversation_of(record, turns, context)


def _empties(record, context):
    made = _parse(record, context)
    record["forum"] = []
    return made


def _refuses(record, context):
    raise RecordError("forum: closed")


def _counted(record, context, seen=[]):  # noqa: B006
    seen.append(record)
    return replace(_parse(record, context), source_id=str(len(seen)))


def test_good_ones_pass() -> None:
    check_source(FORUM, GOOD)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (_parse, "is a Format, not a function"),
        (replace(FORUM, about=" "), "has no `about`"),
        (replace(FORUM, matches=lambda record: "forum" in record), "cannot say whether None matches"),
        (replace(FORUM, matches=lambda record: record and "yes"), "`matches` returns True or False"),
        (replace(FORUM, matches=lambda record: False), "matches 0 of 4 of its own records"),
        (replace(FORUM, parse=_refuses), r"reads no conversation from its own records \(forum: closed"),
        (replace(FORUM, parse=_unguarded), "for the damaged record .* is a RecordError"),
        (replace(FORUM, parse=_empties), "changes the records that it reads"),
        (replace(FORUM, parse=_counted), "reads other conversations the second time"),
        (changed(source_id=""), "leaves out a source_id"),
        (changed(messages=(Message("visitor", "hi"),)), "has the roles"),
        (changed(messages=(Message("assistant", "hi"),)), "no message of the user"),
        (changed(messages=(Message("user", " "),)), "a message without text"),
        (changed(metadata={"a": [1]}), "metadata that is no text, number or truth value: a"),
    ],
)
def test_a_broken_promise_is_named(bad, said) -> None:
    with pytest.raises(AssertionError, match=said):
        check_source(bad, GOOD)


def test_a_date_has_a_zone() -> None:
    from datetime import datetime

    with pytest.raises(AssertionError, match="a date that is not in UTC"):
        check_source(changed(created_at=datetime(2026, 3, 1)), GOOD)


def test_an_earlier_format_that_takes_the_records_is_named() -> None:
    records = [{"messages": [{"role": "user", "content": "Hello there"}], **record} for record in GOOD]
    with pytest.raises(AssertionError, match="they are taken for openai"):
        check_source(FORUM, records)
    check_source(FORUM, records, told=False)


def test_what_was_registered_stays_registered() -> None:
    before = registry_of("sources").registered()
    check_source(FORUM, GOOD)
    assert registry_of("sources").registered() == before
