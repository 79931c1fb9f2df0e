"""Real texts in English and Russian with known topics, and an atlas of each, in which a change and a gap are planted.

English: utterances of CLINC150, whose topics are its domains. Russian: descriptions of packages, whose topics are the
sections of the archive. Both are skipped where the data are not there.
"""

import random
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import write_jsonl

import clioscope
from clioscope.atlas import Atlas
from clioscope.errors import InputError
from clioscope.settings import load_settings

DOWN = (0.3, 0.6)  # rate of thumbs down in the planted topic, before and after
USUAL = 0.04  # everywhere else


class Real(NamedTuple):
    """``texts`` (n) and the ``topics`` (n) that they are about; ``planted`` is one of these topics; ``strange`` are
    texts of another kind and language."""

    language: str
    texts: list[str]
    topics: list[str]
    planted: str
    strange: list[str]


class Planted(NamedTuple):
    """``atlas`` of two thirds of the texts, ``topics`` by record id, and a file of ``tests`` made of the other texts,
    but none on the planted topic."""

    real: Real
    atlas: Atlas
    topics: dict[str, str]
    chats: Path
    tests: Path


def english() -> Real:
    from clioscope.experiments.data import clinc150

    data = clinc150("test", 40, 20)
    return Real("en", data.texts, [data.domains[code] for code in data.coarse], "travel", STRANGE["en"])


def russian() -> Real:
    from clioscope.experiments.data import russian_texts

    data = russian_texts(8, 60)
    return Real("ru", data.texts["ru"], [data.classes[code] for code in data.truth], "games", STRANGE["ru"])


STRANGE = {
    "en": [
        "Напиши оду зимнему лесу: снег, ели, тишина, и чтобы в конце была рифма на слово «простор».",
        "Ο ιδιοκτήτης δεν μου επιστρέφει την εγγύηση του διαμερίσματος. Τι μπορώ να κάνω σύμφωνα με τον νόμο;",
        "¿Cómo se conjugan los verbos irregulares en pretérito? Ponme diez ejemplos con frases completas, por favor.",
    ],
    "ru": [
        "大家さんが敷金を返してくれません。床に傷がついたと言われましたが、どの法律が助けになりますか。",
        "Ο ιδιοκτήτης δεν μου επιστρέφει την εγγύηση του διαμερίσματος. Τι μπορώ να κάνω σύμφωνα με τον νόμο;",
        "¿Cómo se conjugan los verbos irregulares en pretérito? Ponme diez ejemplos con frases completas, por favor.",
    ],
}


@pytest.fixture(scope="session", params=[english, russian], ids=["en", "ru"])
def real(request) -> Real:
    """The texts of a language."""
    try:
        return request.param()
    except InputError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def planted(real, tmp_path_factory) -> Planted:
    draw, folder = random.Random(0), tmp_path_factory.mktemp(f"real-{real.language}")
    rows, topics, seen = [], {}, Counter()
    for number, (text, topic) in enumerate(zip(real.texts, real.topics, strict=True)):
        late = number % 2
        rate = DOWN[late] if topic == real.planted else USUAL
        rows.append(
            {
                "id": f"c{number}",
                "user_id": f"u{number % 211}",
                "created_at": f"2026-{4 if late else 3:02d}-{1 + number % 28:02d}T10:00:00Z",
                "messages": [{"role": "user", "content": text}],
                "metadata": {"thumbs_down": int((seen[topic, late] + 1) * rate) > int(seen[topic, late] * rate)},
            }
        )
        seen[topic, late] += 1  # the rates are exact in every topic, not only in the long run
        topics[f"c{number}"] = topic
    draw.shuffle(rows)
    third = len(rows) // 3
    chats = write_jsonl(folder / "chats.jsonl", rows[third:])
    tests = [row for row in rows[:third] if topics[row["id"]] != real.planted]
    settings = load_settings(
        model__name="none",
        embedding__model="hash",
        layout__method="pca",
        clustering__clusters=12,
        input__metadata=("thumbs_down",),
        input__keep_transcripts=True,
    )
    atlas = clioscope.build(chats, folder / "atlas", settings)
    return Planted(real, atlas, topics, chats, write_jsonl(folder / "tests.jsonl", tests))
