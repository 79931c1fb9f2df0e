"""What a provider says when it does not answer: its own words, and what they mean for the next questions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from html import unescape
from typing import Any, Literal

from clioscope.models.refusal import is_too_long
from clioscope.models.retry import wait_asked

Kind = Literal[
    "key",  # the same for every question until somebody fixes it
    "credit",
    "model",
    "place",  # no API here
    "busy",  # a rate limit
    "overloaded",
    "passing",  # any other fault that may be gone next time
    "late",  # no answer in time
    "lost",  # no connection
    "filtered",  # this question's own
    "too long",
    "question",
]
_LONGEST = 300  # characters of the provider's words

_CREDIT_CODES = {
    *("insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "insufficient_balance", "arrearage"),
    *("exceeded_current_quota_error", "budget_exceeded", "insufficient_credits", "payment_required", "quota_exceeded"),
    *("account_deactivated", "access_terminated", "insufficient_user_quota", "billing_error", "credits_exhausted"),
}
_CREDIT = re.compile(
    r"insufficient[ _](balance|credit|fund|quota)|(credit|account) balance|out of credit|more credits"
    r"|no (more )?credits?\b|exceeded your current quota|quota (is |has been )?(exhausted|used up)"
    r"|check your (plan|billing)|payment required|budget has been exceeded|(spend(ing)?|usage|billing)[ _](hard )?limit"
    r"|account (is|has been) (not active|suspended|deactivated|overdue)|in arrears|overdue",
    re.IGNORECASE,
)
_KEY_CODES = {"invalid_api_key", "api_key_invalid", "authentication_error", "invalid_authentication_error"}
_KEY = re.compile(
    r"\bapi[ _-]?key\b[^.]{0,40}\b(not valid|invalid|expired|revoked|incorrect|disabled|deleted|not found)"
    r"|\b(invalid|incorrect|expired|revoked|disabled|missing)\b[^.]{0,20}\b(api[ _-]?key|access token|credentials)",
    re.IGNORECASE,
)
_MODEL_CODES = {
    *("model_not_found", "model_decommissioned", "deploymentnotfound", "modelnotfound", "unknown_model"),
    *("model_not_available", "invalid_model", "model_deprecated"),
}
_MODEL = re.compile(
    r"\b(model|deployment)\b.{0,80}?\b(not found|does not exist|do not have access|decommissioned|no longer available"
    r"|has been (retired|removed|deleted)|not a valid model|not exist)"
    r"|\b(no such|unknown|invalid) (model|deployment)\b(?! (parameter|option|field|output))|no endpoints found"
    r"|not a valid model|^model: ",
    re.IGNORECASE | re.DOTALL,
)
_FILTER_CODES = {
    *("content_filter", "responsibleaipolicyviolation", "content_policy_violation", "data_inspection_failed"),
    *("datainspectionfailed", "content_moderation", "moderation_blocked", "sensitive_content"),
}
_FILTER = re.compile(
    r"content (management|moderation|safety|usage) (policy|system|filter)|content[ _]filter|(was|is) flagged"
    r"|requires moderation|violat\w+ .{0,30}(content|usage|safety) polic|inappropriate content|content exists risk",
    re.IGNORECASE,
)
_BUSY_CODES = {"rate_limit_exceeded", "rate_limit_error", "rate_limit_reached_error", "resource_exhausted"}
_BUSY_CODES |= {"too_many_requests", "throttling", "ratelimitreached", "engine_overloaded_error"}
_BUSY = re.compile(r"rate[ -]?limit|too many requests|throttl|requests per (min|sec|day)", re.IGNORECASE)
_OVERLOADED = re.compile(
    r"overload|over capacity|at capacity|no capacity|currently busy|high (load|demand)", re.IGNORECASE
)
_AFFORD = re.compile(r"max_tokens\b.*?\bafford (\d+)", re.IGNORECASE | re.DOTALL)  # OpenRouter's 402
_SHORTEST = 64  # tokens that an answer needs
_NO_SUCH_PAGE = re.compile(r"unexpected endpoint|no route|unknown (url|path|endpoint)|invalid url", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_PAGE = re.compile(r"\s*(<!--.*?-->\s*)*<(!doctype|html|head|body|title|\?xml)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.IGNORECASE | re.DOTALL)

_MESSAGES = ("message", "msg", "detail", "error", "error_msg", "raw", "title")

LASTING = ("key", "credit", "model", "place")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why there is no answer. ``words`` are the provider's, on one line; ``status`` the HTTP status or the code in the
    body; ``wait`` the seconds that it asks for; ``param`` the field that it objects to; ``page`` whether it is HTML."""

    kind: Kind
    words: str
    status: int | None = None
    wait: float | None = None
    param: str = ""
    page: bool = False
    inside: bool = False  # it came with status 200

    def __str__(self) -> str:
        return f"{self.status}: {self.words}" if self.status else self.words


def read_fault(status: int, text: str, headers: Mapping[str, str]) -> Fault:
    """The fault of a reply with an HTTP status of 400 or more."""
    try:
        body: Any = json.loads(text)
    except ValueError:
        body = text
    return _read(status, body, headers)


def fault_in(body: Any) -> Fault | None:
    """The fault in a reply that came with status 200: an error, or a page. None where the body has neither."""
    if isinstance(body, str):
        page = _is_page(body)
        return Fault("place" if page else "passing", _words(body) or "an empty reply", page=page)
    if isinstance(body, list) and len(body) == 1:
        body = body[0]
    if not isinstance(body, dict):
        return None
    choices = body.get("choices")
    if isinstance(choices, list) and choices:
        error = choices[0].get("error") if isinstance(choices[0], dict) else None
        return replace(_read(200, {"error": error}, {}), inside=True) if error else None
    if body.get("error") or ("choices" not in body and body.keys() & {"detail", "errors", "error_code"}):
        return replace(_read(200, body, {}), inside=True)
    return None


def _read(status: int, body: Any, headers: Mapping[str, str]) -> Fault:
    parts = list(_parts(body))
    words = _words(body)
    codes = {
        str(part[name]).lower() for part in parts for name in ("code", "type", "status", "error_code") if part.get(name)
    }
    if status < 400:
        status = next((int(code) for code in codes if code.isdigit() and 400 <= int(code) < 600), 0)
    delay = next((str(part["retryDelay"]) for part in parts if part.get("retryDelay")), "")
    inner: dict[str, Any] = next((part["headers"] for part in parts if isinstance(part.get("headers"), dict)), {})
    told = {**{str(name): str(value) for name, value in inner.items()}, **headers}
    wait = wait_asked({"retry-after": delay} if delay else told, words)
    param = next((str(part["param"]) for part in parts if part.get("param")), "")
    page = isinstance(body, str) and _is_page(body)
    return Fault(_kind(status, codes, words, wait), words or "no reason given", status or None, wait, param, page)


def _kind(status: int, codes: set[str], words: str, wait: float | None) -> Kind:
    """What a refusal means. A quota with a time to wait is a rate limit (Gemini); a quota without one is used up."""
    if codes & _FILTER_CODES or (status in (0, 400, 403, 422, 451) and _FILTER.search(words)):
        return "filtered"
    afford = _AFFORD.search(words)
    if afford and int(afford[1]) >= _SHORTEST:
        return "question"  # fewer tokens will do
    if status == 402 or codes & _CREDIT_CODES:
        return "credit"
    if is_too_long(words) and (status not in (401, 403, 404, 429) or words.lower().startswith("request too large")):
        return "too long"
    if codes & _MODEL_CODES:
        return "model"
    if _CREDIT.search(words) and not (status == 429 and wait):
        return "credit"
    if status in (401, 403) or codes & _KEY_CODES or (status in (0, 400) and _KEY.search(words)):
        return "key"
    if status in (0, 400, 404, 410, 422) and _MODEL.search(words):
        return "model"
    if status in (404, 405, 410) or (status < 500 and _NO_SUCH_PAGE.search(words)):
        return "place"
    if status == 429 or (status == 0 and (codes & _BUSY_CODES or _BUSY.search(words))):
        return "busy"
    if status == 529 or (status in (0, 503) and (_OVERLOADED.search(words) or "overloaded_error" in codes)):
        return "overloaded"
    return "passing" if status == 0 or status >= 500 or status in (408, 409, 425) else "question"


def _parts(body: Any) -> Iterator[dict[str, Any]]:
    """The objects of an error body that describe it, the outer ones first."""
    if isinstance(body, list):
        for part in body[:3]:
            yield from _parts(part)
    elif isinstance(body, dict):
        yield body
        for name in ("error", "detail", "innererror", "metadata", "details", "errors"):
            yield from _parts(body.get(name))


def _words(body: Any) -> str:
    """The readable words of an error, on one line."""
    if isinstance(body, str):
        match = _TITLE.search(body)
        title = _line(unescape(match[1])) if match else ""
        plain = _line(unescape(_TAG.sub(" ", body)))
        if title:
            return f'the page "{title}"'
        return f"a page that says: {plain}" if plain and _is_page(body) else plain
    said: list[str] = []
    for part in _parts(body):
        for name in _MESSAGES:
            value = part.get(name)
            if isinstance(value, str) and _line(value) and _line(value) not in " ".join(said):
                said.append(_line(value))
    if said:
        return _line(" – ".join(said[:3]))
    return _line(json.dumps(body, ensure_ascii=False)) if body else ""


def _line(text: str) -> str:
    return " ".join(text.split())[:_LONGEST]


def _is_page(text: str) -> bool:
    return _PAGE.match(text) is not None
