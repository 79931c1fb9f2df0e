"""What an experiment is, and how it is registered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, NamedTuple

from numpy.typing import NDArray

from clioscope.experiments import questions
from clioscope.registry import Registry

if TYPE_CHECKING:
    from clioscope.experiments.bench import Bench
    from clioscope.experiments.results import Results


class Outcome(NamedTuple):
    """What one variant gave under one seed.

    ``figures``: metric to value. ``labels`` (n,): the group of every row, -1 for rows that did not take part. From
    labels the runner computes ``seed_ari``, the agreement of the variant with itself under other seeds. ``note``: a
    sentence for the report, e.g. the settings that a search chose.
    """

    figures: Mapping[str, float]
    labels: NDArray[Any] | None = None
    note: str = ""


class Variant(NamedTuple):
    """One thing to be measured: ``measure(seed)`` gives its outcome.

    ``part``: what it is measured on (a data set, a level); every part has its own table. ``x``: its place on a scale (a
    weight, a layer); the plot then draws one line per ``name``. ``seeds``: the most seeds it runs under, for variants
    that cost much. ``redrawn``: rows left out per row taken, where every seed draws its own rows (``draws.LEFT_OUT``);
    the interval of a difference is then wider.
    """

    name: str
    measure: Callable[[int], Outcome]
    part: str = ""
    x: float | None = None
    seeds: int | None = None
    redrawn: float = 0.0


@dataclass(frozen=True)
class Experiment:
    """A question and how it is answered. The decorator ``experiment`` makes it."""

    name: str
    question: str
    needs: str
    costs: str
    data: tuple[str, ...]
    show: tuple[str, ...]  # the metrics of the table; the first one is plotted
    models: int  # how many language models it needs
    variants: Callable[[Bench], Iterable[Variant]]
    conclude: Callable[[Results], str]


experiments: Registry[Experiment] = Registry(
    "experiment",
    "clioscope.experiments",
    # the names of the files are the list: nothing is imported
    {module.name: f"{questions.__name__}.{module.name}" for module in iter_modules(questions.__path__)},
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

    ``data``: the data sets it can run on, the default first. ``conclude`` makes a few sentences from the results and
    from nothing else, so that a conclusion always follows from its table.
    """

    def register(variants: Callable[[Bench], Iterable[Variant]]) -> Experiment:
        name = variants.__name__
        made = Experiment(name, question, needs, costs, data, show, models, variants, conclude)
        return experiments.register(name, variants.__module__)(made)

    return register
