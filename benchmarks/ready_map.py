"""Learn the ready-made maps: from the vector of a raw text, and from its words, to the mean vector of its facets.

    python benchmarks/ready_map.py texts FILE [--answers FILE]
    python benchmarks/ready_map.py learn ATLAS ... --out FOLDER [--answers FILE]
    python benchmarks/ready_map.py try ATLAS [--maps FOLDER] [--cache FOLDER]

``learn``: the facets are those that a large model gave of conversations of ShareGPT (``large_model/sharegpt.jsonl``).
Each ATLAS holds these conversations by another encoder (``clioscope build FILE --no-llm --embedder NAME``; ``texts
FILE`` writes the file). Writes a map for each encoder, and the model of words that they share. Labelled conversations,
and other parts of the same ones, are not among them.

``try``: AMI with labels, of raw texts, of the map, and of both as a build without a model mixes them, on six data sets.
ATLAS holds labelled ShareGPT conversations (``texts`` writes them as well).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.linear_model import Ridge

from clioscope.atlas import Atlas
from clioscope.atlas.files import read_array
from clioscope.conversations import Conversation
from clioscope.embedding.embedder import Embedder
from clioscope.pipeline.mixing import spoken
from clioscope.prediction.mixing import mix_others, raw_weight, usual_weights
from clioscope.prediction.ready import FACETS, ReadyMap
from clioscope.prediction.words import WordModel
from clioscope.vectors.unit import average, unit_rows

PENALTY = 2.0  # of the ridge on vectors, times their mean squared distance from their mean
WORDS_PENALTY = 1.0  # of the ridge on words
WORDS, FEWEST, MOST = 20_000, 10, 0.3  # words and pairs at most, conversations that have them, share of all at most
RANK = 64  # scores that a text gets
TOKENS = 1000  # of the transcripts whose answers are read
FOLDS = 5
SHIPPED = Path(__file__).parents[1] / "src" / "clioscope" / "prediction" / "ready"
ANSWERS = Path(__file__).parent / "large_model" / "sharegpt.jsonl"
LENGTH = (
    803.0  # characters of a raw text in the 3,234 conversations of ShareGPT that an atlas keeps no text of, on average
)


def encoder_of(atlas: Atlas) -> Embedder:
    from clioscope.embedding.open import open_embedder
    from clioscope.settings import Settings

    return open_embedder(Settings.model_validate(atlas.manifest["settings"]).embedding)


def records(atlas: Atlas) -> list[str]:
    """The id that the first occurrence of each conversation has in its file."""
    first = atlas.occurrences.group_by("conversation").agg(pl.col("record").first())
    rows = atlas.facets.select("conversation").join(first, on="conversation", how="left", maintain_order="left")
    return rows["record"].to_list()


def answers_in(path: Path) -> dict[str, dict[str, str]]:
    """What the large model said of each conversation, by its id in ShareGPT."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {row["id"]: row for row in rows}


def conversations_of(ids: Iterable[str]) -> Iterator[Conversation]:
    """The conversations of ShareGPT with these ids, each once."""
    from endtoend import clioscope_records

    wanted = set(ids)
    for one in clioscope_records():
        if one.source_id in wanted:
            wanted.remove(one.source_id)
            yield one


def write_texts(answers: Path, file: Path) -> None:
    """The conversations that were answered, and the labelled ones, as a file to build atlases of."""
    from clioscope.experiments.data import category_labels

    with file.open("w", encoding="utf-8") as out:
        for record in conversations_of(answers_in(answers).keys() | category_labels().keys()):
            messages = [{"role": one.role, "content": one.content} for one in record.messages]
            out.write(json.dumps({"id": record.source_id, "messages": messages}) + "\n")


def words_of(ids: Sequence[str], tokens: int = TOKENS) -> list[str]:
    """What is read of the words of conversations of ShareGPT."""
    from clioscope.conversations import condense, user_text

    found = {
        one.source_id: spoken(user_text(one.messages), condense(one.messages, tokens)) for one in conversations_of(ids)
    }
    return [found[name] for name in ids]


class Part(NamedTuple):
    """``told`` (n, d): what one source tells of the facets, without the fold of each row and centred; ``slope`` and
    ``offset`` of a map that was learnt on all rows."""

    told: NDArray[np.float32]
    slope: NDArray[np.float32]
    offset: NDArray[np.float32]


def crossfitted(rows: Any, target: NDArray[np.float32], penalty: float) -> Part:
    """A ridge from ``rows`` (n, k) to ``target`` (n, d)."""
    fold = np.random.default_rng(0).integers(0, FOLDS, len(target))
    told = np.empty_like(target)
    for one in range(FOLDS):
        told[fold == one] = _ridge(rows[fold != one], target[fold != one], penalty).predict(rows[fold == one])
    whole = _ridge(rows, target, penalty)
    return Part(told, whole.coef_.T.astype(np.float32), whole.intercept_.astype(np.float32))


def _ridge(rows: Any, target: NDArray[np.float32], penalty: float) -> Ridge:
    return Ridge(alpha=penalty, solver="auto" if isinstance(rows, np.ndarray) else "sparse_cg").fit(rows, target)


def learn(folders: Sequence[Path], answers: Path, out: Path) -> None:
    """Write the model of words, and a map for the encoder of each atlas."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.utils.extmath import randomized_svd

    said, atlases = answers_in(answers), [Atlas(folder) for folder in folders]
    shared = set.intersection(*(set(records(atlas)) for atlas in atlases)) & said.keys()
    ids = [one for one in said if one in shared]
    count = TfidfVectorizer(
        sublinear_tf=True, min_df=FEWEST, max_df=MOST, max_features=WORDS, ngram_range=(1, 2), dtype=np.float32
    )
    weights = count.fit_transform(words_of(ids))
    encoders = [encoder_of(atlas) for atlas in atlases]
    middles, spreads, targets, vectors = [], [], [], []
    for atlas, encoder in zip(atlases, encoders, strict=True):
        place = {one: row for row, one in enumerate(records(atlas))}
        vectors.append(read_array(atlas.path, "texts")[[place[one] for one in ids]].astype(np.float32))
        own = average([encoder.encode([said[one][name] for one in ids]) for name in FACETS]).astype(np.float32)
        middles.append(own.mean(axis=0))
        spreads.append(float(np.linalg.norm(own - middles[-1], axis=1).mean()))
        targets.append((own - middles[-1]) / spreads[-1])
    read = crossfitted(weights, np.hstack(targets), WORDS_PENALTY)
    size = np.sqrt(np.asarray(weights.multiply(weights).sum(axis=0))).ravel()[:, None]
    left, values, right = randomized_svd(read.slope * size, RANK, random_state=0)
    names = [name for name, _ in sorted(count.vocabulary_.items(), key=lambda item: item[1])]
    model = WordModel(names, count.idf_.astype(np.float32), (left * values / size).astype(np.float32))
    np.savez_compressed(out / "words.npz", **model.arrays())
    print(f"{len(ids)} conversations, {len(names)} words and pairs")
    start = 0
    for encoder, raw, middle, spread, target in zip(encoders, vectors, middles, spreads, targets, strict=True):
        own = slice(start, start := start + len(middle))
        spoken_of = read.told[:, own]
        told = crossfitted(raw, target, PENALTY * float(((raw - raw.mean(axis=0)) ** 2).sum(axis=1).mean()))
        both = np.stack([told.told.ravel(), spoken_of.ravel()])
        shares = np.linalg.solve(both @ both.T, both @ target.ravel())
        cosines = [
            _cosine(part, target) for part in (told.told, spoken_of, np.tensordot(shares, [told.told, spoken_of], 1))
        ]
        made = ReadyMap(
            spread * shares[0] * told.slope,
            middle + spread * (shares[0] * told.offset + shares[1] * read.offset[own]),
            spread * shares[1] * right[:, own].astype(np.float32),
        )
        file = out / f"{encoder.id.partition('@')[0]}.npz"
        np.savez_compressed(file, map=made.array(), encoder=encoder.id.partition("+")[0])
        print(f"{file.name}: cosine of vectors {cosines[0]:.3f}, of words {cosines[1]:.3f}, of both {cosines[2]:.3f}")


def _cosine(told: NDArray[Any], target: NDArray[Any]) -> float:
    return float((unit_rows(told) * unit_rows(target)).sum(axis=1).mean())


class Texts(NamedTuple):
    """Labelled texts: ``truth`` (n,), the vectors of ``language`` (n) are centred apart where there are several."""

    texts: list[str]
    truth: NDArray[Any]
    language: NDArray[Any] | None = None


def labelled() -> dict[str, Texts]:
    """The data sets on which a map is tried, besides ShareGPT."""
    from names import tickets

    from clioscope.experiments.data import clinc150, data_folder, russian_texts

    data, bank, russian = clinc150("test"), tickets(), russian_texts(each=40)
    third = np.arange(0, len(data.texts), 3)
    path = data_folder() / "synthetic-15-languages" / "conversations.jsonl"
    made = [json.loads(line) for line in path.open(encoding="utf-8")]
    users = ["\n".join(one["content"] for one in row["messages"] if one["role"] == "user") for row in made]
    category, language = (np.array([row["metadata"][key] for row in made]) for key in ("category", "language"))
    return {
        "CLINC150": Texts([data.texts[row] for row in third], data.truth[third]),
        "tickets": Texts(bank.columns[0], bank.truth),
        "Russian": Texts(russian.texts["ru"], russian.truth),
        "the same, English": Texts(russian.texts["en"], russian.truth),
        "15 languages": Texts(users, category, language),
    }


def agreement(vectors: NDArray[np.float32], data: Texts) -> str:
    """AMI with the labels, k-means with as many groups as labels, mean of ten seeds: centred / and smoothed."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_mutual_info_score

    groups = np.zeros(len(vectors)) if data.language is None else data.language
    centred = vectors.copy()
    for one in np.unique(groups):
        centred[groups == one] -= centred[groups == one].mean(axis=0)
    centred = unit_rows(centred)
    near = centred @ centred.T - 2 * np.eye(len(centred), dtype=np.float32)
    around = unit_rows(centred[np.argsort(-near, axis=1)[:, :8]].mean(axis=1))
    found = []
    for shape in (centred, unit_rows(centred + around)):
        means = (KMeans(len(np.unique(data.truth)), n_init=1, random_state=seed) for seed in range(10))
        found.append(np.mean([adjusted_mutual_info_score(data.truth, one.fit_predict(shape)) for one in means]))
    return " / ".join(f"{value:.3f}" for value in found)


def try_map(folder: Path, maps: Path, cache: Path | None) -> None:
    """Print the table of ``try``."""
    from clioscope.experiments.data import category_labels

    atlas, codes = Atlas(folder), category_labels()
    encoder, ids = encoder_of(atlas), records(atlas)
    with np.load(maps / f"{encoder.id.partition('@')[0]}.npz") as held:
        made = ReadyMap.from_array(held["map"])
    with np.load(maps / "words.npz") as held:
        model = WordModel.from_arrays(held)
    rows = [row for row, one in enumerate(ids) if one in codes]
    sets = labelled()
    vectors = {name: _encoded(encoder, data.texts, cache) for name, data in sets.items()}
    read = {name: data.texts for name, data in sets.items()}
    truth = np.array([codes[ids[row]] for row in rows])
    for tokens in (TOKENS, 120):
        name = f"ShareGPT, {tokens} tokens"
        sets[name], vectors[name] = Texts([], truth), read_array(folder, "texts")[rows].astype(np.float32)
        read[name] = words_of([ids[row] for row in rows], tokens)
    print(f"| {encoder.id} | characters | raw text | map, without words | map | both |\n|---|---|---|---|---|---|")
    for name, data in sets.items():
        raw, words = vectors[name], model.read(read[name])
        length = float(np.mean([len(text) for text in data.texts])) if data.texts else LENGTH
        told = made.predict(raw, words)
        both = mix_others(usual_weights(raw=raw_weight(length)), told, raw)
        shown = (agreement(part, data) for part in (raw, made.predict(raw), told, both))
        print(f"| {name} | {length:.0f} |", " | ".join(shown), "|", flush=True)


def _encoded(encoder: Embedder, texts: list[str], cache: Path | None) -> NDArray[np.float32]:
    from clioscope.embedding.encode import encode_texts
    from clioscope.models.store import Store

    if cache is None:
        return encode_texts(texts, encoder, None)
    cache.mkdir(parents=True, exist_ok=True)
    with Store(cache / "vectors.sqlite") as store:
        return encode_texts(texts, encoder, store)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ways = parser.add_subparsers(dest="way", required=True)
    written = ways.add_parser("texts", help="write the conversations to build atlases of")
    written.add_argument("file", type=Path)
    taught = ways.add_parser("learn", help="learn the maps of the encoders of these atlases")
    taught.add_argument("atlas", type=Path, nargs="+")
    taught.add_argument("--out", type=Path, required=True)
    for way in (written, taught):
        way.add_argument("--answers", type=Path, default=ANSWERS, help="what a model said (default: %(default)s)")
    tried = ways.add_parser("try", help="compare groups with labels")
    tried.add_argument("atlas", type=Path)
    tried.add_argument("--maps", type=Path, default=SHIPPED, help="folder of the maps (default: the shipped ones)")
    tried.add_argument("--cache", type=Path, help="folder that keeps vectors")
    given = parser.parse_args()
    if given.way == "texts":
        write_texts(given.answers, given.file)
    elif given.way == "learn":
        learn(given.atlas, given.answers, given.out)
    else:
        try_map(given.atlas, given.maps, given.cache)


if __name__ == "__main__":
    main()
