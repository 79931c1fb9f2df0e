"""Google Takeout of Gemini Apps."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from conversations.sources.support import DATA, load, load_rows, said

from clioscope.conversations.sources.gemini_takeout import DELETED, ELSEWHERE, OTHER
from clioscope.errors import InputError


def activity(title: str, answer: str | None = None, **more: object) -> dict[str, object]:
    record: dict[str, object] = {"header": "Gemini Apps", "title": title, "time": "2026-03-01T09:15:00.000Z"}
    record |= {"products": ["Gemini Apps"], **more}
    return record | ({"safeHtmlItem": [{"html": answer}]} if answer else {})


def test_prompts_are_read_and_other_activities_counted(tmp_path: Path) -> None:
    (first, second), bad, left_out = load(DATA / "gemini_takeout.json")
    assert said(first) == [
        ("user", "How deep do I plant garlic?"),
        ("assistant", "About 5 cm.\n\n- In autumn\n- Tip up"),
    ]
    assert said(second) == [("user", "What is wrong with this leaf?\n[image]")]
    assert first.user_id == second.user_id == "gemini account gemini_takeout.json"
    assert first.created_at is not None and first.metadata == {}
    assert (bad, left_out) == ([], {OTHER: 2})
    with zipfile.ZipFile(tmp_path / "takeout-ann.zip", "w") as archive:
        archive.write(DATA / "gemini_takeout.json", "Takeout/My Activity/Gemini Apps/MyActivity.json")
        archive.writestr("Takeout/archive_browser.html", "<html></html>")
    assert {one.user_id for one in load(tmp_path / "takeout-ann.zip").good} == {"gemini account takeout-ann.zip"}


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Prompted Prompted by whom?", "Prompted by whom?"),
        ("Prompted what\nis it", "what\nis it"),
        ("Asked Is it late? Attached 2 files.", "Is it late?\n[file: name omitted]\n[file: name omitted]"),
        ("Asked Bard: Is it late?", "Is it late?"),
        ("Eingegebener Prompt: Wann säe ich?", "Wann säe ich?"),
        ("送信したメッセージ: いつ種をまく？", "いつ種をまく？"),
    ],
)
def test_the_phrase_of_google_is_taken_off(title: str, text: str, tmp_path: Path) -> None:
    assert said(load_rows(tmp_path, [activity(title)]).good[0]) == [("user", text)]


def test_the_phrase_of_another_language_is_learnt(tmp_path: Path) -> None:
    asked = ["Когда сеять морковь?", "Как варить борщ?", "Почему лист жёлтый?", "Зачем мульча?", "Какой грунт?"]
    records = [activity(f"Запрос: {text}", "<p>Ответ.</p>") for text in asked]
    good, bad, left_out = load_rows(
        tmp_path, [*records, activity("Запрос: без ответа"), activity("Создан холст", header="Приложения Gemini")]
    )
    assert [said(one)[0][1] for one in good] == [*asked, "без ответа"]
    assert (bad, left_out) == ([], {OTHER: 1})
    good, _, _ = load_rows(tmp_path, [activity(f"{text} - 입력함", "<p>x</p>") for text in asked])
    assert said(good[1])[0] == ("user", "Как варить борщ?")


def test_a_title_without_a_known_phrase_is_flagged_or_counted(tmp_path: Path) -> None:
    good, bad, left_out = load_rows(
        tmp_path,
        [
            activity("Kysyit: milloin?", "<p>Nyt.</p>"),
            activity("Avasit kanvaasin"),
            activity("Used an app", "<p>x</p>"),
        ],
    )
    assert said(good[0])[0] == ("user", "Kysyit: milloin?")
    assert [one.kind for one in bad] == ["field"] and left_out == {OTHER: 2}


def test_activities_of_other_products_are_counted(tmp_path: Path) -> None:
    maps = activity("Visited a place", header="Maps", products=["Maps"])
    good, bad, left_out = load_rows(tmp_path, [activity("Prompted one"), activity("Prompted two"), maps])
    assert (len(good), bad, left_out) == (2, [], {ELSEWHERE: 1})


def test_titles_are_not_read_as_texts() -> None:
    with pytest.raises(InputError, match=r"words of Google \(Prompted …\); leave --text-column out"):
        load(DATA / "gemini_takeout.json", text_column="title")


def test_conversations_of_gemini_in_workspace(tmp_path: Path) -> None:
    turns = [
        {"user_turn": {"prompt": "When do I sow?", "turn_index": 0}},
        {"system_turn": {"turn_index": 1, "text": [{"data": "In May."}], "model_thoughts": [{"headline": "HIDDEN"}]}},
        {"user_turn": {"prompt": "GONE", "turn_deleted_time": "2026-01-01T00:00:00Z"}},
    ]
    path = tmp_path / "conversation_1.json"
    path.write_text(json.dumps({"title": "T", "creation_time": "2026-01-01T00:00:00Z", "conversation_turns": turns}))
    (good,), _, left_out = load(path)
    assert said(good) == [("user", "When do I sow?"), ("assistant", "In May.")]
    assert left_out == {DELETED: 1} and good.created_at is not None
