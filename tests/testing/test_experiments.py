"""The suite for experiments: ours pass, and one that breaks a promise does not."""

import dataclasses

import numpy as np
import pytest
from experiments.conftest import labelled  # noqa: F401

from clioscope.errors import ClioscopeError
from clioscope.experiments import Bench, Outcome, Variant, experiment
from clioscope.experiments.bench import CONVERSATIONS
from clioscope.testing import check_experiment, registry_of, trial
from clioscope.testing.experiments import check_declaration

pytestmark = pytest.mark.slow  # many builds

MINUTES = ("centroid", "tune", "vectors")  # tests/experiments has smaller forms of them


@pytest.mark.parametrize("name", registry_of("experiments").shipped())
def test_ours_keep_their_promises(name, labelled, monkeypatch) -> None:  # noqa: F811
    ours = registry_of("experiments").get(name)
    if ours.data[0] == CONVERSATIONS:
        monkeypatch.setenv("CLIOSCOPE_DATA", str(labelled / "data"))
    bench = Bench(ours.data[0], True, 2, ("hash",), ("fake",) * ours.models, labelled / "atlas")
    check_declaration(ours)
    if name in MINUTES:
        pytest.skip("its quick form takes a minute or more")
    try:
        check_experiment(ours, bench)
    except ClioscopeError as error:  # data, packages or encoders that are not here
        pytest.skip(str(error))


def tried(*variants, conclude=lambda results: results.best("ami"), **fields):
    """An experiment of these variants, none of which needs data."""
    words = {"question": "Heads?", "needs": "nothing", "costs": "nothing"} | fields
    with trial():

        @experiment(conclude=conclude, **words)
        def coin(bench):
            return [Variant(f"side {n}", measure) for n, measure in enumerate(variants)]

    return coin


def fair(seed: int) -> Outcome:
    return Outcome({"ami": 0.5 + seed / 10, "seconds": np.random.default_rng().random()}, np.array([0, 0, 1]))


def test_a_good_one_passes() -> None:
    check_experiment(tried(fair, fair), Bench(seeds=2))


GENERATOR = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (tried(fair, question="Heads."), "asks no question"),
        (tried(fair, needs=" "), "does not say what it needs"),
        (tried(fair, costs=""), "does not say what it costs"),
        (tried(fair, data=()), "names no data set"),
        (tried(fair, models=-1), "needs -1 language models"),
        (tried(), "yields no variant"),
        (dataclasses.replace(tried(fair), name="not a name"), "cannot be typed as a command"),
        (
            dataclasses.replace(tried(fair), variants=lambda bench: [Variant("a", fair), Variant("a", fair)]),
            "two variants that have part, name and x in common",
        ),
        (tried(lambda seed: 1 / 0), "fails in its variant side 0: ZeroDivisionError"),
        (tried(lambda seed: {"ami": 1.0}), "gives a dict, not an Outcome"),
        (tried(lambda seed: Outcome({"ami": float("inf")})), "gives ami the value inf"),
        (tried(lambda seed: Outcome({"ami": 1.0}, np.array([0.5]))), "one whole number per row"),
        (tried(lambda seed: Outcome({"ami": GENERATOR.random()})), "does not measure the same under the same seed"),
        (tried(lambda seed: Outcome({"height": 1.0}), conclude=lambda results: "tall"), "measures nothing of what"),
        (tried(fair, conclude=lambda results: ""), "has no conclusion"),
        (tried(fair, conclude=lambda results: "Heads in nan cases"), "a figure that is not a number"),
        (tried(fair, conclude=lambda results: results.nothing), "draws no conclusion .* AttributeError"),
        (tried, "is an Experiment, not a function"),
    ],
)
def test_a_broken_promise_is_named(made, said) -> None:
    with pytest.raises(AssertionError, match=said):
        check_experiment(made, Bench(seeds=2))
