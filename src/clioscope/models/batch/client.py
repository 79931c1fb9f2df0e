"""The client of a batch: it asks and reads as the plain client does, but through files instead of a connection."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from clioscope.errors import ModelError
from clioscope.models.address import read_address
from clioscope.models.catalogue import profile_for
from clioscope.models.chat import ChatAnswer, ChatRequest
from clioscope.models.client import OpenAIClient
from clioscope.models.connection import Connection
from clioscope.models.fault import Fault
from clioscope.models.open import address_and_model
from clioscope.models.pace import Pace
from clioscope.models.parse import parse_json
from clioscope.models.problems import Unanswered
from clioscope.models.profile import Habits
from clioscope.models.thinking import strip_thinking
from clioscope.models.wire import Body, reply_of
from clioscope.settings import ModelSettings


@dataclass(frozen=True, slots=True)
class BatchReply:
    """What a batch says of one question: the ``body`` of a completion, or the ``fault`` why there is none."""

    body: Any = None
    fault: Fault | None = None


class NotSent(Exception):
    """The client would send this now."""

    def __init__(self, path: str, body: Body) -> None:
        super().__init__(path)
        self.path, self.body = path, body


class _Tape(Connection):
    """In place of the connection: the first request gets ``reply``, if there is one; any other raises NotSent."""

    reply: BatchReply | None = None

    async def complete(self, path: str, body: Body) -> Any:
        reply, self.reply = self.reply, None
        if reply is None:
            raise NotSent(path, body)
        if reply.fault is None:
            return reply.body
        if reply.fault.kind in ("filtered", "too long", "question"):
            raise self._problem(reply.fault)
        raise Unanswered(f"{reply.fault}.", server=True)  # for each question of a batch the service may say another

    async def exchange(self, url: str, body: Body) -> Any:
        raise ModelError("A batch asks completions only.")

    async def list_models(self) -> Any:
        return None


class BatchClient(OpenAIClient):
    """The plain client of ``settings`` without a connection. ``habits`` are those learnt from earlier batches.

    Its ``id`` is that of the plain client, so answers of a batch are found by both. Raises ModelError for settings that
    name no model.
    """

    def __init__(self, settings: ModelSettings, habits: Habits | None = None) -> None:
        address, model = address_and_model(settings.name or "")
        model = model or read_address(address).deployment
        if not model:
            raise ModelError(f'{address}: a batch must name its model; give --model "{address} NAME".')
        super().__init__(address, model, settings=settings, profile=profile_for(model))
        if habits is not None:
            self.habits = deepcopy(habits)
        pace = Pace(most=1, patience=settings.timeout, first_wait=0.5)
        self._connection = self._tape = _Tape(read_address(address), model, settings, pace, 0.5)

    async def form(self, request: ChatRequest) -> tuple[str, Body]:
        """The endpoint and the body that this question is sent with."""
        self._tape.reply = None
        try:
            await self.complete(request)
        except NotSent as asked:
            return asked.path, asked.body
        raise AssertionError("a question without a reply is always sent")

    async def read(self, request: ChatRequest, reply: BatchReply) -> ChatAnswer:
        """The answer that a reply holds. Raises what ``complete`` raises, and NotSent where the client learnt that
        the question must be asked in another form."""
        self._tape.reply = reply
        try:
            return replace(await self.complete(request), seconds=0.0)
        except NotSent:
            answer = None if reply.fault is not None else _after_thinking(request, reply.body)
            if answer is None:
                raise
            return answer


def _after_thinking(request: ChatRequest, body: Any) -> ChatAnswer | None:
    """The answer of a model that reasoned unasked, if it came to one of the required form: the plain client would ask
    again with more room, but here that is another batch."""
    reply = reply_of(body)
    text = strip_thinking(reply.text)
    try:
        if request.schema is None or reply.truncated:
            return None
        parse_json(text, request.schema)
    except ValueError:
        return None
    return ChatAnswer(text, reply.prompt_tokens, reply.completion_tokens)
