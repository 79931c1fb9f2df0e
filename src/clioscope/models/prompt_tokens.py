"""From a request to the prompt tokens of a model in this process."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from clioscope.models.chat import ChatRequest
from clioscope.models.problems import Unanswered
from clioscope.models.profile import Profile
from clioscope.models.thinking import CLOSE
from clioscope.models.wire import flatten, messages_of

_SPLIT = "\ufdd0"  # no character of any text (a Unicode noncharacter)
_OPEN = "<think>\n"


def profile_of(tokenizer: Any, known: Profile) -> Profile:
    """The habits of a model: those that the catalogue knows, else those that its chat template shows."""
    from dataclasses import replace

    if not tokenizer.chat_template:
        return replace(known, endpoint="completion")
    if known.reasoning != "none" or known.endpoint == "completion":
        return known
    if "enable_thinking" in str(tokenizer.chat_template):
        return replace(known, reasoning="switchable")
    opens = _render(tokenizer, [{"role": "user", "content": "?"}]).rstrip().endswith("<think>")
    return replace(known, reasoning="think-tags") if opens else known


def prompt_tokens(tokenizer: Any, request: ChatRequest, profile: Profile) -> tuple[list[int], bool]:
    """The prompt tokens, and whether reasoning comes next.

    The messages go through the model's chat template, or under headings for a base model. Text in a message that looks
    like a special token (``<|im_end|>``) is cut in two before it becomes tokens: the model reads the same characters,
    but no end of a turn. A prefill begins the answer after a closed stretch of reasoning; with a schema it is ignored.
    """
    prefill = (request.prefill or "") if request.schema is None else ""
    pattern = _special(tokenizer)
    messages = [
        {**message, "content": _cut(message["content"], pattern)} for message in messages_of(request, plain_json=False)
    ]
    if profile.endpoint == "completion":
        return [*_begin(tokenizer), *_encode(tokenizer, flatten(messages) + _cut(prefill, pattern))], False
    text = _render(tokenizer, messages, **({"enable_thinking": False} if profile.reasoning == "switchable" else {}))
    thinks = profile.reasoning == "think-tags"
    if thinks and not text.rstrip().endswith("<think>"):
        text += _OPEN
    if thinks and prefill:
        text += CLOSE
    return _encode(tokenizer, text + _cut(prefill, pattern)), thinks and not prefill


def _render(tokenizer: Any, messages: list[dict[str, str]], **options: Any) -> str:
    import jinja2

    def render(chat: list[dict[str, str]]) -> str:
        return str(tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True, **options))

    try:
        return render(messages)
    except jinja2.TemplateError as error:
        system, rest = messages[0], messages[1:]
        if system["role"] != "system" or not rest:  # only a system message may be unknown to a template (Gemma)
            raise Unanswered(f"the model's chat template refuses the question ({error}).") from error
        return render([{**rest[0], "content": f"{system['content']}\n\n{rest[0]['content']}"}, *rest[1:]])


def _encode(tokenizer: Any, text: str) -> list[int]:
    pieces = (piece for piece in text.split(_SPLIT) if piece)
    return [token for piece in pieces for token in tokenizer(piece, add_special_tokens=False)["input_ids"]]


def _begin(tokenizer: Any) -> list[int]:
    """The token that texts of this model begin with, if any; chat templates write it themselves."""
    first = tokenizer("")["input_ids"][:1]
    return first if first == [tokenizer.bos_token_id] else []


def _cut(text: str, pattern: re.Pattern[str]) -> str:
    return pattern.sub(lambda match: match[1] + _SPLIT, text.replace(_SPLIT, ""))


def _special(tokenizer: Any) -> re.Pattern[str]:
    """The first character of what becomes one token by its name: special tokens, and tags such as ``<tool_call>``."""
    tokens = tokenizer.added_tokens_decoder.values()
    return _pattern(tuple(str(token.content) for token in tokens if token.special or token.content[:1] in ("<", "[")))


@lru_cache(maxsize=8)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    long = sorted((name for name in names if len(name) > 1 and name.strip()), key=len, reverse=True)
    if not long:
        return re.compile(r"(?!)()")
    # All places where one begins, also inside another: so none is whole in what lies between two cuts.
    starts = (f"{re.escape(name[0])}(?={re.escape(name[1:])})" for name in long)
    return re.compile("(" + "|".join(starts) + ")", re.DOTALL)
