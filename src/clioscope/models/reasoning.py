"""Questions to reasoning models: a budget for the reasoning, and an answer that never contains it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from clioscope.errors import ModelError
from clioscope.models.channel import Channel
from clioscope.models.chat import ChatRequest
from clioscope.models.parse import parse_json
from clioscope.models.problems import Unanswered, Unreachable
from clioscope.models.thinking import CLOSE, still_thinking, strip_thinking, thinking_of
from clioscope.models.wire import Body, Reply, messages_of, schema_fields


async def think(channel: Channel, request: ChatRequest) -> tuple[str, list[Reply], bool]:
    """Ask a reasoning model; returns (answer, replies paid for, whether the answer was cut off).

    The first question leaves room for the reasoning and for the answer. It has no grammar, which would forbid the
    reasoning. The answer is what follows. If there is none (the reasoning used up its budget), or it does not meet the
    schema, a second question closes the reasoning and constrains what comes after it, on servers that can continue a
    given text. On other servers, a model that the catalogue does not know gets far more room once. Raises Unanswered
    ("thought too long") if that is not enough.
    """
    budget = max(channel.settings.thinking_tokens, channel.habits.room)
    first = await channel.ask(_unconstrained(channel, request), budget)
    opened = channel.habits.thinks and not first.thinking and not request.prefill
    too_long = not first.text.strip() or (first.truncated and still_thinking(first.text, opened=opened))
    if not too_long:
        answer = strip_thinking(first.text)
        if request.schema is None and answer:
            return answer, [first], first.truncated
        if request.schema is not None:
            try:
                value = parse_json(answer, request.schema)
                return json.dumps(value, ensure_ascii=False), [first], False
            except ValueError:
                pass
    thought = first.thinking or thinking_of(first.text)
    second = await _conclude(channel, request, thought)
    if second is None and too_long and channel.habits.room < channel.most_room and channel.profile.reasoning == "none":
        # Nobody announced that this model thinks, so nobody chose how long it may.
        channel.habits.room = channel.most_room
        text, replies, truncated = await think(channel, request)
        return text, [first, *replies], truncated
    if second is None:
        why = (
            f"thought too long (over {budget} tokens)" if too_long else "no answer of the required form after thinking"
        )
        raise Unanswered(f"{why}; raise [model] thinking_tokens.")
    return strip_thinking(second.text), [first, second], second.truncated


def _unconstrained(channel: Channel, request: ChatRequest) -> ChatRequest:
    """The request without its grammar; a server that cannot continue a given text is told the form in words."""
    if request.schema is None or channel.habits.dialect not in (None, "other"):
        return replace(request, schema=None)
    messages = messages_of(request, plain_json=True)
    return replace(request, schema=None, messages=tuple((message["role"], message["content"]) for message in messages))


async def _conclude(channel: Channel, request: ChatRequest, thought: str) -> Reply | None:
    """The answer that follows ``thought`` once it is closed, or None if the server cannot continue it."""
    dialect = channel.habits.dialect
    try:
        prompt = await _rendered(channel, request, thought)
    except Unreachable:
        raise
    except (ModelError, KeyError, TypeError):
        return None  # a server of this kind that is too old for it, or has it switched off
    if prompt is not None:
        body: Body = {
            "model": channel.model,
            "prompt": prompt,
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "top_p": request.top_p,
            "seed": request.seed,
        }
        if request.schema is not None:
            body |= schema_fields(request.schema, "/completions", channel.habits, channel.grammar)
        return await channel.post("/completions", body)
    if dialect in ("ollama", "sglang"):
        reply = await channel.ask(replace(request, schema=None, prefill=f"<think>\n{thought}{CLOSE}"))
        return reply if strip_thinking(reply.text) else None
    return None


async def _rendered(channel: Channel, request: ChatRequest, thought: str) -> str | list[int] | None:
    """The messages and the closed thought in the model's own template, or None if the server does not render it.

    Chat templates of reasoning models cut the thinking out of earlier answers, so the text cannot go in as
    a message; llama.cpp gives the prompt as text (``/apply-template``), vLLM as tokens (``/tokenize``).
    """
    root = channel.address.removesuffix("/v1")
    messages: list[dict[str, Any]] = list(messages_of(request, plain_json=channel.habits.plain_json))
    if channel.habits.dialect == "llama.cpp":
        prompt = str((await channel.exchange(f"{root}/apply-template", {"messages": messages}))["prompt"])
        return prompt + _closed(thought, opened=prompt.rstrip().endswith("<think>"))
    if channel.habits.dialect == "vllm":
        asked = {"model": channel.model, "messages": messages, "add_generation_prompt": True}
        reply = await channel.exchange(f"{root}/tokenize", {**asked, "return_token_strs": True})
        opened = "<think>" in "".join((reply.get("token_strs") or [])[-3:])
        text = {"model": channel.model, "prompt": _closed(thought, opened=opened), "add_special_tokens": False}
        return [*reply["tokens"], *(await channel.exchange(f"{root}/tokenize", text))["tokens"]]
    return None


def _closed(thought: str, *, opened: bool) -> str:
    return ("" if opened else "<think>\n") + thought.strip("\n") + CLOSE
