"""Decoding in a batch whose rows each have their own form, token budget and random numbers.

``transformers`` asks a processor for the scores of the next tokens, and criteria whether a row has ended; both look at
the same rows. The form is a grammar of ``llguidance``, the library that the embedded engine uses too.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from clioscope.errors import ModelError
from clioscope.models.checkpoint import INSTALL
from clioscope.models.problems import Unanswered

_TAIL = 16  # tokens at the end of a row in which a closing tag is looked for


class Forms:
    """Grammars of JSON schemas for one tokenizer: compiled once, then copied for each row.

    ``width``: how many scores the model gives per token; ``ends``: the tokens that end its answers. Raises ModelError:
    llguidance is not installed, or does not know this kind of tokenizer.
    """

    def __init__(self, tokenizer: Any, width: int, ends: Collection[int]) -> None:
        try:
            import llguidance.hf

            self._tokenizer = llguidance.hf.from_tokenizer(tokenizer, n_vocab=width, eos_token=sorted(ends))
        except ImportError as error:
            raise ModelError(f"A model in this process needs llguidance: {INSTALL}.") from error
        except ValueError as error:
            raise ModelError(f"The answers of this model cannot be held to a form ({error}).") from error
        self._made: dict[str, Any] = {}

    def matcher(self, schema: dict[str, Any]) -> Any:
        """A matcher for JSON of this schema without white space between its parts.

        Raises Unanswered for a schema that llguidance cannot hold an answer to.
        """
        from llguidance import LLMatcher

        text = json.dumps({**schema, "x-guidance": {"whitespace_flexible": False}})
        if text not in self._made:
            made = LLMatcher(self._tokenizer, LLMatcher.grammar_from_json_schema(text), log_level=0)
            if made.is_error():
                raise Unanswered(f"no answer can be held to this schema ({made.get_error().splitlines()[0]}).")
            self._made[text] = made
        return self._made[text].deep_copy()


class Chance:
    """Draws tokens by temperature, ``top_p`` and ``top_k`` from its own random generator, so that a row does not depend
    on the rest of its batch."""

    def __init__(self, temperature: float, top_p: float, top_k: int | None, seed: int) -> None:
        import torch

        self.temperature, self.top_p, self.top_k = temperature, top_p, top_k
        self._generator = torch.Generator().manual_seed(seed)  # of the CPU: the same on every card

    def draw(self, scores: Any) -> Any:
        """The number of one token of ``scores`` (vocabulary,)."""
        import torch

        shares, tokens = torch.softmax(scores / self.temperature, dim=-1).sort(descending=True, stable=True)
        if self.top_k:
            shares = shares[: self.top_k]
        sums = shares.cumsum(dim=-1)
        kept = int((sums - shares < self.top_p * sums[-1]).sum().clamp(min=1))  # of those that top_k left
        point = torch.rand(1, generator=self._generator).to(sums) * sums[kept - 1]
        return tokens[int(torch.searchsorted(sums[:kept], point).clamp(max=kept - 1))]


@dataclass(slots=True)
class Row:
    """One answer while it grows.

    ``limit``: most tokens of the answer. ``budget``: most tokens of reasoning before it (None: there is no reasoning).
    ``close`` is written after reasoning that ended or used up its budget, ``after_close`` after reasoning that closed
    itself. The answer follows, from token ``begin`` on, and ends before the text ``stop``. ``gone`` says whether nobody
    waits for it any more.
    """

    limit: int
    ends: frozenset[int]
    decode: Callable[[Sequence[int]], str]
    matcher: Any = None
    chance: Chance | None = None
    budget: int | None = None
    close: tuple[int, ...] = ()
    after_close: tuple[int, ...] = ()
    stop: str = ""
    gone: Callable[[], bool] = lambda: False
    tokens: list[int] = field(default_factory=list)
    forced: deque[int] = field(default_factory=deque)
    begin: int = 0
    done: bool = False
    truncated: bool = False
    problem: str = ""

    def __post_init__(self) -> None:
        if self.budget == 0:
            self._answer_after(self.close)

    @property
    def text(self) -> str:
        """The answer without the thinking before it and without the text that ended it."""
        answer = self.decode(self.tokens[self.begin :])
        return answer.partition(self.stop)[0] if self.stop else answer

    def take(self, token: int) -> None:
        """Add one token."""
        if self.gone():
            self.done = True
        if self.done:
            return
        self.tokens.append(token)
        if self.forced:
            self.forced.popleft()
            if not self.forced:
                self.begin = len(self.tokens)
        elif self.budget is not None:
            self._think(token)
        elif token in self.ends:
            self.tokens.pop()
            self.done = True
        else:
            self._answer(token)

    def _think(self, token: int) -> None:
        assert self.budget is not None
        if token in self.ends:
            self.tokens.pop()
            self._answer_after(self.close)
        elif "</think>" in self.decode(self.tokens[-_TAIL:]):
            self._answer_after(self.after_close)
        elif len(self.tokens) >= self.budget:
            self._answer_after(self.close)

    def _answer_after(self, tokens: tuple[int, ...]) -> None:
        self.budget = None
        self.forced.extend(tokens)
        self.begin = len(self.tokens)

    def _answer(self, token: int) -> None:
        if self.matcher is not None:
            if not self.matcher.consume_token(token):
                self.problem, self.done = self.matcher.get_error() or "a token that the form forbids", True
            elif self.matcher.is_stopped():  # nothing but an end can follow
                self.done = True
        elif self.stop and self.stop in self.decode(self.tokens[max(self.begin, len(self.tokens) - _TAIL) :]):
            self.done = True
        if not self.done and len(self.tokens) - self.begin >= self.limit:
            self.done = self.truncated = True


class Choose:
    """A logits processor that leaves each row the tokens that may come next: all, those of its form, the forced one, or
    the drawn one. Decoding is greedy, so one batch may mix rows of all kinds."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """``scores`` (rows, vocabulary) with -inf for what may not come next."""

        barred = self._barred(scores.shape[1], scores.device)
        if barred is not None:
            scores = scores.masked_fill(barred, float("-inf"))
        for number, row in enumerate(self.rows):
            if row.done:
                continue
            if row.forced:
                token: Any = row.forced[0]
            elif row.chance is not None:
                token = row.chance.draw(scores[number])
            else:
                continue
            scores[number] = float("-inf")
            scores[number, token] = 0.0
        return scores

    def _barred(self, width: int, device: Any) -> Any:
        """A boolean tensor (rows, width), true where a row's form forbids a token; None if no row has a form now."""
        import torch
        from llguidance.numpy import allocate_token_bitmask, fill_next_token_bitmask

        formed = [
            (number, row.matcher)
            for number, row in enumerate(self.rows)
            if row.matcher is not None and row.budget is None and not row.forced and not row.done
        ]
        if not formed:
            return None
        allowed = allocate_token_bitmask(len(self.rows), width)
        for number, matcher in formed:
            fill_next_token_bitmask(matcher, allowed, number)
        # One bit per token goes to the card, not one byte: it is unpacked there.
        bits = torch.from_numpy(allowed).to(device)[:, :, None] >> torch.arange(32, dtype=torch.int32, device=device)
        return (bits & 1 == 0).flatten(1)[:, :width]


class Ended:
    """Stopping criteria that hand every new token to its row."""

    def __init__(self, rows: Sequence[Row], halt: Callable[[], bool] = lambda: False) -> None:
        self.rows, self.halt = rows, halt

    def __call__(self, input_ids: Any, scores: Any, **options: Any) -> Any:
        """A boolean tensor (rows,), true for rows that have ended."""
        import torch

        for row, token in zip(self.rows, input_ids[:, -1].tolist(), strict=True):
            row.take(token)
        halted = self.halt()
        return torch.tensor([halted or row.done for row in self.rows], device=input_ids.device)
