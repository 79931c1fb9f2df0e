"""The forms of batch files: how each service wants a row, and how large its files may be.

Sources: OpenAI, Batch API guide (50,000 requests and 200 MB a file, one model and one endpoint); Microsoft, Azure
OpenAI batch (100,000 requests, 200 MB, the ``url`` without ``/v1``); vLLM, ``vllm run-batch`` (the form of OpenAI);
Mistral, batch inference (``custom_id`` and ``body``, up to a million requests); Anthropic, Message Batches (100,000
requests, 256 MB, ``custom_id`` of at most 64 characters, ``params``) and structured outputs (which keywords of a JSON
schema are taken).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from clioscope.models.profile import Dialect, Habits
from clioscope.models.wire import Body

Row = dict[str, Any]
_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Format:
    """One form of batch files. ``row`` makes a row of (key, endpoint path, body). ``rows`` and ``size`` (bytes) are the
    most that one file may hold, None: no limit. ``dialect`` is the kind of server, ``renamed`` the fields of a body
    that have other names there."""

    row: Callable[[str, str, Body], Row]
    rows: int | None
    size: int | None
    dialect: Dialect = "other"
    renamed: dict[str, str] = field(default_factory=dict)

    def habits(self) -> Habits:
        """How such a service wants to be asked, before it has said anything."""
        return Habits(dialect=self.dialect, renamed=dict(self.renamed))


def openai_row(key: str, path: str, body: Body) -> Row:
    """A row for OpenAI, and for all that read its form."""
    return {"custom_id": key, "method": "POST", "url": f"/v1{path}", "body": body}


def azure_row(key: str, path: str, body: Body) -> Row:
    """A row for Azure: ``model`` in the body is the name of the deployment."""
    return {"custom_id": key, "method": "POST", "url": path, "body": body}


def mistral_row(key: str, path: str, body: Body) -> Row:
    """A row for Mistral: the endpoint is named when the job is made."""
    return {"custom_id": key, "body": body}


def anthropic_row(key: str, path: str, body: Body) -> Row:
    """A request of a message batch: the system's text and the form of the answer have fields of their own."""
    said = [message["content"] for message in body["messages"] if message["role"] == "system"]
    params: Body = {"model": body["model"], "max_tokens": body["max_tokens"]}
    if said:
        params["system"] = "\n\n".join(said)
    params["messages"] = [message for message in body["messages"] if message["role"] != "system"]
    if "temperature" in body:
        params["temperature"] = body["temperature"]
    if "response_format" in body:
        schema = body["response_format"]["json_schema"]["schema"]
        params["output_config"] = {"format": {"type": "json_schema", "schema": _plain_schema(schema)}}
    return {"custom_id": key, "params": params}


_UNKNOWN = {  # what a schema there may not say; the answer is held against the whole schema when it is read
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "maxItems", "uniqueItems", "minProperties", "maxProperties"),
}


def _plain_schema(schema: Any, *, names: bool = False) -> Any:
    """A schema without the keywords that the service refuses. ``names``: these keys are names of fields."""
    if isinstance(schema, list):
        return [_plain_schema(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {
        key: _plain_schema(part, names=key in ("properties", "$defs") and not names)
        for key, part in schema.items()
        if names or not (key in _UNKNOWN or (key == "minItems" and part not in (0, 1)))
    }
    if not names and kept.get("type") == "object":
        kept["additionalProperties"] = False
    return kept


FORMATS: dict[str, Format] = {
    "openai": Format(openai_row, 50_000, 200 * _MB),
    "vllm": Format(openai_row, None, None, dialect="vllm"),
    "azure": Format(azure_row, 100_000, 200 * _MB),
    "mistral": Format(mistral_row, 1_000_000, 500 * _MB, renamed={"seed": "random_seed"}),
    "anthropic": Format(anthropic_row, 100_000, 256 * _MB),
}


def line_of(row: Row) -> bytes:
    """A row as one line; the JSON in it has the very bytes that the plain client sends."""
    return (
        json.dumps(row, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8", "replace") + b"\n"
    )
