"""The vectors of conversations where nothing was asked, and a ready-made map predicts."""

import numpy as np
import polars as pl
import pytest

from clioscope.pipeline.mixing import Encoding, learn, place, said_texts, spoken
from clioscope.prediction.mixing import mix_others, usual_weights
from clioscope.prediction.ready import ready_map
from clioscope.prediction.words import word_scores
from clioscope.vectors.unit import unit_rows

MINILM, E5 = "all-MiniLM-L6-v2@53aa51172d14", "multilingual-e5-small-q4-query@fb6b74a68cf8"
ANSWERS = [
    "User: How?\nAssistant: Python code that reads the database.",
    "User: And this?\nAssistant: A poem about the sea.",
    "User: python database",
]
EMBED = ("request", "field", "activity", "text")


class Knows:
    """Stands for an encoder whose texts are encoded already."""

    dimension = 384

    def __init__(self, id: str) -> None:
        self.id = id


class Drawn(Knows):
    """Stands for an encoder: every text has a direction of its own."""

    def encode(self, texts, on_progress=None):
        rows = [np.random.default_rng(int.from_bytes(text.encode())).standard_normal(384) for text in texts]
        return unit_rows(np.array(rows)).astype(np.float32)


def learnt(encoder: str, lengths, embed=EMBED):
    """What is learnt about conversations of these lengths without a model, and their raw vectors."""
    names = [f"c{number}" for number in range(len(lengths))]
    texts = ["x" * length for length in lengths]
    transcripts = pl.DataFrame({"conversation": names, "text": texts, "transcript": ANSWERS[: len(names)]})
    raw = unit_rows(np.random.default_rng(0).standard_normal((len(names), 384))).astype(np.float16)
    said = said_texts(pl.DataFrame({"conversation": names}), transcripts, (), embed, "mean")
    return learn(said, raw, Encoding(Knows(encoder), None)), raw


@pytest.mark.parametrize(
    ("encoder", "lengths", "times"),
    [
        (E5, [100, 100, 400], 1),
        (E5, [1000, 400, 100], 0.5),
        (MINILM, [100, 100, 400], 1),
        (MINILM, [2000, 1000, 0], 0.25),
    ],
)
def test_short_texts_count_as_much_as_the_map(encoder, lengths, times) -> None:
    found, raw = learnt(encoder, lengths)
    assert found.weights is not None and found.predicted == 3
    assert found.weights.raw_alone / found.weights.predicted_alone == pytest.approx(times)
    ready = ready_map(encoder)
    assert ready is not None
    own = raw.astype(np.float32)
    words = word_scores(spoken("x" * length, answer) for length, answer in zip(lengths, ANSWERS, strict=True))
    assert np.abs(words[:2]).max() > 0 and not words[2].any(), "what the user says is not read from the transcript"
    expected = mix_others(usual_weights(raw=times), ready.predict(own, words), own)
    np.testing.assert_allclose(found.plain.astype(np.float32), expected, atol=2e-3)


def test_the_length_is_that_of_the_conversations_of_the_atlas() -> None:
    texts = ["x" * 10, "x" * 30, "x" * 9000]
    transcripts = pl.DataFrame({"conversation": ["a", "b", "screened"], "text": texts, "transcript": [""] * 3})
    said = said_texts(pl.DataFrame({"conversation": ["a", "b"]}), transcripts, (), EMBED, "mean")
    assert said.characters == 20


def test_the_map_tells_nothing_of_other_facets_and_other_encoders() -> None:
    for encoder, embed in ((E5, ("request", "text")), ("another@0", EMBED)):
        found, raw = learnt(encoder, [100, 200], embed)
        assert found.weights is None
        np.testing.assert_array_equal(found.plain, raw)


def test_short_texts_of_which_few_were_asked_lie_nearer_to_their_raw_vectors() -> None:
    def nearness(length: int, asked: int) -> float:
        names, random = [f"c{number}" for number in range(200)], np.random.default_rng(0)
        texts = {"text": ["x" * length] * 200, "transcript": [""] * 200}
        transcripts = pl.DataFrame({"conversation": names, **texts})
        answers = pl.DataFrame({"conversation": names, "request": [f"r{n}" if n < asked else None for n in range(200)]})
        raw = unit_rows(random.standard_normal((200, 384))).astype(np.float16)
        said = said_texts(answers, transcripts, ("request",), ("request", "text"), "mean")
        found = learn(said, raw, Encoding(Drawn("another@0"), None))
        return float((unit_rows(found.plain.astype(np.float32)) * raw).sum(axis=1)[:asked].mean())

    assert nearness(100, 60) > nearness(100, 120) + 0.05 > nearness(1000, 60) + 0.1
    assert nearness(100, 200) == nearness(1000, 200), "all were asked"


def test_the_answers_are_read_and_not_what_the_user_says_twice() -> None:
    transcript = "User: Write it\nAssistant: Here is a poem\nUser: more"
    assert spoken("Write it\nmore", transcript) == "Write it\nmore\nHere is a poem"
    assert spoken(None, None) == ""


class Says(Knows):
    """Stands for an encoder: a facet's text has the vector that its words let expect."""

    def encode(self, texts, on_progress=None):
        ready = ready_map(self.id)
        assert ready is not None
        return ready.predict(np.zeros((len(texts), 384)), word_scores(texts))


def test_words_stand_with_their_conversations(tmp_path) -> None:
    """Transcripts in another order, answers about some: what a new conversation gets is what the build gave it."""
    random, total = np.random.default_rng(0), 120
    names = [f"c{number}" for number in range(total)]
    subjects = ["python code", "love poem", "diet plan", "tax law"]
    spoke = [f"User: x\nAssistant: {subjects[number % 4]}" for number in range(total)]
    table = pl.DataFrame({"conversation": names, "text": ["x"] * total, "transcript": spoke})
    asked = [number for number in range(total) if number % 3]
    said = {name: [subjects[n % 4] if n in asked else None for n in range(total)] for name in EMBED[:3]}
    answers = pl.DataFrame({"conversation": names, **said})
    raw = unit_rows(random.standard_normal((total, 384))).astype(np.float16)
    encoding = Encoding(Says(MINILM), None)
    straight, mixed = (
        learn(said_texts(answers, rows, EMBED[:3], EMBED, "mean"), raw, encoding)
        for rows in (table, table.sample(fraction=1.0, shuffle=True, seed=1))
    )
    np.testing.assert_array_equal(straight.plain, mixed.plain)
    assert straight.map is not None and straight.map.ready is not None and straight.map.cosine > 0.8
    for name, array in straight.arrays().items():
        np.save(tmp_path / f"{name}.npy", array)
    others = [number for number in range(total) if number not in asked]
    new = said_texts(answers[others].select("conversation"), table, (), (), "mean")
    placed = place(new, raw[others], encoding, tmp_path).astype(np.float32)
    np.testing.assert_allclose(placed, straight.plain[others].astype(np.float32), atol=5e-3)
    silent = new._replace(read=new.read.with_columns(pl.lit("").alias("transcript")))
    blind = place(silent, raw[others], encoding, tmp_path).astype(np.float32)
    assert np.abs(blind - placed).max() > 0.02, "the words tell something"
