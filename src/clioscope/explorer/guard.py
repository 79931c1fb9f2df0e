"""Who the server of the page answers: only its own page, on this machine, with the token."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN_WANTED = "Open the address that clioscope explore printed, with its token."  # the page knows this sentence
# The page has its own, stricter policy. This one is for everything else.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Guard:
    """An application in front of ``app``, which sees no request that the guard refuses, and no web socket.

    A request must name one of ``hosts`` (name and port), which stops pages of other names that resolve to this machine
    (DNS rebinding). If it names an origin, that must be one of them too. It must carry the token, as ``?token=`` (the
    page) or in ``X-Clioscope-Token`` (requests of the page). Every answer, also that there is nothing, gets the headers
    that keep other pages away from it.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str], token: str) -> None:
        self._app, self._hosts, self._token = app, frozenset(hosts), token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        from starlette.datastructures import MutableHeaders
        from starlette.requests import Request
        from starlette.responses import PlainTextResponse

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refused = self._refusal(Request(scope))
        answer = self._app if refused is None else PlainTextResponse(refused[0], refused[1])
        await answer(scope, receive, guarded)

    def _refusal(self, request: Request) -> tuple[str, int] | None:
        """Why a request is not answered, with the status; None if it is."""
        hosts, origin = request.headers.getlist("host"), request.headers.get("origin")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return "This server answers only at its own address.", 421
        if origin is not None and origin.lower() not in {f"http://{host}" for host in self._hosts}:
            return "This server answers only its own page.", 403
        given = request.headers.get("x-clioscope-token") or request.query_params.get("token", "")
        if not secrets.compare_digest(given.encode("utf-8", "replace"), self._token):
            return TOKEN_WANTED, 403
        return None
