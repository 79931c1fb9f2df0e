"""What is told of two atlases of which it is known what differs: new, gone, grown and shrunk intents.

    python benchmarks/comparison.py sweep [--embedder all-MiniLM-L6-v2 multilingual-e5-small hash] [--draws 3]
    python benchmarks/comparison.py check [--data clinc150 sharegpt] …

Needs ../shared/data; for ShareGPT also the ``sharegpt`` data of the catalogue. Two atlases are built without a model,
of different texts: 12 % of the intents are in the earlier one only, as many in the later one only, as many each are
halved and doubled, and the others are twins. ``sweep`` tries pairs of the two limits of ``compare`` on one half of the
intents of CLINC150 (development). ``check`` says what the chosen limits give on the other half and on ShareGPT.
Atlases and vectors stay in ``--out``.

Printed are, for base groups: of the gone and the new intents how many are told (more than half of their conversations
lie in groups called gone or new) and how many could be, given these groups; of the intents on both sides how many are
told as gone or new; how many conversations lie in groups with a change told; correlation and mean absolute error of the
told changes of shares against the true ones. Also: groups above the base that are wrongly called gone or new.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from comparison_worlds import Part, World, world

import clioscope
from clioscope.atlas import Atlas
from clioscope.comparison.landed import LEAST
from clioscope.comparison.likeness import NEAR
from clioscope.comparison.pairs import Ground, Pair, ground_of, pairs_on
from clioscope.comparison.sides import Side, side_of

NEARS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2)
LEASTS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4)
Held = Mapping[str, Counter[str]]  # group -> how many conversations of each label it holds


class Told(NamedTuple):
    """Figures of one comparison; shares from 0 to 1."""

    planted: float  # of the labels on one side only: told as gone or new
    possible: float  # … that could be told: most of their conversations lie in groups made mostly of such labels
    wrong: float  # of the labels on both sides: told as gone or new
    compared: float  # of all conversations: in groups with a change told
    correlation: float
    error: float  # mean absolute, in shares of all conversations
    above: float  # of the groups above the base that are mostly of labels on both sides: called gone or new


class Ready(NamedTuple):
    """A world with what does not depend on the limits."""

    world: World
    sides: tuple[Side, Side]
    held: tuple[Held, Held]
    ground: Ground

    @classmethod
    def of(cls, made: World) -> Ready:
        sides = side_of(made.before), side_of(made.after)
        held = _held(made.before, made.labels[0]), _held(made.after, made.labels[1])
        return cls(made, sides, held, ground_of(*sides))

    def told(self, near: float, least: float) -> Told:
        return told(self, pairs_on(self.ground, *self.sides, near, least))


def _held(atlas: Atlas, labels: Mapping[str, str]) -> Held:
    record = dict(atlas.occurrences.select("conversation", "record").iter_rows())
    found: dict[str, Counter[str]] = {group: Counter() for group in atlas.tree["group"]}
    for conversation, group in atlas.membership.select("conversation", "group").iter_rows():
        found[group][labels[str(record[conversation])]] += 1
    return found


def told(ready: Ready, pairs: Sequence[Pair]) -> Told:
    """What the pairs say, against what was planted."""
    changes, alone = ready.world.changes, ("gone", "new")
    base = [pair for pair in pairs if pair.level == 0]
    hits, possible, alarms, above = [], [], [], []
    totals = [Counter[str](), Counter[str]()]
    for side, kind in enumerate(alone):
        flagged = {(pair.before, pair.after)[side] for pair in pairs if pair.kind == kind}
        groups = [group for pair in base if (group := (pair.before, pair.after)[side]) is not None]
        called, could = Counter[str](), Counter[str]()
        for group in groups:
            own = ready.held[side][group]
            totals[side].update(own)
            called.update(own if group in flagged else {})
            only = sum(count for label, count in own.items() if changes[label] == kind)
            could.update(own if only > own.total() / 2 else {})
        for label, count in totals[side].items():
            if changes[label] == kind:
                hits.append(called[label] > count / 2)
                possible.append(could[label] > count / 2)
            else:
                alarms.append((label, called[label] > count / 2))
        for pair in pairs:
            group = (pair.before, pair.after)[side]
            if pair.level and group is not None:
                own = ready.held[side][group]
                if sum(count for label, count in own.items() if changes[label] == kind) < own.total() / 2:
                    above.append(group in flagged)
    wrong = {label for label, alarm in alarms if alarm}
    both = [label for label in changes if changes[label] not in alone]
    rows = [_row(ready, pair) for pair in base if pair.kind in ("matched", *alone)]
    sizes = [side.total() for side in totals]
    figures = np.array([[row[side].total() / sizes[side] for side in (0, 1)] for row in rows])
    true = np.zeros(len(rows))
    for label in changes:
        shares = [[row[side][label] / max(totals[side][label], 1) for side in (0, 1)] for row in rows]
        true[int(np.argmax(np.sum(shares, axis=1)))] += totals[1][label] / sizes[1] - totals[0][label] / sizes[0]
    change = figures[:, 1] - figures[:, 0]
    return Told(
        float(np.mean(hits)),
        float(np.mean(possible)),
        len(wrong) / len(both),
        float(figures.sum() / 2),
        float(np.corrcoef(change, true)[0, 1]),
        float(np.abs(change - true).mean()),
        float(np.mean(above)) if above else 0.0,
    )


def _row(ready: Ready, pair: Pair) -> tuple[Counter[str], Counter[str]]:
    """The labels on both sides of what one row of a comparison is about."""
    lone = [pair.before] * (pair.before is not None), [pair.after] * (pair.after is not None)
    groups = pair.parts if pair.kind == "matched" else lone
    found = Counter[str](), Counter[str]()
    for side in (0, 1):
        for group in groups[side]:
            found[side].update(ready.held[side][str(group)])
    return found


def worlds(data: str, part: Part, encoder: str, given: argparse.Namespace) -> Iterator[Ready]:
    for draw in range(given.draws):
        yield Ready.of(world(data, part, encoder, draw, given.out))


def mean(found: Sequence[Told]) -> Told:
    return Told(*(float(np.mean(values)) for values in zip(*found, strict=True)))


def line(head: str, found: Told) -> str:
    shares = " | ".join(f"{100 * value:.0f}" for value in (found.planted, found.possible, found.wrong, found.compared))
    return f"| {head} | {shares} | {found.correlation:.2f} | {100 * found.error:.2f} | {100 * found.above:.0f} |"


HEAD = "planted told, % | could be | wrong, % | compared, % | correlation | error, points | wrong above, % |"


def sweep(given: argparse.Namespace) -> None:
    """Every pair of limits, by encoder, and as means over encoders."""
    every: dict[tuple[float, float], list[Told]] = {}
    print(f"| encoder | near | least | {HEAD}\n|{'---|' * 10}")
    for encoder in given.embedder:
        ready = list(worlds("clinc150", "development", encoder, given))
        for near in NEARS:
            for least in LEASTS:
                found = mean([one.told(near, least) for one in ready])
                every.setdefault((near, least), []).append(found)
                print(line(f"{encoder} | {near} | {least}", found), flush=True)
    for (near, least), found in every.items():
        print(line(f"all | {near} | {least}", mean(found)), flush=True)


def check(given: argparse.Namespace) -> None:
    """What the limits of the package give, and how often a planted growth is told (q at most .05)."""
    print(f"| data | encoder | {HEAD} grew or shrank told, % | wrongly, % |\n|{'---|' * 11}")
    for data in given.data:
        for part in ("development", "check") if data == "clinc150" else ("check",):
            for encoder in given.embedder:
                ready = list(worlds(data, part, encoder, given))
                found = mean([one.told(NEAR, LEAST) for one in ready])
                right, wrong = (np.nanmean(values) for values in zip(*map(grown, ready), strict=True))
                head = f"{data}, {part} | {encoder}"
                print(f"{line(head, found)} {100 * right:.0f} | {100 * wrong:.1f} |", flush=True)


def grown(ready: Ready) -> tuple[float, float]:
    """Of the labels that were halved or doubled, the share that lies for the most part in groups told so; of those that
    are twins, the share in groups told to have grown or shrunk."""
    found = clioscope.compare(ready.world.before, ready.world.after).groups
    where: dict[str, Counter[str]] = {}
    for row in found.filter(found["level"] == 0).iter_rows(named=True):
        for side, key in ((0, "parts_before"), (1, "parts")):
            for group in row[key] if row["kind"] in ("grew", "shrank", "steady") else ():
                for label, count in ready.held[side][group].items():
                    where.setdefault(label, Counter())[row["kind"]] += count
    told = {label: kinds.most_common(1)[0][0] for label, kinds in where.items()}
    expected = {"halved": "shrank", "doubled": "grew"}
    changes = ready.world.changes
    right = [told.get(label) == expected[kind] for label, kind in changes.items() if kind in expected]
    wrong = [told.get(label) in ("grew", "shrank") for label, kind in changes.items() if kind == "same"]
    return float(np.mean(right)), float(np.mean(wrong))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["sweep", "check"])
    parser.add_argument("--embedder", nargs="+", default=["all-MiniLM-L6-v2", "multilingual-e5-small", "hash"])
    parser.add_argument("--data", nargs="+", default=["clinc150", "sharegpt"], choices=["clinc150", "sharegpt"])
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--out", type=Path, default=Path("comparison-atlases"), help="the folder that keeps everything")
    given = parser.parse_args()
    (sweep if given.what == "sweep" else check)(given)


if __name__ == "__main__":
    main()
