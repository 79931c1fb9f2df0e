"""What the page asks of saved views: the list, and to save, change or delete one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from clioscope.atlas.views import read_views
from clioscope.edits.sentences import Refused
from clioscope.edits.views import change_view, delete_view, save_view
from clioscope.explorer.body import read_json

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from clioscope.atlas import Atlas
    from clioscope.explorer.desk import Desk

# What is asked -> the function, the fields that it needs, and those that may be missing; all are texts.
_ASKED: dict[str, tuple[Callable[..., object], tuple[str, ...], tuple[str, ...]]] = {
    "save": (save_view, ("name", "address"), ("note",)),
    "change": (change_view, ("name",), ("new_name", "note", "address")),
    "delete": (delete_view, ("name",), ()),
}


def listed_views(atlas: Atlas) -> list[dict[str, str]]:
    """The saved views for the page: name, note, address, author, at. Raises AtlasError."""
    return [view._asdict() for view in read_views(atlas.path)]


def ask_for_view(atlas: Atlas, asked: Mapping[str, Any]) -> list[dict[str, str]]:
    """Do what the page asks: ``op`` (save, change or delete) and its fields. The views as they are then.

    Raises ValueError for what is none of these, and AtlasError for what cannot be done.
    """
    op, fields = asked.get("op"), {name: value for name, value in asked.items() if name != "op"}
    if op not in _ASKED:
        raise ValueError(f"Ask for one of {', '.join(_ASKED)}.")
    act, needed, more = _ASKED[op]
    known = all(isinstance(value, str) and name in (*needed, *more) for name, value in fields.items())
    if not known or any(name not in fields for name in needed):
        raise ValueError(f"{op} takes the texts {', '.join((*needed, *more))}.")
    act(atlas, **fields)
    return listed_views(atlas)


def get_view_routes(desk: Desk) -> dict[str, Callable[[Request], Any]]:
    """``/views``: the saved views."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse

    async def get_views(request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(listed_views, desk.atlas))

    return {"/views": get_views}


def post_view_routes(desk: Desk) -> dict[str, Callable[[Request], Any]]:
    """``/views``: save, change or delete one, where the atlas can be edited."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse, PlainTextResponse

    async def post_views(request: Request) -> Response:
        if not desk.can_edit:
            raise Refused("off", desk.atlas.path)
        try:
            asked = await read_json(request)
            return JSONResponse(await run_in_threadpool(ask_for_view, desk.atlas, asked))
        except ValueError as error:
            return PlainTextResponse(str(error), 400)

    return {"/views": post_views}
