"""The question for the name of a group of groups: what the model is shown, and what it is told when it lists parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from clioscope.models.chat import ChatRequest
from clioscope.naming.candidates import bullets, naming_schema
from clioscope.prompts import example_turns, render

PROMPT = "name_parent"
AGAIN = "name_parent_again"


class ParentEvidence(NamedTuple):
    """What stands for a parent: how many ``conversations`` it holds; the names and sizes of the ``groups`` in it that
    have a name, largest first, and ``total`` of all; texts of ``members`` from all groups; ``phrases`` that are typical
    of the whole; and names of the nearest groups ``outside``."""

    conversations: int
    total: int
    groups: Sequence[tuple[str, int]]
    members: Sequence[str]
    phrases: Sequence[str]
    outside: Sequence[str]


def parent_request(
    evidence: ParentEvidence, *, language: str, candidates: int, words: int, temperature: float = 0.0, item: str = ""
) -> ChatRequest:
    """One question for the name of a parent. ``words`` is the limit of a name, ``item`` what the ledger calls it."""

    def shortened(answer: dict[str, Any]) -> dict[str, Any]:
        return {**answer, "names": answer["names"][:candidates]}

    groups = [f"{name} ({count:,})" for name, count in evidence.groups]
    user = f"{evidence.conversations:,} requests in {evidence.total} groups:\n{bullets(groups)}"
    user += f"\n\nSome of the requests, from all groups:\n{bullets(evidence.members)}"
    if evidence.phrases:
        user += f"\n\nTypical of the whole: {', '.join(evidence.phrases)}"
    if evidence.outside:
        user += f"\n\nClose, but not members:\n{bullets(evidence.outside)}"
    return ChatRequest(
        messages=(
            ("system", render(PROMPT, language=language, candidates=candidates, words=words)),
            *example_turns(PROMPT, language, shortened),
            ("user", user),
        ),
        schema=naming_schema(candidates, words),
        max_tokens=120 + 3 * words * candidates,
        temperature=temperature,
        item=item,
    )


def asked_again(request: ChatRequest, refused: Sequence[str]) -> ChatRequest:
    """The same question with the remark that the ``refused`` names only list parts."""
    role, user = request.messages[-1]
    remark = render(AGAIN, names="; ".join(refused))
    return replace(request, messages=(*request.messages[:-1], (role, f"{user}\n\n{remark}")))
