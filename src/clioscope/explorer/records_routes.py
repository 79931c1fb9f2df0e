"""What the server answers about single records: files of a selection, neighbours, and search by words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.edits.sentences import Refused
from clioscope.errors import ClioscopeError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from clioscope.explorer.desk import Desk

MOST_ROWS = 4 * 2_000_000  # bytes of the numbers of rows that a file is asked of
_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl", "parquet": "application/vnd.apache.parquet"}


def get_routes(desk: Desk) -> dict[str, Callable[[Request], Any]]:
    """``/neighbours?row=&state=`` (row, cosine) and ``/found?q=`` (``word_search.as_json``; with ``all`` every row)."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse, PlainTextResponse

    async def get_neighbours(request: Request) -> Response:
        try:
            row = int(request.query_params.get("row", ""))
            found = await run_in_threadpool(desk.neighbours, row, request.query_params.get("state", ""))
        except (ValueError, IndexError):
            return PlainTextResponse("row: give the number of a conversation of this page.", 400)
        return PlainTextResponse("There are no records here.", 404) if found is None else JSONResponse(found)

    async def get_found(request: Request) -> Response:
        question = request.query_params.get("q", "").strip()[:2000]
        found = await run_in_threadpool(desk.found, question, "all" in request.query_params)
        return PlainTextResponse("There are no records here.", 404) if found is None else JSONResponse(found)

    return {"/neighbours": get_neighbours, "/found": get_found}


def post_routes(desk: Desk) -> dict[str, Callable[[Request], Any]]:
    """``/records?format=&columns=&state=``: the rows that the body names (uint32, little-endian) as a file."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import PlainTextResponse
    from starlette.responses import Response as Plain

    async def post_records(request: Request) -> Response:
        query = request.query_params
        kind = query.get("format", "")
        columns = [name for name in query.get("columns", "").split(",") if name]
        try:
            rows = await read_rows(request)
            data = await run_in_threadpool(desk.records, rows, columns or None, kind, query.get("state", ""))
        except Refused:
            raise
        except (ValueError, IndexError) as error:
            return PlainTextResponse(str(error), 400)
        except ClioscopeError as error:
            return PlainTextResponse(str(error), 400)
        if data is None:
            return PlainTextResponse("There are no records here.", 404)
        headers = {"Content-Disposition": f'attachment; filename="records.{kind}"'}
        return Plain(data, media_type=_TYPES[kind], headers=headers)

    return {"/records": post_records}


async def read_rows(request: Request) -> NDArray[np.int64]:
    """The numbers of rows that a request brings. Raises ValueError, with a sentence, for anything else."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/octet-stream":
        raise ValueError("Send the numbers of rows (application/octet-stream, four bytes each).")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_ROWS:
            raise ValueError(f"A file of records has at most {MOST_ROWS // 4:,} rows.")
    if len(body) % 4:
        raise ValueError("What was sent are no numbers of rows of four bytes each.")
    return np.frombuffer(bytes(body), "<u4").astype(np.int64)
