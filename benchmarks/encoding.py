"""How fast sentence encoders turn texts into vectors on a CPU, by the way they are run, and what that does to groups.

    python benchmarks/encoding.py [VARIANT ...] [--model all-MiniLM-L6-v2] [--threads 2] [--long 100] [--short 500]
        [--repeats 2] [--tokens 1024] [--ami] [--turns] [--work encoding-work]

Needs ../shared/data, the ``sharegpt`` data set of the catalogue, the encoder, and for ``onnx…`` and ``openvino…`` the
packages onnxruntime and onnx, or openvino (and nncf). Files that are made of the weights lie in ``--work``.

Every variant runs in a process of its own and is compared with the first. Per variant: texts per second of long texts
(user turns of ShareGPT, 2,000 characters at most) and of short ones (facets of a large model), each also per second of
processor time and core, which other programs disturb less; seconds until it is loaded, and the most memory; what its
packages take on the disk; the cosine with the first variant (mean, 1st percentile, smallest); and whether a text has
the same vector in other company. ``--ami`` adds the AMI of groups with labels: 1,500 utterances of CLINC150, and
labelled ShareGPT (raw texts, and facets), by k-means and by Leiden as in a build, five seeds; and the AMI of these
groups with those of the first variant, same seed, beside that of the first variant's groups among seeds. ``--turns``
measures on a machine that others use too: all variants in one process and on one core, in turn.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from encoding_variants import VARIANTS, Run, megabytes

SEEDS = range(5)
LONG = 1000  # texts
PARTS = {"long": 4, "short": 1}  # parts that are timed by themselves; the fastest of each counts
SHIPPED = "shipped"  # the encoder as a build runs it, whatever its engine
ENGINE = "engine"  # multilingual-e5-small by the engine in C, as a build runs it without torch

Encode = Callable[[list[str]], np.ndarray]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("variants", nargs="*", default=["torch32", "torch16", "torch16-once"], metavar="VARIANT")
    parser.add_argument("--model", default="all-MiniLM-L6-v2")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--long", type=int, default=100)
    parser.add_argument("--short", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--tokens", type=int, default=1024, help="of a batch")
    parser.add_argument("--ami", action="store_true")
    parser.add_argument("--turns", action="store_true")
    parser.add_argument("--work", type=Path, default=Path("encoding-work"))
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if unknown := set(given.variants) - {*VARIANTS, SHIPPED, ENGINE}:
        known = ", ".join([*VARIANTS, SHIPPED, ENGINE])
        parser.error(f"{', '.join(sorted(unknown))}: no such variant; there are {known}")
    (given.work / given.model).mkdir(parents=True, exist_ok=True)
    if given.one:
        return one(given)
    if given.turns:
        return turns(given)
    print(f"{given.model}, {given.threads} threads, {given.tokens} tokens a batch")
    print("| variant | long | per core | short | per core | load s | GB | packages MB | cosine | alike | AMI |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    truths = texts_of(given.work)["truths"]
    base: dict[str, np.ndarray] = {}
    for variant in given.variants:
        options = [word for word in sys.argv[1:] if word not in given.variants]
        threads = {"OMP_NUM_THREADS": str(given.threads), "OMP_WAIT_POLICY": "PASSIVE"}
        done = subprocess.run(
            [sys.executable, __file__, variant, "--one", *options],
            env=os.environ | threads,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            print(f"| {variant} | {done.stderr.strip().splitlines()[-1]} |", flush=True)
            continue
        told = json.loads(done.stdout.splitlines()[-1])
        with np.load(given.work / given.model / f"{variant}.npz") as held:
            rows = dict(held)
        base = base or rows
        cosines = np.concatenate([(rows[name] * base[name]).sum(axis=1) for name in ("long", "short")])
        cells = [
            *(f"{told[name]:.1f}" for name in ("long", "long_core", "short", "short_core")),
            *(f"{told['load']:.1f}", f"{told['memory']:.2f}", f"{megabytes(variant):.0f}"),
            f"{cosines.mean():.5f}, {np.quantile(cosines, 0.01):.5f}, {cosines.min():.5f}",
            "yes" if told["alike"] else "no",
            scores(rows, base, truths) if given.ami else "",
        ]
        print(f"| {variant} | " + " | ".join(cells) + " |", flush=True)


def one(given: argparse.Namespace) -> None:
    """Measures one variant, in this process; prints JSON, and leaves the vectors in a file."""
    import torch

    torch.set_num_threads(given.threads)
    name = given.variants[0]
    held = texts_of(given.work)
    texts = {"long": held["long"][: given.long], "short": held["short"][: given.short]}
    start = time.perf_counter()
    encode = (
        shipped(given)
        if name in (SHIPPED, ENGINE)
        else encoder(name, given, (texts["long"] + texts["short"])[::2][:256])
    )
    encode(texts["short"][:1])
    told: dict[str, float | bool] = {"load": time.perf_counter() - start}
    encode(texts["short"][:64])
    vectors = {}
    for kind, wanted in texts.items():
        ordered = sorted(range(len(wanted)), key=lambda place: len(wanted[place]))
        parts = np.array_split(ordered, PARTS[kind])
        walls, processors = np.full((2, len(parts), given.repeats), np.inf)
        found: dict[int, np.ndarray] = {}
        for number, part in itertools.product(range(given.repeats), range(len(parts))):
            wall, processor = time.perf_counter(), time.process_time()
            found |= dict(zip(parts[part].tolist(), encode([wanted[place] for place in parts[part]]), strict=True))
            walls[part, number] = time.perf_counter() - wall
            processors[part, number] = time.process_time() - processor
        vectors[kind] = np.array([found[place] for place in range(len(wanted))])
        told[kind], told[f"{kind}_core"] = (len(wanted) / took.min(axis=1).sum() for took in (walls, processors))
    told["alike"] = all((encode(texts["short"][i : i + 1]) == vectors["short"][i]).all() for i in range(0, 40, 4))
    if given.ami:
        for kind, columns in held["labelled"].items():
            for number, column in enumerate(columns):
                distinct = list(dict.fromkeys(column))
                rows = dict(zip(distinct, encode(distinct), strict=True))
                vectors[f"{kind} {number}"] = np.array([rows[text] for text in column])
    told["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    np.savez(given.work / given.model / f"{name}.npz", **vectors)
    print(json.dumps(told))


def shipped(given: argparse.Namespace) -> Encode:
    """The encoder as a build runs it."""
    from clioscope.embedding.encode import encode_texts
    from clioscope.embedding.open import open_embedder
    from clioscope.settings import EmbeddingSettings

    if given.variants == [ENGINE]:
        from clioscope.embedding import multilingual

        multilingual._has_torch = lambda: False
    embedder = open_embedder(EmbeddingSettings(model=given.model))
    return lambda texts: encode_texts(texts, embedder, None)


def encoder(name: str, given: argparse.Namespace, some: list[str]) -> Encode:
    """A variant of a sentence-transformers model, on the batches of a build; ``some`` texts are for calibration."""
    from sentence_transformers import SentenceTransformer

    from clioscope.embedding.batches import batches
    from clioscope.models.fetch import pull

    model = SentenceTransformer(str(pull(given.model)), device="cpu").eval()
    tokenizer, most = model.tokenizer, model.max_seq_length
    run = VARIANTS[name](model, given.work / given.model, given.threads, *([some] if name == "openvino8" else []))

    def encode(texts: list[str]) -> np.ndarray:
        tokens = tokenizer(texts, truncation=True, max_length=most)["input_ids"]
        rows = np.zeros((len(texts), 0), np.float32)
        for batch in batches(tokens, tokenizer.pad_token_id, most, 64, budget=given.tokens):
            made = run(batch.ids, batch.mask)
            rows = rows if rows.size else np.zeros((len(texts), made.shape[1]), np.float32)
            rows[batch.places] = made[batch.rows]
        return rows

    return encode


def texts_of(work: Path) -> dict[str, Any]:
    """The texts: ``long``, ``short``; ``labelled``: by data set columns of texts, and ``truths``: their codes. ShareGPT
    is read once: it takes longer than a variant."""
    file = work / "texts.json"
    if not file.exists():
        file.write_text(json.dumps(_texts()), encoding="utf-8")
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def _texts() -> dict[str, Any]:
    from clioscope.conversations import Conversation, read_conversations
    from clioscope.conversations.transcript import user_text
    from clioscope.experiments.data import category_labels, clinc150, data_folder
    from clioscope.models.fetch import pull

    category = category_labels()
    lines = (data_folder() / "sharegpt-labelled/strong_facets.jsonl").open(encoding="utf-8")
    rows = [row for row in map(json.loads, lines) if row["id"] in category]
    facets = [[row[facet] for row in rows] for facet in ("request", "field", "activity")]
    raw: dict[str, str] = {}
    long: dict[str, None] = {}
    for one in read_conversations(pull("sharegpt"), format="sharegpt"):
        if isinstance(one, Conversation):
            if len(long) < LONG:
                long.setdefault(" ".join(told.content for told in one.messages if told.role == "user")[:2000])
            if one.source_id in category:
                raw.setdefault(one.source_id, user_text(one.messages)[:2000])
    clinc = clinc150(each=10)
    truths = {
        "CLINC150": clinc.truth,
        "facets": np.unique([category[row["id"]] for row in rows], return_inverse=True)[1],
        "ShareGPT": np.unique([category[name] for name in raw], return_inverse=True)[1],
    }
    return {
        "long": list(long),
        "short": list(dict.fromkeys(itertools.chain(*zip(*facets, strict=True)))),
        "labelled": {"CLINC150": [clinc.texts], "facets": facets, "ShareGPT": [list(raw.values())]},
        "truths": {name: truth.tolist() for name, truth in truths.items()},
    }


def scores(rows: dict[str, np.ndarray], base: dict[str, np.ndarray], truths: dict[str, list[int]]) -> str:
    """By data set and method: AMI of groups with labels (mean and deviation over seeds); that with the groups of the
    first variant, same seed; and that of the first variant's groups among seeds."""
    from groups import groups_of

    from clioscope.measure.external import ami
    from clioscope.vectors.unit import average

    cells = []
    for name, codes in truths.items():
        truth = np.array(codes)
        for method in ("kmeans", "leiden"):
            found, known = (
                [
                    groups_of(
                        average([one[key] for key in sorted(one) if key.rpartition(" ")[0] == name]),
                        seed,
                        method=method,
                        clusters=int(truth.max()) + 1,
                    ).labels
                    for seed in SEEDS
                ]
                for one in (rows, base)
            )
            agreed = [ami(labels, truth) for labels in found]
            same = np.mean([ami(*pair) for pair in zip(found, known, strict=True)])
            others = np.mean([ami(*pair) for pair in itertools.combinations(known, 2)])
            told = f"{np.mean(agreed):.4f} ± {np.std(agreed, ddof=1):.4f}, {same:.3f}, {others:.3f}"
            cells.append(f"{name} {method} {told}")
    return "; ".join(cells)


def turns(given: argparse.Namespace) -> None:
    """Variants on the same two batches in turn, in this process and on one core: the least processor time of each."""
    import torch
    from sentence_transformers import SentenceTransformer

    from clioscope.models.fetch import pull

    torch.set_num_threads(1)
    texts = texts_of(given.work)
    runs: dict[str, Run] = {}
    for variant in given.variants:
        model = SentenceTransformer(str(pull(given.model)), device="cpu").eval()
        runs[variant] = VARIANTS[variant](model, given.work / given.model, 1)
    long, short = [text for text in texts["long"] if len(text) > 1500][:4], [text[:40] for text in texts["short"][:64]]
    print("| batch | variant | texts per core-second | to the first | cosine |\n|---|---|---|---|---|")
    for wanted, length in ((long, 256), (short, 16)):
        found = model.tokenizer(wanted, truncation=True, max_length=length, padding="max_length", return_tensors="np")
        ids, mask = (found[name].astype(np.int64) for name in ("input_ids", "attention_mask"))
        least = dict.fromkeys(runs, np.inf)
        rows: dict[str, np.ndarray] = {}
        for _, (variant, run) in itertools.product(range(7), runs.items()):
            start = time.process_time()
            rows[variant] = run(ids, mask)
            least[variant] = min(least[variant], time.process_time() - start)
        for variant, seconds in least.items():
            cosines = (rows[variant] * rows[given.variants[0]]).sum(axis=1)
            ratio = least[given.variants[0]] / seconds
            cells = (f"{len(wanted)} × {length}", variant, f"{len(wanted) / seconds:.1f}", f"{ratio:.2f}")
            print("| " + " | ".join(cells) + f" | {cosines.mean():.5f}, {cosines.min():.5f} |", flush=True)


if __name__ == "__main__":
    main()
