"""The server of the page: only for this machine, with one token."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from clioscope.errors import AtlasError, ClioscopeError
from clioscope.explorer.meaning import Meaning
from clioscope.explorer.page import page
from clioscope.explorer.view import make_view

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

    from clioscope.atlas import Atlas

HOST = "127.0.0.1"
MOST_TRACES = 10  # conversations shown for one question

# The page has its own, stricter policy. This one is for everything else.
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def make_app(atlas: Atlas, token: str, port: int, *, title: str | None = None, traces: bool = False) -> Starlette:
    """The application: ``/`` (the page), ``/view``, ``/abilities``, ``/meaning?q=``; ``/traces?rows=`` with ``traces``.

    Every request must name this host and ``port``, which stops pages of other hosts that resolve to this machine. It
    must carry the token, as ``?token=`` (the page) or in ``X-Clioscope-Token`` (requests of the page).

    Raises AtlasError if ``traces`` are wanted from an atlas that keeps none, or from a published one.
    """
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse
    from starlette.responses import Response as Plain
    from starlette.routing import Route

    if traces and atlas.published:
        raise AtlasError(f"{atlas.path}: a published atlas holds no conversations to show; leave --traces out.")
    if traces and not (atlas.path / "transcripts.parquet").exists():
        raise AtlasError(f"{atlas.path}: keeps no transcripts; build it with --keep-transcripts to show traces.")
    html = page()
    abilities = {"meaning": not atlas.published, "traces": traces}
    hosts = {f"{name}:{port}" for name in (HOST, "localhost")}
    meaning = None if atlas.published else Meaning(atlas)
    made: list[bytes] = []

    def view() -> bytes:
        if not made:
            made.append(make_view(atlas, title=title, texts=not atlas.published))
        return made[0]

    async def get_page(request: Request) -> Response:
        return HTMLResponse(html, headers={"Content-Security-Policy": "frame-ancestors 'none'"})

    async def get_view(request: Request) -> Response:
        return Plain(await run_in_threadpool(view), media_type="application/octet-stream")

    async def get_abilities(request: Request) -> Response:
        return JSONResponse(abilities)

    async def get_meaning(request: Request) -> Response:
        question = request.query_params.get("q", "").strip()[:2000]
        if meaning is None or not question:
            return PlainTextResponse("There is nothing to search by meaning.", 404)
        nearest = await run_in_threadpool(meaning.search, question)
        return JSONResponse(nearest._asdict())

    async def get_traces(request: Request) -> Response:
        if not traces:
            return PlainTextResponse("Start clioscope explore with --traces to see conversations.", 404)
        try:
            rows = [int(row) for row in request.query_params.get("rows", "").split(",")][:MOST_TRACES]
            transcripts = await run_in_threadpool(read_traces, atlas, rows)
        except (ValueError, IndexError):
            return PlainTextResponse("rows: give numbers of conversations, separated by commas.", 400)
        return JSONResponse(transcripts)

    async def guard(request: Request, answer: Callable[[Request], Any]) -> Response:
        if request.headers.get("host", "").lower() not in hosts:
            return PlainTextResponse("This server answers only at its own address.", 421)
        given = request.headers.get("x-clioscope-token") or request.query_params.get("token", "")
        if not secrets.compare_digest(given.encode(), token.encode()):
            return PlainTextResponse("Open the address that clioscope explore printed, with its token.", 403)
        try:
            response: Response = await answer(request)
        except ClioscopeError as error:
            response = PlainTextResponse(str(error), 500)
        return response

    def guarded(answer: Callable[[Request], Any]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            response = await guard(request, answer)
            for name, value in _HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return endpoint

    routes = {
        "/": get_page,
        "/view": get_view,
        "/abilities": get_abilities,
        "/meaning": get_meaning,
        "/traces": get_traces,
    }
    return Starlette(routes=[Route(path, guarded(answer), methods=["GET"]) for path, answer in routes.items()])


def read_traces(atlas: Atlas, rows: list[int]) -> list[dict[str, Any]]:
    """The shortened transcripts of some rows of the table clusters. Raises IndexError for a row that is not there."""
    import polars as pl

    if any(not 0 <= row < atlas.clusters.height for row in rows):
        raise IndexError("there is no such row")
    ids = atlas.clusters["conversation"].gather(rows)
    kept = atlas.transcripts.filter(pl.col("conversation").is_in(ids.implode()))
    texts = dict(kept.select("conversation", "transcript").iter_rows())
    return [{"row": row, "transcript": texts.get(id_) or ""} for row, id_ in zip(rows, ids, strict=True)]


def explore(
    atlas: Atlas,
    *,
    port: int = 0,
    title: str | None = None,
    traces: bool = False,
    ready: Callable[[str], None] = lambda address: None,
) -> None:
    """Serve the page of ``atlas`` until interrupted. ``ready`` gets the address as soon as the server answers.

    ``port`` 0 means any free port. Raises ClioscopeError if the port is taken, and AtlasError as ``make_app`` does.
    """
    import uvicorn

    token = secrets.token_urlsafe(24)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, port))
        except OSError as error:
            raise ClioscopeError(
                f"Port {port} cannot be used ({error.strerror}); give another --port, or leave it out."
            ) from error
        bound = int(listening.getsockname()[1])
        app = make_app(atlas, token, bound, title=title, traces=traces)

        class Server(uvicorn.Server):
            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                ready(f"http://{HOST}:{bound}/?token={token}")

        config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", server_header=False)
        Server(config).run(sockets=[listening])
