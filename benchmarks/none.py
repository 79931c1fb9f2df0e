"""What fits nothing: members held out that are refused, and texts of other corpora that are, by corpus and encoder.

    python benchmarks/none.py [--embedder all-MiniLM-L6-v2 multilingual-e5-small] [--most 3000] [--compare]

Needs ../shared/data (CLINC150, the chats in fifteen languages), the ``sharegpt`` data set of the catalogue (fetched if
absent), and the Russian texts that benchmarks/russian_data.py makes. Seven tenths of a corpus are the members, the rest
are held out. ``--compare`` also tells how simpler scores do.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from clioscope.clustering import cluster
from clioscope.clustering.fit import LEVEL, calibrate, fit_from
from clioscope.conversations import Conversation, read_conversations
from clioscope.conversations.transcript import user_text
from clioscope.embedding.encode import encode_texts
from clioscope.embedding.open import open_embedder
from clioscope.experiments.data import clinc150, data_folder, russian_texts
from clioscope.models.fetch import pull
from clioscope.settings import ClusteringSettings, EmbeddingSettings
from clioscope.vectors.centroids import nearest_centroid
from clioscope.vectors.neighbours import knn, nearest
from clioscope.vectors.shaping import shape
from clioscope.vectors.smoothing import smooth
from clioscope.vectors.unit import unit_rows

FOREIGN = 300  # texts of each other corpus


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--embedder", nargs="+", default=["all-MiniLM-L6-v2", "multilingual-e5-small"])
    parser.add_argument("--most", type=int, default=3000, help="texts of a corpus")
    parser.add_argument("--compare", action="store_true")
    given = parser.parse_args()
    rng = np.random.default_rng(0)
    texts = {name: shuffled(rng, read())[: given.most] for name, read in CORPORA.items()}
    domains = without_domain(rng)
    for name in given.embedder:
        encoder = open_embedder(EmbeddingSettings(model=name))
        encode = lambda rows, encoder=encoder: encode_texts(rows, encoder, None)  # noqa: E731
        vectors = {corpus: encode(rows) for corpus, rows in texts.items()}
        for corpus, own in vectors.items():
            others = {other: rows[:FOREIGN] for other, rows in vectors.items() if other != corpus}
            report(name, corpus, own, others, given.compare)
        rest, banking = (encode(rows) for rows in domains)
        report(name, "clinc150 less banking", rest, {"banking": banking}, given.compare)


def report(
    encoder: str, corpus: str, own: NDArray[np.float32], others: dict[str, NDArray[np.float32]], compare: bool
) -> None:
    cut = int(0.7 * len(own))
    members, held = own[:cut], own[cut:]
    shaped = shape(members, EmbeddingSettings())
    found = cluster(shaped.vectors, ClusteringSettings(), judged=shaped.means.centre(members))
    rows, kept = calibrate(members)
    fit = fit_from(members, found.labels, rows, kept)

    def refused(vectors: NDArray[np.float32]) -> float:
        centred = shaped.means.centre(vectors)
        near = nearest(centred, shaped.vectors, EmbeddingSettings().smooth_neighbours)
        placed = smooth(centred, near.indices, shaped.vectors, EmbeddingSettings().smooth)
        return float((fit.p_values(vectors, nearest_centroid(placed, found.centroids)[0]) <= LEVEL).mean())

    line(encoder, corpus, "this test", len(members), refused, held, others)
    for name, score in scores(members) if compare else ():
        limit = np.quantile(score(members, True), 1 - LEVEL)
        tell = lambda rows, score=score, limit=limit: float((score(rows, False) > limit).mean())  # noqa: E731
        line(encoder, corpus, name, len(members), tell, held, others)


def line(
    encoder: str,
    corpus: str,
    name: str,
    members: int,
    refused: Callable[[NDArray[np.float32]], float],
    held: NDArray[np.float32],
    others: dict[str, NDArray[np.float32]],
) -> None:
    found = ", ".join(f"{other} {100 * refused(rows):.0f} %" for other, rows in others.items())
    head = f"{encoder:<24}{corpus:<24}{name:<22}{members:>6,} members"
    print(f"{head}: held out {100 * refused(held):.1f} %; {found}", flush=True)


def scores(
    members: NDArray[np.float32],
) -> Iterator[tuple[str, Callable[[NDArray[np.float32], bool], NDArray[np.float32]]]]:
    """Simpler scores, calibrated over all members at once: each takes vectors, and whether they are the members."""
    unit = unit_rows(members)
    mean = unit.mean(axis=0)
    for name, among in (("raw", unit), ("centred", unit_rows(unit - mean))):
        own = 1 - knn(among, 10).similarities.mean(axis=1)

        def near(rows: NDArray[np.float32], mine: bool, among=among, name=name):  # type: ignore[no-untyped-def]
            asked = unit_rows(rows) if name == "raw" else unit_rows(unit_rows(rows) - mean)
            return knn(among, 10) if mine else nearest(asked, among, 10)

        def distance(rows: NDArray[np.float32], mine: bool, near=near):  # type: ignore[no-untyped-def]
            return 1 - near(rows, mine).similarities.mean(axis=1)

        def ratio(rows: NDArray[np.float32], mine: bool, near=near, own=own):  # type: ignore[no-untyped-def]
            found = near(rows, mine)
            return (1 - found.similarities.mean(axis=1)) / np.maximum(own[found.indices].mean(axis=1), 0.01)

        yield f"{name} distance", distance
        yield f"{name} density ratio", ratio


def shuffled(rng: np.random.Generator, rows: list[str]) -> list[str]:
    return [rows[place] for place in rng.permutation(len(rows))]


def without_domain(rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """CLINC150 without the domain banking, and that domain."""
    data = clinc150("test")
    banking = data.coarse == data.domains.index("banking")
    parts = [[text for text, out in zip(data.texts, banking, strict=True) if out == which] for which in (False, True)]
    return shuffled(rng, parts[0]), parts[1]


def sharegpt() -> list[str]:
    found = (record for record in read_conversations(pull("sharegpt"), format="sharegpt"))
    return [user_text(record.messages) for record in found if isinstance(record, Conversation)]


def chats() -> list[str]:
    path = data_folder() / "synthetic-15-languages" / "conversations.jsonl"
    rows = [json.loads(line)["messages"] for line in path.open(encoding="utf-8")]
    return ["\n".join(one["content"] for one in messages if one["role"] == "user") for messages in rows]


CORPORA: dict[str, Callable[[], list[str]]] = {
    "clinc150": lambda: clinc150("test").texts,
    "sharegpt": sharegpt,
    "russian": lambda: russian_texts().texts["ru"],
    "fifteen languages": chats,
}


if __name__ == "__main__":
    main()
