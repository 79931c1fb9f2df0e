"""The screener: a yes/no question in plain words narrows the input (Clio, appendix G.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from clioscope.errors import ModelError
from clioscope.models.chat import ChatRequest
from clioscope.models.parse import parse_json
from clioscope.prompts import render

if TYPE_CHECKING:
    import polars as pl

    from clioscope.models.asker import Asker
    from clioscope.models.ledger import Ledger

_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"answer": {"type": "string", "enum": ["yes", "no"]}},
    "required": ["answer"],
    "additionalProperties": False,
}


def screen(transcripts: pl.DataFrame, question: str, ask: Asker) -> list[bool | None]:
    """Whether each conversation gets a yes; None where the model gave no usable answer (see the ledger)."""
    requests = screen_requests(transcripts, question, ask.temperature or 0.0)
    return ask.ask("screen", requests, lambda text: bool(parse_json(text, _SCHEMA)["answer"] == "yes"))


def screen_requests(transcripts: pl.DataFrame, question: str, temperature: float) -> list[ChatRequest]:
    """The question about each row of ``transcripts``."""
    system = render("screen", question=question)
    return [
        ChatRequest(
            messages=(("system", system), ("user", f"<conversation>\n{transcript}\n</conversation>")),
            schema=_SCHEMA,
            max_tokens=16,
            temperature=temperature,
            item=conversation,
        )
        for conversation, transcript in transcripts.select("conversation", "transcript").iter_rows()
    ]


def stays(answers: Sequence[bool | None]) -> pl.Series:
    """The column ``kept``: true for a yes and for no usable answer, since silence is not a no."""
    import polars as pl

    return pl.Series("kept", [answer is not False for answer in answers], dtype=pl.Boolean)


def passed(answers: Sequence[bool | None], ledger: Ledger) -> pl.Series:
    """The column ``kept`` of a build, see ``stays``.

    Raises ModelError with the ledger's reason when no conversation got an answer: nothing was screened then.
    """
    if answers and all(answer is None for answer in answers):
        reasons = (failure.reason.rstrip(".") for failure in ledger.failures if failure.stage == "screen")
        why = next(reasons, "no reason given")
        raise ModelError(
            f"The model gave the screener no usable answer about any of {len(answers):,} conversations ({why}); "
            f"use another model, or leave facets.screen out."
        )
    return stays(answers)
