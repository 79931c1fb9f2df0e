"""Language identification."""

import csv
import json
from pathlib import Path

import pytest

from clioscope.errors import SettingsError
from clioscope.facets.language import identify_languages, language_name, likeliest, normalise, prose


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("How do I bake bread without an oven?", "en"),
        ("Как испечь хлеб без духовки, если нет дрожжей?", "ru"),
        ("¿Cómo puedo hornear pan sin horno en casa?", "es"),
        ("オーブンなしでパンを焼くにはどうすればいいですか", "ja"),
        ("كيف يمكنني خبز الخبز بدون فرن في المنزل", "ar"),
        ("Fix this:\n```python\nfor i in range(10):\n    print(i)\n```\nwarum läuft die Schleife nicht weiter?", "de"),
    ],
)
def test_languages(text, tag):
    assert identify_languages([text]) == [tag]


def test_short_texts_among_a_few_languages():
    given = [("excel formula sum", "en"), ("хлеб на закваске", "ru"), ("pan sin horno", "es"), ("42", None)]
    assert [likeliest(text, ("en", "es", "ru")) for text, _ in given] == [tag for _, tag in given]
    assert likeliest("bread", ()) is None


def test_too_little_text_is_none_and_short_scripts_speak_for_themselves():
    assert identify_languages(["", None, "42", "ok", "你好"]) == [None, None, None, None, "zh"]


def test_code_is_not_prose():
    assert "import" not in prose("import os\nx = {a: b[0](c)};\nPlease explain this program to me")


def test_tags_are_normalised():
    assert [normalise(tag) for tag in ("eng", "yue", "ru-RU", "nb")] == ["en", "zh", "ru", "no"]
    assert language_name("ru") == "Russian"
    with pytest.raises(SettingsError, match="klingonisch"):
        language_name("klingonisch")


def test_short_answers_do_not_swing_the_clear_ones():
    afrikaans = "Ek wil graag weet hoe om hierdie brief in Afrikaans te skryf, asseblief, want my ouma verstaan nie"
    assert identify_languages([afrikaans]) == ["af"]


LABELS = Path("../shared/data/sharegpt-labelled/labels.csv")


@pytest.mark.skipif(not LABELS.exists(), reason="../shared/data/sharegpt-labelled is not here")
def test_labelled_languages():
    """Of labelled ShareGPT at least 95 % are right; needs the texts of the catalogue's data set."""
    from clioscope.models.fetch import is_cached, pull

    if not is_cached("sharegpt"):
        pytest.skip("the ShareGPT data is not in the cache (clioscope models pull sharegpt)")
    from clioscope.conversations import Conversation, read_conversations, user_text

    labels = {row["id"]: row["language"] for row in csv.DictReader(LABELS.open())}
    texts = {}
    for record in read_conversations(pull("sharegpt"), format="sharegpt"):
        if isinstance(record, Conversation) and record.source_id in labels:
            texts.setdefault(record.source_id, user_text(record.messages))
    found = dict(zip(texts, identify_languages(list(texts.values())), strict=True))
    right = sum(found[name] == labels[name] for name in found)
    assert right / len(found) >= 0.95, json.dumps({name: found[name] for name in found if found[name] != labels[name]})
