"""One client for every server that speaks the OpenAI API: llama.cpp, vLLM, SGLang, Ollama, hosted ones."""

from __future__ import annotations

import asyncio
import json
import time

from clioscope.models.channel import Channel
from clioscope.models.chat import ChatAnswer, ChatRequest
from clioscope.models.pace import Pace
from clioscope.models.parse import parse_json
from clioscope.models.problems import Unanswered
from clioscope.models.profile import Profile
from clioscope.models.reasoning import think
from clioscope.models.thinking import strip_thinking
from clioscope.models.wire import Grammar, Reply, prefill_of, tuned
from clioscope.settings import ModelSettings


class OpenAIClient(Channel):
    """A ``ChatModel`` at an OpenAI-compatible ``address`` (``http://host/v1``; see ``Address`` for other forms).

    ``model`` is the name that the server knows, ``profile`` the model's habits from the catalogue,
    ``grammar`` turns a schema into a grammar for a server that takes one (the embedded engine). 5xx,
    time-outs and lost connections are retried ``settings.retries`` times with exponential
    backoff and jitter; a rate limit pauses all questions for as long as the server says (``pace``).
    The key comes from CLIOSCOPE_API_KEY, then OPENAI_API_KEY.

    ``id`` holds the model's name and whatever changes its answers (temperature override, thinking budget), but not the
    address: the same model behind another port finds its stored answers.
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
        super().__init__(
            address,
            model,
            settings=settings,
            profile=profile,
            grammar=grammar,
            concurrency=concurrency,
            first_wait=first_wait,
            pace=pace,
        )
        self.id = identity or model
        if self.settings.temperature is not None:
            self.id += f" temperature={self.settings.temperature:g}"
        if self.habits.thinks:
            self.id += f" thinking={self.settings.thinking_tokens}"
        self._taken: set[tuple[bool, bool]] = set()  # kinds of questions that the server is known to accept
        self._first: tuple[asyncio.AbstractEventLoop, asyncio.Lock] | None = None

    async def complete(self, request: ChatRequest) -> ChatAnswer:
        """The answer to one question.

        The first question of each kind (with or without a schema) is sent alone, so that what the server refuses is
        learnt once and not by every question in flight.

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

    async def _complete(self, request: ChatRequest) -> ChatAnswer:
        start = time.monotonic()
        await self.detect()
        request = tuned(request, self.settings, self.profile, self.habits.thinks)
        paid: list[Reply] = []
        while not self.habits.thinks:
            room = self.habits.room
            reply = await self.ask(request, room)
            paid.append(reply)
            if self._was_thinking(reply):
                thought = self._answer_in_thoughts(request, reply)
                if thought is not None:
                    return _answer(thought, paid, start, truncated=False)
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

    def _alone(self) -> asyncio.Lock:
        """A lock of the running loop."""
        loop = asyncio.get_running_loop()
        if self._first is None or self._first[0] is not loop:
            self._first = (loop, asyncio.Lock())
        return self._first[1]

    def _was_thinking(self, reply: Reply) -> bool:
        text = reply.text.lstrip()
        return bool(reply.thinking and not text) or text.lower().startswith(("<think>", "<thinking>"))

    def _answer_in_thoughts(self, request: ChatRequest, reply: Reply) -> str | None:
        """An answer of the required form that came as reasoning, since some servers apply the schema to the
        reasoning."""
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
    """Whether hidden reasoning left no room for the answer."""
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
