"""Proposals for labels: asked for, checked, and asked for again where they cannot be shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clioscope.conversations.texts.titles import copies_one
from clioscope.conversations.texts.whole import sentences, whole_phrase
from clioscope.conversations.texts.words import normal
from clioscope.naming.candidates import Label, Proposal, proposal_parser
from clioscope.naming.support import Support
from clioscope.naming.wording import wording
from clioscope.prompts import render
from clioscope.vectors.spaced import evenly_spaced

if TYPE_CHECKING:
    from clioscope.models.chat import ChatRequest
    from clioscope.naming.context import NamingContext

_SENTENCES = 2  # of a description
_READ = 500  # members whose texts are compared with a name
_LEAST = 6  # words of a sentence that ends before a detail
_SHORTER = 6  # words of a title that is asked for again
_CUT_TITLES = "the titles break off"
_CUT_DESCRIPTION = "the description breaks off"
_COPIED = "the titles repeat a single member"
_DETAILS = "it holds details that only few members share"
# A second sentence that has lost its first speaks of "they"; as the first it speaks of users.
_THEY = re.compile(
    r"^(?:(?:also|in addition|additionally|moreover|furthermore),?\s+)?they(?:\s+also)?\s+", re.IGNORECASE
)
_OTHERS = re.compile(r"^(?:others|some)(?:\s+users)?(?:\s+also)?\s+", re.IGNORECASE)
_ONI = re.compile(r"^(?:(?:также|кроме того|ещё),?\s+)?они(?:\s+также)?\s+", re.IGNORECASE)


def propose(
    context: NamingContext, stage: str, requests: Sequence[ChatRequest], members: Sequence[NDArray[np.integer]]
) -> list[Proposal | None]:
    """A proposal for each group, with names and sentences that may be shown; None where the model gave none.

    ``members`` are the rows of the groups' conversations. An answer is asked for again, once, where all its names
    break off, repeat one member or hold a detail of too few people, or where its description breaks off or loses a
    sentence to such a detail. The second question says what is wrong, asks for a shorter answer, and forbids the
    details. Names of both answers are kept, those of the first answer first.
    """
    ask, settings = context.ask, context.settings
    assert ask is not None
    parser = proposal_parser(settings.candidates, settings.max_words)
    first = ask.ask(stage, requests, parser)
    faults = [faults_of(context, proposal, rows) for proposal, rows in zip(first, members, strict=True)]
    places = [place for place, found in enumerate(faults) if found]
    again = [_again(context, requests[place], first[place], members[place], faults[place]) for place in places]
    second = dict(zip(places, ask.ask(stage, again, parser) if again else (), strict=True))
    return [
        merged(context.support, [proposal, second.get(place)], members[place]) for place, proposal in enumerate(first)
    ]


def faults_of(context: NamingContext, proposal: Proposal | None, members: NDArray[np.integer]) -> list[str]:
    """Why a proposal cannot be shown as it is, in words for the model; empty for one that can, and for none at all."""
    if proposal is None:
        return []
    rows = members.tolist()
    faults = []
    supported = [name for name in proposal.names if not context.support.unsupported(name, rows)]
    whole = [name for name in supported if name not in proposal.cut]
    if not supported or context.support.unsupported(proposal.description, rows):
        faults.append(_DETAILS)
    if supported and not whole:
        faults.append(_CUT_TITLES)
    if whole and all(copies_one(name, said_by(context.texts, members)) for name in whole):
        faults.append(_COPIED)
    if proposal.broken:
        faults.append(_CUT_DESCRIPTION)
    return faults


def merged(support: Support, proposals: Sequence[Proposal | None], members: NDArray[np.integer]) -> Proposal | None:
    """One proposal of several: the names of all that may be shown, whole ones first, and the best description.

    None where no name is left. The best description has the most whole sentences with enough support, up to two; of
    equals the first.
    """
    given = [checked for proposal in proposals if (checked := vetted(proposal, support, members)) is not None]
    names = dict.fromkeys(name for proposal in given for name in proposal.names)
    if not names:
        return None
    cut = frozenset[str]().union(*(proposal.cut for proposal in given))
    whole = tuple(name for name in names if name not in cut)
    description = max(given, key=lambda one: min(len(sentences(one.description)), _SENTENCES)).description
    return Proposal(description, whole or tuple(names), frozenset() if whole else cut)


def vetted(proposal: Proposal | None, support: Support, members: NDArray[np.integer]) -> Proposal | None:
    """The proposal without names that hold a detail of too few people; None if no name is left.

    A sentence with such a detail ends before it, or goes. A sentence that comes to stand first begins as a first
    sentence does: "They also wanted" becomes "Users wanted".
    """
    if proposal is None:
        return None
    rows = [int(member) for member in members]
    names = tuple(name for name in proposal.names if not support.unsupported(name, rows))
    said = [without_details(sentence, support, rows) for sentence in sentences(proposal.description)]
    kept = [sentence for sentence in said if sentence]
    description = " ".join([beginning(kept[0]), *kept[1:]]) if kept else ""
    return replace_names(proposal, description, names) if names else None


def without_details(sentence: str, support: Support, rows: Sequence[int]) -> str:
    """The sentence up to its first detail of too few people, as a whole one; empty where little would be left."""
    details = support.unsupported(sentence, rows)
    if not details:
        return sentence
    # Support reads letters and their accents as one character.
    plain = normal(sentence)
    head = whole_phrase(plain[: min(plain.find(detail) for detail in details)], cut=True)
    return f"{head}." if len(head.split(" ")) >= _LEAST and not support.unsupported(head, rows) else ""


def replace_names(proposal: Proposal, description: str, names: tuple[str, ...]) -> Proposal:
    """The proposal with another description and fewer names."""
    return Proposal(description, names, proposal.cut & frozenset(names), proposal.broken)


def said_by(texts: Sequence[str], members: NDArray[np.integer]) -> list[str]:
    """The texts of the members that a name may have copied: all of them, or 500 evenly spaced ones."""
    places = evenly_spaced(len(members), _READ)
    return [texts[row] for row in members[places].tolist()]


def completed(description: str, label: Label, language: str = "English") -> str:
    """A description of two sentences: where the model's has only one that may be shown, the description that ``label``
    has from its phrases follows.

    Where the model's has none and the group has no phrases, the name stands for it.
    """
    if not description and not label.phrases:
        return wording(language)["about"].format(name=label.name)
    short = len(sentences(description)) < _SENTENCES and label.phrases
    return f"{description} {label.description}".strip() if short else description


def beginning(sentence: str) -> str:
    """A sentence as the first of a description: it names whom it speaks of."""
    for pattern, subject in ((_THEY, "Users "), (_OTHERS, "Some users "), (_ONI, "Пользователи ")):
        if pattern.match(sentence):
            return pattern.sub(subject, sentence, count=1)
    return sentence


def _again(
    context: NamingContext,
    request: ChatRequest,
    proposal: Proposal | None,
    members: NDArray[np.integer],
    faults: Sequence[str],
) -> ChatRequest:
    """The question with what was wrong with its answer."""
    assert proposal is not None
    said = ". ".join([proposal.description, *proposal.names])
    details = context.support.unsupported(said, members.tolist())
    avoid = f" Do not use these words: {', '.join(details)}." if details else ""
    words = min(_SHORTER, context.settings.max_words)
    more = render("name_again", faults=" and ".join(faults), language=context.language, words=words, avoid=avoid)
    role, asked = request.messages[-1]
    return replace(request, messages=(*request.messages[:-1], (role, f"{asked}\n\n{more}")))
