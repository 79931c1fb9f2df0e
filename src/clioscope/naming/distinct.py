"""No two names in an atlas may be near-duplicates: siblings are named against each other, on evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.embedding.embedder import Encode
from clioscope.models.chat import ChatRequest
from clioscope.models.parse import parse_json
from clioscope.naming.candidates import Label, bullets, clean_name, name_letters
from clioscope.naming.context import NamingContext
from clioscope.naming.representatives import covering_members
from clioscope.prompts import example_turns, render
from clioscope.settings import NamingSettings

if TYPE_CHECKING:
    from clioscope.models.asker import Asker

_ROUNDS = 2  # times the model is asked before phrases decide
_AT_ONCE = 5  # names in one question: more and a small model loses count


def make_distinct(
    labels: Sequence[Label],
    evidence: Sequence[Sequence[str]],
    sizes: Sequence[int],
    settings: NamingSettings,
    *,
    encode: Encode,
    ask: Asker | None,
    language: str = "English",
    allowed: Callable[[int, str], bool] = lambda index, name: True,
) -> list[Label]:
    """The labels with names changed until no two are near-duplicates.

    Near-duplicates are names of the same words, or whose vectors have a cosine of ``settings.duplicate`` or
    more. Each set of them is shown to the model together, with what sets each apart (phrases) and some
    members (``evidence``); the largest group of a set keeps its name if the new ones differ from it. What the
    model cannot tell apart, the phrases do, and as a last resort a number. ``sizes`` orders the groups.
    """
    names = [label.name for label in labels]
    for _ in range(_ROUNDS if ask is not None else 0):
        sets = near_duplicates(names, encode(names), settings.duplicate)
        if not sets:
            break
        assert ask is not None
        chunks = [found[start : start + _AT_ONCE] for found in sets for start in range(0, len(found), _AT_ONCE)]
        requests = [_request(chunk, names, labels, evidence, settings, language) for chunk in chunks]
        answers = ask.ask("distinct", requests, _parse)
        for chunk, answer in zip(chunks, answers, strict=True):
            for index, name in zip(chunk, answer or (), strict=False):
                cleaned = clean_name(name, settings.max_words)
                if cleaned and allowed(index, cleaned):
                    names[index] = cleaned
    _settle(names, labels, sizes, settings, encode)
    return [label._replace(name=name) for label, name in zip(labels, names, strict=True)]


def distinct_tree(
    context: NamingContext, named: Sequence[Sequence[Label]], member: Sequence[NDArray[np.integer]]
) -> list[list[Label]]:
    """``make_distinct`` over all names of a tree at once.

    ``named`` and ``member`` run from the base to the top: the labels of each level and the group of every
    conversation there. A parent that has one child and its name keeps it: the two are one group.
    """
    texts, vectors = context.texts, context.vectors
    labels: list[Label] = []
    evidence: list[list[str]] = []
    sizes: list[int] = []
    places: list[list[int]] = []
    inside: list[list[int]] = []
    for level, (own, groups) in enumerate(zip(named, member, strict=True)):
        places.append([])
        for number, label in enumerate(own):
            rows = np.flatnonzero(groups == number)
            if level and (only := _only_child(groups, member[level - 1], number)) is not None:
                places[-1].append(places[level - 1][only])
                continue
            places[-1].append(len(labels))
            labels.append(label)
            inside.append([int(row) for row in rows])
            sizes.append(len(rows) + level)  # of equals, the higher keeps its name
            evidence.append(list(dict.fromkeys(texts[row] for row in rows[covering_members(vectors[rows], 4)])))
    made = make_distinct(
        labels,
        evidence,
        sizes,
        context.settings,
        encode=context.encode,
        ask=context.ask,
        language=context.language,
        allowed=lambda index, name: not context.support.unsupported(name, inside[index]),
    )
    return [[made[place] for place in level] for level in places]


def _only_child(groups: NDArray[np.integer], below: NDArray[np.integer], number: int) -> int | None:
    children = np.unique(below[groups == number])
    return int(children[0]) if len(children) == 1 else None


def near_duplicates(names: Sequence[str], vectors: NDArray[np.float32], threshold: float) -> list[list[int]]:
    """Sets of indices of names that are too much alike (connected components), smallest index first."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    if len(names) < 2:
        return []
    alike = vectors @ vectors.T >= threshold
    keys: dict[frozenset[str], int] = {}
    for index, name in enumerate(names):
        twin = keys.setdefault(_key(name), index)
        alike[index, twin] = True
    _, component = connected_components(csr_matrix(alike), directed=False)
    members: dict[int, list[int]] = {}
    for index, number in enumerate(component):
        members.setdefault(int(number), []).append(index)
    return [found for found in members.values() if len(found) > 1]


def _key(name: str) -> frozenset[str]:
    words = (word.strip(".,:;()'\"").casefold() for word in name.split())
    return frozenset(word.rstrip("s") for word in words if len(word) > 2 or word.isdigit()) or frozenset(
        {name.casefold()}
    )


def _request(
    chunk: Sequence[int],
    names: Sequence[str],
    labels: Sequence[Label],
    evidence: Sequence[Sequence[str]],
    settings: NamingSettings,
    language: str,
) -> ChatRequest:
    blocks = [
        f"Group {number}, now called: {names[index]}\n"
        f"Set apart by: {', '.join(labels[index].phrases[:5]) or '-'}\n{bullets(evidence[index][:4])}"
        for number, index in enumerate(chunk, start=1)
    ]
    return ChatRequest(
        messages=(
            ("system", render("rename", language=language, words=settings.max_words)),
            *example_turns("rename", language),
            ("user", "\n\n".join(blocks)),
        ),
        schema={
            "type": "object",
            "properties": {
                "names": {
                    "type": "array",
                    "items": {"type": "string", "maxLength": name_letters(settings.max_words)},
                    "minItems": len(chunk),
                    "maxItems": len(chunk),
                }
            },
            "required": ["names"],
            "additionalProperties": False,
        },
        max_tokens=32 + 4 * settings.max_words * len(chunk),
        item=", ".join(names[index] for index in chunk),
    )


def _parse(text: str) -> list[str]:
    answer: Any = parse_json(text)
    if not isinstance(answer, dict) or not isinstance(answer.get("names"), list):
        raise ValueError("the answer holds no list of names")
    return [str(name) for name in answer["names"]]


def _settle(
    names: list[str],
    labels: Sequence[Label],
    sizes: Sequence[int],
    settings: NamingSettings,
    encode: Encode,
) -> None:
    """Tell what is still alike apart by phrases, then by number; the largest of a set keeps its name."""
    vectors = encode(names)
    settled: list[int] = []
    taken: set[frozenset[str]] = set()

    def fits(option: str, vector: NDArray[np.float32]) -> bool:
        near = float((vectors[settled] @ vector).max()) if settled else -1.0
        return _key(option) not in taken and near < settings.duplicate

    for index in sorted(range(len(names)), key=lambda index: (-sizes[index], index)):
        if not fits(names[index], vectors[index]):
            names[index], vectors[index] = _told_apart(
                names[index], labels[index].phrases, settings, encode, fits, taken
            )
        settled.append(index)
        taken.add(_key(names[index]))


def _told_apart(
    name: str,
    phrases: Sequence[str],
    settings: NamingSettings,
    encode: Encode,
    fits: Callable[[str, NDArray[np.float32]], bool],
    taken: set[frozenset[str]],
) -> tuple[str, NDArray[np.float32]]:
    """The first name with phrases that fits, or the name with a number; and its vector."""
    options = _options(name, phrases, settings.max_words)
    if options:
        for option, vector in zip(options, encode(options), strict=True):
            if fits(option, vector):
                return option, vector
    number = 2
    short = " ".join(name.split()[: settings.max_words - 1])
    while _key(f"{short} ({number})") in taken:
        number += 1
    numbered = f"{short} ({number})"
    return numbered, encode([numbered])[0]


def _options(name: str, phrases: Sequence[str], words: int) -> list[str]:
    fresh = [phrase for phrase in phrases if phrase.casefold() not in name.casefold()]
    found = [f"{name}: {', '.join(fresh[:count])}" for count in (1, 2) if len(fresh) >= count]
    found += [", ".join(fresh[start : start + 3]) for start in range(0, len(fresh), 3)]
    return [cleaned for option in found if (cleaned := clean_name(option, words))]
