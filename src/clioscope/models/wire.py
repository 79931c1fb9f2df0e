"""The bytes on the wire: request bodies for the servers that speak the OpenAI API, and their replies."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from clioscope.models.chat import ChatRequest
from clioscope.models.profile import Habits, Profile
from clioscope.prompts import render
from clioscope.settings import ModelSettings

Grammar = Callable[[dict[str, Any]], str]
Body = dict[str, Any]

# A base model has no chat template; headings are what such models have seen most around questions.
_HEADINGS = {"system": "### Instructions", "user": "### Input", "assistant": "### Answer"}
STOP = "\n### "


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply: its text, the thinking (where the server separates it), cost, whether it was cut off."""

    text: str
    thinking: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    truncated: bool = False
    reasoning_tokens: int = 0  # of reasoning that the server counts, whether it shows it or not
    filtered: bool = False  # held back by the provider's content filter
    refusal: str = ""  # the model's own words where it would not answer


def messages_of(request: ChatRequest, *, plain_json: bool) -> list[dict[str, str]]:
    """The messages, with the schema written into the last one if the server does not accept schemas."""
    messages = [{"role": role, "content": content} for role, content in request.messages]
    if plain_json and request.schema is not None and messages:
        schema = json.dumps(request.schema, ensure_ascii=False, separators=(",", ":"))
        messages[-1]["content"] += "\n\n" + render("answer_as_json", schema=schema)
    return messages


def tuned(request: ChatRequest, settings: ModelSettings, profile: Profile, thinks: bool) -> ChatRequest:
    """The request with the user's temperature, or the publisher's for a reasoning model."""
    if settings.temperature is not None:
        return replace(request, temperature=settings.temperature)
    if thinks and request.temperature == 0 and profile.temperature is not None:
        return replace(request, temperature=profile.temperature, top_p=profile.top_p or request.top_p)
    return request


def with_room(request: ChatRequest, room: int) -> ChatRequest:
    """The request with ``room`` tokens for thoughts beside those of its answer."""
    return replace(request, max_tokens=request.max_tokens + room) if room else request


def body_of(
    request: ChatRequest, model: str, profile: Profile, habits: Habits, grammar: Grammar | None = None
) -> tuple[str, Body]:
    """The path and the body of a question to this server."""
    body: Body = {
        "model": model,
        "max_tokens": min(request.max_tokens, habits.limit or request.max_tokens),
        "temperature": request.temperature,
        "top_p": request.top_p,
        "seed": request.seed,
    }
    messages = messages_of(request, plain_json=habits.plain_json)
    prefill = prefill_of(request, habits)
    if habits.endpoint == "completion":
        path = "/completions"
        body |= {"prompt": flatten(messages) + (prefill or ""), "stop": [STOP]}
    else:
        path = "/chat/completions"
        if habits.no_system:
            messages = _without_system(messages)
        if prefill:
            messages.append({"role": "assistant", "content": prefill})
            if habits.dialect in ("vllm", "sglang"):
                body |= {"continue_final_message": True, "add_generation_prompt": False}
        body["messages"] = messages
    if request.schema is not None and not habits.plain_json:
        body |= schema_fields(request.schema, path, habits, grammar)
    if habits.dialect in ("llama.cpp", "vllm", "sglang"):
        if profile.top_k is not None and request.temperature > 0:
            body["top_k"] = profile.top_k
        if profile.reasoning == "switchable" and path == "/chat/completions":
            body["chat_template_kwargs"] = {"enable_thinking": False}
    if habits.dialect == "llama.cpp":
        body["cache_prompt"] = True
    for name, other in habits.renamed.items():
        if name in body:
            body[other] = body.pop(name)
    return path, {name: value for name, value in body.items() if name not in habits.dropped}


def _without_system(messages: list[dict[str, str]]) -> list[dict[str, str]]:
    """The messages, with the system's text at the beginning of the user's first one."""
    said = "\n\n".join(message["content"] for message in messages if message["role"] == "system")
    others = [message for message in messages if message["role"] != "system"]
    if said and others and others[0]["role"] == "user":
        return [{"role": "user", "content": f"{said}\n\n{others[0]['content']}"}, *others[1:]]
    return [{"role": "user", "content": said}, *others] if said else others


def prefill_of(request: ChatRequest, habits: Habits) -> str:
    """The beginning of the answer that the server is given; empty if the server cannot continue one.

    A grammar constrains what is generated, not what was put before it: with a schema a prefill would be written twice,
    and it has no use there.
    """
    if habits.endpoint == "chat" and habits.dialect in (None, "other"):
        return ""
    return (request.prefill or "") if request.schema is None or habits.plain_json else ""


def schema_fields(schema: dict[str, Any], path: str, habits: Habits, grammar: Grammar | None) -> Body:
    """The fields that make a server keep to ``schema`` in its answer."""
    if grammar is not None:
        return {"grammar": grammar(schema)}
    if path == "/chat/completions":
        form = {"name": "answer", "schema": schema, "strict": True}
        return {"response_format": {"type": "json_schema", "json_schema": form}}
    if habits.dialect == "llama.cpp":
        return {"json_schema": schema}
    return {"structured_outputs": {"json": schema}} if habits.dialect == "vllm" else {}


def flatten(messages: list[dict[str, str]]) -> str:
    """Messages as one text for a model without a chat template, ending where the answer begins.

    A heading inside a message is indented, so that content cannot pass for structure.
    """
    parts = []
    for message in messages:
        content = message["content"].strip().replace("\n### ", "\n ### ").removeprefix("### ")
        parts.append(f"{_HEADINGS.get(message['role'], _HEADINGS['user'])}\n{content}\n\n")
    return "".join(parts) + _HEADINGS["assistant"] + "\n"


def reply_of(data: object) -> Reply:
    """Read a chat or text completion. Raises ValueError if the data is neither."""
    choices = data.get("choices") if isinstance(data, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") or {} if isinstance(choice, dict) else None
    if not isinstance(data, dict) or not isinstance(choice, dict) or not isinstance(message, dict):
        raise ValueError("the server's reply is not a completion")
    text = choice.get("text") if "text" in choice else message.get("content")
    if isinstance(text, list):  # content parts
        text = "".join(str(part.get("text", "")) for part in text if isinstance(part, dict))
    usage = data.get("usage") or {}
    if not isinstance(text, str | None) or not isinstance(usage, dict):
        raise ValueError("the server's reply is not a completion")
    details = usage.get("completion_tokens_details") or usage.get("output_tokens_details") or {}
    return Reply(
        text=text or "",
        thinking=message.get("reasoning_content") or message.get("reasoning") or "",
        prompt_tokens=int(usage.get("prompt_tokens") or 0),
        completion_tokens=int(usage.get("completion_tokens") or 0),
        truncated=choice.get("finish_reason") == "length",
        reasoning_tokens=int(details.get("reasoning_tokens") or 0) if isinstance(details, dict) else 0,
        filtered=choice.get("finish_reason") == "content_filter",
        refusal=str(message.get("refusal") or ""),
    )
