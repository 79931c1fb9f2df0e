"""What names are worth: cut, numbered, lists, copies; do they find unseen members and the labels?

    python benchmarks/names.py [--model qwen2.5-coder-1.5b] [--judge MODEL] [--data clinc tickets ...]
    python benchmarks/names.py --answers benchmarks/large_model/names.jsonl --data sharegpt tickets clinc
    python benchmarks/names.py --judgements benchmarks/large_model/judgements.jsonl [--questions FILE]
        --choice retrieval --data sharegpt tickets clinc --embedder all-MiniLM-L6-v2
    python benchmarks/names.py --atlas FOLDER

Groups of labelled data get names, which are made from half of each group. Without ``--model`` and ``--answers`` (what
another model wrote, by the number of the group) they are ready-made names, or made of the groups' own words.
``--ready-names`` says when a ready-made name stands, as the setting ``naming.ready_names``. The same answers are used
for every rule of choice (``--choice``): the name that retrieves its members (the default of a build), the one nearest
to the centroid, and the model's first one.

Data: ``clinc`` (30 intents of CLINC150), ``tickets`` (its banking domain, two utterances per ticket), ``russian``
(made by benchmarks/russian_data.py), ``sharegpt`` (labelled, by facets of a large model; in ../shared/data).

Columns: ``cut``, ``suffixed``, ``lists``, ``copies``, ``twice``: shares of names (measure/naming.py). ``AP``: average
precision of the unseen members among their nearest unseen non-members, by the encoder; ``found``: share of unseen
members whose nearest name is that of their group; ``AP 2`` and ``found 2``: the same by a second encoder, which had no
part in choosing. ``labels``: reconstruction accuracy by the encoder, beside its ceiling, purity. With a judge:
``judged``, reconstruction by the judge; ``intruder`` and ``any``, the test with an intruder from the nearest group and
from any (0: guessing).

The judge is a model (``--judge``), or whoever wrote ``--judgements``, a file of {"question": digest, "answer": "3"}.
What it has no answer to is written to ``--questions``, one object per question, by digest; where a group has no answer,
``judged`` is not a number. The answers are about groups made on a processor that multiplies 16 bits.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.bench import Bench
from clioscope.experiments.data import CATEGORIES, category_labels, clinc150, data_folder, readable, russian_texts
from clioscope.models.asker import Asker
from clioscope.models.chat import ChatAnswer, ChatRequest
from clioscope.models.fake import FakeModel
from clioscope.models.problems import Unanswered
from clioscope.models.store import Store
from clioscope.naming.candidates import Label
from clioscope.naming.choice import Choice, average_precision, by_centroid, by_retrieval, first_name
from clioscope.settings.names import ReadyNames

CHOICES: dict[str, Choice] = {"retrieval": by_retrieval, "centroid": by_centroid, "first": first_name}
METRICS = ("names_cut", "names_suffixed", "names_listed", "names_copied", "duplicate_names")
COUNTED = dict(zip(("cut", "suffixed", "lists", "copies", "twice"), METRICS, strict=True))


class Corpus(NamedTuple):
    """``columns``: the texts that are encoded, n per column; the first column is what is shown. ``truth`` (n,): codes
    into ``classes``, which are put into words. ``traits``: see NamingContext."""

    columns: list[list[str]]
    truth: NDArray[Any]
    classes: list[str]
    language: str = "English"
    traits: Mapping[str, Sequence[str | None]] = {}


class Half(NamedTuple):
    """Half of a corpus: its texts, vectors, groups and classes."""

    rows: NDArray[np.intp]
    texts: list[str]
    vectors: NDArray[np.float32]
    labels: NDArray[Any]


def clinc() -> Corpus:
    """Thirty intents of CLINC150."""
    data = clinc150("test", 30)
    return Corpus([data.texts], data.truth, [readable(name) for name in data.classes])


def tickets() -> Corpus:
    """The banking domain of CLINC150, two utterances of an intent per ticket."""
    data = clinc150("test")
    rows = np.flatnonzero(data.coarse == data.domains.index("banking"))
    pairs = []
    for code in np.unique(data.truth[rows]):
        own = rows[data.truth[rows] == code]
        pairs += [own[place : place + 2] for place in range(0, len(own) - 1, 2)]
    texts = [". ".join(data.texts[row].capitalize() for row in pair) + "." for pair in pairs]
    return Corpus([texts], data.truth[[pair[0] for pair in pairs]], [readable(name) for name in data.classes])


def russian() -> Corpus:
    """Descriptions of packages in Russian; the classes are sections of the archive."""
    data = russian_texts(each=40)
    return Corpus([data.texts["ru"]], data.truth, [readable(name) for name in data.classes], "Russian")


def sharegpt() -> Corpus:
    """Labelled ShareGPT: request, field and activity as a large model gave them."""
    path = data_folder() / "sharegpt-labelled" / "strong_facets.jsonl"
    labels = category_labels()
    rows = [row for row in map(json.loads, path.open(encoding="utf-8")) if row["id"] in labels]
    codes = list(CATEGORIES)
    facets = {name: [str(row[name]) for row in rows] for name in ("request", "field", "activity")}
    truth = np.array([codes.index(labels[row["id"]]) for row in rows])
    return Corpus(
        list(facets.values()),
        truth,
        [CATEGORIES[code] for code in codes],
        traits={name: facets[name] for name in ("field", "activity")},
    )


class Written(FakeModel):
    """Gives the names that a file has for the groups of a data set, by their numbers; else it answers as a fake."""

    def __init__(self, path: Path, data: str) -> None:
        super().__init__()
        text = path.read_text(encoding="utf-8")
        rows = [row for row in map(json.loads, text.splitlines()) if row["data"] == data]
        self._answers = {f"group {row['group']}": json.dumps(row) for row in rows}
        self.id = f"written {data} {sha256(text.encode()).hexdigest()}"
        self.groups = len(rows)

    async def complete(self, request: ChatRequest) -> ChatAnswer:
        answer = self._answers.get(request.item)
        return await super().complete(request) if answer is None else ChatAnswer(answer)


class Judge(FakeModel):
    """Answers with what a file has for the digest of a question. ``missing``: the questions that it has no answer to,
    by their digests."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        self._answers = {
            row["question"]: json.dumps({"answer": row["answer"]}) for row in map(json.loads, text.splitlines())
        }
        self.id = f"judgements {sha256(text.encode()).hexdigest()}"
        self.missing: dict[str, str] = {}

    async def complete(self, request: ChatRequest) -> ChatAnswer:
        (_, system), (_, user) = request.messages
        digest = sha256(f"{system}\n{user}".encode()).hexdigest()[:16]
        if digest not in self._answers:
            self.missing[digest] = json.dumps({"question": digest, "system": system, "user": user}, ensure_ascii=False)
            raise Unanswered(f"{digest}: no answer")
        return ChatAnswer(self._answers[digest])


Judged = Callable[[], Asker] | None  # an asker is made when it is needed: only one model is open
DATA: dict[str, Callable[[], Corpus]] = {made.__name__: made for made in (clinc, tickets, russian, sharegpt)}


def halves(bench: Bench, corpus: Corpus, most: int | None) -> tuple[Half, Half, NDArray[np.float32]]:
    """The half of each group that the names are made from, the other half, and the mean of the vectors.

    The groups are those of a build with default settings. ``most``: how many groups are kept, the largest first.
    """
    from clioscope.clustering import cluster
    from clioscope.settings import ClusteringSettings, EmbeddingSettings
    from clioscope.vectors.shaping import shape
    from clioscope.vectors.unit import unit_rows

    plain = unit_rows(np.mean([bench.encode(column) for column in corpus.columns], axis=0))
    shaped = shape(plain, EmbeddingSettings())
    labels = cluster(shaped.vectors, ClusteringSettings(), 0).labels
    sizes = np.bincount(labels)
    kept = [int(group) for group in np.argsort(-sizes, kind="stable") if sizes[group] >= 4][:most]
    random = np.random.default_rng(0)
    seen, unseen = [], []
    for group in kept:
        rows = random.permutation(np.flatnonzero(labels == group))
        seen.append(np.sort(rows[: len(rows) // 2]))
        unseen.append(np.sort(rows[len(rows) // 2 :]))
    centred = shaped.means.centre(plain, None)

    def half(parts: list[NDArray[np.intp]]) -> Half:
        rows = np.concatenate(parts)
        own = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
        return Half(rows, [corpus.columns[0][row] for row in rows], centred[rows], own)

    return half(seen), half(unseen), shaped.means.overall


def named(
    bench: Bench,
    corpus: Corpus,
    seen: Half,
    mean: NDArray[np.float32],
    ask: Asker | None,
    choose: Choice,
    ready: ReadyNames = "better",
) -> list[Label]:
    """The labels of the groups, made distinct."""
    from clioscope.naming import name_groups
    from clioscope.naming.context import NamingContext
    from clioscope.naming.distinct import make_distinct
    from clioscope.naming.support import Support
    from clioscope.settings import NamingSettings
    from clioscope.vectors.centring import centre
    from clioscope.vectors.centroids import centroids_of

    settings = NamingSettings(ready_names=ready)
    count = int(seen.labels.max()) + 1
    known = [" ".join(corpus.columns[place][row] for place in range(len(corpus.columns))) for row in seen.rows]
    context = NamingContext(
        seen.texts,
        Support(known, settings.support),
        seen.vectors,
        settings,
        lambda texts: centre(bench.encode(list(texts)), mean)[0],
        ask,
        corpus.language,
        traits={name: [values[row] for row in seen.rows] for name, values in corpus.traits.items()},
    )
    labels = name_groups(context, seen.labels, centroids_of(seen.vectors, seen.labels, count), choose)
    members = [np.flatnonzero(seen.labels == group) for group in range(count)]
    return make_distinct(context, labels, members, [len(rows) for rows in members])


def counted(names: Sequence[str], requests: Sequence[Sequence[str] | None]) -> dict[str, float]:
    """What is wrong with the names, as shares of them."""
    from clioscope.measure import evaluate

    figures = evaluate({"names": list(names), "requests": list(requests)}, COUNTED.values())
    found = {short: figures[name].value if name in figures else float("nan") for short, name in COUNTED.items()}
    return found | {"words": float(np.mean([len(name.split()) for name in names]))}


def retrieved(names: NDArray[np.float32], vectors: NDArray[np.float32], labels: NDArray[Any]) -> dict[str, float]:
    """``AP`` and ``found`` of the rows (n, d) and their groups (n,) by the vectors of the names (k, d)."""
    from clioscope.naming.representatives import nearest_outsiders
    from clioscope.vectors.centroids import centroids_of

    centroids, precision = centroids_of(vectors, labels, len(names)), []
    for group, name in enumerate(names):
        inside = labels == group
        near = nearest_outsiders(centroids[group], vectors, inside, max(20, 3 * int(inside.sum())))
        precision.append(average_precision(vectors[inside] @ name, vectors[near] @ name))
    return {"AP": float(np.nanmean(precision)), "found": float(((vectors @ names.T).argmax(axis=1) == labels).mean())}


def figures(bench: Bench, corpus: Corpus, unseen: Half, labels: Sequence[Label], judge: Judged) -> dict[str, float]:
    """The figures that need unseen members and the true classes."""
    from clioscope.measure.external import purity
    from clioscope.measure.reconstruction import reconstruction_accuracy
    from clioscope.vectors.centring import centre

    names, result = [label.name for label in labels], {}
    for place, encoder in enumerate(bench.embedders):
        vectors, mean = centre(bench.encode([corpus.columns[0][row] for row in unseen.rows], encoder))
        encoded = centre(bench.encode(names, encoder), mean)[0]
        end = f" {place + 1}" if place else ""
        result |= {f"{name}{end}": value for name, value in retrieved(encoded, vectors, unseen.labels).items()}
    targets = bench.encode(corpus.classes)
    texts = bench.encode([f"{label.name}: {label.description}" for label in labels])
    truth = corpus.truth[unseen.rows]
    given = (texts @ targets.T).argmax(axis=1)
    result["labels"] = reconstruction_accuracy(given[unseen.labels], truth)
    result["purity"] = purity(unseen.labels, truth)
    return result | (judged(corpus, unseen, labels, judge()) if judge else {})


def judged(corpus: Corpus, unseen: Half, labels: Sequence[Label], ask: Asker) -> dict[str, float]:
    """Reconstruction and the intruder test, by a judge."""
    from clioscope.measure import evaluate
    from clioscope.measure.judges import intrusion, relabel
    from clioscope.measure.judges.evidence import Evidence, Group
    from clioscope.measure.levels import Levels
    from clioscope.measure.reconstruction import reconstruction_accuracy

    ids = [f"group {number}" for number in range(len(labels))]
    evidence = Evidence(
        [str(row) for row in unseen.rows],
        unseen.texts,
        None,
        None,
        unseen.vectors,
        Levels([unseen.labels.astype(np.int64)], [ids]),
        {one: Group(one, label.name, label.description, None, 0) for one, label in zip(ids, labels, strict=True)},
        None,
        labels={str(code): corpus.classes[code] for code in np.unique(corpus.truth)},
    )
    said = {answer.item: answer.answer for answer in relabel.judge(evidence, ask, 0, 0) if answer.answer}
    given = np.array([said.get(ids[group], "") for group in unseen.labels])
    accuracy = reconstruction_accuracy(given, corpus.truth[unseen.rows].astype(str))
    tests = {"intruder": "intrusion_nearest", "any": "intrusion_random"}
    found = evaluate({"judgements": intrusion.judge(evidence, ask, 30, 0)}, tests.values())
    return {
        "judged": accuracy if len(said) == len(ids) else float("nan"),
        **{short: found[name].value if name in found else float("nan") for short, name in tests.items()},
    }


def of_atlas(folder: Path) -> dict[str, float]:
    """The figures of the base groups of an atlas that need no labels."""
    from clioscope.atlas import Atlas
    from clioscope.measure.sections import encoder_of, requests_of
    from clioscope.vectors.unit import unit_rows

    atlas = Atlas(folder)
    requests = requests_of(atlas) or [None] * atlas.tree.height
    result = counted(atlas.tree["name"].to_list(), requests)
    encode, problem = encoder_of(atlas)
    if encode is None:
        raise SystemExit(problem)
    name_of = dict(zip(atlas.tree["group"], atlas.tree["name"], strict=True))
    names = atlas.means.centre(encode([name_of[group] for group in atlas.manifest["base_groups"]]), None)
    return result | retrieved(names, unit_rows(atlas.vectors), atlas.clusters["label"].to_numpy())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", help="the model that names (default: none, names of the groups' own words)")
    parser.add_argument("--answers", type=Path, help="names that another model wrote, for groups made with MiniLM")
    parser.add_argument("--ready-names", nargs="+", choices=get_args(ReadyNames), default=["better"])
    parser.add_argument("--judge", help="a model that judges; another one than --model")
    parser.add_argument("--judgements", type=Path, help="what another judge answered")
    parser.add_argument("--questions", type=Path, help="where questions go that --judgements has no answer to")
    parser.add_argument("--data", nargs="+", choices=[*DATA], default=[*DATA])
    parser.add_argument("--choice", nargs="+", choices=[*CHOICES], default=[*CHOICES])
    parser.add_argument("--embedder", nargs="+", default=["all-MiniLM-L6-v2", "all-mpnet-base-v2"])
    parser.add_argument("--groups", type=int, help="name only so many groups of each data set, the largest")
    parser.add_argument("--atlas", type=Path, nargs="+", help="measure the names of these atlases instead")
    parser.add_argument("--cache", type=Path, help="folder that keeps vectors and answers")
    parser.add_argument("--show", action="store_true", help="print the names")
    given = parser.parse_args()

    for folder in given.atlas or ():
        print(f"{folder.name:<22}", line(of_atlas(folder)), flush=True)
    if given.atlas:
        return
    if given.answers and given.model:
        parser.error("--model and --answers: give one of them")
    if given.judge and given.judgements:
        parser.error("--judge and --judgements: give one of them")
    if given.questions and not given.judgements:
        parser.error("--questions: give --judgements, too; the file may be missing")
    if given.cache:
        given.cache.mkdir(parents=True, exist_ok=True)
    models = tuple(filter(None, (given.model, given.judge)))
    bench = Bench(embedders=tuple(given.embedder), models=models, cache=given.cache)
    judge: Judged = partial(bench.ask, bench.account(), given.judge) if given.judge else None
    if given.judgements:
        known = Judge(given.judgements)
        judge = partial(Asker, known, Store(":memory:"))  # nothing is kept: the file may have more answers next time
    for data in given.data:
        corpus = DATA[data]()
        seen, unseen, mean = halves(bench, corpus, given.groups)
        written = Written(given.answers, data) if given.answers else None
        if written and written.groups != int(seen.labels.max()) + 1:
            parser.error(f"{given.answers}: is about {written.groups} groups of {data}, and others are made here")
        for choice, ready in product(given.choice, given.ready_names):
            ask = Asker(written, bench.store) if written else None
            if given.model:
                ask = bench.ask(bench.account(), given.model)
            began = time.monotonic()
            labels = named(bench, corpus, seen, mean, ask, CHOICES[choice], ready)
            seconds = time.monotonic() - began
            requests = [[seen.texts[row] for row in np.flatnonzero(seen.labels == n)] for n in range(len(labels))]
            found = counted([label.name for label in labels], requests)
            found |= figures(bench, corpus, unseen, labels, judge)
            print(
                f"{data:<10}{choice:<10}{ready:<7}{len(labels):>3} groups {seconds:>6.1f} s ", line(found), flush=True
            )
            if given.show:
                print("\n".join(f"    {label.name} | {label.description}" for label in labels), flush=True)
    bench.close()
    if given.judgements and known.missing:
        print(f"{given.judgements}: has no answer to {len(known.missing)} questions")
        if given.questions:
            given.questions.write_text("\n".join(known.missing[one] for one in sorted(known.missing)) + "\n", "utf-8")


def line(found: Mapping[str, float]) -> str:
    """Figures on one line, each after its name."""
    return "  ".join(f"{name} {value:.3f}".replace("0.", ".") for name, value in found.items())


if __name__ == "__main__":
    main()
