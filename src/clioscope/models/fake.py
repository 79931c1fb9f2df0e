"""A stand-in for a language model: deterministic answers made of the question's own words.

It is for tests, dry runs and trying things out. Similar conversations get similar answers, every JSON schema is obeyed,
and it can be told to fail in the ways that real servers do.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections import Counter
from typing import Any

from clioscope.models.chat import ChatAnswer, ChatRequest
from clioscope.models.problems import Unanswered, Unreachable

_WORD = re.compile(r"[^\W_]{3,}")
_BLOCK = re.compile(r"<(\w+)[^>]*>(.*?)</\1>", re.DOTALL)
_STOP_TEXT = """
    the and for that this with you your are was were has have had not but can could would should will what
    when where which who how why from into about there here then than them they their its our out all any some
    one two get got let make please want need also just like use using user assistant
"""
_STOP = frozenset(_STOP_TEXT.split())
_DANGER = frozenset({"bomb", "kill", "weapon", "hack", "malware", "suicide", "poison", "steal", "murder"})
BEHAVIOURS = ("", "nonsense", "empty", "dead", "slow")


class FakeModel:
    """A ``ChatModel`` that answers from the words of the last message.

    If that message holds tagged blocks (``<conversation>…</conversation>``) only their content counts, not the
    instructions around them. Behaviours: ``nonsense`` (text that meets no schema), ``empty``, ``dead`` (unreachable),
    ``slow`` (waits ``delay`` seconds). ``fail_every=n``: every nth question fails; ``die_after=n``: unreachable after n
    answers; ``nonsense_every=n``: every nth answer is nonsense.

    ``calls`` counts the questions that reached the model, ``requests`` keeps them, ``most_at_once`` is the
    greatest number that were open at the same time.
    """

    def __init__(
        self,
        behaviour: str = "",
        *,
        concurrency: int = 4,
        fail_every: int = 0,
        nonsense_every: int = 0,
        die_after: int | None = None,
        delay: float | None = None,
    ) -> None:
        if behaviour not in BEHAVIOURS:
            raise ValueError(f"a fake model is one of {', '.join(filter(None, BEHAVIOURS))}, not {behaviour}")
        self.id = "fake" if not behaviour else f"fake:{behaviour}"
        self.concurrency = concurrency
        self.behaviour = behaviour
        self.fail_every = fail_every
        self.nonsense_every = nonsense_every
        self.die_after = 0 if behaviour == "dead" else die_after
        self.delay = delay if delay is not None else (0.05 if behaviour == "slow" else 0.0)
        self.calls = 0
        self.requests: list[ChatRequest] = []
        self.most_at_once = 0
        self.closed = False
        self._open = 0

    async def complete(self, request: ChatRequest) -> ChatAnswer:
        """Answer one question; equal questions get equal answers, whatever was asked before."""
        self.calls += 1
        call = self.calls
        self.requests.append(request)
        self._open += 1
        self.most_at_once = max(self.most_at_once, self._open)
        try:
            await asyncio.sleep(self.delay)
        finally:
            self._open -= 1
        if self.die_after is not None and call > self.die_after:
            raise Unreachable("fake: nobody answers.")
        if self.fail_every and call % self.fail_every == 0:
            raise Unanswered("fake: this question was to fail.")
        text = self.text(request, nonsense=bool(self.nonsense_every and call % self.nonsense_every == 0))
        prompt = sum(len(content) for _, content in request.messages)
        return ChatAnswer(text, prompt_tokens=prompt // 4 + 1, completion_tokens=len(text) // 4 + 1, seconds=self.delay)

    def close(self) -> None:
        """There is nothing to release; tests can see that it was called."""
        self.closed = True

    def text(self, request: ChatRequest, *, nonsense: bool = False) -> str:
        """The answer's text."""
        if self.behaviour == "empty":
            return ""
        words = salient(_subject(request))
        if nonsense or self.behaviour == "nonsense":
            return f"Colourless green ideas about {' '.join(words[:3]) or 'nothing'} sleep furiously {{["
        salt = f"{request.seed}|{request.temperature > 0}"
        if request.schema is None:
            return _cap(" ".join(words[:12]) or "nothing") + "."
        value = _Filler(words, salt, request.schema).fill(request.schema, "")
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def salient(text: str, most: int = 24) -> list[str]:
    """The words that stand out in ``text``: in lower case, the most frequent first and then the earliest."""
    words = [word for word in map(str.lower, _WORD.findall(text)) if word not in _STOP]
    order = {word: place for place, word in reversed(list(enumerate(words)))}
    counts = Counter(words)
    return sorted(counts, key=lambda word: (-counts[word], order[word]))[:most]


def _subject(request: ChatRequest) -> str:
    message = request.messages[-1][1] if request.messages else ""
    blocks = [inner for _, inner in _BLOCK.findall(message)]
    return "\n".join(blocks) if blocks else message


class _Filler:
    """Fills a JSON schema from words; every choice is a hash of the words and the place in the schema."""

    def __init__(self, words: list[str], salt: str, root: dict[str, Any]) -> None:
        self.words, self.salt, self.root = words, salt, root

    def pick(self, where: str, count: int) -> int:
        """A number in 0 … count − 1."""
        seed = "|".join([self.salt, where, *self.words[:8]])
        return int.from_bytes(hashlib.blake2b(seed.encode(), digest_size=8).digest(), "big") % max(1, count)

    def fill(self, schema: dict[str, Any], where: str) -> Any:
        if "$ref" in schema:
            node: Any = self.root
            for part in schema["$ref"].removeprefix("#/").split("/"):
                node = node[part]
            return self.fill(node, where)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.choose(schema["enum"], where)
        for keyword in ("anyOf", "oneOf", "allOf"):
            if keyword in schema:
                return self.fill(schema[keyword][0], where)
        kind = schema.get("type", "object" if "properties" in schema else "string")
        if isinstance(kind, list):
            kind = kind[0]
        if kind == "object":
            return {n: self.fill(part, f"{where}.{n}") for n, part in schema.get("properties", {}).items()}
        if kind == "array":
            least, most = schema.get("minItems", 0), schema.get("maxItems", max(3, schema.get("minItems", 0)))
            if schema.get("minItems") == 0:  # a list that may be empty, of things that need not be there
                return []
            items = schema.get("items", {})
            return [self.fill(items, f"{where}[{i}]") for i in range(max(least, min(most, 3)))]
        if kind in ("integer", "number"):
            return self.number(schema, where)
        if kind == "boolean":
            return self.pick(where, 2) == 1
        return None if kind == "null" else self.string(schema, where)

    def choose(self, options: list[Any], where: str) -> Any:
        """The option whose words occur most in the text; by hash where none does."""
        hits = [sum(word in self.words for word in _WORD.findall(str(option).lower())) for option in options]
        best = max(hits)
        likely = [option for option, hit in zip(options, hits, strict=True) if hit == best]
        return likely[self.pick(where, len(likely))]

    def number(self, schema: dict[str, Any], where: str) -> int | float:
        """A concern is high for dangerous words, low for others; other whole numbers are near the top."""
        least = schema.get("minimum", schema.get("exclusiveMinimum", 0))
        most = schema.get("maximum", schema.get("exclusiveMaximum", least + 9))
        if schema.get("type") == "number":
            return float(least + (most - least) * self.pick(where, 101) / 100)
        step = self.pick(where, int(min(most - least, 1)) + 1)
        if not any(word in where.lower() for word in ("concern", "risk", "harm", "danger")):
            return int(most - step)
        return int(most if _DANGER & set(self.words) else least + step)

    def string(self, schema: dict[str, Any], where: str) -> str:
        """Salient words: three in a short field, ten in a long one; items of a list start at other words."""
        most = schema.get("maxLength", 200)
        count = 3 if most <= 60 else 10
        index = re.search(r"\[(\d+)\]$", where)
        start = int(index.group(1)) if index else 0
        words = (self.words[start:] + self.words[:start])[:count] if self.words else ["nothing"]
        text = _cap(" ".join(words))
        while len(text) > most and " " in text:
            text = text[: text.rfind(" ")]
        return text[:most].ljust(schema.get("minLength", 0), ".")


def _cap(text: str) -> str:
    return text[:1].upper() + text[1:]
