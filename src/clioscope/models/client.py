"""One client for every server that speaks the OpenAI API: llama.cpp, vLLM, SGLang, Ollama, hosted ones."""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from clioscope.errors import ModelError
from clioscope.models.chat import ChatAnswer, ChatRequest
from clioscope.models.problems import Unanswered, Unreachable
from clioscope.models.profile import Habits, Profile, dialect_of
from clioscope.models.reasoning import think
from clioscope.models.refusal import adapt, is_too_long
from clioscope.models.retry import backoff, retry_after
from clioscope.models.thinking import strip_thinking
from clioscope.models.wire import Body, Grammar, Reply, body_of, prefill_of, reply_of, tuned
from clioscope.settings import ModelSettings

if TYPE_CHECKING:
    from openai import AsyncOpenAI

LOOPBACK = ("http://127.", "http://localhost", "http://[::1]")


class OpenAIClient:
    """A ``ChatModel`` at an OpenAI-compatible ``address`` (``http://host/v1``).

    ``model`` is the name that the server knows, ``profile`` the model's habits from the catalogue,
    ``grammar`` turns a schema into a grammar for a server that takes one (the embedded engine). 429, 5xx,
    time-outs and lost connections are retried ``settings.retries`` times with exponential
    backoff, jitter and Retry-After.
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
    ) -> None:
        self.settings = settings or ModelSettings()
        self.address = address.rstrip("/")
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
        self._first_wait = first_wait
        self._client: AsyncOpenAI | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def complete(self, request: ChatRequest) -> ChatAnswer:
        """The answer to one question.

        Raises Unanswered when this question has none, Unreachable when nobody answers at the address, and
        ModelError when no question will have an answer (wrong key, unknown model).
        """
        start = time.monotonic()
        await self._detect()
        request = tuned(request, self.settings, self.profile, self.habits.thinks)
        if not self.habits.thinks:
            reply = await self.ask(request)
            if not self._was_thinking(reply):
                return self._answer(request, reply, start)
            self.habits.thinks = True  # a reasoning model that the catalogue does not know
        text, replies, truncated = await think(self, request)
        return ChatAnswer(
            text,
            sum(reply.prompt_tokens for reply in replies),
            sum(reply.completion_tokens for reply in replies),
            time.monotonic() - start,
            truncated=truncated,
        )

    async def ask(self, request: ChatRequest) -> Reply:
        """One question as it stands, with retries; also asked again where the server's refusal shows how."""
        while True:
            path, body = body_of(request, self.model, self.profile, self.habits, self.grammar)
            try:
                return await self.post(path, body)
            except _Refused as refusal:
                adapt(refusal.text, body, self.habits)
                if (path, body) == body_of(request, self.model, self.profile, self.habits, self.grammar):
                    raise Unanswered(f"the server refused the question ({refusal.text}).") from refusal

    async def post(self, path: str, body: Body) -> Reply:
        """Post a body to an endpoint and read its completion, with retries."""
        data = await self.exchange(path, body)
        try:
            return reply_of(data)
        except ValueError as error:
            raise Unanswered(f"{self.address}: {error}; is this an OpenAI-compatible address?", server=True) from error

    async def exchange(self, path: str, body: Body) -> Any:
        """Post a body, return the JSON that comes back, with retries.

        ``path`` is relative to the address, or a whole URL. Raises _Refused for a 400 or 422 whose text may
        show what to change.
        """
        import openai

        for attempt in range(self.settings.retries + 1):
            asked: float | None = None
            try:
                return await self._connect().post(path, cast_to=object, body=body)
            except openai.APITimeoutError:
                problem: Unanswered | Unreachable = Unanswered(
                    f"no answer within {self.settings.timeout:g} seconds.", server=True
                )
            except openai.APIConnectionError as error:
                cause = error.__cause__ or error
                problem = Unreachable(f"{self.address}: nobody answers ({str(cause) or type(cause).__name__}).")
            except openai.APIStatusError as error:
                problem = _status_problem(error, self.address, self.model)
                asked = retry_after(error.response.headers)
            except openai.APIError as error:
                problem = Unanswered(f"{self.address}: the reply cannot be read ({error}).", server=True)
            except ValueError as error:  # a body that says it is JSON and is not
                problem = Unanswered(f"{self.address}: the reply is not JSON ({error}).", server=True)
            if attempt < self.settings.retries:
                await asyncio.sleep(backoff(attempt, self._first_wait) if asked is None else asked)
        raise problem

    async def release(self) -> None:
        """Close the connections of the running loop; the next question opens new ones."""
        client, self._client, self._loop = self._client, None, None
        if client is not None:
            with suppress(Exception):
                await client.close()

    def close(self) -> None:
        """Forget the connections; those of a loop that has ended are closed with it."""
        self._client = self._loop = None

    def _connect(self) -> AsyncOpenAI:
        from openai import AsyncOpenAI, DefaultAsyncHttpxClient, Timeout

        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            # A proxy set for the way out must not be asked for this machine's own addresses.
            http = DefaultAsyncHttpxClient(trust_env=not self.address.startswith(LOOPBACK))
            self._client = AsyncOpenAI(
                base_url=self.address,
                api_key=api_key(),
                max_retries=0,
                timeout=Timeout(self.settings.timeout, connect=min(10.0, self.settings.timeout)),
                http_client=http,
            )
            self._loop = loop
        return self._client

    async def _detect(self) -> None:
        """Learn once what kind of server this is; a server that lists no models is just another one."""
        if self.habits.dialect is None:
            import openai

            try:
                models = await self._connect().get("/models", cast_to=object)
            except (openai.APIError, ValueError):
                return  # asked again with the next question; the question itself will say what is wrong
            self.habits.dialect = dialect_of(models)

    def _was_thinking(self, reply: Reply) -> bool:
        text = reply.text.lstrip()
        return bool(reply.thinking and not text) or text.lower().startswith(("<think>", "<thinking>"))

    def _answer(self, request: ChatRequest, reply: Reply, start: float) -> ChatAnswer:
        text, prefill = reply.text, prefill_of(request, self.habits)
        if prefill and not text.lstrip().startswith(prefill.strip()):  # llama.cpp repeats it, others do not
            text = prefill + text
        text = strip_thinking(text)
        seconds = time.monotonic() - start
        return ChatAnswer(text, reply.prompt_tokens, reply.completion_tokens, seconds, truncated=reply.truncated)


class _Refused(Unanswered):
    """A 400 or 422, with the server's words; nobody's fault but the question's if nothing can be changed."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def _status_problem(error: Any, address: str, model: str) -> Unanswered:
    """The problem to retry for this HTTP status; statuses that no retry cures are raised at once."""
    status: int = error.status_code
    text = " ".join(_message(error).split())[:300]
    if status in (401, 403):
        raise ModelError(
            f"{address}: the server refuses the key ({status}); set CLIOSCOPE_API_KEY or OPENAI_API_KEY."
        ) from error
    if status == 404:
        raise ModelError(f"{address}: no such model or endpoint for {model!r} ({text}).") from error
    if status == 429 and "insufficient_quota" in str(getattr(error, "body", "")):
        raise ModelError(f"{address}: the account has no credit left ({text}).") from error
    if 400 <= status < 500 and status not in (408, 409, 425, 429):
        if is_too_long(text):
            raise Unanswered(f"the question is longer than the model's context ({text}).") from error
        raise _Refused(text) from error
    return Unanswered(f"the server answered {status} ({text}).", server=True)


def _message(error: Any) -> str:
    body = getattr(error, "body", None)
    if isinstance(body, dict):
        inner = body.get("error", body)
        if isinstance(inner, dict):
            return str(inner.get("message") or inner)
        return str(inner)
    return str(error.message)


def api_key() -> str:
    """The key from the environment; a dummy for servers that want none."""
    return os.environ.get("CLIOSCOPE_API_KEY") or os.environ.get("OPENAI_API_KEY") or "none"
