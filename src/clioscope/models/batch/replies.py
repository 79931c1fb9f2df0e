"""The rows that come back from a batch, of whatever service, as replies.

OpenAI, Azure, vLLM, LiteLLM and Mistral: ``response`` with ``status_code`` and ``body``, or ``error``. Anthropic:
``result`` with ``type`` (``succeeded``, ``errored``, ``canceled``, ``expired``).
"""

from __future__ import annotations

import json
from typing import Any

from clioscope.models.batch.client import BatchReply
from clioscope.models.fault import Fault, fault_in, read_fault

_STATUS = {  # of Anthropic's types of errors
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
_ENDS = {"max_tokens": "length", "model_context_window_exceeded": "length"}


class BrokenLine(ValueError):
    """A line that is no reply: ``field`` and what is wrong with it."""

    def __init__(self, field: str, what: str) -> None:
        super().__init__(f"{field}: {what}")
        self.field, self.what = field, what


def read_line(line: bytes) -> tuple[str, BatchReply]:
    """The key and the reply in a line. Raises BrokenLine."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BrokenLine("the line", f"is no JSON ({error})") from None
    if not isinstance(row, dict):
        raise BrokenLine("the line", "is no JSON object")
    key = row.get("custom_id")
    if not isinstance(key, str) or not key:
        raise BrokenLine("custom_id", "is missing" if key is None else "is no text")
    return key, reply_of(row)


def reply_of(row: dict[str, Any]) -> BatchReply:
    """The reply in a row that came back. Raises BrokenLine that names the field."""
    if "result" in row:
        return _of_result(row["result"])
    response, error = row.get("response"), row.get("error")
    if response is None and error is None:
        if "body" in row or "params" in row:
            raise BrokenLine("response", "is missing; this is a line of questions, not of answers")
        raise BrokenLine("response", "is missing, and so is error")
    if response is None:
        return BatchReply(fault=_fault(error))
    if not isinstance(response, dict):
        raise BrokenLine("response", "is no object")
    status = response.get("status_code", 200)
    if isinstance(status, bool) or not isinstance(status, int):
        raise BrokenLine("response.status_code", "is no whole number")
    body = response if "choices" in response else response.get("body")
    if status >= 400:
        told = body or error or ""
        return BatchReply(fault=read_fault(status, told if isinstance(told, str) else json.dumps(told), {}))
    if error is not None:
        return BatchReply(fault=_fault(error))
    return _completion(body, "response.body")


def _completion(body: Any, where: str) -> BatchReply:
    if body is None:
        raise BrokenLine(where, "is missing")
    fault = fault_in(body)
    if fault is not None:
        return BatchReply(fault=fault)
    choices = body.get("choices") if isinstance(body, dict) else None
    if not isinstance(choices, list):
        raise BrokenLine(f"{where}.choices", "is no list")
    if not choices:
        return BatchReply(fault=Fault("passing", "the reply has no choices"))
    return BatchReply(body)


def _fault(error: Any) -> Fault:
    """The fault of an error without a status: the batch expired, was cancelled, or its service failed."""
    if isinstance(error, dict) and str(error.get("code", "")).startswith(("batch_", "request_timeout")):
        said = str(error.get("message") or "").strip().rstrip(".")
        return Fault("passing", f"{error['code']}: {said}" if said else str(error["code"]))
    return fault_in({"error": error}) or Fault("passing", "no reason given")


def _of_result(result: Any) -> BatchReply:
    kind = result.get("type") if isinstance(result, dict) else None
    if not isinstance(kind, str):
        raise BrokenLine("result.type", "is missing")
    if kind == "succeeded":
        return _message(result.get("message"))
    if kind == "errored":
        inner: Any = result.get("error")
        while isinstance(inner, dict) and isinstance(inner.get("error"), dict):
            inner = inner["error"]
        name = inner.get("type") if isinstance(inner, dict) else None
        return BatchReply(fault=read_fault(_STATUS.get(str(name), 500), json.dumps({"error": inner}), {}))
    if kind in ("canceled", "cancelled", "expired"):
        return BatchReply(fault=Fault("passing", f"the request was not answered ({kind})"))
    raise BrokenLine("result.type", f"is {kind!r}, which is not known")


def _message(message: Any) -> BatchReply:
    """A message of Anthropic as a completion."""
    if not isinstance(message, dict):
        raise BrokenLine("result.message", "is missing" if message is None else "is no object")
    content, usage = message.get("content"), message.get("usage") or {}
    if not isinstance(content, list):
        raise BrokenLine("result.message.content", "is no list")
    if not isinstance(usage, dict):
        raise BrokenLine("result.message.usage", "is no object")
    text = "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    said: dict[str, Any] = {"content": text}
    stop = message.get("stop_reason")
    if stop == "refusal":
        said = {"content": "", "refusal": text or "stop_reason: refusal"}
    thought = "".join(str(part.get("thinking") or "") for part in content if isinstance(part, dict))
    if thought:
        said["reasoning_content"] = thought
    return BatchReply(
        {
            "choices": [{"message": said, "finish_reason": _ENDS.get(str(stop), "stop")}],
            "usage": {
                "prompt_tokens": sum(_number(usage.get(name)) for name in _READ),
                "completion_tokens": _number(usage.get("output_tokens")),
            },
        }
    )


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0


_READ = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
