"""What an experiment is, and how one is registered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from numpy.typing import NDArray

from clioscope.registry import Registry

if TYPE_CHECKING:
    from clioscope.experiments.bench import Bench
    from clioscope.experiments.results import Results


class Outcome(NamedTuple):
    """What one variant gave under one seed.

    ``figures``: metric to value. ``labels`` (n,): the group of every row, -1 for rows that did not take part; where
    they are given, the runner adds ``seed_ari``, the agreement of the variant with itself under other seeds.
    ``note``: a sentence for the report (the settings that a search chose, a name that was decoded).
    """

    figures: Mapping[str, float]
    labels: NDArray[Any] | None = None
    note: str = ""


class Variant(NamedTuple):
    """One thing to be measured: ``measure(seed)`` gives its outcome.

    ``part``: on what (a data set, a level), in a table of its own; ``x``: its place on a scale (a weight, a layer),
    and then the plot has a line of all variants of that ``name``; ``seeds``: at most so many, for what costs much;
    ``redrawn``: where every seed draws its own rows, those left out by those taken (``data.LEFT_OUT``), since the
    interval of a difference is wider then.
    """

    name: str
    measure: Callable[[int], Outcome]
    part: str = ""
    x: float | None = None
    seeds: int | None = None
    redrawn: float = 0.0


@dataclass(frozen=True)
class Experiment:
    """A question and how it is answered; made by ``experiment``."""

    name: str
    question: str
    needs: str
    costs: str
    data: tuple[str, ...]
    show: tuple[str, ...]  # metrics of the table, that of the plot first
    models: int  # language models without which it cannot run
    variants: Callable[[Bench], Iterable[Variant]]
    conclude: Callable[[Results], str]


_NAMES = (
    "centroid",
    "clio",
    "context",
    "contrastive",
    "facets",
    "hierarchy",
    "judges",
    "prompts",
    "quantised",
    "russian",
    "sampling",
    "tune",
    "vectors",
)
experiments: Registry[Experiment] = Registry(
    "experiment",
    "clioscope.experiments",
    {name: f"clioscope.experiments.questions.{name}" for name in _NAMES},
    lambda part: isinstance(part, Experiment),
)


def experiment(
    *,
    question: str,
    needs: str,
    costs: str,
    conclude: Callable[[Results], str],
    data: tuple[str, ...] = ("clinc150",),
    show: tuple[str, ...] = ("ami", "ari", "v_measure", "matching_accuracy", "groups", "seed_ari", "seconds"),
    models: int = 0,
) -> Callable[[Callable[[Bench], Iterable[Variant]]], Experiment]:
    """Decorator: register a function that yields variants as the experiment of its name.

    ``data``: the data sets it can run on, the default first. ``conclude`` makes a few sentences from the results
    and nothing else, so that a conclusion always follows from its table.
    """

    def register(variants: Callable[[Bench], Iterable[Variant]]) -> Experiment:
        name = variants.__name__
        made = Experiment(name, question, needs, costs, data, show, models, variants, conclude)
        return experiments.register(name, variants.__module__)(made)

    return register
