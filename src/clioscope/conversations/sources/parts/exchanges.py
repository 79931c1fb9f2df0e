"""Questions with their answers, written as pairs or in turn, or in one text with the speakers' names, as messages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from clioscope.conversations.fields.columns import normal
from clioscope.conversations.messages.cells import cell
from clioscope.conversations.messages.content import ROLES
from clioscope.conversations.messages.turns import speaks

ASKING = ("human", "user", "question", "prompt", "instruction", "query", "input", "q", "ask", "usermessage", "customer")
ANSWERING = (
    *("assistant", "bot", "gpt", "chatgpt", "model", "ai", "chatbot", "answer", "response", "completion", "output"),
    *("reply", "a", "assistantmessage", "botmessage", "botresponse", "modelresponse", "agent"),
)
_SPEAKERS = frozenset(("human", "user", "assistant", "bot", "gpt", "chatgpt", "ai", "model", "chatbot", "system"))
_LABEL = re.compile(
    r"(?:^|(?<=\n))[ \t]*(?:[\[(]?\d[\d:.,/ \-T]{3,22}(?:[AaPp][Mm])?[\])]?[ \-]*)?(?:#{2,3}[ ]?|\*\*)?"
    r"(human|user|prompter|assistant|system|gpt|chatgpt|chatbot|bot|ai|customer|visitor|agent|operator)"
    r"(?:\*\*)?[ ]?:(?:\*\*)?[ \t]*",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"<start_of_turn>(user|model)\n|<\|(?:im_start\|>|start_header_id\|>)?(user|human|prompter|assistant|system)(?:\|>|<\|end_header_id\|>)?"
)
_END = re.compile(r"<\|(?:im_end|end|eot_id|endoftext|end_of_text)\|>|</s>|<end_of_turn>|<eos>")
_BEGIN = re.compile(r"\A(?:(?:<s>|<bos>|<\|begin_of_text\|>)\s*)+")
_INSTRUCTION = re.compile(r"\[INST\](.*?)\[/INST\](.*?)(?=(?:<s>\s*)?\[INST\]|\Z)", re.DOTALL)
_SYSTEM = re.compile(r"\s*<<SYS>>(.*?)<</SYS>>", re.DOTALL)
_ALPACA = re.compile(
    r"(?:Below is an instruction[^#]*)?### Instruction:\s*(.*?)\s*(?:### Input:\s*(.*?)\s*)?### Response:\s*(.*)\Z",
    re.DOTALL,
)


def exchanges(value: Any) -> list[dict[str, Any]] | None:
    """The messages that a list of exchanges stands for; None for a list of anything else, or an empty one.

    Exchanges are objects with a question and an answer (``{human, assistant}``, ``{user, bot}``, ``{question,
    answer}``) or named by one speaker (``{user: …}, {assistant: …}``), pairs of texts (``[[question, answer], …]``),
    or texts in turn, the user's first, unless each begins with the name of its speaker. JSON text is decoded.
    """
    value = cell(value)
    if not isinstance(value, list) or not value:
        return None
    first = value[0]
    if isinstance(first, dict):
        taken = not speaks(first) and (_is_pair(first) or all(map(_is_spoken, value)))
        return [turn for item in value for turn in _of_object(item)] if taken else None
    if isinstance(first, list):
        pairs = all(isinstance(item, list) and len(item) == 2 and _are_texts(item) for item in value)
        return [turn for item in value for turn in _in_turn(item)] if pairs else None
    return _of_texts(value) if _are_texts(value) else None


def labelled(text: str) -> list[tuple[str, str]] | None:
    """(role, text) of a text that holds a conversation, each message after the name of its speaker; else None.

    Such texts begin with a name: ``### Human: … ### Assistant: …``, ``Human: …`` and ``Assistant: …`` on lines of
    their own, ``<|im_start|>user``. One that names the user alone, or the assistant alone, is not taken apart.
    """
    text = _BEGIN.sub("", text.strip())
    if text.startswith("[INST]"):
        return _instructed(text)
    if "### Response:" in text and (alpaca := _ALPACA.match(text)) is not None:
        return [("user", "\n\n".join(filter(None, alpaca.group(1, 2)))), ("assistant", alpaca[3])]
    mark = _TAG if text.startswith(("<|", "<start_of_turn>")) else _LABEL
    if mark.match(text) is None:
        return None
    if mark is _LABEL:
        text = (_VICUNA if text.startswith("USER:") else _SAME_LINE).sub(r"\n\1", text)
    marks = list(mark.finditer(text))
    ends = [label.start() for label in marks[1:]] + [len(text)]
    turns: list[tuple[str, str]] = [
        (
            ROLES[(label[1] or label[2]).lower()] if mark is _TAG else ROLES[label[1].lower()],
            _END.sub("", text[label.end() : end]).strip(),
        )
        for label, end in zip(marks, ends, strict=True)
    ]
    roles = {role for role, _ in turns}
    # A prompt may be a system prompt and a question, with the answer elsewhere.
    return turns if "user" in roles and ("assistant" in roles or turns[0][0] == "system") else None


_SAME_LINE = re.compile(
    r"(?<!\n)[ ]?(?<!#)(#{3}[ ]?(?:Human|Assistant|User|System)[ ]?:)"
)  # all on one line, as guanaco has it

_VICUNA = re.compile(r"(?:[ ]|</s>)((?:USER|ASSISTANT):)")


def _instructed(text: str) -> list[tuple[str, str]] | None:
    """The turns of a text as Llama 2 and Mistral take it: ``[INST] … [/INST] …``, the system prompt in the first."""
    turns: list[tuple[str, str]] = []
    for pair in _INSTRUCTION.finditer(text):
        asked, answer = pair[1], _END.sub("", pair[2]).strip()
        system = _SYSTEM.match(asked)
        if system is not None:
            turns.append(("system", system[1].strip()))
            asked = asked[system.end() :]
        turns.append(("user", asked.strip()))
        if answer:
            turns.append(("assistant", answer))
    return turns or None


def _is_pair(value: Mapping[str, Any]) -> bool:
    names = {normal(str(name)) for name in value}
    return bool(names.intersection(ASKING)) and bool(names.intersection(ANSWERING))


def _is_spoken(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and {normal(str(name)) for name in value} <= _SPEAKERS


def _of_object(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, dict):
        return [{"role": "user", "unread": value}]  # the reader of messages says what is wrong with it
    turns = []
    for role, names in (("user", ASKING), ("assistant", ANSWERING)):
        there = {normal(str(name)): name for name in value}
        name = next((there[plain] for plain in names if plain in there), None)
        if name is not None and value[name] is not None:
            turns.append({"role": role, "content": value[name]})
    if value.get("system"):
        turns.insert(0, {"role": "system", "content": value["system"]})
    return turns


def _of_texts(texts: list[Any]) -> list[dict[str, Any]]:
    named = [_LABEL.match(text or "") for text in texts]
    if all(named):
        return [
            {"role": ROLES[speaker[1].lower()], "content": text[speaker.end() :]}
            for speaker, text in zip(named, texts, strict=True)
            if speaker is not None
        ]
    return _in_turn(texts)


def _in_turn(texts: list[Any]) -> list[dict[str, Any]]:
    return [
        {"role": "assistant" if place % 2 else "user", "content": text}
        for place, text in enumerate(texts)
        if text is not None
    ]


def _are_texts(values: list[Any]) -> bool:
    return all(isinstance(value, str) or value is None for value in values) and any(values)
