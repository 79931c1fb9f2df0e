"""One model at one address: how its server wants to be asked, and how questions get there."""

from __future__ import annotations

from typing import Any

from clioscope.models.address import read_address
from clioscope.models.chat import ChatRequest
from clioscope.models.connection import Connection, Rejected, TooLong
from clioscope.models.pace import Pace
from clioscope.models.problems import Unanswered
from clioscope.models.profile import Habits, Profile, dialect_of
from clioscope.models.refusal import adapt
from clioscope.models.wire import Body, Grammar, Reply, body_of, reply_of, with_room
from clioscope.settings import ModelSettings

_ROOM = 16  # times ``thinking_tokens``: for a model that hides its reasoning; unused tokens cost nothing


class Channel:
    """Asks one ``model`` at one ``address``, and keeps what it learns about the server (``habits``).

    ``concurrency`` is how many questions are asked at once unless the settings say so; ``first_wait`` the seconds
    before the first retry. The other arguments are those of ``OpenAIClient``.
    """

    def __init__(
        self,
        address: str,
        model: str,
        *,
        settings: ModelSettings | None = None,
        profile: Profile | None = None,
        grammar: Grammar | None = None,
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
        self.most_room = _ROOM * self.settings.thinking_tokens
        self.pace = pace or Pace(most=self.concurrency, patience=self.settings.timeout, first_wait=first_wait)
        self._connection = Connection(read_address(address), model, self.settings, self.pace, first_wait)

    @property
    def address(self) -> str:
        """Where the API is, without a slash at its end."""
        return self._connection.address.base

    @address.setter
    def address(self, address: str) -> None:
        self._connection.address = read_address(address)

    async def detect(self) -> None:
        """Learn once which kind of server this is; a server that lists no models counts as ``other``."""
        if self.habits.dialect is None and self._connection.address.azure:
            self.habits.dialect = "other"
        if self.habits.dialect is None:
            try:
                models = await self._connection.list_models()
            except ConnectionError:
                return  # asked again with the next question; the question itself will say what is wrong
            self.habits.dialect = dialect_of(models)

    async def ask(self, request: ChatRequest, room: int = 0) -> Reply:
        """Ask one question with ``room`` tokens on top of those of its answer. It is asked again if the server's
        refusal shows how, and with less room if the model's context is too small."""
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

    def _body(self, request: ChatRequest, room: int) -> tuple[str, Body]:
        return body_of(with_room(request, room), self.model, self.profile, self.habits, self.grammar)
