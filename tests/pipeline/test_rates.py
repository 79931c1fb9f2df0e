"""How fast a machine is: from the catalogue, or tried."""

import polars as pl
import pytest

from clioscope.facets.selection import facets_of
from clioscope.models.catalogue import Speed
from clioscope.models.chat import ChatAnswer
from clioscope.models.cores import usable_cores
from clioscope.models.open import is_embedded
from clioscope.models.problems import Unanswered
from clioscope.models.store import Store
from clioscope.pipeline.askers import Askers
from clioscope.pipeline.estimate import estimate_build
from clioscope.pipeline.rates import Rates, known_rates, measured_rates, short_texts
from clioscope.settings import load_settings

TEXTS = [f"Tell me about town number {number}, please. " * (1 + number % 40) for number in range(600)]


class Clock:
    """Time that passes only when something says so."""

    now = 0.0


class Slow:
    """A model that reads 50 tokens and writes 10 per second, and need not read what it has just read."""

    id, concurrency, fails, written = "slow", 1, False, 20

    def __init__(self, clock):
        self.clock, self.known, self.asked = clock, set(), []

    async def complete(self, request):
        self.asked.append(request)
        if self.fails:
            raise Unanswered("nothing came")
        self.clock.now += 20 / 10 + (0 if request.messages in self.known else 500 / 50)
        self.known.add(request.messages)
        return ChatAnswer("{}", 500, self.written)

    def close(self):
        pass


class Encoder:
    """An encoder that reads 100 short texts per second."""

    id, dimension = "encoder", 3

    def __init__(self, clock):
        self.clock, self.read = clock, []

    def encode(self, texts):
        self.read += texts
        self.clock.now += short_texts(texts) / 100


@pytest.fixture
def tried(monkeypatch, tmp_path):
    clock = Clock()
    monkeypatch.setattr("clioscope.pipeline.rates.time.perf_counter", lambda: clock.now)
    model, encoder = Slow(clock), Encoder(clock)
    monkeypatch.setattr("clioscope.models.open.open_model", lambda settings, **more: model)

    def run(texts=TEXTS, **settings):
        chosen = load_settings(model__name="qwen2.5-coder-1.5b", embedding__model="all-MiniLM-L6-v2", **settings)
        with Store(tmp_path / "answers.sqlite") as store:
            askers = Askers(chosen, lambda: store, lambda stage, done, total: None)
            return measured_rates(chosen, facets_of(chosen), texts, askers, encoder, said.append)

    said = []

    return run, model, encoder, said


def test_model_and_encoder_are_tried(tried) -> None:
    run, model, encoder, said = tried
    rates = run()
    assert said == ["The model is tried once, to tell how long this build takes."]
    assert rates.measured and rates.model == rates.naming
    assert (rates.model.reads, rates.model.writes) == (pytest.approx(50), pytest.approx(10))
    assert rates.texts == pytest.approx(100)
    assert len(model.asked) == 2 and model.asked[0] == model.asked[1]
    assert len(encoder.read) < 1 + 4 * 12 * usable_cores() + 1 and len({len(text) for text in encoder.read}) > 4, (
        "short texts and long ones"
    )


def test_few_texts_are_not_worth_a_trial_of_the_encoder(tried) -> None:
    run, _, encoder, _ = tried
    assert run(TEXTS[:100]).texts == known_rates(load_settings(model__name="qwen2.5-coder-1.5b")).texts
    assert encoder.read == []


def test_a_second_model_for_names_is_not_tried(tried) -> None:
    run, model, _, said = tried
    assert run(naming__model="qwen2.5-coder-0.5b") is None and model.asked == said == []


def test_as_many_questions_at_once_as_the_model_takes(tried) -> None:
    run, model, _, _ = tried
    model.concurrency = 3
    rates = run()
    assert len(model.asked) == 6 and len({one.messages for one in model.asked}) == 3
    assert (rates.model.reads, rates.model.writes) == (pytest.approx(50), pytest.approx(10))


def test_a_model_that_fails_or_thinks_tells_no_rate_and_stops_no_build(tried) -> None:
    run, model, _, _ = tried
    model.written = 5000
    assert run() is None
    model.fails = True
    assert run() is None


def test_what_the_catalogue_knows() -> None:
    rates = known_rates(load_settings(model__name="qwen2.5-coder-1.5b", naming__model="fast"))
    assert not rates.measured and rates.naming.reads > rates.model.reads > 0
    assert known_rates(load_settings(model__name="fake")) is None


def test_the_estimate_takes_what_was_measured_where_much_is_left() -> None:
    settings = load_settings(model__name="qwen2.5-coder-1.5b", embedding__model="all-MiniLM-L6-v2", facets__ask=40)
    frame = pl.DataFrame({"conversation": [str(row) for row in range(600)], "text": TEXTS, "transcript": TEXTS})
    known = known_rates(settings)
    slower = Rates(Speed(reads=known.model.reads / 2, writes=known.model.writes / 2), known.naming, known.texts, True)
    even = Rates(*[Speed(reads=rate.reads / 2, writes=rate.writes / 2) for rate in known[:2]], known.texts / 2, True)
    usual, second, half = (
        estimate_build(frame, settings, facets_of(settings), measure=lambda rates=rates: rates)
        for rates in (None, slower, even)
    )
    assert (usual.measured, second.measured, half.measured) == (False, True, True)
    assert usual.seconds < second.seconds < half.seconds
    twice, rest = Rates(*known[:2], known.texts, True), 30 + 0.0008 * 600
    usual = estimate_build(frame, settings, facets_of(settings), measure=lambda: twice)
    assert half.seconds - rest == pytest.approx(2 * (usual.seconds - rest))
    few = load_settings(model__name="qwen2.5-coder-1.5b", facets__ask=4, clustering__clusters=1)
    estimate_build(frame, few, facets_of(few), measure=lambda: pytest.fail("tried for next to nothing"))


@pytest.mark.parametrize(
    ("name", "embedded"),
    [("qwen2.5-coder-1.5b", True), ("fast", True), ("own.gguf", True), ("fake", False), (None, False)]
    + [(name, False) for name in ("http://127.0.0.1/v1 x", "vllm:x", "batch:x", "transformers:x", "unheard-of")],
)
def test_which_models_are_tried(name, embedded) -> None:
    assert is_embedded(name) is embedded
