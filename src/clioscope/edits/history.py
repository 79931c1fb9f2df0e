"""What an analyst did to an atlas, as rows for readers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clioscope.edits.log import Log
from clioscope.edits.operation import MARKS

_INNER = ("labels", "verdicts", "anchors", "vouched", "kept")  # what a replay needs and a reader does not


def history(log: Log, record: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row per operation, the first first: id, at, author, op, details, state (applied, undone or no longer
    applies), why, and ``said``: the same as a key with its fields (``sentences``), None where nothing is to be said."""
    gone = {str(one.get("id")): one for one in record}
    undone = log.undone
    rows = []
    for one in log.operations:
        if one.op in MARKS:
            continue
        state = "undone" if one.id in undone else "no longer applies" if one.id in gone else "applied"
        said = {name: value for name, value in one.details.items() if name not in _INNER}
        rows.append(
            {
                "id": one.id,
                "at": one.at,
                "author": one.author,
                "op": one.op,
                "details": said,
                "state": state,
                "why": gone[one.id]["why"] if state == "no longer applies" else "",
                "said": gone[one.id]["said"] if state == "no longer applies" else None,
            }
        )
    unread = [one for one in record if "line" in one]
    blank = {"id": "", "at": "", "author": "", "op": "", "details": {}, "state": "no longer applies"}
    return [*rows, *(blank | {"why": one["why"], "said": one["said"]} for one in unread)]
