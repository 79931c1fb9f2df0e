"""What an atlas takes on the disk, file by file, and what half precision changes.

    python benchmarks/disk.py size [--rows 100000] [--embedder hash] [--source SRC]
    python benchmarks/disk.py half [--embedder all-MiniLM-L6-v2] [--seeds 5]
    python benchmarks/disk.py dimensions [--seeds 3]

``size``: a CSV of made support tickets (100,000 rows: 13 MB) built into an atlas without a language model; bytes by
file, seconds and peak memory of the build. ``--source`` is the ``src`` folder of another checkout, whose code then
builds: what was there before, on the same machine.

``half``: CLINC150 test (4,500 utterances, 150 intents) from vectors in float32, and from the same as float16 keeps
them, which is what a build groups: shares of equal nearest neighbours; AMI and ARI of the two groupings with each other
(beside those of two seeds in float32, which is what chance alone changes) and with the intents; label-free figures.

``dimensions``: the hashing encoder with 64 to 1,024 dimensions on the same data: AMI and ARI with the intents, share of
the ten nearest rows of the same intent. Both need ../shared/data/clinc150, or ``$CLIOSCOPE_DATA``.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

SOURCE = Path(__file__).parents[1] / "src"
WHAT = ("invoice", "parcel", "password", "refund", "router", "subscription", "ticket", "phone", "account", "delivery")
WRONG = ("is late", "was charged twice", "cannot be opened", "does not arrive", "must be changed", "was cancelled")
WHERE = ("on my phone", "since this morning", "after the update", "for the second time", "before my holiday", "again")
COUNT = 150
NEAREST = 15


# -- bytes, seconds, memory -----------------------------------------------------------------------------------


def make_csv(path: Path, rows: int) -> None:
    """Tickets of 30,000 users over two years, no two alike but one in a hundred."""
    chance = random.Random(7)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "user_id", "created_at", "channel", "text"])
        for row in range(rows):
            text = f"My {chance.choice(WHAT)} {chance.choice(WRONG)} {chance.choice(WHERE)} {chance.choice(WHERE)}, "
            text += f"please help me with number {chance.randrange(10**6)}" if row % 100 else "hi"
            when = datetime(2024, 1, 1) + timedelta(minutes=10 * row)
            user = f"u{chance.randrange(30_000)}"
            writer.writerow([row, user, when.isoformat(), chance.choice(["mail", "chat"]), text])


def size(given: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source, atlas = Path(folder) / "tickets.csv", Path(folder) / "atlas"
        make_csv(source, given.rows)
        print(f"{given.rows:,} rows, {source.stat().st_size / 1e6:.1f} MB of CSV, encoder {given.embedder}")
        command = [sys.executable, "-m", "clioscope", "build", str(source), "--out", str(atlas), "--no-llm", "--quiet"]
        began = time.perf_counter()
        environment = os.environ | {"PYTHONPATH": str(given.source)}
        subprocess.run([*command, "--embedder", given.embedder], check=True, env=environment)
        seconds = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
        for path in sorted(atlas.iterdir(), key=lambda one: -one.stat().st_size):
            print(f"{path.name:<28}{path.stat().st_size / 1e6:>10.2f} MB")
        total = sum(path.stat().st_size for path in atlas.iterdir())
        print(f"{'all':<28}{total / 1e6:>10.2f} MB   {seconds:.0f} s, peak {peak / 1e9:.2f} GB")


# -- what half precision changes ------------------------------------------------------------------------------


class Grouped(NamedTuple):
    vectors: NDArray[np.float32]
    centred: NDArray[np.float32]
    labels: NDArray[np.int32]


def encoded(texts: list[str], embedder: str) -> NDArray[np.float32]:
    from clioscope.embedding.encode import encode_texts
    from clioscope.embedding.open import open_embedder
    from clioscope.settings import EmbeddingSettings

    return encode_texts(texts, open_embedder(EmbeddingSettings(model=embedder)), None)


def grouped(plain: NDArray[np.float32], seed: int) -> Grouped:
    """As a build does it: centred, smoothed, grouped into as many groups as there are intents."""
    from clioscope.clustering import cluster
    from clioscope.settings import ClusteringSettings, EmbeddingSettings
    from clioscope.vectors.shaping import shape

    shaped = shape(plain, EmbeddingSettings(), seed)
    labels = cluster(shaped.vectors, ClusteringSettings(clusters=COUNT), seed).labels
    return Grouped(shaped.vectors, shaped.means.centre(plain), labels)


def neighbours(vectors: NDArray[np.float32], k: int = NEAREST) -> NDArray[np.int32]:
    from clioscope.vectors.neighbours import knn

    return knn(vectors, k).indices


def shared(one: NDArray[np.int32], other: NDArray[np.int32]) -> float:
    """Mean share of neighbours that two lists (n, k) have in common."""
    return float(np.mean([len(np.intersect1d(a, b)) / len(a) for a, b in zip(one, other, strict=True)]))


def half(given: argparse.Namespace) -> None:
    from clioscope.experiments.data import clinc150

    data = clinc150("test")
    exact = encoded(data.texts, given.embedder)
    kept = exact.astype(np.float16).astype(np.float32)
    print(f"{len(exact):,} rows, {exact.shape[1]} dimensions, encoder {given.embedder}, {given.seeds} seeds")
    before = [grouped(exact, seed) for seed in range(given.seeds)]
    after = [grouped(kept, seed) for seed in range(given.seeds)]
    for name in ("centred", "vectors"):
        one, other = getattr(before[0], name), getattr(after[0], name)
        off = 1 - (one.astype(np.float64) * other).sum(axis=1)
        print(
            f"{name:<9} cosine with float32 at least 1 - {off.max():.1e}; "
            f"{NEAREST} nearest shared: {shared(neighbours(one), neighbours(other)):.5f}"
        )
    old, new = [one.labels for one in before], [one.labels for one in after]
    rows = {
        "float16 with float32, same seed": list(zip(old, new, strict=True)),
        "float32 with float32, other seed": [(one, other) for i, one in enumerate(old) for other in old[i + 1 :]],
    }
    rows |= {
        "float32 with the intents": [(one, data.truth) for one in old],
        "float16 with the intents": [(one, data.truth) for one in new],
    }
    for name, pairs in rows.items():
        print(f"{name:<34}{agreement(pairs)}")
    print(f"{'figure (seed 0)':<34}{'float32':>10}{'float16':>10}")
    for name, (one, other) in figures(exact, before[0], kept, after[0]).items():
        print(f"{name:<34}{one:>10.4f}{other:>10.4f}")


def agreement(pairs: list[tuple[NDArray[Any], NDArray[Any]]]) -> str:
    """AMI and ARI of pairs of groupings, mean and standard deviation."""
    from clioscope.measure.external import ami, ari

    values = {"AMI": [float(ami(*pair)) for pair in pairs], "ARI": [float(ari(*pair)) for pair in pairs]}
    return "  ".join(f"{name} {np.mean(found):.4f} (sd {np.std(found):.4f})" for name, found in values.items())


def figures(
    exact: NDArray[np.float32], before: Grouped, kept: NDArray[np.float32], after: Grouped
) -> dict[str, tuple[float, float]]:
    """What ``clioscope measure`` would say of both: geometry, coherence, stability by refits from the plain vectors."""
    from clioscope.clustering import cluster
    from clioscope.measure import evaluate, metrics
    from clioscope.settings import ClusteringSettings, EmbeddingSettings
    from clioscope.vectors.shaping import shape

    def refit(plain: NDArray[Any], count: int, seed: int) -> NDArray[Any]:
        vectors = shape(plain, EmbeddingSettings(), seed).vectors
        return cluster(vectors, ClusteringSettings(clusters=count), seed).labels

    def all_of(plain: NDArray[np.float32], found: Grouped) -> dict[str, float]:
        stable = [name for name in metrics.names() if metrics.get(name).family == "stability"]
        free = [name for name in metrics.names() if metrics.get(name).family in ("geometry", "coherence")]
        values = evaluate({"vectors": found.vectors, "labels": found.labels, "seed": 0}, free)
        values |= evaluate({"vectors": plain, "labels": found.labels, "refit": refit, "seed": 0}, stable)
        return {name: figure.value for name, figure in values.items()}

    one, other = all_of(exact, before), all_of(kept, after)
    return {name: (one[name], other[name]) for name in one if name in other}


# -- how many dimensions hashing needs -------------------------------------------------------------------------


def dimensions(given: argparse.Namespace) -> None:
    from clioscope.embedding.hashing import HashEmbedder
    from clioscope.experiments.data import clinc150
    from clioscope.vectors.unit import unit_rows

    data = clinc150("test")
    print(f"{'dimensions':<12}{'same intent':>12}   with the intents")
    for width in (64, 128, 256, 384, 512, 768, 1024):
        plain = unit_rows(HashEmbedder(width).encode(data.texts)).astype(np.float16).astype(np.float32)
        found = [grouped(plain, seed) for seed in range(given.seeds)]
        near = neighbours(found[0].centred, 10)
        same = float((data.truth[near] == data.truth[:, None]).mean())
        print(f"{width:<12}{same:>12.4f}   {agreement([(one.labels, data.truth) for one in found])}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("size", help="bytes by file, seconds, memory")
    one.add_argument("--rows", type=int, default=100_000)
    one.add_argument("--embedder", default="hash")
    one.add_argument("--source", type=Path, default=SOURCE, help="src folder of the code that builds")
    one.set_defaults(run=size)
    one = commands.add_parser("half", help="what float16 changes")
    one.add_argument("--embedder", default="all-MiniLM-L6-v2")
    one.add_argument("--seeds", type=int, default=5)
    one.set_defaults(run=half)
    one = commands.add_parser("dimensions", help="of the hashing encoder")
    one.add_argument("--seeds", type=int, default=3)
    one.set_defaults(run=dimensions)
    given = parser.parse_args()
    given.run(given)


if __name__ == "__main__":
    main()
