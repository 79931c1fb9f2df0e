"""Who the server of the page answers: only its own page, on this machine, with the token or its cookie."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from clioscope.explorer.admission import Admission

TOKEN_WANTED = (  # the page has this sentence in its languages
    "Open the address that clioscope explore printed, with its token. An address without a token opens in a browser "
    "that was let in before; if you followed a link, paste the address into the address bar."
)
KNOWN = "X-Clioscope-Known"  # in an answer: the request had the cookie, so the page needs no token in its address
_OWN = ("same-origin", "none")  # where a browser says a request comes from: the page itself; the reader's own hand
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
    page) or in ``X-Clioscope-Token`` (requests of the page), or the cookie of ``admission``, which the page sets. The
    cookie counts only for what the page or the reader's own hand asks for: all ports of this machine are one site to a
    browser, so a page at another port would be sent along with it. Every answer, also that there is nothing, gets the
    headers that keep other pages away from it.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str], token: str, admission: Admission | None = None) -> None:
        self._app, self._hosts, self._token = app, frozenset(hosts), token.encode()
        self._admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        from starlette.datastructures import MutableHeaders
        from starlette.requests import Request
        from starlette.responses import PlainTextResponse

        request = Request(scope)
        known = self._known(request)
        refused = self._refusal(request, known)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if known and refused is None:
                    headers[KNOWN] = "1"
                if self._admission is not None and refused is None and request.url.path == "/":
                    headers.append("Set-Cookie", self._admission.header())
            await send(message)

        answer = self._app if refused is None else PlainTextResponse(refused[0], refused[1])
        await answer(scope, receive, guarded)

    def _known(self, request: Request) -> bool:
        """Whether a request carries the cookie, and comes from the page or from the reader's own hand."""
        if self._admission is None or not self._admission.in_cookies(request.headers.getlist("cookie")):
            return False
        if request.method not in ("GET", "HEAD") and "origin" not in request.headers:
            return False
        sites = request.headers.getlist("sec-fetch-site")  # a browser of before 2023 may not say it
        return not sites or (len(sites) == 1 and sites[0] in _OWN)

    def _refusal(self, request: Request, known: bool) -> tuple[str, int] | None:
        """Why a request is not answered, with the status; None if it is."""
        hosts, origin = request.headers.getlist("host"), request.headers.get("origin")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return "This server answers only at its own address.", 421
        if origin is not None and origin.lower() not in {f"http://{host}" for host in self._hosts}:
            return "This server answers only its own page.", 403
        given = request.headers.get("x-clioscope-token") or request.query_params.get("token", "")
        if not known and not secrets.compare_digest(given.encode("utf-8", "replace"), self._token):
            return TOKEN_WANTED, 403
        return None
