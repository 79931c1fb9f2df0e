"""The server of the page: only for this machine, with one token."""

from __future__ import annotations

import logging
import secrets
import socket
from collections.abc import Callable
from threading import Thread
from typing import TYPE_CHECKING, Any

from clioscope.atlas.views import find_address
from clioscope.edits.sentences import Refused
from clioscope.errors import AtlasError, ClioscopeError, ModelError
from clioscope.explorer.admission import Admission, admission
from clioscope.explorer.beside import Beside
from clioscope.explorer.body import read_json
from clioscope.explorer.desk import Desk
from clioscope.explorer.file_response import file_response
from clioscope.explorer.guard import Guard
from clioscope.explorer.page import page
from clioscope.explorer.records_routes import get_routes, post_routes
from clioscope.explorer.saved import get_view_routes, post_view_routes
from clioscope.files.plain import plain

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from clioscope.atlas import Atlas


class PlainFormatter(logging.Formatter):
    """Log lines that control no terminal: an error may quote what somebody wrote."""

    def format(self, record: logging.LogRecord) -> str:
        return plain(super().format(record))


_LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": PlainFormatter}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {"uvicorn": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
}
HOST = "127.0.0.1"
GONE = "The atlas has changed since this page was opened; load the page again."
MOST_TRACES = 10  # conversations shown for one question
_CARD = "report-card.html"
_CARD_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"


def make_app(
    atlas: Atlas,
    token: str,
    port: int,
    *,
    title: str | None = None,
    traces: bool = False,
    edits: bool = True,
    ask_model: bool = False,
    earlier: Atlas | None = None,
    admission: Admission | None = None,
    ahead: bool = False,
) -> Guard:
    """The application: ``/`` (the page), ``/view`` (the head of what it shows), ``/array/NAME`` (its arrays, one by
    one, also parts of them), ``/abilities``, ``/meaning?q=``, ``/report-card``; ``/traces?rows=`` with ``traces``; and
    of ``records_routes``: ``/neighbours``, ``/found`` (in transcripts too with ``traces``), and POST ``/records``.
    ``/views`` lists the saved views. With ``earlier``, an atlas of before: ``/comparison`` (what differs between the
    two, as ``Beside`` tells it). With ``edits``, of an atlas that can be written: ``/edits`` (the history), and POST
    ``/edit`` (a JSON object with the operation) and ``/views`` (save, change, delete); with ``ask_model`` edits that
    name groups ask the atlas's model. A refusal that the page can say in its language is an object: ``text``, ``key``
    and ``fields`` (see ``edits.sentences``); any other is plain text.

    With ``ahead``, what the page shows first is made at once, and not when it is asked for.

    ``Guard`` says which requests are answered: those that name this host and ``port``, and carry the ``token`` or the
    cookie of ``admission``.

    Raises AtlasError if ``traces`` are wanted from an atlas that keeps none, or from a published one, and if
    ``ask_model`` is wanted of an atlas that was built without a model.
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
    html = page(connect="'self'")
    desk = Desk(atlas, title=title, edits=edits, ask_model=ask_model, transcripts=traces)
    if ahead:
        Thread(target=desk.begin, name="view", daemon=True).start()
    beside = None if earlier is None else Beside(earlier, atlas)
    abilities: dict[str, Any] = {"comparison": None if beside is None else beside.name}
    abilities |= {"meaning": not atlas.published, "traces": traces, "edit": desk.can_edit, "model": desk.ask_model}
    abilities["records"] = not atlas.published
    hosts = {f"{name}:{port}" for name in (HOST, "localhost")}

    async def get_page(request: Request) -> Response:
        return HTMLResponse(html, headers={"Content-Security-Policy": "frame-ancestors 'none'"})

    async def get_view(request: Request) -> Response:
        view, state = await run_in_threadpool(desk.view)
        return Plain(view, media_type="application/octet-stream", headers={"X-Clioscope-State": state})

    async def get_array(request: Request) -> Response:
        name = str(request.path_params["name"])
        path = await run_in_threadpool(desk.array, name)
        return PlainTextResponse(GONE, 404) if path is None else file_response(request, path, name)

    async def get_abilities(request: Request) -> Response:
        return JSONResponse(abilities | {"report": (atlas.path / _CARD).exists()})

    async def get_report(request: Request) -> Response:
        card = await run_in_threadpool(report_card, desk.atlas)
        if card is None:
            return PlainTextResponse(
                "The atlas has no report card, or was edited since; run clioscope measure, then load this again.", 404
            )
        return HTMLResponse(card, headers={"Content-Security-Policy": _CARD_POLICY})

    async def get_meaning(request: Request) -> Response:
        question = request.query_params.get("q", "").strip()[:2000]
        nearest = await run_in_threadpool(desk.search, question) if question else None
        if nearest is None:
            return PlainTextResponse("There is nothing to search by meaning.", 404)
        return JSONResponse(nearest._asdict())

    async def get_comparison(request: Request) -> Response:
        if beside is None:
            return PlainTextResponse("Start clioscope explore with --compare ATLAS to compare with another one.", 404)
        return JSONResponse(await run_in_threadpool(beside.comparison, desk.atlas, desk.state))

    async def get_traces(request: Request) -> Response:
        if not traces:
            return PlainTextResponse("Start clioscope explore with --traces to see conversations.", 404)
        try:
            rows = [int(row) for row in request.query_params.get("rows", "").split(",")][:MOST_TRACES]
            transcripts = await run_in_threadpool(read_traces, desk.atlas, rows)
        except (ValueError, IndexError):
            return PlainTextResponse("rows: give numbers of conversations, separated by commas.", 400)
        return JSONResponse(transcripts)

    async def get_edits(request: Request) -> Response:
        if not desk.can_edit:
            return refusal(Refused("off", atlas.path), 404)
        return JSONResponse(await run_in_threadpool(desk.history))

    async def post_edit(request: Request) -> Response:
        if not desk.can_edit:
            return refusal(Refused("off", atlas.path), 404)
        try:
            asked = await read_json(request)
            made = await run_in_threadpool(desk.edit, asked)
        except ValueError as error:
            return PlainTextResponse(str(error), 400)
        except ModelError as error:
            return refusal(Refused("model_failed", atlas.path, why=str(error).rstrip(".")), 409)
        except AtlasError as error:
            return refusal(error, 409)
        return JSONResponse({"made": made})

    def refusal(error: AtlasError, status: int) -> Response:
        if not isinstance(error, Refused):
            return PlainTextResponse(str(error), status)
        sentence = f"{error.said}."
        return JSONResponse({"text": sentence[0].upper() + sentence[1:], **error.said.record()}, status)

    def answering(answer: Callable[[Request], Any]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            try:
                response: Response = await answer(request)
            except Refused as error:
                response = refusal(error, 409)
            except ClioscopeError as error:
                response = PlainTextResponse(str(error), 500)
            return response

        return endpoint

    routes = {
        "/": get_page,
        "/view": get_view,
        "/array/{name}": get_array,
        "/abilities": get_abilities,
        "/meaning": get_meaning,
        "/traces": get_traces,
        "/comparison": get_comparison,
        "/report-card": get_report,
        "/edits": get_edits,
        **get_routes(desk),
        **get_view_routes(desk),
    }
    posts = {"/edit": post_edit, **post_routes(desk), **post_view_routes(desk)}
    found = [Route(path, answering(answer), methods=["GET"]) for path, answer in routes.items()]
    app = Starlette(
        routes=[*found, *(Route(path, answering(answer), methods=["POST"]) for path, answer in posts.items())]
    )
    return Guard(app, hosts, token, admission)


def report_card(atlas: Atlas) -> str | None:
    """The report card of an atlas as HTML; None if it was not measured since it was built or edited."""
    from clioscope.measure.record import stored

    try:
        card = stored(atlas).card
        return card.read_text(encoding="utf-8") if card is not None else None
    except (AtlasError, OSError):
        return None


def read_traces(atlas: Atlas, rows: list[int]) -> list[dict[str, Any]]:
    """The shortened transcripts of some of the conversations that are shown, by their place in ``atlas.shown_rows``.

    Raises IndexError for a row that is not there.
    """
    import polars as pl

    if any(not 0 <= row < len(atlas.shown_rows) for row in rows):
        raise IndexError("there is no such row")
    ids = atlas.clusters["conversation"].gather(atlas.shown_rows[rows])
    kept = atlas.transcripts.filter(pl.col("conversation").is_in(ids.implode()))
    texts = dict(kept.select("conversation", "transcript").iter_rows())
    return [{"row": row, "transcript": texts.get(id_) or ""} for row, id_ in zip(rows, ids, strict=True)]


def explore(
    atlas: Atlas,
    *,
    port: int = 0,
    title: str | None = None,
    traces: bool = False,
    edits: bool = True,
    ask_model: bool = False,
    earlier: Atlas | None = None,
    view: str | None = None,
    sign_out: bool = False,
    ready: Callable[[str], None] = lambda address: None,
) -> None:
    """Serve the page of ``atlas`` until interrupted. ``ready`` gets the address as soon as the server answers.

    The page can edit the atlas, unless ``edits`` is false; with ``ask_model`` the atlas's model names what they change.
    ``earlier``: an atlas that the page compares it with. The address leads to a ``view``: a saved one by its name, or
    an address of the page or its end after the ``#``.

    ``port`` 0 means any free port. At a fixed port, a browser that opened the page once can open its addresses without
    the token for 30 days, also from a server that is started later; with ``sign_out`` all browsers must be let in anew.
    Raises ClioscopeError if the port is taken, and AtlasError for a view that is not there and as ``make_app`` does.
    """
    import uvicorn

    fragment = "" if view is None else f"#{find_address(atlas, view)}"
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
        options: dict[str, Any] = {"title": title, "traces": traces, "edits": edits, "ask_model": ask_model}
        options |= {"admission": admission(atlas.path, bound, kept=port != 0, sign_out=sign_out), "ahead": True}
        app = make_app(atlas, token, bound, earlier=earlier, **options)

        class Server(uvicorn.Server):
            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                ready(f"http://{HOST}:{bound}/?token={token}{fragment}")

        config = uvicorn.Config(  # h11 takes nothing but correct HTTP, with headers of 64 KiB at most
            app, http="h11", ws="none", log_config=_LOGGING, access_log=False, lifespan="off", server_header=False
        )
        Server(config).run(sockets=[listening])
