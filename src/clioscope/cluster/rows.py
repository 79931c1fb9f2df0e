"""Outcomes as rows of a table, and back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from clioscope.models.chat import ChatAnswer
from clioscope.models.outcome import Outcome

if TYPE_CHECKING:
    import pyarrow as pa

QUESTION = {"key": "string", "text": "string"}  # Arrow types of a question on its way
COLUMNS = ("key", "kind", "text", "reason", "prompt_tokens", "completion_tokens", "seconds", "truncated")


def row_of(outcome: Outcome) -> dict[str, Any]:
    """An outcome as a row; no value is null, so all files have the same schema."""
    answer = outcome.answer or ChatAnswer("")
    return {
        "key": outcome.key,
        "kind": outcome.kind,
        "text": answer.text.encode("utf-8", "replace").decode("utf-8"),
        "reason": outcome.reason,
        "prompt_tokens": answer.prompt_tokens,
        "completion_tokens": answer.completion_tokens,
        "seconds": float(answer.seconds),
        "truncated": answer.truncated,
    }


def outcomes_of(table: pa.Table) -> Iterator[Outcome]:
    """The outcomes in a table that ``row_of`` made the rows of."""
    for row in table.select(COLUMNS).to_pylist():
        if row["kind"] != "answer":
            yield Outcome(row["key"], None, row["reason"], row["kind"])
            continue
        cost = row["prompt_tokens"], row["completion_tokens"], row["seconds"]
        yield Outcome(row["key"], ChatAnswer(row["text"], *cost, truncated=row["truncated"]))
