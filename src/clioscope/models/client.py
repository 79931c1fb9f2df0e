"""One client for every server that speaks the OpenAI API: llama.cpp, vLLM, SGLang, Ollama, hosted ones."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from clioscope.models.address import read_address
from clioscope.models.chat import ChatAnswer, ChatRequest
from clioscope.models.connection import Connection, Rejected, TooLong
from clioscope.models.pace import Pace
from clioscope.models.parse import parse_json
from clioscope.models.problems import Unanswered
from clioscope.models.profile import Habits, Profile, dialect_of
from clioscope.models.reasoning import think
from clioscope.models.refusal import adapt
from clioscope.models.thinking import strip_thinking
from clioscope.models.wire import Body, Grammar, Reply, body_of, prefill_of, reply_of, tuned, with_room
from clioscope.settings import ModelSettings

_ROOM = 16  # times ``thinking_tokens``: what a model gets that hides its thoughts; what it does not use costs nothing


class OpenAIClient:
    """A ``ChatModel`` at an OpenAI-compatible ``address`` (``http://host/v1``; see ``Address`` for what else will do).

    ``model`` is the name that the server knows, ``profile`` the model's habits from the catalogue,
    ``grammar`` turns a schema into a grammar for a server that takes one (the embedded engine). 5xx,
    time-outs and lost connections are retried ``settings.retries`` times with exponential
    backoff and jitter; a rate limit pauses all questions for as long as the server says (``pace``).
    The key comes from CLIOSCOPE_API_KEY, then OPENAI_API_KEY.

    ``id`` is the model's name and whatever changes its answers (temperature override, thinking budget), not
    the address: the same model behind another port finds its stored answers.
    """

    def __init__(
        self,
        address: str,
        model: str,
        *,
        settings: ModelSettings | None = None,
        profile: Profile | None = None,
        grammar: Grammar | None = None,
        identity: str | None = None,
        concurrency: int = 16,
        first_wait: float = 0.5,
        pace: Pace | None = None,
    ) -> None:
        self.settings = settings or ModelSettings()
        self.model = model
        self.profile = profile or Profile()
        self.grammar = grammar
        self.concurrency = self.settings.concurrency or concurrency
        self.habits = Habits(endpoint=self.profile.endpoint, thinks=self.profile.reasoning == "think-tags")
        self.id = identity or model
        if self.settings.temperature is not None:
            self.id += f" temperature={self.settings.temperature:g}"
        if self.habits.thinks:
            self.id += f" thinking={self.settings.thinking_tokens}"
        self.most_room = _ROOM * self.settings.thinking_tokens
        self.pace = pace or Pace(most=self.concurrency, patience=self.settings.timeout, first_wait=first_wait)
        self._connection = Connection(read_address(address), model, self.settings, self.pace, first_wait)
        self._taken: set[tuple[bool, bool]] = set()  # kinds of questions that the server is known to take
        self._first: tuple[asyncio.AbstractEventLoop, asyncio.Lock] | None = None

    @property
    def address(self) -> str:
        """Where the API is, without a slash at its end."""
        return self._connection.address.base

    @address.setter
    def address(self, address: str) -> None:
        self._connection.address = read_address(address)

    async def complete(self, request: ChatRequest) -> ChatAnswer:
        """The answer to one question.

        The first question of its kind (with or without a schema) goes alone: what the server refuses is learnt once,
        and not by all that are asked at the same time.

        Raises Unanswered when this question has none, Unreachable when nobody answers at the address, and
        Refusing when no question will have an answer (wrong key, unknown model, no credit).
        """
        kind = (request.schema is not None, bool(request.prefill))
        if kind in self._taken:
            return await self._complete(request)
        async with self._alone():
            if kind not in self._taken:
                try:
                    answer = await self._complete(request)
                except Unanswered as problem:
                    if not problem.refused:
                        self._taken.add(kind)
                    raise
                self._taken.add(kind)
                return answer
        return await self._complete(request)

    async def ask(self, request: ChatRequest, room: int = 0) -> Reply:
        """One question with ``room`` tokens beside those of its answer; also asked again where the server's refusal
        shows how, and with less room where its context is too small for so much."""
        while True:
            path, body = self._body(request, room)
            try:
                return await self.post(path, body)
            except TooLong:
                if room == 0:
                    raise
                room = room // 4 if room >= 256 else 0
                self.habits.room = min(self.habits.room, room)  # the next question need not find that out again
            except Rejected as refusal:
                adapt(refusal.text, body, self.habits)
                if (path, body) == self._body(request, room):
                    raise Unanswered(f"the server refused the question ({refusal.text}).", refused=True) from refusal

    async def post(self, path: str, body: Body) -> Reply:
        """Post a body to an endpoint and read its completion, with retries."""
        data = await self._connection.complete(path, body)
        try:
            reply = reply_of(data)
        except ValueError as error:
            raise Unanswered(f"{self.address}: {error}; is this an OpenAI-compatible address?", server=True) from error
        if reply.filtered:
            raise Unanswered("held back by the provider's content filter (content_filter).")
        if reply.refusal and not reply.text.strip():
            raise Unanswered(f"the model refused to answer ({' '.join(reply.refusal.split())[:300]}).")
        return reply

    async def exchange(self, url: str, body: Body) -> Any:
        """Post a body to a whole URL, return the JSON that comes back, with retries."""
        return await self._connection.exchange(url, body)

    async def release(self) -> None:
        """Close the connections of the running loop; the next question opens new ones."""
        await self._connection.release()

    def close(self) -> None:
        """Forget the connections; those of a loop that has ended are closed with it."""
        self._connection.forget()

    async def _complete(self, request: ChatRequest) -> ChatAnswer:
        start = time.monotonic()
        await self._detect()
        request = tuned(request, self.settings, self.profile, self.habits.thinks)
        paid: list[Reply] = []
        while not self.habits.thinks:
            room = self.habits.room
            reply = await self.ask(request, room)
            paid.append(reply)
            if self._was_thinking(reply):
                found = self._answer_in_thoughts(request, reply)
                if found is not None:
                    return _answer(found, paid, start, truncated=False)
                self.habits.thinks = True  # a reasoning model that the catalogue does not know
                break
            if self.habits.room == room == 0 and (reply.reasoning_tokens or _starved(reply)):
                self.habits.room = self.most_room
            if not _starved(reply):
                return _answer(self._text(request, reply), paid, start, truncated=reply.truncated)
            if room >= self.habits.room:
                raise Unanswered(f"thought too long (over {self.habits.room} tokens); raise [model] thinking_tokens.")
        text, replies, truncated = await think(self, request)
        return _answer(text, [*paid, *replies], start, truncated=truncated)

    def _body(self, request: ChatRequest, room: int) -> tuple[str, Body]:
        return body_of(with_room(request, room), self.model, self.profile, self.habits, self.grammar)

    def _alone(self) -> asyncio.Lock:
        """A lock of the running loop."""
        loop = asyncio.get_running_loop()
        if self._first is None or self._first[0] is not loop:
            self._first = (loop, asyncio.Lock())
        return self._first[1]

    async def _detect(self) -> None:
        """Learn once what kind of server this is; a server that lists no models is just another one."""
        if self.habits.dialect is None and self._connection.address.azure:
            self.habits.dialect = "other"
        if self.habits.dialect is None:
            try:
                models = await self._connection.list_models()
            except ConnectionError:
                return  # asked again with the next question; the question itself will say what is wrong
            self.habits.dialect = dialect_of(models)

    def _was_thinking(self, reply: Reply) -> bool:
        text = reply.text.lstrip()
        return bool(reply.thinking and not text) or text.lower().startswith(("<think>", "<thinking>"))

    def _answer_in_thoughts(self, request: ChatRequest, reply: Reply) -> str | None:
        """An answer of the asked form that came as thought: some servers hold the thoughts to the schema."""
        if request.schema is None or self.habits.plain_json or reply.truncated or reply.text.strip():
            return None
        try:
            return json.dumps(parse_json(reply.thinking, request.schema), ensure_ascii=False)
        except ValueError:
            return None

    def _text(self, request: ChatRequest, reply: Reply) -> str:
        text, prefill = reply.text, prefill_of(request, self.habits)
        if prefill and not text.lstrip().startswith(prefill.strip()):  # llama.cpp repeats it, others do not
            text = prefill + text
        return strip_thinking(text)


def _starved(reply: Reply) -> bool:
    """Whether hidden thoughts left no room for the answer."""
    if reply.text.strip():
        return reply.truncated and reply.reasoning_tokens > 0
    return reply.truncated or reply.reasoning_tokens > 0


def _answer(text: str, paid: list[Reply], start: float, *, truncated: bool) -> ChatAnswer:
    return ChatAnswer(
        text,
        sum(reply.prompt_tokens for reply in paid),
        sum(reply.completion_tokens for reply in paid),
        time.monotonic() - start,
        truncated=truncated,
    )
