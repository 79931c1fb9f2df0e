"""A file of the page as an answer: whole, a part of it, or that it is the one that the asker has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_CHUNK = 1024 * 1024


def file_response(request: Request, path: Path, tag: str) -> Response:
    """Answer with the bytes of ``path``. ``tag`` names its contents (``ETag``).

    A request may name a part (``Range``, also with ``If-Range``; RFC 9110, section 14): then the status is 206, and 416
    for a part that is not there. If it names the tag (``If-None-Match``), the answer is 304, without bytes.
    """
    from starlette.responses import FileResponse
    from starlette.responses import Response as Plain

    etag = f'"{tag}"'
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if etag in known or "*" in known:
        return Plain(status_code=304, headers={"ETag": etag})

    class Chunked(FileResponse):
        chunk_size = _CHUNK

    return Chunked(path, media_type="application/octet-stream", headers={"ETag": etag})
