"""What a reader of an atlas should know before reading it: what was left out, and what the model was of no use for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from clioscope.facets.people import said_of_hidden

# What an atlas is like when most questions of a kind had no usable answer.
_INSTEAD = {
    "screen": "what it said nothing of was kept",
    "facets": "groups and names rest on the raw text",
    "second": "small groups are named from fewer conversations",
    "names": "groups are named by their frequent words",
    "tree": "groups of groups are named by what they hold",
    "distinct": "names of neighbours may be alike",
    "audit": "names without a verdict are withheld",
}


def said_of_asked(asked: int, conversations: int) -> str:
    """How many conversations the model is asked about, as a sentence without a full stop."""
    if asked == conversations:
        return f"all {asked:,} conversations are asked" if asked > 1 else "the conversation is asked"
    return f"{asked:,} of {conversations:,} conversations are asked"


def notices(stages: Mapping[str, Mapping[str, Any]], encoder: Mapping[str, Any] | None = None) -> list[str]:
    """From the manifest's stages: what many texts share and was left out, how many conversations were asked if not all
    were, what became of names of people in facets, and a sentence for every kind of question of which most had no
    usable answer. ``encoder`` is what the manifest says of the encoder: a warning is a notice too."""
    asked: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for stage in stages.values():
        for kind, questions in stage.get("questions", {}).items():
            asked[kind] += questions["asked"]
            failed[kind] += questions["failed"]
    shared: str = stages.get("conversations", {}).get("shared", "")
    warning = encoder["said"] if encoder is not None and encoder["warns"] else ""
    return [sentence for sentence in (warning, shared, _of_asked(stages), said_of_hidden(stages)) if sentence] + [
        f"The model had no usable answer to {failed[kind]:,} of {asked[kind]:,} questions of {kind}: "
        f"{_INSTEAD.get(kind, 'nothing came of them')}. See ledger.parquet for the reasons, and try another model."
        for kind in asked
        if failed[kind] * 2 > asked[kind]
    ]


def _of_asked(stages: Mapping[str, Mapping[str, Any]]) -> str:
    first, all_ = (stages.get("asked", {}).get(name, 0) for name in ("asked", "conversations"))
    if "second" not in stages or first == all_:  # without a model nobody is asked
        return ""
    asked = first + stages["second"]["asked"]
    learnt = "weights" in stages.get("predict", {})
    return f"The model was asked about {asked:,} of {all_:,} conversations. " + (
        "What it said of these tells where the others belong."
        if learnt
        else "The others are grouped by their raw text, since so few answers tell too little; --ask asks about more."
    )
