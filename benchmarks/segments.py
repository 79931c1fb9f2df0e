"""Several topics in one conversation: are the changes found, what is cut that should not be, and is the second topic
found again in the groups?

    python benchmarks/segments.py [--data ShareGPT.json] [--embedder all-MiniLM-L6-v2] [--seeds 3]

Conversations are made by joining 2 to 4 conversations of different labels: labelled ShareGPT, CLINC150 (a part is one
to four utterances of an intent) and Russian texts (one to three of a section, of ``benchmarks/russian_data.py``).
Each kind is run twice: once where every third conversation is joined, once where every tenth is; the others are as
they are. Nothing is learnt from the labels: the cuts are made with what the corpus tells of itself. No language model
is asked.

Prints per corpus: precision and recall of the boundaries (also by the turns of the shorter one of the two parts: 1, 2,
3 or more), WindowDiff, how many conversations that are not joined are
cut, and how many of the second and later parts have a group of their label: of the segments, against one vector for
each conversation. A part is found if the group of one of its segments has its label as the most frequent one.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans

from clioscope.conversations import Conversation
from clioscope.conversations.read import read_many
from clioscope.embedding.encode import encode_texts
from clioscope.embedding.open import open_embedder
from clioscope.errors import InputError
from clioscope.experiments.data import clinc150, data_folder, russian_texts
from clioscope.segments import best_cuts, learn_scale, turns_of
from clioscope.segments.turns import TURN, says_nothing
from clioscope.settings import load_settings

LONGEST = 12  # turns of a part: longer conversations would decide all figures
JOINED = 200  # conversations that are joined
Vectors = NDArray[np.float32]


class Part(NamedTuple):
    """A conversation with one label: its turns, which of them follow, and whether it has no second label."""

    label: str
    turns: list[str]
    follows: list[bool]
    single: bool


def sharegpt(data: Path) -> list[Part]:
    """The labelled conversations of ShareGPT."""
    with (data_folder() / "sharegpt-labelled" / "labels.csv").open(encoding="utf-8") as file:
        labels = {row["id"]: row for row in csv.DictReader(file)}
    parts = []
    for record in read_many([data]):
        if isinstance(record, Conversation) and record.source_id in labels:
            row, turns = labels[record.source_id], turns_of(record.messages)
            if 0 < len(turns) <= LONGEST:
                told = [turn.text for turn in turns], [turn.follows for turn in turns]
                parts.append(Part(row["category"], *told, row["second"] in ("", "-")))
    return parts


def clinc(generator: np.random.Generator) -> list[Part]:
    """One to four utterances of an intent; the label is its domain."""
    found = clinc150(each=12)
    return list(_drawn([found.domains[code] for code in found.coarse], found.truth, found.texts, generator, 4))


def russian(generator: np.random.Generator) -> list[Part]:
    """One to three descriptions of a section, the first lines of each."""
    found = russian_texts()
    texts = [text[:TURN] for text in found.texts["ru"]]
    return list(_drawn([found.classes[code] for code in found.truth], found.truth, texts, generator, 3))


def _drawn(
    labels: Sequence[str], truth: NDArray[Any], texts: Sequence[str], generator: np.random.Generator, most: int
) -> Iterator[Part]:
    for code in np.unique(truth):
        rows = generator.permutation(np.flatnonzero(truth == code)).tolist()
        while rows:
            taken, rows = rows[: (count := int(generator.integers(1, most + 1)))], rows[count:]
            yield Part(labels[taken[0]], [texts[row] for row in taken], [False] * len(taken), True)


def corpus(parts: Sequence[Part], share: float, generator: np.random.Generator) -> list[list[Part]]:
    """Conversations as lists of parts: ``share`` of them joined, the others of one part and two turns or more."""
    alone = [[part] for part in parts if len(part.turns) > 1]
    alone = [alone[row] for row in generator.permutation(len(alone))[:600]]
    joined: list[list[Part]] = []
    while len(joined) < min(JOINED, share / (1 - share) * len(alone)):
        drawn = [parts[row] for row in generator.choice(len(parts), int(generator.integers(2, 5)), replace=False)]
        if all(one.label != other.label for one, other in pairwise(drawn)):
            joined.append(drawn)
    made = [*alone, *joined]
    return [made[row] for row in generator.permutation(len(made))]


def window_diff(true: set[int], found: set[int], turns: int) -> float:
    """WindowDiff (Pevzner and Hearst 2002) with a window of half the mean length of a segment; 0 is without fault."""
    width = max(1, round(turns / (len(true) + 1) / 2))
    inside = [{place for place in cuts if 0 < place < turns} for cuts in (true, found)]
    wrong = [
        sum(start < place <= start + width for place in inside[0])
        != sum(start < place <= start + width for place in inside[1])
        for start in range(max(1, turns - width))
    ]
    return float(np.mean(wrong))


def measured(conversations: Sequence[Sequence[Part]], vectors: dict[str, Vectors], seed: int) -> dict[str, float]:
    """All figures of one corpus; ``vectors`` by text."""
    rows = [np.array([vectors[text] for part in parts for text in part.turns]) for parts in conversations]
    follows = [np.array([follow for part in parts for follow in part.follows]) for parts in conversations]
    places = [np.flatnonzero(~those) for those in follows]
    started = time.perf_counter()
    scale = learn_scale([own[place] for own, place in zip(rows, places, strict=True)])
    assert scale is not None
    cuts = [{int(place[cut]) for cut in best_cuts(own[place], scale)} for own, place in zip(rows, places, strict=True)]
    seconds = time.perf_counter() - started
    truth = [set(np.cumsum([len(part.turns) for part in parts])[:-1].tolist()) for parts in conversations]
    several = [row for row, parts in enumerate(conversations) if len(parts) > 1]
    alone = [row for row, parts in enumerate(conversations) if len(parts) == 1]
    single = [row for row in alone if conversations[row][0].single]
    hits = sum(len(truth[row] & cuts[row]) for row in several)
    by_length = {
        turns: [
            place in cuts[row]
            for row in several
            for place, parts in zip(sorted(truth[row]), pairwise(conversations[row]), strict=True)
            if min(3, *(len(part.turns) for part in parts)) == turns
        ]
        for turns in (1, 2, 3)
    }
    return {
        "precision": hits / max(1, sum(len(cuts[row]) for row in several)),
        "recall": hits / sum(len(truth[row]) for row in several),
        **{f"recall_{turns}": float(np.mean(found)) for turns, found in by_length.items()},
        "window_diff": float(np.mean([window_diff(truth[row], cuts[row], len(rows[row])) for row in several])),
        "never_cut": float(np.mean([window_diff(truth[row], set(), len(rows[row])) for row in several])),
        "cut_alone": float(np.mean([bool(cuts[row]) for row in alone])),
        "cut_single": float(np.mean([bool(cuts[row]) for row in single])),
        "second": found_parts(conversations, rows, cuts, seed),
        "second_whole": found_parts(conversations, rows, [set() for _ in cuts], seed),
        "second_known": found_parts(conversations, rows, truth, seed),
        "seconds_cutting": seconds,
    }


def found_parts(
    conversations: Sequence[Sequence[Part]], rows: Sequence[Vectors], cuts: Sequence[set[int]], seed: int
) -> float:
    """Of the second and later parts of joined conversations, those with a segment in a group of their label."""
    means, labels, owners = [], [], []
    for row, parts in enumerate(conversations):
        bounds = [0, *sorted(cuts[row]), len(rows[row])]
        of_turn = [number for number, part in enumerate(parts) for _ in part.turns]
        for start, end in pairwise(bounds):
            mean = rows[row][start:end].mean(axis=0)
            means.append(mean / max(1e-9, float(np.linalg.norm(mean))))
            inside = Counter(of_turn[start:end])
            labels.append(parts[min(inside, key=lambda part: (-inside[part], part))].label)
            owners.append((row, set(inside)))
    kinds = len({part.label for parts in conversations for part in parts})
    groups = KMeans(3 * kinds, n_init=3, random_state=seed).fit_predict(np.array(means))
    stands_for = {
        group: Counter(label for label, own in zip(labels, groups, strict=True) if own == group).most_common(1)[0][0]
        for group in set(groups.tolist())
    }
    found = {
        (row, part)
        for (row, inside), group in zip(owners, groups, strict=True)
        for part in inside
        if conversations[row][part].label == stands_for[group]
    }
    later = [(row, part) for row, parts in enumerate(conversations) for part in range(1, len(parts))]
    return sum(one in found for one in later) / len(later)


def parts_of(name: str, data: Path) -> list[Part]:
    """The parts of one corpus."""
    if name == "sharegpt":
        return sharegpt(data)
    return list({"clinc": clinc, "russian": russian}[name](np.random.default_rng(0)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="the ShareGPT of the catalogue (default: fetched)")
    parser.add_argument("--embedder", default="all-MiniLM-L6-v2")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=["sharegpt", "clinc", "russian"])
    given = parser.parse_args()
    if given.data is None:
        from clioscope.models.fetch import pull

        given.data = pull("sharegpt")
    embedder = open_embedder(load_settings(embedding__model=given.embedder).embedding)
    for name in given.only:
        try:
            parts = parts_of(name, given.data)
        except InputError as error:
            print(f"{name}: left out ({error})")
            continue
        texts = list(dict.fromkeys(text for part in parts for text in part.turns))
        started = time.process_time()
        vectors = dict(zip(texts, encode_texts(texts, embedder, None), strict=True))
        seconds = time.process_time() - started
        following = sum(says_nothing(text) for text in texts)
        print(
            f"{name}: {len(parts)} parts, {len(texts)} turns ({following} of them say nothing), encoded in "
            f"{1000 * seconds / len(texts):.1f} ms of processor time per turn",
            flush=True,
        )
        for share in (1 / 3, 1 / 10):
            made = [corpus(parts, share, np.random.default_rng(seed)) for seed in range(given.seeds)]
            runs = [measured(one, vectors, seed) for seed, one in enumerate(made)]
            mean = {figure: float(np.mean([run[figure] for run in runs])) for figure in runs[0]}
            print(json.dumps({"corpus": name, "joined": round(share, 2), **{k: round(v, 3) for k, v in mean.items()}}))


if __name__ == "__main__":
    main()
