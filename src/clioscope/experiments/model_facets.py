"""Facets that a language model is asked for in some other way than a build asks, and what they are worth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.bench import Bench
from clioscope.experiments.data import LabelledAtlas
from clioscope.experiments.example_leaks import copied, leaked
from clioscope.experiments.experiment import Outcome
from clioscope.experiments.figures import cost_figures, grouped_draw, grouping
from clioscope.models.chat import ChatRequest

if TYPE_CHECKING:
    import polars as pl

    from clioscope.models.account import Account, Cost

T = TypeVar("T")
FACETS = ("request", "field", "activity")


class ChangedAsker:
    """An asker that changes every question before the model gets it."""

    def __init__(self, asker: Any, change: Callable[[ChatRequest], ChatRequest]) -> None:
        self._asker, self._change = asker, change
        self.temperature = asker.temperature

    @property
    def bulk(self) -> bool:
        """As ``Asker.bulk``."""
        return bool(self._asker.bulk)

    def together(self) -> AbstractContextManager[None]:
        """As ``Asker.together``."""
        together: AbstractContextManager[None] = self._asker.together()
        return together

    def ask(self, stage: str, requests: Sequence[ChatRequest], parse: Callable[[str], T]) -> list[T | None]:
        """As ``Asker.ask``."""
        answers: list[T | None] = self._asker.ask(stage, [self._change(request) for request in requests], parse)
        return answers


class ModelFacets(NamedTuple):
    """Facets that a model gave. ``table``: one row per conversation. ``cost``: the cost of asking. ``read``: what the
    model read of each conversation."""

    table: pl.DataFrame
    cost: Cost
    read: list[str]

    @property
    def texts(self) -> dict[str, list[str]]:
        """The values of each facet, "" where the model gave none."""
        names = [name for name in FACETS if name in self.table]
        return {name: [str(value or "") for value in self.table[name].to_list()] for name in names}

    def figures(self) -> dict[str, float]:
        """``answered``: the share of values that the model gave. ``distinct``: the share of requests that differ from
        all others. ``copied`` and ``leaked``: what came from the examples (``example_leaks.py``). ``words``: the mean
        length of a request. ``questions``, ``tokens`` and ``seconds_each``: the costs, the seconds per
        conversation."""
        values = [bool(value) for column in self.texts.values() for value in column]
        return {
            "answered": float(np.mean(values)),
            "distinct": self.table["request"].n_unique() / max(1, self.table.height),
            "copied": copied(self.texts["request"]),
            "leaked": leaked(self.texts, self.read),
            "words": float(np.mean([len(request.split()) for request in self.texts["request"]])),
            **cost_figures(self.cost),
            "seconds_each": self.cost.seconds / max(1, len(self.read)),
        }


def changed_asker(
    bench: Bench,
    account: Account,
    model: str,
    seed: int,
    change: Callable[[ChatRequest], ChatRequest] = lambda request: request,
    completion: bool = False,
) -> Any:
    """An asker of ``model`` whose sampler has ``seed`` and whose requests go through ``change``; ``completion``:
    without the chat template."""
    return ChangedAsker(
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
) -> ModelFacets:
    """FACETS of the conversations by ``model``, asked by ``changed_asker``. The tables and ``options`` are those of
    ``extract_facets``."""
    from clioscope.facets.extract import extract_facets
    from clioscope.facets.known import choose_facets

    account = bench.account()
    asker = changed_asker(bench, account, model, seed, change, completion)
    table = extract_facets(conversations, transcripts, choose_facets(FACETS, ()), ask=asker, **options)
    read = table.select("conversation").join(transcripts, on="conversation", how="left", maintain_order="left")
    return ModelFacets(table, account.total(), [text or "" for text in read["transcript"].to_list()])


def facets_of(bench: Bench, talks: LabelledAtlas, model: str, seed: int, **options: Any) -> ModelFacets:
    """FACETS of the conversations of an atlas; ``options`` are those of ``ask_facets``.

    Raises InputError where the atlas has no transcripts.
    """
    from clioscope.errors import InputError
    from clioscope.measure.judges.evidence import transcripts_of

    transcripts = transcripts_of(talks.atlas)
    if transcripts is None:
        raise InputError(f"{talks.atlas.path}: the atlas has no transcripts; build it again with --keep-transcripts.")
    rows = talks.atlas.facets.select("conversation")
    kept = rows.join(talks.atlas.conversations, on="conversation", how="left", maintain_order="left")
    return ask_facets(bench, kept, transcripts, model, seed, **options)


def ask_texts(bench: Bench, texts: list[str], model: str, **options: Any) -> ModelFacets:
    """FACETS of texts as conversations of one message; ``options`` are those of ``ask_facets``."""
    import polars as pl

    from clioscope.conversations import Message, condense
    from clioscope.settings import SHORT

    names = [f"text {number}" for number in range(len(texts))]
    shown = [condense([Message(role="user", content=text)], SHORT) for text in texts]
    transcripts = pl.DataFrame({"conversation": names, "transcript": shown, "text": texts})
    return ask_facets(bench, transcripts.select("conversation"), transcripts, model, **options)


def facet_vectors(bench: Bench, asked: ModelFacets) -> NDArray[np.float32]:
    """The mean (n, d) of the vectors of the facets."""
    from clioscope.vectors.unit import average

    return average([bench.encode(column) for column in asked.texts.values()])


def group_drawn(bench: Bench, talks: LabelledAtlas, asked: ModelFacets, seed: int) -> Outcome:
    """Groups of the 80 % of the conversations that ``seed`` draws, with the figures of ``ModelFacets``."""
    from clioscope.vectors.centring import centre

    outcome = grouped_draw(centre(facet_vectors(bench, asked))[0], talks.truth, len(talks.classes), seed)
    return Outcome({**outcome.figures, **asked.figures()}, outcome.labels)


def group_all(
    bench: Bench,
    talks: LabelledAtlas,
    asked: ModelFacets,
    seed: int,
    remember: dict[int, NDArray[np.float32]],
) -> Outcome:
    """Groups of all conversations: Leiden on the mean of the facets' vectors, into as many groups as there are labels.
    The clustering always has seed 0, so that between seeds only the answers differ.

    The figures are those of ``ModelFacets``, and ``repeat``: the mean cosine of a conversation's facets with those
    under the first seed. ``remember`` keeps the vectors by seed."""
    from clioscope.clustering import cluster
    from clioscope.settings import ClusteringSettings
    from clioscope.vectors.centring import centre

    rows = facet_vectors(bench, asked)
    labels = cluster(centre(rows)[0], ClusteringSettings(clusters=len(talks.classes)), 0).labels
    figures = grouping(labels, talks.truth) | asked.figures()
    remember[seed] = rows
    if seed and 0 in remember:
        figures["repeat"] = float((remember[0] * rows).sum(axis=1).mean())
    return Outcome(figures, labels)


FACET_METRICS = (
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
