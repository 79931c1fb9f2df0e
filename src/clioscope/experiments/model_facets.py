"""Facets asked of a language model in another way, and what they are worth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.bench import Bench
from clioscope.experiments.data import LabelledAtlas
from clioscope.experiments.example_leaks import copied, leaked
from clioscope.experiments.experiment import Outcome
from clioscope.experiments.figures import grouping
from clioscope.experiments.questions.vectors import grouped_draw
from clioscope.models.chat import ChatRequest

if TYPE_CHECKING:
    import polars as pl

    from clioscope.models.account import Account, Cost

T = TypeVar("T")
FACETS = ("request", "field", "activity")


class Tilted:
    """An asker whose questions are changed on their way to the model."""

    def __init__(self, asker: Any, change: Callable[[ChatRequest], ChatRequest]) -> None:
        self._asker, self._change = asker, change
        self.temperature = asker.temperature

    def ask(self, stage: str, requests: Sequence[ChatRequest], parse: Callable[[str], T]) -> list[T | None]:
        """As ``Asker.ask``."""
        found: list[T | None] = self._asker.ask(stage, [self._change(one) for one in requests], parse)
        return found


class Asked(NamedTuple):
    """Facets that a model gave: ``table``, one row a conversation; ``cost`` of asking; ``read``, what the model read of
    each conversation."""

    table: pl.DataFrame
    cost: Cost
    read: list[str]

    @property
    def texts(self) -> dict[str, list[str]]:
        """The values of each facet, "" where the model gave none."""
        return {name: [str(one or "") for one in self.table[name].to_list()] for name in FACETS if name in self.table}

    def figures(self) -> dict[str, float]:
        """``answered``: share of values that the model gave; ``distinct``: share of requests that differ from all
        others; ``copied`` and ``leaked``: what came from the examples (``leaks.py``); ``words`` of a request; and the
        costs, ``seconds_each`` of the model a conversation."""
        values = [bool(one) for column in self.texts.values() for one in column]
        return {
            "answered": float(np.mean(values)),
            "distinct": self.table["request"].n_unique() / max(1, self.table.height),
            "copied": copied(self.texts["request"]),
            "leaked": leaked(self.texts, self.read),
            "words": float(np.mean([len(one.split()) for one in self.texts["request"]])),
            "questions": float(self.cost.calls + self.cost.cached),
            "tokens": float(self.cost.prompt_tokens + self.cost.completion_tokens),
            "seconds_each": self.cost.seconds / max(1, len(self.read)),
        }


def tilted(
    bench: Bench,
    account: Account,
    model: str,
    seed: int,
    change: Callable[[ChatRequest], ChatRequest] = lambda request: request,
    completion: bool = False,
) -> Any:
    """An asker of ``model``, with its chat template or without (``completion``), whose sampler has ``seed``."""
    return Tilted(
        bench.ask(account, model, completion=completion),
        lambda request: change(replace(request, seed=request.seed + 1000 * seed)),
    )


def ask_facets(
    bench: Bench,
    conversations: pl.DataFrame,
    transcripts: pl.DataFrame,
    model: str,
    seed: int = 0,
    change: Callable[[ChatRequest], ChatRequest] = lambda request: request,
    completion: bool = False,
    **options: Any,
) -> Asked:
    """FACETS of the conversations by ``model``, asked as in ``tilted``; tables and ``options`` as in
    ``extract_facets``."""
    from clioscope.facets.extract import extract_facets
    from clioscope.facets.known import choose_facets

    account = bench.account()
    asker = tilted(bench, account, model, seed, change, completion)
    table = extract_facets(conversations, transcripts, choose_facets(FACETS, ()), ask=asker, **options)
    read = table.select("conversation").join(transcripts, on="conversation", how="left", maintain_order="left")
    return Asked(table, account.total(), [text or "" for text in read["transcript"].to_list()])


def facets_of(bench: Bench, talks: LabelledAtlas, model: str, seed: int, **options: Any) -> Asked:
    """FACETS of the conversations of an atlas; ``options`` as in ``ask_facets``."""
    from clioscope.errors import InputError
    from clioscope.measure.judges.evidence import transcripts_of

    transcripts = transcripts_of(talks.atlas)
    if transcripts is None:
        raise InputError(f"{talks.atlas.path}: its transcripts are gone; build it again with --keep-transcripts.")
    rows = talks.atlas.facets.select("conversation")
    kept = rows.join(talks.atlas.conversations, on="conversation", how="left", maintain_order="left")
    return ask_facets(bench, kept, transcripts, model, seed, **options)


def encoded(bench: Bench, asked: Asked) -> NDArray[np.float32]:
    """Mean (n, d) of the vectors of the facets."""
    from clioscope.vectors.unit import average

    return average([bench.encode(column) for column in asked.texts.values()])


def group_draw(bench: Bench, talks: LabelledAtlas, asked: Asked, seed: int) -> Outcome:
    """Groups of the 80 % of the conversations that ``seed`` draws, and figures as in ``Asked``."""
    from clioscope.vectors.centring import centre

    found = grouped_draw(centre(encoded(bench, asked))[0], talks.truth, len(talks.classes), seed)
    return Outcome({**found.figures, **asked.figures()}, found.labels)


def grouped(
    bench: Bench,
    talks: LabelledAtlas,
    asked: Asked,
    seed: int,
    remember: dict[int, NDArray[np.float32]],
) -> Outcome:
    """Figures as in ``Asked``, and ``repeat``: mean cosine of a conversation's facets with those under the first seed,
    kept in ``remember``. Groups: Leiden on the mean of the facets' vectors, as many as labels, always under seed 0:
    between seeds only the answers differ."""
    from clioscope.clustering import cluster
    from clioscope.settings import ClusteringSettings
    from clioscope.vectors.centring import centre

    rows = encoded(bench, asked)
    labels = cluster(centre(rows)[0], ClusteringSettings(clusters=len(talks.classes)), 0).labels
    figures = grouping(labels, talks.truth) | asked.figures()
    remember[seed] = rows
    if seed and 0 in remember:
        figures["repeat"] = float((remember[0] * rows).sum(axis=1).mean())
    return Outcome(figures, labels)


SHOW = (
    "ami",
    "ari",
    "seed_ari",
    "repeat",
    "answered",
    "distinct",
    "copied",
    "leaked",
    "words",
    "questions",
    "tokens",
    "seconds_each",
)
