"""What a guarantee costs, and what it withholds: releases at several epsilons on CLINC150 and labelled ShareGPT.

    python benchmarks/guarantee.py [--epsilons 0.5 1 2 4 8 16] [--releases 3] [--sharegpt 2000] [--embedder NAME]
    python benchmarks/guarantee.py --attack [--epsilons 1 4 16] [--releases 20] [--targets 100]

Users are made: conversations are drawn at random, four per user. Prints, per number of users and epsilon, means over
the releases: how many groups are shown; the share of all conversations that are in them; the adjusted mutual
information of all groups with the labels (of CLINC150: domains, and intents as the finer ones); the error of the sizes,
as a part of them; and how many groups are named rightly (the class whose name is nearest to the group's name is the
largest one in it). The line "none" has the same steps with hardly any noise, and below it k-means with as many groups.

With ``--attack``: an attacker knows all conversations of everybody else and the centres of all groups, and guesses from
the published figures whether a target's conversations were in. Prints the area under the ROC curve with a 95 % interval
(users drawn anew), for releases with a guarantee, and for one without: k-means, sizes and values in fives of groups
with 15 conversations of 5 users, and all words of a group that three people wrote.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import roc_auc_score

from clioscope.conversations.conversation import Rejected
from clioscope.conversations.read import ReadOptions, read_many
from clioscope.conversations.transcript import user_text
from clioscope.embedding.embedder import Embedder
from clioscope.embedding.encode import encode_texts
from clioscope.embedding.open import open_embedder
from clioscope.experiments.data import CATEGORIES, category_labels, clinc150, made_folder, readable
from clioscope.measure.external import ami
from clioscope.models.fetch import pull
from clioscope.models.store import Store
from clioscope.prediction.ready import ready_map
from clioscope.privacy.guarantee.centres import nearest
from clioscope.privacy.guarantee.groups import tree_of
from clioscope.privacy.guarantee.made import Made, make, value_counts
from clioscope.privacy.guarantee.people import Records, chosen, draw_order, group_counts, secret
from clioscope.privacy.guarantee.public import Topics, topics_of
from clioscope.privacy.guarantee.reading import mixed
from clioscope.privacy.guarantee.wanted import Guarantee
from clioscope.privacy.guarantee.words import telling_words, word_counts
from clioscope.settings import EmbeddingSettings

EACH = 4  # conversations per user
HARDLY_ANY = 100.0  # epsilon of the line without noise to speak of
LEAST, USERS, WRITERS, STEP = 15, 5, 3, 5  # of a release without a guarantee
CHARACTERS = 4000  # of a long text that are encoded


class Data(NamedTuple):
    """``texts`` (n), ``truth`` (n,) codes into ``classes``, -1 for none; ``fine`` (n,): codes of finer classes;
    ``vectors`` (n, d), centred; ``names``: the vectors of the classes' names."""

    name: str
    texts: list[str]
    truth: NDArray[np.int64]
    fine: NDArray[np.int64]
    classes: list[str]
    vectors: NDArray[np.float32]
    names: NDArray[np.float32]


class World(NamedTuple):
    """The encoder with its store, and the public topics."""

    embedder: Embedder
    store: Store
    topics: Topics

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.topics.centre(vectors_of(texts, self.embedder, self.store))


def vectors_of(texts: Sequence[str], embedder: Embedder, store: Store) -> NDArray[np.float32]:
    return mixed(encode_texts(list(texts), embedder, store), None, ready_map(embedder.id))


def clinc(world: World) -> Data:
    found = clinc150("test")
    vectors, names = world.encode(found.texts), world.encode([readable(one) for one in found.domains])
    return Data("CLINC150", found.texts, found.coarse, found.truth, found.domains, vectors, names)


def sharegpt(world: World, most: int) -> Data:
    """The labelled conversations and others, ``most`` in all; the user's turns."""
    labels = category_labels()
    classes = sorted(set(labels.values()))
    texts, truth = [], []
    for one in read_many([pull("sharegpt")], ReadOptions()):
        if isinstance(one, Rejected) or (one.source_id not in labels and len(texts) >= most):
            continue
        if said := user_text(one.messages).strip():
            texts.append(said[:CHARACTERS])
            truth.append(classes.index(labels[one.source_id]) if one.source_id in labels else -1)
    names = world.encode([CATEGORIES.get(one, one) for one in classes])
    return Data("ShareGPT", texts, np.array(truth), np.array(truth), classes, world.encode(texts), names)


def records_of(data: Data, people: int, words: int, seed: int = 0) -> tuple[Records, NDArray[np.int64]]:
    """Records of made users, and the rows of the data that they are."""
    generator = np.random.default_rng(seed)
    rows = generator.permutation(len(data.texts))[: people * EACH]
    people_of = np.arange(len(rows)) // EACH
    names = [f"{person} {row}".encode() for person, row in zip(people_of, rows, strict=True)]
    told = [telling_words(data.texts[row], words) for row in rows]
    length = ["short" if len(data.texts[row]) < 500 else "long" for row in rows]
    return Records(people_of.astype(np.int64), names, data.vectors[rows], told, {"length": length}), rows


def quality(data: Data, world: World, people: int, epsilon: float, seed: int) -> list[float]:
    """What is printed of one release."""
    wanted = Guarantee(epsilon)
    records, rows = records_of(data, people, wanted.words, seed)
    made = make(records, world.topics, wanted, LEAST)
    labels = nearest(records.vectors, made.centres)
    truth, known = data.truth[rows], data.truth[rows] >= 0
    inside = np.isin(labels, list(made.sizes))
    exact = group_counts(
        labels, chosen(records.people, labels, draw_order(records.names, secret()), EACH), len(made.centres)
    )
    missed = sum(abs(size - exact[group]) for group, size in made.sizes.items())
    return [
        len(made.sizes),
        float(inside.mean()),
        ami(labels[known], truth[known]),
        ami(labels[known], data.fine[rows][known]),
        missed / max(1, sum(int(exact[group]) for group in made.sizes)),
        named_rightly(data, world, made, labels, truth) if made.sizes else 0.0,
    ]


def named_rightly(data: Data, world: World, made: Made, labels: NDArray[np.int64], truth: NDArray[np.int64]) -> float:
    """The share of the groups shown whose name is nearest to the name of their largest class."""
    tree, _ = tree_of(made, world.topics, None)
    names = tree.filter(tree["level"] == 0)["name"].to_list()
    told = nearest(world.encode(names), data.names)
    right = []
    for group, guess in zip(made.sizes, told, strict=True):
        classes = Counter(truth[(labels == group) & (truth >= 0)].tolist())
        if classes:
            right.append(classes.most_common(1)[0][0] == guess)
    return float(np.mean(right)) if right else 0.0


def print_quality(data: Data, world: World, epsilons: Sequence[float], releases: int) -> None:
    for people in (1000, 300) if len(data.texts) >= 4000 else (len(data.texts) // EACH,):
        print(f"\n{data.name}: {people:,} users with {EACH} conversations each")
        print("| epsilon | groups shown | in them | AMI | AMI, fine | error of sizes | named rightly |")
        print("|---|---|---|---|---|---|---|")
        for epsilon in (*epsilons, HARDLY_ANY):
            rows = np.array([quality(data, world, people, epsilon, seed) for seed in range(releases)])
            groups, covered, every, fine, error, named = rows.mean(axis=0)
            title = "none" if epsilon == HARDLY_ANY else f"{epsilon:g}"
            print(
                f"| {title} | {groups:.0f} | {covered:.2f} | {every:.3f} | {fine:.3f} | {error:.2f} | {named:.2f} |",
                flush=True,
            )
        records, rows_of = records_of(data, people, 1)
        truth = data.truth[rows_of]
        known, count = truth >= 0, max(2, round(groups))
        plain = KMeans(count, n_init=1, random_state=0).fit_predict(records.vectors)[known]
        fine = ami(plain, data.fine[rows_of][known])
        print(f"k-means with {count} groups: AMI {ami(plain, truth[known]):.3f}, fine {fine:.3f}")


class Seen(NamedTuple):
    """Published figures by key, the keys' noise in them, and the groups' centres."""

    figures: dict[str, float]
    noise: dict[str, float]
    centres: NDArray[np.float32]


def with_guarantee(records: Records, world: World, epsilon: float) -> Seen:
    made = make(records, world.topics, Guarantee(epsilon, groups=12), LEAST)
    noise = {entry.step: entry.cost.scale for entry in made.account.entries}
    figures = {f"size\t{group}": float(size) for group, size in made.sizes.items()}
    figures |= {
        f"words\t{group}\t{word}": float(count)
        for group, told in made.word_counts.items()
        for word, count in told.items()
    }
    figures |= {
        f"facets\t{group}\t{facet}\t{value}": float(count) for (group, facet, value), count in made.values.items()
    }
    return Seen(figures, {"size": noise["sizes"], "words": noise["words"], "facets": noise["facets"]}, made.centres)


def without(records: Records, seed: int) -> Seen:
    centres = KMeans(12, n_init=1, random_state=seed).fit(records.vectors).cluster_centers_.astype(np.float32)
    return Seen(rounded(records, centres), {}, centres)


def rounded(records: Records, centres: NDArray[np.float32]) -> dict[str, float]:
    """The figures of a release without a guarantee."""
    exact, people, writers = Counter[str](), Counter[int](), Counter[str]()
    labels = nearest(records.vectors, centres)
    people.update(group for _, group in set(zip(records.people.tolist(), labels.tolist(), strict=True)))
    seen: set[tuple[int, str]] = set()
    for row, group in enumerate(labels.tolist()):
        exact.update([f"size\t{group}", f"facets\t{group}\tlength\t{records.values['length'][row]}"])
        for word in records.words[row]:
            if (pair := (int(records.people[row]), key := f"words\t{group}\t{word}")) not in seen:
                seen.add(pair)
                writers[key] += 1
    large = {group for group, count in people.items() if count >= USERS and exact[f"size\t{group}"] >= LEAST}
    figures = {
        key: float((count + STEP // 2) // STEP * STEP)
        for key, count in exact.items()
        if int(key.split("\t")[1]) in large and count >= LEAST
    }
    return figures | {
        key: 1.0 for key, count in writers.items() if count >= WRITERS and int(key.split("\t")[1]) in large
    }


def bounded(records: Records, centres: NDArray[np.float32]) -> dict[str, float]:
    """The figures of a release with a guarantee before its noise."""
    labels = nearest(records.vectors, centres)
    rows = chosen(records.people, labels, draw_order(records.names, secret()), EACH)
    sizes = group_counts(labels, rows, len(centres))
    named, told = labels.tolist(), rows.tolist()
    figures = {f"size\t{group}": float(size) for group, size in enumerate(sizes)}
    figures |= {f"words\t{key}": float(n) for key, n in word_counts(named, told, records.words).items()}
    return figures | {f"facets\t{key}": float(n) for key, n in value_counts(named, told, records.values).items()}


def part_of(records: Records, kept: NDArray[np.bool_]) -> Records:
    rows = np.flatnonzero(kept)
    values = {name: [column[row] for row in rows] for name, column in records.values.items()}
    return Records(
        records.people[rows],
        [records.names[row] for row in rows],
        records.vectors[rows],
        [records.words[row] for row in rows],
        values,
    )


def beyond(seen: Seen, own: dict[str, float], others: dict[str, float]) -> float:
    """The logarithm of the odds that a target was in, of Gaussian noise: figures before the noise are sums over people,
    of which the attacker knows those of the ``others`` and the target's ``own``."""
    score = 0.0
    for key, more in own.items():
        if more and key in seen.figures:
            noise = seen.noise[key.split("\t")[0]]
            score += ((seen.figures[key] - others[key]) * more - more**2 / 2) / noise**2
    return score


def as_if_there(records: Records, there: NDArray[np.bool_], target: int, seen: Seen) -> float:
    """How much nearer the figures are to what would be published with the target than to what would be without."""
    score = 0.0
    for inside in (True, False):
        people = there.copy()
        people[target] = inside
        told = rounded(part_of(records, people[records.people]), seen.centres)
        sign = -1 if inside else 1
        keys = {*told, *seen.figures}
        score += sign * sum(abs(told.get(key, 0.0) - seen.figures.get(key, 0.0)) for key in keys)
    return score


def attack(
    data: Data, world: World, people: int, epsilon: float | None, releases: int, targets: int
) -> NDArray[np.float64]:
    """Rows (target, whether it was in, score): the higher, the likelier it was in."""
    records, _ = records_of(data, people, Guarantee(1.0).words)
    generator = np.random.default_rng(1)
    rows = []
    for release in range(releases):
        there = np.ones(people, bool)
        there[:targets] = generator.random(targets) < 0.5
        present = part_of(records, there[records.people])
        seen = without(present, release) if epsilon is None else with_guarantee(present, world, epsilon)
        whole = bounded(present, seen.centres)
        for target in range(targets):
            if epsilon is None:
                score = as_if_there(records, there, target, seen)
            else:
                own = bounded(part_of(records, records.people == target), seen.centres)
                score = beyond(seen, own, {key: whole.get(key, 0.0) - own[key] * there[target] for key in own})
            rows.append((target, there[target], score))
    return np.array(rows, np.float64)


def print_attack(data: Data, world: World, epsilons: Sequence[float], releases: int, targets: int) -> None:
    people = min(300, len(data.texts) // EACH)
    print(f"\n{data.name}: {people} users, {targets} targets, {releases} releases each")
    print("| epsilon | AUC | 95 % interval |")
    print("|---|---|---|")
    for epsilon in (*epsilons, None):
        count = releases if epsilon is not None else min(releases, 5)
        found = attack(data, world, people, epsilon, count, targets)
        generator = np.random.default_rng(0)
        by_target = [found[found[:, 0] == target] for target in range(targets)]
        drawn = []
        for _ in range(300):
            some = np.vstack([by_target[one] for one in generator.integers(targets, size=targets)])
            drawn.append(roc_auc_score(some[:, 1], some[:, 2]))
        low, high = np.quantile(drawn, [0.025, 0.975])
        title = "no guarantee" if epsilon is None else f"{epsilon:g}"
        print(f"| {title} | {roc_auc_score(found[:, 1], found[:, 2]):.3f} | {low:.3f} to {high:.3f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epsilons", type=float, nargs="+", default=[0.5, 1, 2, 4, 8, 16])
    parser.add_argument("--releases", type=int, default=3)
    parser.add_argument("--sharegpt", type=int, default=2000, help="conversations of ShareGPT; 0 leaves it out")
    parser.add_argument("--attack", action="store_true")
    parser.add_argument("--targets", type=int, default=100)
    parser.add_argument("--embedder", default=EmbeddingSettings().model)
    given = parser.parse_args()
    embedder = open_embedder(EmbeddingSettings(model=given.embedder))
    made_folder().mkdir(parents=True, exist_ok=True)
    with Store(made_folder() / "guarantee.sqlite") as store:
        world = World(embedder, store, topics_of(lambda texts: vectors_of(texts, embedder, store)))
        if given.attack:
            print_attack(clinc(world), world, given.epsilons, given.releases, given.targets)
            return
        print_quality(clinc(world), world, given.epsilons, given.releases)
        if given.sharegpt:
            print_quality(sharegpt(world, given.sharegpt), world, given.epsilons, given.releases)


if __name__ == "__main__":
    main()
