"""The connection to a server: all requests go through here, with retries, pauses and the server's own words."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from clioscope.models.address import Address
from clioscope.models.fault import LASTING, Fault, fault_in, read_fault
from clioscope.models.pace import Pace
from clioscope.models.problems import Refusing, Unanswered, Unreachable
from clioscope.models.retry import backoff
from clioscope.models.wire import Body
from clioscope.settings import ModelSettings

if TYPE_CHECKING:
    from openai import AsyncOpenAI

LOOPBACK = ("http://127.", "http://localhost", "http://[::1]")
_NO_API = "this is not the address of an API; most end in /v1"


class Rejected(Unanswered):
    """The server refused a question as it stands, in its own words; it may accept it in another form."""

    def __init__(self, text: str) -> None:
        super().__init__(text, refused=True)
        self.text = text


class TooLong(Unanswered):
    """The question is longer than the model's context, or than what may be asked at once."""


class Connection:
    """Requests to the server at ``address`` about ``model``.

    5xx, time-outs, lost connections and errors that come with status 200 are retried ``settings.retries`` times with
    exponential backoff and jitter. A rate limit (429) pauses all questions, uses up no retry and never ends a run.
    ``address`` changes to where the API is if the first question shows that its version was forgotten.
    """

    def __init__(self, address: Address, model: str, settings: ModelSettings, pace: Pace, first_wait: float) -> None:
        self.address = address
        self.pace = pace
        self._model, self._settings, self._first_wait = model, settings, first_wait
        self._lasting: Refusing | None = None
        self._client: AsyncOpenAI | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def exchange(self, url: str, body: Body) -> Any:
        """Post a body to a whole URL that is no completion (for example a tokenizer); return the JSON that comes
        back."""
        return await self._persist(url, body, completion=False)

    async def complete(self, path: str, body: Body) -> Any:
        """Post a question to an endpoint, return the JSON of its completion.

        Raises Rejected or TooLong for a question that the server refuses, Unanswered for one without an answer,
        Unreachable when nobody answers, and Refusing for a refusal that holds for every question; later questions are
        then not sent.
        """
        if self._lasting is not None:
            raise Refusing(str(self._lasting))
        try:
            return await self._persist(path, body, completion=True)
        except Refusing as error:
            self._lasting = error
            raise

    async def list_models(self) -> Any:
        """The reply to ``GET /models``, also if the API turns out to be elsewhere; None if no models are listed.

        Raises ConnectionError when the server cannot be asked.
        """
        for place in (self.address, *self.address.elsewhere()):
            import openai

            try:
                reply = await self._connect().get(f"{place.base}/models", cast_to=object)
            except openai.APIStatusError as error:
                if error.status_code in (404, 405):
                    continue
                if error.status_code < 500 and error.status_code not in (408, 429):
                    return None
                raise ConnectionError(str(error)) from error
            except (openai.APIError, ValueError) as error:
                raise ConnectionError(str(error)) from error
            if isinstance(reply, dict) and isinstance(reply.get("data"), list):
                self.address = place
                return reply
        return None

    async def release(self) -> None:
        """Close the connections of the running loop; the next question opens new ones, and a refusal of every question
        is forgotten."""
        client, self._client, self._loop, self._lasting = self._client, None, None, None
        self.pace.forget()
        if client is not None:
            with suppress(Exception):
                await client.close()

    def forget(self) -> None:
        """Forget the connections; those of a loop that has ended are closed with it."""
        self._client = self._loop = self._lasting = None

    async def _persist(self, path: str, body: Body, *, completion: bool) -> Any:
        failures = 0
        while True:
            async with self.pace.turn() as sent:
                if completion and self._lasting is not None:
                    raise Refusing(str(self._lasting))
                data, fault = await self._once(path, body, completion)
                if fault is not None and fault.kind == "place" and completion and not self.pace.heard:
                    data, fault = await self._elsewhere(path, body, fault)
            if fault is None:
                self.pace.answered()
                return data
            if fault.kind == "place" and fault.page and completion and self.pace.heard:
                problem = self._problem(fault)  # a page from something in between, which may go away
            elif fault.kind == "busy":
                if self.pace.limited(sent, fault.wait, fault.words, endless=not fault.inside):
                    continue
                raise Unanswered(f"{self.address.base}: nothing but rate limits ({fault}).", server=True)
            else:
                problem = self._problem(fault)
                if fault.kind in (*LASTING, "filtered", "too long", "question"):
                    raise problem
            failures += 1
            if failures > self._settings.retries:
                raise problem
            await self._wait(fault, failures, sent)

    async def _wait(self, fault: Fault, failures: int, sent: float) -> None:
        own = backoff(failures - 1, self._first_wait)
        if fault.kind == "overloaded":
            self.pace.slow(sent)
        if fault.kind == "overloaded" or fault.wait:
            self.pace.pause(fault.wait or own, "the server is overloaded")
        else:
            await self.pace.sleep(own if fault.wait is None else 0.0)

    async def _once(self, path: str, body: Body, completion: bool) -> tuple[Any, Fault | None]:
        """One request: the reply, or why there is none."""
        import openai

        url = path if path.startswith("http") else self.address.base + path
        try:
            data = await self._connect().post(url, cast_to=object, body=body)
        except openai.APITimeoutError:
            return None, Fault("late", f"no answer within {self._settings.timeout:g} seconds")
        except openai.APIConnectionError as error:
            cause = error.__cause__ or error
            return None, Fault("lost", str(cause) or type(cause).__name__)
        except openai.APIStatusError as error:
            return None, read_fault(error.status_code, error.response.text, error.response.headers)
        except (openai.APIError, ValueError) as error:  # a body that says it is JSON and is not
            return None, Fault("passing", f"the reply cannot be read: {error}")
        fault = fault_in(data)
        if fault is None and completion and not _has_choices(data):
            fault = Fault("passing", "the reply has no choices; is this an OpenAI-compatible address?")
        return data, fault

    async def _elsewhere(self, path: str, body: Body, fault: Fault) -> tuple[Any, Fault | None]:
        """The same question at the other places of the API; the first fault if it is at none of them."""
        here = self.address
        for place in here.elsewhere():
            self.address = place
            data, other = await self._once(path, body, True)
            if other is None or other.kind not in ("place", "lost", "late"):
                return data, other
        self.address = here
        return None, fault

    def _problem(self, fault: Fault) -> Unanswered | Unreachable | Refusing:
        """The error that carries the provider's words."""
        where = self.address.base
        match fault.kind:
            case "key":
                return Refusing(
                    f"{where}: the server refuses the key ({fault}); set CLIOSCOPE_API_KEY or OPENAI_API_KEY."
                )
            case "credit":
                return Refusing(f"{where}: the account has no credit left ({fault}).")
            case "model":
                return Refusing(f"{where}: no such model or endpoint for {self._model!r} ({fault}).")
            case "place" if fault.page and self.pace.heard:
                return Unanswered(f"{where}: {fault.words} came instead of an answer.", server=True)
            case "place":
                what = (
                    f"no such model or endpoint for {self._model!r}"
                    if fault.status
                    else "the reply was not a completion"
                )
                return Refusing(f"{where}: {what} ({fault})" + ("." if self.pace.heard else f"; {_NO_API}."))
            case "filtered":
                return Unanswered(f"held back by the provider's content filter ({fault}).")
            case "too long":
                return TooLong(f"the question is longer than the model's context ({fault.words}).")
            case "question":
                return Rejected(fault.words + (f" [{fault.param}]" if fault.param else ""))
            case "late":
                return Unanswered(f"{fault.words}.", server=True)
            case "lost":
                return Unreachable(f"{where}: nobody answers ({fault.words}).")
            case _:
                said = f"answered {fault.status} ({fault.words})" if fault.status else f"gave no answer ({fault.words})"
                return Unanswered(f"{where}: the server {said}.", server=True)

    def _connect(self) -> AsyncOpenAI:
        from openai import AsyncOpenAI, DefaultAsyncHttpxClient, Timeout

        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            # A proxy set for the way out must not be asked for this machine's own addresses.
            http = DefaultAsyncHttpxClient(trust_env=not self.address.base.startswith(LOOPBACK))
            self._client = AsyncOpenAI(
                base_url=self.address.base,
                api_key=api_key(),
                max_retries=0,
                timeout=Timeout(self._settings.timeout, connect=min(10.0, self._settings.timeout)),
                default_query=dict(self.address.query),
                default_headers=key_headers(self.address),
                http_client=http,
            )
            self._loop = loop
        return self._client


def _has_choices(data: Any) -> bool:
    return isinstance(data, dict) and isinstance(data.get("choices"), list) and bool(data["choices"])


def key_headers(address: Address) -> dict[str, str]:
    """The headers beside ``Authorization`` that carry the key to this address."""
    return {"api-key": api_key()} if address.azure else {}


def api_key() -> str:
    """The key from the environment; a dummy for servers that want none."""
    return os.environ.get("CLIOSCOPE_API_KEY") or os.environ.get("OPENAI_API_KEY") or "none"
