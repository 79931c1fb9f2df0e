"""The ledger of an atlas: what its releases with a guarantee have spent, one after another.

It lies in the atlas and stays when the atlas is built again. Every release takes part of the same people's privacy, so
what they spend adds up.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clioscope.atlas.files import write_json
from clioscope.errors import AtlasError
from clioscope.privacy.guarantee.wanted import BUDGET, Guarantee

LEDGER = "guarantees.json"


def read_ledger(folder: Path) -> dict[str, Any]:
    """The ledger of the atlas in ``folder``: ``budget``, and ``releases`` (at, epsilon, delta, name).

    Raises AtlasError for one that cannot be read.
    """
    path = folder / LEDGER
    if not path.exists():
        return {"budget": BUDGET, "releases": []}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        _ = [(one["epsilon"] + 0.0, one["delta"] + 0.0) for one in found["releases"]], found["budget"] + 0.0
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AtlasError(
            f"{path}: the ledger of what was released cannot be read ({error!r}); put back a copy of it."
        ) from error
    return dict(found)


def book(folder: Path, wanted: Guarantee, name: str) -> dict[str, Any]:
    """Book a release before anything is drawn, since even one that fails may have said something.

    Returns what all releases have spent together: ``number``, ``epsilon``, ``delta`` (sums, which hold for any
    releases of the same people). Raises AtlasError if they would spend more than the budget, or if the ledger cannot
    be read or written.
    """
    ledger = read_ledger(folder)
    budget = ledger["budget"] if wanted.budget is None else wanted.budget
    before = sum(one["epsilon"] for one in ledger["releases"])
    if before + wanted.epsilon > budget * (1 + 1e-9):
        raise AtlasError(
            f"{folder}: its releases have spent epsilon {before:g}, and {wanted.epsilon:g} more would pass the budget "
            f"of {budget:g}; take a smaller --epsilon, or state a larger --budget if you accept less privacy."
        )
    now = datetime.now(UTC).isoformat(timespec="seconds")
    ledger["releases"].append({"at": now, "epsilon": wanted.epsilon, "delta": wanted.delta, "name": name})
    try:
        write_json(folder / LEDGER, ledger | {"budget": budget})
    except OSError as error:
        raise AtlasError(f"{folder / LEDGER}: cannot be written ({error.strerror or error}).") from error
    return {
        "number": len(ledger["releases"]),
        "epsilon": sum(one["epsilon"] for one in ledger["releases"]),
        "delta": sum(one["delta"] for one in ledger["releases"]),
    }
