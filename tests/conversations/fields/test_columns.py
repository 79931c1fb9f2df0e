"""Ids, users and dates under the names that exports use."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clioscope.conversations.fields.columns import Columns, Fields, describe, normal
from clioscope.conversations.fields.dates import parse_date


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("Requester id", "requester_id"),
        ("requesterId", "REQUESTER-ID"),
        ("RequesterID", "requester.id"),
        ("Created at (UTC)", "created_at"),
        ("Ticket ID#", "ticketId"),
        ("Customer E-mail", "customer_email"),
        ("Date/Time Opened", "datetime_opened"),
        ("Créé le", "cree_le"),
        ("Número de ticket", "numero_de_ticket"),
        ("@timestamp", "Timestamp"),
        ("\ufeffid", "id"),
        ("(id)", "ID"),
        ("Дата создания", "дата_создания"),
    ],
)
def test_names_that_are_one(name: str, same: str) -> None:
    assert normal(name) == normal(same)


def test_names_that_differ() -> None:
    assert (
        len({normal(name) for name in ("id", "user_id", "session_id", "Id клиента", "created_at", "updated_at")}) == 6
    )


def names(record: Mapping[str, object]) -> tuple[str | None, str | None, str | None]:
    found = Columns().of(record)
    return found.id_name, found.user_name, found.date_name


ISO = "2026-05-01T10:30:00Z"


@pytest.mark.parametrize(
    ("record", "told"),
    [
        # help desks
        (
            {"Id": "1", "Subject": "Help", "Requester id": "5", "Created at": ISO, "Status": "open"},
            ("Id", "Requester id", "Created at"),
        ),
        (
            {
                "Ticket ID#": 7,
                "Assignee": "Ann",
                "Customer E-mail": "a@b.example",
                "Created at (UTC)": ISO,
                "Updated at": ISO,
            },
            ("Ticket ID#", "Customer E-mail", "Created at (UTC)"),
        ),
        (
            {
                "Case Number": "00012",
                "Account Name": "Acme",
                "Contact Name": "Ann",
                "Date/Time Opened": ISO,
                "Case Owner": "Bob",
            },
            ("Case Number", "Contact Name", "Date/Time Opened"),
        ),
        (
            {"Key": "HD-12", "Reporter": "ann", "Assignee": "bob", "Created": ISO, "Updated": ISO, "Resolved": ISO},
            ("Key", "Reporter", "Created"),
        ),
        (
            {"Number": "INC001", "Caller": "Ann Lee", "Opened": ISO, "Assigned to": "Bob"},
            ("Number", "Caller", "Opened"),
        ),
        (
            {"conversation_id": "c", "contact_id": 3, "admin_assignee_id": 4, "created_at": 1777631400, "team_id": 5},
            ("conversation_id", "contact_id", "created_at"),
        ),
        (
            {
                "Номер обращения": 3,
                "Пользователь": "u",
                "Оператор": "o",
                "Дата создания": "01.05.2026",
                "Дата закрытия": "02.05.2026",
            },
            ("Номер обращения", "Пользователь", "Дата создания"),
        ),
        ({"ID клиента": 3, "Клиент": "Анна", "Создано": ISO}, (None, "ID клиента", "Создано")),
        (
            {"Ticketnummer": 3, "Kunde": "k", "Bearbeiter": "b", "Erstellt am": ISO},
            ("Ticketnummer", "Kunde", "Erstellt am"),
        ),
        ({"ID de ticket": 1, "Solicitante": "s", "Fecha de creación": ISO}, (None, "Solicitante", "Fecha de creación")),
        ({"Identifiant": 1, "Demandeur": "d", "Créé le": ISO}, ("Identifiant", "Demandeur", "Créé le")),
        # logs and stores
        (
            {"conversationId": "k", "userId": "u", "createdAt": ISO, "messages": []},
            ("conversationId", "userId", "createdAt"),
        ),
        (
            {"_id": {"$oid": "65"}, "user_id": {"$oid": "66"}, "created_at": {"$date": ISO}},
            ("_id", "user_id", "created_at"),
        ),
        ({"id": "r", "session_id": "s", "timestamp": 1777631400}, ("id", None, "timestamp")),
        ({"session_id": "s", "distinct_id": "d", "ts": 1777631400}, ("session_id", "distinct_id", "ts")),
        (
            {"trace_id": "t", "metadata": {"user_id": "u", "timestamp": 1}},
            ("trace_id", "metadata.user_id", "metadata.timestamp"),
        ),
        ({"id": 1, "user": {"id": 5, "created_at": ISO}}, ("id", "user", None)),
        ({"id": 1, "customer": {"email": "a@b.example"}}, ("id", "customer", None)),
        (
            {"conversation_hash": "h", "hashed_ip": "ip", "timestamp": ISO, "conversation": []},
            ("conversation_hash", "hashed_ip", "timestamp"),
        ),
        ({"id": 1, "session": {"id": "s", "user_id": "u"}, "@timestamp": ISO}, ("id", "session.user_id", "@timestamp")),
        ({"session": {"id": "s", "started_at": ISO}}, ("session", None, "session.started_at")),
        ({"author": {"role": "user"}, "id": 1}, ("id", None, None)),
        ({"author": {"id": 7, "role": "user"}, "id": 1}, ("id", "author", None)),
        # nothing where the better name is
        ({"conversation_id": None, "id": "x", "user_id": "NaN", "email": "a@b.example"}, ("id", "email", None)),
        ({"created_at": "", "updated_at": ISO}, (None, None, "updated_at")),
        ({"updated_at": ISO, "metadata": {"created_at": ISO}}, (None, None, "metadata.created_at")),
        ({"metadata": {"updated_at": ISO}}, (None, None, "metadata.updated_at")),
        ({"user_id": "anonymous", "username": "ann"}, (None, "username", None)),
        ({"user_id": float("nan"), "phone": "+1 555"}, (None, "phone", None)),
        ({"Date": "2026-05-01", "Time": "10:30"}, (None, None, "Date")),
        # not the person
        (
            {"id": 1, "assignee": "a", "agent_id": "b", "operator": "c", "owner": "d", "bot_id": "e", "model": "m"},
            ("id", None, None),
        ),
        ({"organization_id": 1, "tenant": "t", "company": "c", "name": "n", "role": "user"}, (None, None, None)),
        ({"from": "human", "user": "user", "author": "assistant"}, (None, None, None)),
        ({"from": "Ann <ann@b.example>"}, (None, "from", None)),
        ({"user": "How do I sort a list?", "response": "So."}, (None, None, None)),
        ({"user": "hi", "assistant": "Hello."}, (None, None, None)),
        ({"user": "ann", "response": "Hello."}, (None, "user", None)),
        ({"user": "Tell me in short words what that is", "model": "Sure"}, (None, None, None)),
        ({"conversation": "Hello, my order is late", "id": 2}, ("id", None, None)),
        ({"id": True, "user_id": ["a"], "created_at": [1]}, (None, None, None)),
        ({"id": {}, "user": {"role": "user"}, "date": {"a": 1}}, (None, None, None)),
        ({}, (None, None, None)),
    ],
    ids=lambda part: " ".join(str(name) for name in part)[:50],
)
def test_told_by_name(record: dict[str, object], told: tuple[str | None, str | None, str | None]) -> None:
    assert names(record) == told


def test_the_record_is_given_as_it_is() -> None:
    record = {"Id": 5, "userId": "u", "createdAt": ISO}
    assert Columns().of(record) == Fields("Id", 5, "userId", "u", "createdAt", ISO)
    assert record == {"Id": 5, "userId": "u", "createdAt": ISO}


def test_named_columns_come_first() -> None:
    columns = Columns(id="Nr", user="metadata.owner.mail", date="Closed at")
    record = {
        "id": 1,
        "nr": 2,
        "user_id": "u",
        "metadata": {"owner": {"mail": "m"}},
        "created_at": ISO,
        "closed_at": ISO,
    }
    assert columns.of(record) == Fields("Nr", 2, "metadata.owner.mail", "m", "Closed at", ISO)
    assert columns.missing() == []
    # A named column is not replaced by another one where it is empty.
    assert columns.of({"id": 1, "Nr": "", "user_id": "u"})[:4] == ("Nr", None, None, None)


def test_named_columns_that_no_record_has() -> None:
    columns = Columns(user="Ticket owner", date="created_at")
    columns.of({"user_id": "u", "created_at": None})
    assert columns.missing() == ["Ticket owner"]


def test_a_name_with_dots_is_a_name_before_it_is_a_path() -> None:
    assert Columns(user="user.id").of({"user.id": "flat", "user": {"id": "deep"}}).user_value == "flat"
    assert Columns(user="a.b.c").of({"a.b": {"c": "half"}}).user_value == "half"


@pytest.mark.parametrize(
    ("heading", "value", "moment"),
    [
        ("Created at (MSK)", "2026-05-01 13:30", ISO),
        ("Created at (UTC)", "2026-05-01 10:30:00", ISO),
        ("Created at [UTC+3]", "2026-05-01 13:30", ISO),
        ("Created at (MSK)", "2026-05-01T10:30:00Z", ISO),
        ("Created at (MSK)", "1777631400", ISO),
        ("Timestamp (ms)", 1777631400000, ISO),
        ("Date (ISO)", "2026-05-01 10:30", ISO),
    ],
)
def test_the_zone_of_a_heading(heading: str, value: object, moment: str) -> None:
    assert parse_date(Columns().of({heading: value}).date_value) == parse_date(moment)


def test_a_zone_of_a_heading_with_several_meanings_is_not_passed_over() -> None:
    with pytest.raises(ValueError):
        parse_date(Columns().of({"Created at (IST)": "2026-05-01 10:30"}).date_value)


def test_what_was_used_is_counted_and_told() -> None:
    columns = Columns()
    for number in range(60):
        columns.of({"Id": number, "Requester id": number % 12, "Created at": ISO if number < 58 else ""})
    assert columns.used["user"] == {"Requester id": 60}
    assert columns.used["date"] == {"Created at": 58}
    assert (
        describe(columns, 12, 58, 60)
        == "users: column 'Requester id', 12 distinct; dates: column 'Created at', 58 of 60"
    )
    columns.of({"user": "u"})
    assert describe(columns, 13, 0, 61) == "users: columns 'Requester id' (60), 'user' (1), 13 distinct; dates: none"
    assert describe(Columns(), 0, 0, 5) == "users: none; dates: none"
    assert describe(Columns(), 3, 2, 5) == "users: 3 distinct; dates: 2 of 5"


@pytest.mark.parametrize(
    ("user", "date"),
    [
        ("Associated Contact IDs", "Create date"),
        ("Контакт: E-mail", "Дата создания"),
        ("Контакт: ID", "Дата создания обращения"),
        ("Адрес электронной почты", "Отметка времени"),
        ("Customer phone", "Chat started at"),
        ("sender_name", "message_timestamp"),
        ("from_id", "date_unixtime"),
        ("reviewer_email", "Review Submit Date and Time"),
    ],
)
def test_names_that_exports_give(user: str, date: str) -> None:
    found = Columns().of({"Id": 1, "Assignee": "a", "Assignee id": 4, user: "u-1", date: ISO})
    assert (found.user_name, found.user_value, found.date_name, found.date_value) == (user, "u-1", date, ISO)


def test_many_shapes_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clioscope.conversations.fields.columns.SHAPES", 8)
    columns = Columns()
    for number in range(100):
        assert columns.of({f"x{number}": 1, "id": number}).id_value == number
    assert len(columns._plans) <= 8


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "$oid", "user_id", "x"]), inner),
    max_leaves=5,
)
NAMES = st.sampled_from(["id", "_id", "user", "userId", "metadata", "author", "from", "created_at", "Updated at", "x"])


@pytest.mark.slow
@given(st.dictionaries(NAMES | st.text(max_size=8), JSON, max_size=8))
def test_no_record_is_too_odd(record: dict[str, object]) -> None:
    found = Columns().of(record)
    again = Columns(id="id", user="user.id", date="created_at").of(record)
    for name, value in ((found.id_name, found.id_value), (found.user_name, found.user_value)):
        assert (name is None) == (value is None)
    assert again.id_name in (None, "id")
