"""What a request of the page brings: one JSON object."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.requests import Request

MOST_BYTES = 128 * 1024  # of an edit


async def read_json(request: Request) -> dict[str, Any]:
    """The JSON object that a request brings. Raises ValueError, with a sentence, for anything else, and for one of more
    than 128 KiB."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise ValueError("Send a JSON object (application/json).")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise ValueError(f"An edit has at most {MOST_BYTES} bytes.")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("What was sent is no JSON.") from None
    if not isinstance(found, dict):
        raise ValueError("What was sent is no JSON object.")
    return found
