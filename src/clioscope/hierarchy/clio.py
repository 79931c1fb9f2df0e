"""The paper's hierarchizer (Clio, appendix G.6), one level: propose, deduplicate, assign.

The paper relies on the model's answers; this module guarantees the rest. A level is always smaller than the one
below it, every group has exactly one parent whatever the model answers, and the loop always ends. Where an answer is
missing or cannot be used, the vectors decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.models.chat import ChatRequest
from clioscope.models.parse import parse_json
from clioscope.naming.candidates import Label, bullets, clean_name, name_letters
from clioscope.prompts import render

if TYPE_CHECKING:
    from clioscope.models.asker import Asker
    from clioscope.naming.context import NamingContext

_OUTSIDE = 5  # nearest groups outside a neighbourhood that are shown too (the paper's m, not given there)
_OPTIONS = 12  # parents offered to a child; the paper offers all, but a small model chooses better from few
_MERGE = 40  # names deduplicated in one question


def propose_parents(
    context: NamingContext, groups: Sequence[Label], target: int, neighbourhood: int, seed: int
) -> NDArray[np.int32] | None:
    """The parent of each group, numbered 0..p-1 with every number in use and p < len(groups).

    ``target`` is the wanted number of parents, ``neighbourhood`` the mean number of groups per question. None where
    there is no model, or its categories do not make the level smaller; the caller then builds the level from the
    vectors.
    """
    ask = context.ask
    if ask is None:
        return None
    vectors = context.encode([f"{group.name}. {group.description}" for group in groups])
    places = _neighbourhoods(vectors, max(1, round(len(groups) / neighbourhood)), seed)
    names = _propose(context, ask, groups, vectors, places, target)
    names = _deduplicate(context, ask, names, target)
    if not 1 <= len(names) < len(groups):
        return None
    parents = _assign(context, ask, groups, vectors, names, seed)
    used, parent_of = np.unique(parents, return_inverse=True)
    return parent_of.astype(np.int32) if len(used) < len(groups) else None


def _neighbourhoods(vectors: NDArray[np.float32], count: int, seed: int) -> NDArray[np.integer]:
    """The neighbourhood of each group (k,): at most ``count`` of them, every number in use."""
    if count == 1:
        return np.zeros(len(vectors), dtype=np.int32)
    from sklearn.cluster import KMeans

    distinct = len(np.unique(vectors, axis=0))  # groups of the same name share a place
    places = KMeans(min(count, distinct), n_init=3, random_state=seed).fit_predict(vectors)
    return np.asarray(np.unique(places, return_inverse=True)[1].reshape(-1))


def _propose(
    context: NamingContext,
    ask: Asker,
    groups: Sequence[Label],
    vectors: NDArray[np.float32],
    places: NDArray[np.integer],
    target: int,
) -> list[str]:
    """Names of parents that the model proposes, asked once per neighbourhood."""
    requests = []
    for place in range(int(places.max()) + 1):
        inside = np.flatnonzero(places == place)
        outside = np.flatnonzero(places != place)
        centre = vectors[inside].mean(axis=0)
        near = outside[np.argsort(-(vectors[outside] @ centre), kind="stable")[:_OUTSIDE]]
        count = max(1, round(target * len(inside) / len(groups)))
        shown = [groups[index].name for index in (*inside, *near)]
        requests.append(_list_request(context, "propose", shown, count, f"neighbourhood {place}"))
    answers = ask.ask("tree", requests, _names_parser(context.settings.max_words))
    return _unique(name for answer in answers for name in answer or ())


def _deduplicate(context: NamingContext, ask: Asker, names: list[str], target: int) -> list[str]:
    """At most 1.5 times ``target`` names: the model merges them; where it does not, the vectors choose among them."""
    most = max(1, int(1.5 * target))
    while len(names) > most:
        chunks = [names[start : start + _MERGE] for start in range(0, len(names), _MERGE)]
        share = target / len(names)
        requests = [
            _list_request(context, "dedupe", chunk, max(1, round(len(chunk) * share)), "merge") for chunk in chunks
        ]
        answers = ask.ask("tree", requests, _names_parser(context.settings.max_words))
        merged = _unique(name for chunk, answer in zip(chunks, answers, strict=True) for name in answer or chunk)
        if len(merged) >= len(names):
            break
        names = merged
    return names if len(names) <= most else _spread(names, context.encode(names), target)


def _spread(names: list[str], vectors: NDArray[np.float32], count: int) -> list[str]:
    """Up to ``count`` names that lie far apart (a greedy choice), in the order given."""
    chosen = [0]
    nearest = vectors @ vectors[0]
    while len(chosen) < count:
        chosen.append(int(nearest.argmin()))
        nearest = np.maximum(nearest, vectors @ vectors[chosen[-1]])
    return [names[index] for index in sorted(set(chosen))]


def _assign(
    context: NamingContext,
    ask: Asker,
    groups: Sequence[Label],
    vectors: NDArray[np.float32],
    names: list[str],
    seed: int,
) -> NDArray[np.integer]:
    """The index of the parent's name for each group; where the model gives no usable answer, the nearest name."""
    similarity = vectors @ context.encode(names).T
    generator = np.random.default_rng(seed)
    options: list[list[str]] = []
    for row in similarity:
        offered = np.argsort(-row, kind="stable")[:_OPTIONS]
        options.append([names[index] for index in generator.permutation(offered)])
    system = render("assign")
    requests = [
        ChatRequest(
            messages=(
                ("system", system),
                (
                    "user",
                    f"Group: {group.name}\n{group.description[:200]}\n\nCategories:\n{bullets(offered)}",
                ),
            ),
            schema=_choice_schema(offered),
            max_tokens=48,
            item=group.name,
        )
        for group, offered in zip(groups, options, strict=True)
    ]
    known = {name: index for index, name in enumerate(names)}

    def parse(text: str) -> int:
        answer: Any = parse_json(text)
        if not isinstance(answer, dict) or answer.get("category") not in known:
            raise ValueError("the category is not one of those offered")
        return known[answer["category"]]

    answers = ask.ask("tree", requests, parse)
    return np.array(
        [int(row.argmax()) if answer is None else answer for answer, row in zip(answers, similarity, strict=True)]
    )


def _choice_schema(options: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"category": {"type": "string", "enum": list(options)}},
        "required": ["category"],
        "additionalProperties": False,
    }


def _list_request(context: NamingContext, prompt: str, shown: Sequence[str], count: int, item: str) -> ChatRequest:
    words = context.settings.max_words
    return ChatRequest(
        messages=(
            ("system", render(prompt, language=context.language, count=count, words=words)),
            ("user", bullets(shown)),
        ),
        schema={
            "type": "object",
            "properties": {
                "names": {
                    "type": "array",
                    "items": {"type": "string", "maxLength": name_letters(words)},
                    "minItems": 1,
                    "maxItems": count,
                }
            },
            "required": ["names"],
            "additionalProperties": False,
        },
        max_tokens=32 + 4 * words * count,
        item=item,
    )


def _names_parser(words: int) -> Callable[[str], list[str]]:
    def parse(text: str) -> list[str]:
        answer: Any = parse_json(text)
        given = answer.get("names") if isinstance(answer, dict) else None
        names = [clean_name(str(name), words) for name in given or ()]
        if not any(names):
            raise ValueError("the answer holds no list of names")
        return list(filter(None, names))

    return parse


def _unique(names: Iterable[str]) -> list[str]:
    """The names without those that differ from an earlier one in case only."""
    return list({name.casefold(): name for name in reversed(list(names))}.values())[::-1]
