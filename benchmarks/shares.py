"""Do the intervals of shares hold the truth, where every answer is known?

    python benchmarks/shares.py [--data clinc] [--draws 5] [--rows 2000] [--asked 300] [--noise 0.15]
    python benchmarks/shares.py --data sharegpt [--groups answers texts unasked] [--rows 3000] [--asked 400]

So many texts (``--rows``) are drawn. So many of them (``--asked``) are asked first, in the order of a build, and then
those that 40 base groups need to have two each. The groups are made again with what these say. From all answers a
build would infer the others and estimate shares: in the whole, in eight parents (joined by Ward as in a build; no large
group stands alone, and none is split) and in the base groups.

``clinc``: utterances of CLINC150; the domain (ten values) stands for the answer of a model, and a share of the answers
(``--noise``) is replaced by a domain at random, as a model errs. ``sharegpt``: conversations of ShareGPT with the
answers of a large model (``large_model/sharegpt.jsonl``): the ten commonest values of field and of activity, and
"other". ``--groups`` says what the groups are made of: ``texts`` alone; texts and ``answers``, as in a build, so that
what somebody answered decides where the conversation is; or the same, but with the asked conversations placed as if
they were ``unasked``.

Prints, per kind of group and draw, how many of the intervals hold the share among all answers, and their mean width
beside that of Wilson's interval from the asked answers of the group alone. The last columns count only values that more
than half, or more than three tenths of the group have: how many intervals hold, and the mean error of the shares.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from ready_map import ANSWERS, answers_in, conversations_of

from clioscope.clustering import cluster
from clioscope.conversations import user_text
from clioscope.embedding.embedder import Encode
from clioscope.embedding.encode import encode_texts
from clioscope.embedding.open import open_embedder
from clioscope.experiments.data import clinc150
from clioscope.facets.facet import Facet
from clioscope.hierarchy.linkage import linkage_levels
from clioscope.measure.figure import share
from clioscope.prediction.copies import near_copies
from clioscope.prediction.facet_map import FacetMap
from clioscope.prediction.filling import fill
from clioscope.prediction.mixing import choose_weights, mix_asked, mix_others
from clioscope.prediction.order import spread_order
from clioscope.prediction.ready import FACETS
from clioscope.prediction.share_table import WHOLE, Known, share_table
from clioscope.settings import ClusteringSettings, EmbeddingSettings, FacetSettings
from clioscope.vectors.centroids import centroids_of
from clioscope.vectors.shaping import shape
from clioscope.vectors.unit import average

BASE, PARENTS = 40, 8
KINDS = ("whole", "parents", "base groups")
GROUPS = ("answers", "texts", "unasked")
COMMONEST, READ = 10, 5000  # values of a facet; conversations of ShareGPT


class Corpus(NamedTuple):
    """``raw`` (n, d): vectors of the texts; ``own`` (n, d): those of the answers, None where no groups are made of
    them; ``characters``: the mean length of the texts; ``answers``: by facet its values, and the place (n,) of each
    answer among them."""

    raw: NDArray[np.float32]
    own: NDArray[np.float32] | None
    characters: float
    answers: dict[str, tuple[list[str], NDArray[np.int64]]]


class Tally(NamedTuple):
    """Of every interval: whether it ``held`` the truth, its ``width``, that of Wilson's, the ``error`` of the share,
    and the true ``share``."""

    held: list[bool]
    width: list[float]
    wilson: list[float]
    error: list[float]
    share: list[float]


def clinc(encode: Encode) -> Corpus:
    data = clinc150("test")
    raw = encode(data.texts)
    return Corpus(raw, None, 0.0, {"domain": ([*data.domains], np.asarray(data.coarse, np.int64))})


def sharegpt(encode: Encode) -> Corpus:
    said = answers_in(ANSWERS)
    ids = sorted(said)[:READ]
    texts = {one.source_id: user_text(one.messages) for one in conversations_of(ids)}
    own = average([encode([said[name][facet] for name in ids]) for facet in FACETS])
    answers = {facet: commonest([said[name][facet] for name in ids]) for facet in ("field", "activity")}
    raw = encode([texts[name] for name in ids])
    return Corpus(raw, own, float(np.mean([len(text) for text in texts.values()])), answers)


DATA = {made.__name__: made for made in (clinc, sharegpt)}


def commonest(said: Sequence[str]) -> tuple[list[str], NDArray[np.int64]]:
    """The commonest values and "other", and the place of each answer among them."""
    kept = [value for value, _ in Counter(said).most_common(COMMONEST)]
    place = {value: number for number, value in enumerate(kept)}
    return [*kept, "other"], np.array([place.get(value, len(kept)) for value in said])


def wilson(yes: int, asked: int) -> float:
    """The width of Wilson's 95 % interval of a share among the asked; 1 without any."""
    found = share(yes, asked)
    return 1.0 if found.low is None or found.high is None else found.high - found.low


def placed(corpus: Corpus, rows: NDArray[np.intp], asked: NDArray[np.bool_], groups: str) -> NDArray[np.float32]:
    """The shaped vectors of some rows that groups are made of."""
    raw = mixed = corpus.raw[rows]
    if groups != "texts":
        assert corpus.own is not None
        own, few = corpus.own[rows][asked], raw[asked]
        learnt = FacetMap.fit(few, own)
        told = learnt.crossfitted
        weights = choose_weights(own, told, characters=corpus.characters, unasked=1 - float(asked.mean()))
        mixed = mix_others(weights, learnt.predict(raw), raw)
        mixed[asked] = mix_asked(weights, own, told, few) if groups == "answers" else mix_others(weights, told, few)
    return shape(mixed, EmbeddingSettings(), 0).vectors


def one_draw(
    corpus: Corpus, groups_of: str, seed: int, count: int, first: int, noise: float
) -> tuple[dict[str, Tally], int]:
    """The intervals of one draw by kind of group, and how many were asked."""
    generator = np.random.default_rng(seed)
    rows = generator.choice(len(corpus.raw), min(count, len(corpus.raw)), replace=False)
    raw = corpus.raw[rows]
    copies = near_copies(raw)
    place = np.empty(len(rows), np.int64)
    place[spread_order(raw, None, seed, copies)] = np.arange(len(rows))
    asked = place < first
    base = cluster(placed(corpus, rows, asked, groups_of), ClusteringSettings(clusters=BASE), seed).labels
    for group in range(int(base.max()) + 1):
        members = np.flatnonzero(base == group)
        asked[members[np.argsort(place[members])][: FacetSettings().ask_per_group]] = True
    vectors = placed(corpus, rows, asked, groups_of)
    base = cluster(vectors, ClusteringSettings(clusters=BASE), seed).labels
    number = int(base.max()) + 1
    above = linkage_levels(centroids_of(vectors, base, number), np.ones(number, np.int64), [number, PARENTS])[0]
    groups = {f"parents {one}": np.flatnonzero(above == one).tolist() for one in range(int(above.max()) + 1)}
    groups |= {f"base groups {one}": [one] for one in range(number)}

    tallies = defaultdict(lambda: Tally([], [], [], [], []))
    for name, (values, every) in corpus.answers.items():
        answers = every[rows].copy()
        wrong = generator.random(len(rows)) < noise
        answers[wrong] = generator.integers(len(values), size=int(wrong.sum()))
        facet = Facet(name=name, type="category", question="Which?", categories=tuple(values))
        said = [values[answer] if told else None for answer, told in zip(answers, asked, strict=True)]
        names = [str(row) for row in rows]
        table = pl.DataFrame({"conversation": names, "asked": asked, name: pl.Series(said, dtype=pl.String)})
        filled = fill(table, [facet], raw, copies, None)
        known = Known(filled.facets, filled.probabilities, filled.values, filled.chances, filled.said)
        for row in share_table(known, [facet], base, groups, np.ones(len(rows))).iter_rows(named=True):
            group = str(row["group"])
            here = np.ones(len(rows), bool) if group == WHOLE else np.isin(base, groups[group])
            answer = values.index(row["value"])
            truth = float((answers[here] == answer).mean())
            own = answers[here & asked] == answer
            tally = tallies["whole" if group == WHOLE else group.rpartition(" ")[0]]
            tally.held.append(row["low"] - 1e-9 <= truth <= row["high"] + 1e-9)
            tally.width.append(row["high"] - row["low"])
            tally.wilson.append(wilson(int(own.sum()), len(own)))
            tally.error.append(row["share"] - truth)
            tally.share.append(truth)
    return dict(tallies), int(asked.sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", choices=[*DATA], default="clinc")
    parser.add_argument("--groups", nargs="+", choices=GROUPS, help="default: texts; of sharegpt, all three")
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--asked", type=int, default=300)
    parser.add_argument("--noise", type=float, help="default: .15; of sharegpt, none")
    parser.add_argument("--embedder", default="all-MiniLM-L6-v2")
    given = parser.parse_args()

    made = given.data == "clinc"
    if made and set(given.groups or ()) - {"texts"}:
        parser.error("of clinc, groups are made of texts")
    embedder = open_embedder(EmbeddingSettings(model=given.embedder))
    corpus = DATA[given.data](lambda texts: encode_texts(list(texts), embedder, None))
    noise = (0.15 if made else 0.0) if given.noise is None else given.noise
    print("| groups of | groups | draw | asked | shares | held | width | Wilson of the asked | narrower |", end="")
    print(" held where most have it | held above three tenths | error there |\n" + 12 * "|---" + "|")
    for groups_of in given.groups or (("texts",) if made else GROUPS):
        every = defaultdict(lambda: Tally([], [], [], [], []))
        for seed in range(given.draws):
            tallies, asked = one_draw(corpus, groups_of, seed, given.rows, given.asked, noise)
            for kind in KINDS:
                print(line(groups_of, kind, str(seed), str(asked), tallies[kind]), flush=True)
                for whole, part in zip(every[kind], tallies[kind], strict=True):
                    whole.extend(part)  # type: ignore[arg-type]
        for kind in KINDS:
            print(line(groups_of, kind, "all", "", every[kind]))


def line(groups_of: str, kind: str, draw: str, asked: str, tally: Tally) -> str:
    """A row of the table."""
    held, width, usual, error, true = (np.array(part, float) for part in tally)
    most, large = true > 0.5, true > 0.3
    return (
        f"| {groups_of} | {kind} | {draw} | {asked} | {len(held)} | {held.mean():.1%} | {width.mean():.3f} | "
        f"{usual.mean():.3f} | {1 - width.mean() / usual.mean():.0%} | {int(held[most].sum())} of {int(most.sum())} | "
        f"{int(held[large].sum())} of {int(large.sum())} | {error[large].mean() if large.any() else 0:+.3f} |"
    )


if __name__ == "__main__":
    main()
