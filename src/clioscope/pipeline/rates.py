"""How fast a model and an encoder are: as the catalogue knows it, or tried on this machine before a build begins."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from clioscope.settings import Settings

if TYPE_CHECKING:
    from clioscope.embedding.embedder import Embedder
    from clioscope.facets.facet import Facet
    from clioscope.models.catalogue import Speed
    from clioscope.models.chat import ChatModel, ChatRequest
    from clioscope.pipeline.askers import Askers

_SHORT = 45  # tokens that an encoder reads in the time that a short text costs, beyond which a text counts as several
_READ = 256  # tokens of a text that an encoder reads
_PLACES, _TOGETHER = 4, 12  # texts that the encoder is tried on: of so many lengths, for each core so many of each
_ENOUGH = 500  # texts from which on it is worth while to try the encoder
_TRANSCRIPT = "USER: Can you suggest a good name for a small bakery?"  # what the model is tried on


class Rates(NamedTuple):
    """Of the model and of the one that names groups; ``texts``: short texts that the encoder reads per second, 0 where
    that is not known. ``measured``: on this machine."""

    model: Speed
    naming: Speed
    texts: float
    measured: bool = False


def short_texts(texts: Sequence[str]) -> float:
    """How many short texts cost an encoder as much time as ``texts`` do."""
    from clioscope.conversations.transcript import estimate_tokens

    return sum(max(1.0, min(estimate_tokens(one), _READ) / _SHORT) for one in texts)


def known_rates(settings: Settings) -> Rates | None:
    """The rates of the catalogue, of two idle cores; None for a model whose speed it does not have."""
    first, naming = _known(settings.model.name), _known(settings.naming.model or settings.model.name)
    if first is None or naming is None or not first.reads or not naming.reads:
        return None
    return Rates(first, naming, _encoder(settings))


def measured_rates(
    settings: Settings,
    facets: Sequence[Facet],
    texts: Sequence[str],
    askers: Askers,
    embedder: Embedder,
    say: Callable[[str], object],
) -> Rates | None:
    """The rates on this machine; None where another model names groups, and where the model does not answer or thinks
    before it does.

    The model answers as many questions about made conversations as it takes at once, twice: first it reads what all
    questions about conversations have in common, which it then need not read again, and the second time it mostly
    writes. The encoder reads some of ``texts``, where there are many. The model and the encoder stay open. ``say`` gets
    a sentence before that.

    Raises ModelError if the model cannot be opened.
    """
    from clioscope.models.bulk import BulkModel
    from clioscope.models.loop import run_loop
    from clioscope.models.problems import Unanswered, Unreachable

    if settings.naming.model not in (None, settings.model.name):
        return None
    asker = askers.ask("facets", "chat")
    if asker is None or isinstance(asker.model, BulkModel):
        return None
    requests = _questions(facets, settings, asker.model.concurrency)
    if not requests:
        return None
    say("The model is tried once, to tell how long this build takes.")
    try:
        speed = run_loop(_tried(asker.model, requests))
    except (Unanswered, Unreachable):  # in a build this costs one question
        return None
    if speed is None:
        return None
    known = _encoder(settings)
    return Rates(speed, speed, _read(texts, embedder) if known and len(texts) >= _ENOUGH else known, True)


def _questions(facets: Sequence[Facet], settings: Settings, count: int) -> list[ChatRequest]:
    import polars as pl

    from clioscope.facets.extract import facet_requests

    asked = [one for one in facets if one.asked]
    if settings.facets.calls == "each":
        asked = asked[:1]
    if not asked:
        return []
    made = [f"{_TRANSCRIPT} {number}" for number in range(count)]
    frame = pl.DataFrame({"conversation": made, "transcript": made})
    language, shown = settings.facets.language, settings.facets.examples
    return facet_requests(frame, asked, language, temperature=0.0, with_examples=shown)


async def _tried(model: ChatModel, requests: Sequence[ChatRequest]) -> Speed | None:
    """Tokens that a model reads and writes per second; None for one that writes more than it was asked for."""
    from clioscope.models.catalogue import Speed

    start, release = (getattr(model, name, None) for name in ("start", "release"))
    if start is not None:
        start()  # the weights are loaded
    try:
        clock = [time.perf_counter()]
        for _ in range(2):
            answers = await asyncio.gather(*map(model.complete, requests))
            clock.append(time.perf_counter())
    finally:
        if release is not None:
            await release()
    if any(answer.completion_tokens > request.max_tokens for answer, request in zip(answers, requests, strict=True)):
        return None
    first, second = clock[1] - clock[0], clock[2] - clock[1]
    read, written = (sum(one) for one in zip(*((a.prompt_tokens, a.completion_tokens) for a in answers), strict=True))
    return Speed(reads=max(1, read) / max(first - second, first / 10), writes=max(1, written) / second)


def _read(texts: Sequence[str], embedder: Embedder) -> float:
    """Short texts that an encoder reads per second, by some of ``texts``."""
    from clioscope.models.cores import usable_cores

    ordered = sorted(texts, key=len)
    together = min(_TOGETHER * usable_cores(), len(ordered) // _PLACES)
    places = np.linspace(0, len(ordered) - together, _PLACES + 2)[1:-1].astype(int)
    some = [text for place in places for text in ordered[place : place + together]]
    embedder.encode([_TRANSCRIPT])  # the weights are loaded
    began = time.perf_counter()
    embedder.encode(some)
    return short_texts(some) / (time.perf_counter() - began)


def _encoder(settings: Settings) -> float:
    from clioscope.embedding.open import name_of

    speed = _known(name_of(settings.embedding))
    return 0.0 if speed is None else speed.texts


def _known(name: str | None) -> Speed | None:
    from clioscope.errors import ModelError
    from clioscope.models.catalogue import find

    try:
        return find(name or "").speed
    except ModelError:
        return None
