"""No two names in an atlas may be near-duplicates: the model tells them apart, then what sets the groups apart."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.conversations.texts.titles import without_number
from clioscope.models.chat import ChatRequest
from clioscope.models.parse import parse_json
from clioscope.naming.apart import language_said, other_names, ranked_name
from clioscope.naming.candidates import Label, bullets, clean_name, is_cut, name_letters
from clioscope.naming.representatives import covering_members
from clioscope.prompts import example_turns, render

if TYPE_CHECKING:
    from clioscope.naming.context import NamingContext

_ROUNDS = 2  # times the model is asked before phrases decide
_AT_ONCE = 5  # names in one question: more and a small model loses count
_SHOWN = 4  # members of each group in a question


def distinct_tree(
    context: NamingContext,
    named: Sequence[Sequence[Label]],
    member: Sequence[NDArray[np.integer]],
    fixed: Sequence[Sequence[bool]] | None = None,
) -> list[list[Label]]:
    """``make_distinct`` over all names of a tree at once.

    ``named`` and ``member`` run from the base to the top: the labels of each level, and the group (n,) of every
    conversation there. ``fixed``, in the same order, says which names stay as they are; so do those of given
    categories. A parent with a single child and its name keeps it: the two are one group.
    """
    labels: list[Label] = []
    members: list[NDArray[np.intp]] = []
    ranks: list[int] = []
    staying: set[int] = set()
    places: list[list[int]] = []  # per level and group, the index of its label in ``labels``
    for level, (own, groups) in enumerate(zip(named, member, strict=True)):
        places.append([])
        for number, label in enumerate(own):
            only = _only_child(groups, member[level - 1], number) if level and label.code is None else None
            if only is not None:
                places[-1].append(places[level - 1][only])
                continue
            rows = np.flatnonzero(groups == number)
            places[-1].append(len(labels))
            if label.code is not None or (fixed is not None and fixed[level][number]):
                staying.add(len(labels))
            labels.append(label)
            members.append(rows)
            ranks.append(len(rows) + level)  # of two groups of one size, the higher keeps its name
    renamed = make_distinct(context, labels, members, ranks, staying)
    return [[renamed[place] for place in level] for level in places]


def make_distinct(
    context: NamingContext,
    labels: Sequence[Label],
    members: Sequence[NDArray[np.integer]],
    ranks: Sequence[int],
    fixed: Collection[int] = (),
) -> list[Label]:
    """The labels with names changed until no two are near-duplicates.

    Near-duplicates are names of the same words, or names whose vectors have a cosine of ``settings.duplicate`` or
    more. The model is shown each set of them together, with the phrases that set each group apart and some of its
    ``members`` (rows of the context's texts). Where the model cannot tell two groups apart, the name gets what sets
    the group apart: a phrase, its field, and as a last resort its place by size, in words. A number at the end makes no
    other name. In a set that is still alike, the group of the highest rank keeps its name. Names whose indices are in
    ``fixed`` stay, and others give way to them. So do the names of given categories.
    """
    names = [label.name for label in labels]
    fixed = {*fixed, *(index for index, label in enumerate(labels) if label.code is not None)}
    ask, settings = context.ask, context.settings
    for _ in range(_ROUNDS if ask is not None else 0):
        alike = near_duplicates(names, context.encode(names), settings.duplicate)
        alike = [indices for indices in alike if not fixed or not set(indices) <= set(fixed)]
        if not alike:
            break
        assert ask is not None
        chunks = [indices[start : start + _AT_ONCE] for indices in alike for start in range(0, len(indices), _AT_ONCE)]
        requests = [_request(context, chunk, names, labels, members) for chunk in chunks]
        answers = ask.ask("distinct", requests, _parse)
        for chunk, answer in zip(chunks, answers, strict=True):
            for index, name in zip(chunk, answer or (), strict=False):
                cleaned = "" if is_cut(name, settings.max_words) else clean_name(name, settings.max_words)
                if cleaned and index not in fixed and not context.support.unsupported(cleaned, members[index].tolist()):
                    names[index] = cleaned
    _tell_apart(context, names, labels, members, ranks, fixed)
    return [label._replace(name=name) for label, name in zip(labels, names, strict=True)]


def _only_child(groups: NDArray[np.integer], below: NDArray[np.integer], number: int) -> int | None:
    """The one group of the level below that group ``number`` consists of, None where there are several."""
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
        twin = keys.setdefault(name_key(name), index)
        alike[index, twin] = True
    _, component = connected_components(csr_matrix(alike), directed=False)
    members: dict[int, list[int]] = {}
    for index, number in enumerate(component):
        members.setdefault(int(number), []).append(index)
    return [indices for indices in members.values() if len(indices) > 1]


def name_key(name: str) -> frozenset[str]:
    """What two names of the same words have in common, whatever their order, case, plural, and number at the end."""
    plain = without_number(name)
    words = (word.strip(".,:;()'\"").casefold() for word in plain.split())
    return frozenset(word.rstrip("s") for word in words if len(word) > 2 or word.isdigit()) or frozenset(
        {plain.casefold()}
    )


def _request(
    context: NamingContext,
    chunk: Sequence[int],
    names: Sequence[str],
    labels: Sequence[Label],
    members: Sequence[NDArray[np.integer]],
) -> ChatRequest:
    words = context.settings.max_words
    blocks = [
        f"Group {number}, now called: {names[index]}\n"
        f"Set apart by: {', '.join(labels[index].phrases[:5]) or '-'}\n{bullets(_evidence(context, members[index]))}"
        for number, index in enumerate(chunk, start=1)
    ]
    return ChatRequest(
        messages=(
            ("system", render("rename", language=context.language, words=words)),
            *example_turns("rename", context.language),
            ("user", "\n\n".join(blocks)),
        ),
        schema={
            "type": "object",
            "properties": {
                "names": {
                    "type": "array",
                    "items": {"type": "string", "maxLength": name_letters(words)},
                    "minItems": len(chunk),
                    "maxItems": len(chunk),
                }
            },
            "required": ["names"],
            "additionalProperties": False,
        },
        max_tokens=32 + 4 * words * len(chunk),
        item=", ".join(names[index] for index in chunk),
    )


def _evidence(context: NamingContext, members: NDArray[np.integer]) -> list[str]:
    """Texts of members that cover a group, each text once."""
    if not len(members):
        return []
    shown = members[covering_members(context.vectors[members], _SHOWN)]
    return list(dict.fromkeys(context.texts[row] for row in shown))


def _parse(text: str) -> list[str]:
    answer: Any = parse_json(text)
    if not isinstance(answer, dict) or not isinstance(answer.get("names"), list):
        raise ValueError("the answer holds no list of names")
    return [str(name) for name in answer["names"]]


def _tell_apart(
    context: NamingContext,
    names: list[str],
    labels: Sequence[Label],
    members: Sequence[NDArray[np.integer]],
    ranks: Sequence[int],
    fixed: Collection[int],
) -> None:
    """Change names that are still alike, in place, by what sets the groups apart; the highest rank keeps its name."""
    vectors = context.encode(names)
    twins: dict[int, list[int]] = {}
    order = sorted(range(len(names)), key=lambda index: (index not in fixed, -ranks[index], index))
    for alike in near_duplicates(names, vectors, context.settings.duplicate):
        ordered = [index for index in order if index in set(alike)]
        twins |= dict.fromkeys(alike, ordered)
    settled: list[int] = []
    taken: set[frozenset[str]] = set()

    def fits(name: str, vector: NDArray[np.float32]) -> bool:
        near = float((vectors[settled] @ vector).max()) if settled else -1.0
        return name_key(name) not in taken and near < context.settings.duplicate

    for index in order:
        if index not in fixed and not fits(names[index], vectors[index]):
            family = twins.get(index, [index])
            rivals = [members[other] for other in family if other != index]
            plain = without_number(names[index])
            numbered = any(without_number(names[other]) == plain for other in family if other != index)
            label = labels[index]._replace(name=plain if numbered else names[index])
            name = _first_that_fits(context, other_names(context, label, members[index], rivals), fits)
            if name is None:
                place, words = family.index(index) + 1, context.settings.max_words
                language = language_said(label, context.language)
                name = ranked_name(label.name, place, len(family), words, language)
                while name_key(name) in taken:
                    place += 1
                    name = ranked_name(label.name, place, max(place, len(family), 3), words, language)
            names[index], vectors[index] = name, context.encode([name])[0]
        settled.append(index)
        taken.add(name_key(names[index]))


def _first_that_fits(
    context: NamingContext, lists: Iterable[Sequence[str]], fits: Callable[[str, NDArray[np.float32]], bool]
) -> str | None:
    """The first name of the lists that fits. A list is made only when no name before it fits."""
    for names in lists:
        if names:
            for name, vector in zip(names, context.encode(names), strict=True):
                if fits(name, vector):
                    return name
    return None
