"""Questions to a model at an address, by Ray's HTTP processor.

Ray distributes the rows over its actors. The session within them is ours: it asks with the client that asks without a
cluster, so a question gets the same answer, and a server's bad day costs a row and never the job. (A session of
aiohttp would end the job at a reply that is no JSON, and take an error in JSON for an answer.)
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Mapping
from functools import partial
from json import loads
from typing import Any

from clioscope.cluster.rows import row_of
from clioscope.cluster.shape import filled
from clioscope.models.chat import ChatModel, ChatRequest
from clioscope.models.outcome import Outcome, outcome_of
from clioscope.settings import ModelSettings

_IN_A_ROW = 5  # failures of the server in a row, each retried by the client, after which an actor asks nothing more
_askers: dict[str, Asking] = {}  # of this process, by settings: what a client learns lasts longer than a batch


def http_processor(
    settings: ModelSettings, form: ChatRequest, address: str, actors: int, batch: int
) -> Callable[[Any], Any]:
    """What turns a dataset of questions (``rows.QUESTION``) of one form into one of outcomes (``rows.COLUMNS``)."""
    from ray.data.llm import HttpRequestProcessorConfig, build_processor

    config = HttpRequestProcessorConfig(
        url=address,
        batch_size=batch,
        concurrency=(actors, actors),  # a number alone would be the most of them, and one the least
        session_factory=partial(Session, settings, form),
    )
    processor: Callable[[Any], Any] = build_processor(config, preprocess=payload, postprocess=answered)
    return processor


def payload(row: Mapping[str, Any]) -> dict[str, Any]:
    """A question as Ray's processor sends it."""
    return {"payload": {"key": row["key"], "text": row["text"]}}


def answered(row: Mapping[str, Any]) -> dict[str, Any]:
    """What came back for it: a row of an outcome."""
    return dict(row["http_response"])


class Asking:
    """Asks one model from one process: at most ``concurrency`` questions at once, whatever batch they came in.

    After five failures of the server in a row the others fail without being sent, as does everything after a refusal
    that holds for every question. The same build asks them again.
    """

    def __init__(self, model: ChatModel) -> None:
        self.model = model
        self._room: tuple[asyncio.AbstractEventLoop, asyncio.Semaphore] | None = None
        self._in_a_row = 0
        self._ended: Outcome | None = None

    async def ask(self, key: str, request: ChatRequest) -> Outcome:
        """The outcome of one question."""
        async with self._turn():
            if self._ended is not None:
                return Outcome(key, None, self._ended.reason, self._ended.kind)
            try:
                outcome = Outcome(key, await self.model.complete(request))
            except Exception as problem:
                outcome = outcome_of(key, problem)
            self._in_a_row = self._in_a_row + 1 if outcome.kind == "server" else 0
            if outcome.kind == "lasting" or self._in_a_row >= _IN_A_ROW:
                self._ended = outcome
            return outcome

    def _turn(self) -> asyncio.Semaphore:
        loop = asyncio.get_running_loop()
        if self._room is None or self._room[0] is not loop:
            self._room = loop, asyncio.Semaphore(self.model.concurrency)
        return self._room[1]


def asking(settings: ModelSettings) -> Asking:
    """The asker of this process for these settings."""
    name = settings.model_dump_json()
    if name not in _askers:
        from clioscope.models.open import open_model

        _askers[name] = Asking(open_model(settings))
    return _askers[name]


class Session:
    """In place of a session of aiohttp, as far as Ray's HTTP processor uses one. A question is asked when it is posted,
    so all of a batch are asked at once; its reply always comes with status 200 and holds a row of an outcome."""

    def __init__(self, settings: ModelSettings, form: ChatRequest) -> None:
        self._asking, self._form = asking(settings), form

    async def __aenter__(self) -> Session:
        return self

    async def __aexit__(self, *error: object) -> None:
        return None

    def post(self, url: str, *, headers: Any = None, json: Any = None, data: str | None = None) -> Posted:
        """Ask the question that ``payload`` made, which comes as JSON or, in later versions of Ray, as its text. The
        address and the headers are those that the client knows."""
        sent = loads(data) if data is not None else json
        return Posted(asyncio.ensure_future(self._asking.ask(sent["key"], filled(self._form, sent["text"]))))


class Posted:
    """A question on its way: awaited or entered, it gives the reply."""

    def __init__(self, task: asyncio.Future[Outcome]) -> None:
        self._task = task

    def __await__(self) -> Generator[Any, None, Reply]:
        return self._reply().__await__()

    async def __aenter__(self) -> Reply:
        return await self._reply()

    async def __aexit__(self, *error: object) -> None:
        return None

    async def _reply(self) -> Reply:
        return Reply(await self._task)


class Reply:
    """The reply to a question, as Ray's HTTP processor reads one."""

    status, reason = 200, "OK"

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome

    async def __aenter__(self) -> Reply:
        return self

    async def __aexit__(self, *error: object) -> None:
        return None

    async def json(self) -> dict[str, Any]:
        """A row of the outcome."""
        return row_of(self._outcome)
