"""Conversations and settings that several rooms' tests share."""

import json
import random
import sys
from pathlib import Path
from typing import NamedTuple

import hypothesis
import numpy as np
import pytest

from clioscope.settings import load_settings

# How fast texts are made up says something about the machine, not about what is tested.
hypothesis.settings.register_profile("steady", suppress_health_check=[hypothesis.HealthCheck.too_slow], deadline=None)
hypothesis.settings.load_profile("steady")

TOPICS = {
    "bread": "How do I bake sourdough bread at home with rye flour and a {} crust in the oven?",
    "python": "Fix this python function, the list index raises an error when the loop is {}",
    "travel": "Plan a trip to the mountains of Georgia for {} days with trains and hotels",
    "poem": "Write a poem about autumn leaves and the sea in {} verses with rhyme",
    "excel": "Which excel formula sums a column of a spreadsheet when the cell says {}?",
}
FILL = ["soft", "hard", "seven", "eleven", "short", "long", "empty", "broken", "golden", "quiet", "loud"]
FILL += ["early", "late", "green", "blue"]


def make_records(count: int, seed: int = 0) -> list[dict]:
    """``count`` distinct conversations on five topics."""
    generator = random.Random(seed)
    records = []
    for number in range(count):
        topic = list(TOPICS)[number % len(TOPICS)]
        text = TOPICS[topic].format(" ".join(generator.sample(FILL, 3))) + f" Case {number}."
        messages = [{"role": "user", "content": text}, {"role": "assistant", "content": f"Here is help with {topic}."}]
        records.append(
            {
                "id": f"r{number}",
                "messages": messages,
                "user_id": f"u{number % 17}",
                "created_at": f"2026-03-{1 + number % 28:02d}T0{number % 10}:00:00Z",
                "metadata": {"plan": "free" if number % 3 else "paid"},
            }
        )
    return records


RUSSIAN = {  # the same topics
    "bread": "Как испечь дома хлеб на закваске из ржаной муки, чтобы корка была {} и хрустела?",
    "python": "Исправь функцию на питоне: индекс списка даёт ошибку, когда цикл {} и длинный",
    "travel": "Составь план поездки в горы Грузии на {} дней с поездами и гостиницами",
    "poem": "Напиши стихотворение об осенних листьях и море, {} строф и в рифму, пожалуйста",
    "excel": "Какая формула считает сумму столбца таблицы, если в ячейке стоит {} и число?",
}


def two_languages(count: int) -> list[dict]:
    """``count`` conversations, every third one in Russian."""
    records = make_records(count)
    for number in range(0, count, 3):
        text = list(RUSSIAN.values())[number // 3 % len(RUSSIAN)].format(number)
        records[number] |= {"messages": [{"role": "user", "content": text}]}
    return records


def write_jsonl(path, records):
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    return path


def fake_settings(**more):
    """Settings of a build that needs no weights: the fake language model, the hashing encoder, a map that is made
    without compiling anything (UMAP compiles for seconds in every process)."""
    return load_settings(**{"model__name": "fake", "embedding__model": "hash", "layout__method": "pca"} | more)


def two_levels(groups, top, **more):
    """Such settings for ``groups`` base groups under ``top`` larger ones, with facets of every type."""
    return fake_settings(
        clustering__method="kmeans",
        clustering__clusters=groups,
        hierarchy__top=top,
        **{"facets__use": ("request", "concern", "language", "length")} | more,
    )


@pytest.fixture(scope="session", autouse=True)
def _recognisers_that_need_no_weights():
    """Builds that do not say otherwise look for patterns alone: to load the other recognisers takes seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("clioscope.recognisers.ready_recognisers", lambda: ("patterns",))
        yield


@pytest.fixture
def chats(tmp_path):
    """A file of 60 conversations in our own format."""
    return write_jsonl(tmp_path / "chats.jsonl", make_records(60))


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A finished atlas of 60 conversations in two levels, for tests that only read it."""
    from clioscope import build

    folder = tmp_path_factory.mktemp("finished")
    return build(write_jsonl(folder / "chats.jsonl", make_records(60)), folder / "atlas", two_levels(8, 3))


@pytest.fixture
def fake():
    return fake_settings(naming__show=("request",))


@pytest.fixture(scope="session")
def clinc_there():
    """Skips a test that needs CLINC150 where it is not."""
    from clioscope.errors import InputError
    from clioscope.experiments.data import clinc150

    try:
        clinc150("test", 1, 1)
    except InputError as error:
        pytest.skip(str(error))


class Clinc(NamedTuple):
    vectors: np.ndarray
    intent: np.ndarray
    domain: np.ndarray


@pytest.fixture(scope="session")
def clinc() -> Clinc:
    """360 real utterances: 30 intents of 12, in 5 domains (tests/data/clustering)."""
    data = np.load(Path(__file__).parent / "data" / "clustering" / "clinc.npz")
    codes = (np.unique(data[name], return_inverse=True)[1] for name in ("intent", "domain"))
    return Clinc(data["vectors"].astype(np.float32), *codes)


HEAVY = ("torch", "transformers", "numba")
_HEAVY_BEFORE = pytest.StashKey[set[str]]()


def heavy() -> set[str]:
    return {name for name in HEAVY if name in sys.modules}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """A test that runs an experiment, or on weights that it makes, is slow without saying so."""
    for item in items:
        if {"quick", "tiny", "clinc_there"} & set(item.fixturenames):
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish(session):
    if found := heavy():
        raise pytest.UsageError(f"collecting the tests imported {', '.join(sorted(found))}; import inside the test")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    item.stash[_HEAVY_BEFORE] = heavy()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """A test that imports what takes seconds to import is marked, or `make test-fast` would not be fast."""
    result = yield
    if "not slow" not in item.config.option.markexpr:
        return result
    found = heavy() - item.stash[_HEAVY_BEFORE]
    if found and not any(item.get_closest_marker(mark) for mark in ("slow", "engine")):
        pytest.fail(f"imports {', '.join(sorted(found))}; mark it with @pytest.mark.slow", pytrace=False)
    return result
