"""How fast a model and an encoder are: as the catalogue knows it, or tried on this machine before a build begins."""

from __future__ import annotations

import time
from collections.abc import Sequence
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
_PLACES, _TOGETHER = 4, 12  # texts that the encoder is tried on: of so many lengths, so many of about the same length
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
    settings: Settings, facets: Sequence[Facet], texts: Sequence[str], askers: Askers, embedder: Embedder
) -> Rates | None:
    """The rates on this machine; None where another model names groups.

    The model answers one question about a made conversation, twice: first it reads what all questions about
    conversations have in common, which it then need not read again, and the second time it mostly writes. The encoder
    reads some of ``texts``, where there are many. The model and the encoder stay open.

    Raises ModelError if the model cannot be opened or does not answer.
    """
    from clioscope.models.bulk import BulkModel
    from clioscope.models.catalogue import Speed
    from clioscope.models.loop import run_loop

    if settings.naming.model not in (None, settings.model.name):
        return None
    asker = askers.ask("facets", "chat")
    request = _question(facets, settings)
    if asker is None or request is None or isinstance(asker.model, BulkModel):
        return None
    reads, writes = run_loop(_tried(asker.model, request))
    speed = Speed(reads=reads, writes=writes)
    known = _encoder(settings)
    return Rates(speed, speed, _read(texts, embedder) if known and len(texts) >= _ENOUGH else known, True)


def _question(facets: Sequence[Facet], settings: Settings) -> ChatRequest | None:
    import polars as pl

    from clioscope.facets.extract import facet_requests

    asked = [one for one in facets if one.asked]
    if settings.facets.calls == "each":
        asked = asked[:1]
    if not asked:
        return None
    frame = pl.DataFrame({"conversation": ["speed"], "transcript": [_TRANSCRIPT]})
    return facet_requests(
        frame, asked, settings.facets.language, temperature=0.0, with_examples=settings.facets.examples
    )[0]


async def _tried(model: ChatModel, request: ChatRequest) -> tuple[float, float]:
    """Tokens that a model reads and writes per second."""
    start = getattr(model, "start", None)
    if start is not None:
        start()  # the weights are loaded
    release = getattr(model, "release", None)
    try:
        clock = [time.perf_counter()]
        answers = []
        for _ in range(2):
            answers.append(await model.complete(request))
            clock.append(time.perf_counter())
    finally:
        if release is not None:
            await release()
    first, second = clock[1] - clock[0], clock[2] - clock[1]
    reading = max(first - second, first / 10)
    return answers[0].prompt_tokens / reading, max(1, answers[1].completion_tokens) / second


def _read(texts: Sequence[str], embedder: Embedder) -> float:
    """Short texts that an encoder reads per second, by some of ``texts``."""
    ordered = sorted(texts, key=len)
    places = np.linspace(0, len(ordered) - _TOGETHER, _PLACES + 2)[1:-1].astype(int)
    some = [ordered[place : place + _TOGETHER] for place in places]
    embedder.encode([_TRANSCRIPT])  # the weights are loaded
    began = time.perf_counter()
    for part in some:
        embedder.encode(part)
    return sum(map(short_texts, some)) / (time.perf_counter() - began)


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
