"""The screener: a yes/no question in plain words narrows the input (Clio, appendix G.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clioscope.models.chat import ChatRequest
from clioscope.models.parse import parse_json
from clioscope.prompts import render

if TYPE_CHECKING:
    import polars as pl

    from clioscope.models.asker import Asker

_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"answer": {"type": "string", "enum": ["yes", "no"]}},
    "required": ["answer"],
    "additionalProperties": False,
}


def screen(transcripts: pl.DataFrame, question: str, ask: Asker) -> list[bool | None]:
    """Whether each conversation gets a yes; None where the model gave no usable answer (see the ledger)."""
    system = render("screen", question=question)
    requests = [
        ChatRequest(
            messages=(("system", system), ("user", f"<conversation>\n{transcript}\n</conversation>")),
            schema=_SCHEMA,
            max_tokens=16,
            temperature=ask.temperature or 0.0,
            item=conversation,
        )
        for conversation, transcript in transcripts.select("conversation", "transcript").iter_rows()
    ]
    return ask.ask("screen", requests, lambda text: bool(parse_json(text, _SCHEMA)["answer"] == "yes"))
