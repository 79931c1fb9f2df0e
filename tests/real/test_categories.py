"""Given categories, notes and facets on real texts: what is known of the texts is found again."""

import csv
import json

import polars as pl
import pytest
from commands import run_cli
from conftest import write_jsonl

import clioscope
from clioscope.settings import load_settings

pytestmark = pytest.mark.slow

BOOKS = {  # written without a look at the texts
    "en": {
        "travel": ("Travel", "flights, hotels, luggage, visa, plans for a trip, translation abroad"),
        "banking": ("Banking", "bank account, balance, transfer money, pay bills"),
        "kitchen_and_dining": ("Kitchen", "cook a recipe, ingredients, calories, restaurant reservation"),
        "auto_and_commute": ("Car", "my car, gas, tires, oil change, traffic, directions"),
    },
    "ru": {
        "games": ("Игры", "игра, игроки, уровни, головоломка, аркада, стрелялка"),
        "sound": ("Звук", "звук, музыка, аудио, проигрыватель, MIDI, микшер"),
        "graphics": ("Графика", "изображения, рисование, фотографии, графический редактор, 3D"),
        "text": ("Тексты", "текст, словарь, документы, преобразование, проверка орфографии"),
    },
}


def chosen(real, each: int) -> list[tuple[str, str]]:
    """Texts and topics: so many of each topic of the book."""
    rows = []
    for topic in BOOKS[real.language]:
        own = [text for text, about in zip(real.texts, real.topics, strict=True) if about == topic]
        rows += [(text, topic) for text in own[:each]]
    return rows


@pytest.fixture(scope="module")
def rows(real):
    return chosen(real, 40)


def test_categories_are_found_from_their_descriptions(real, rows, tmp_path) -> None:
    book = tmp_path / "book.csv"
    with book.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["code", "name", "description"])
        writer.writerows([code, *words] for code, words in BOOKS[real.language].items())
    chats = write_jsonl(
        tmp_path / "chats.jsonl",
        [{"id": f"{n}", "messages": [{"role": "user", "content": text}]} for n, (text, _) in enumerate(rows)],
    )
    settings = load_settings(
        model__name="none",
        embedding__model="hash",
        layout__method="pca",
        codebook__file=str(book),
        codebook__false_refusals=0,
    )
    atlas = clioscope.build(chats, tmp_path / "atlas", settings)
    codes = atlas.occurrences.join(atlas.clusters.select("conversation", "code"), on="conversation")
    right = [row["code"] == rows[int(row["record"])][1] for row in codes.iter_rows(named=True)]
    assert sum(right) / len(right) > 0.5, "by chance a quarter"
    given = atlas.tree.filter(pl.col("code").is_not_null())
    assert set(given["name"]) == {name for name, _ in BOOKS[real.language].values()}
    assert set(given["action"]) == {"given"}


def test_notes_become_codes_that_a_build_takes(real, rows, tmp_path) -> None:
    notes, book = tmp_path / "notes.csv", tmp_path / "book.toml"
    with notes.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["conversation", "note", "text"])
        for number, (text, topic) in enumerate(rows):
            name, words = BOOKS[real.language][topic]
            writer.writerow([number, f"{name}: {words.split(', ')[number % 3]}", text])
    told = run_cli("notes", notes, "--embedder", "hash", "--kinds", "4", "--to", book, "--json", check=True)
    found = json.loads(told.stdout)
    codes = {}
    for note in found["notes"]:
        codes.setdefault(note["code"], []).append(rows[int(note["conversation"])][1])
    pure = sum(max(map(own.count, set(own))) for own in codes.values()) / len(rows)
    assert len(codes) == 4 and pure > 0.9
    assert found["curve"][-1]["read"] == len(rows) and found["next_new"]["chance"] < 0.2
    assert len(clioscope.read_codebook(book)) == 4


def test_a_bad_facet_is_warned_of_before_it_is_paid_for(real, rows, tmp_path) -> None:
    chats = write_jsonl(
        tmp_path / "chats.jsonl",
        [{"id": f"{n}", "messages": [{"role": "user", "content": text}]} for n, (text, _) in enumerate(rows)],
    )
    mine = tmp_path / "mine.toml"
    mine.write_text(
        '[facets]\nuse = ["request", "always"]\n[[facets.define]]\nname = "always"\ntype = "category"\n'
        'question = "whether this is a text, one of"\ncategories = ["text", "none"]\n',
        encoding="utf-8",
    )
    words = ("facets", "try", chats, "--facets", mine, "--language", real.language, "--model", "fake")
    told = run_cli(*words, "--embedder", "hash", "--quiet", "--json", check=True)
    found = json.loads(told.stdout)
    texts = {text for text, _ in rows}
    assert len(found["conversations"]) == 10
    assert all(any(text.startswith(one["text"][:40]) for text in texts) for one in found["conversations"])
    facets = {one["name"]: one for one in found["facets"]}
    assert facets["request"]["answers"] + facets["request"]["failed"] == 10
    assert facets["always"]["values"] and found["estimate"]["conversations"] == len(texts)
