"""Learn the ready-made map of an encoder: from the vector of a raw text to the mean vector of its facets.

    python benchmarks/ready_map.py facets ATLAS [--without labels.csv] --out FILE.npz
    python benchmarks/ready_map.py names TAUGHT ATLAS [--without labels.csv] --out FILE.npz
    python benchmarks/ready_map.py try ATLAS FILE.npz [--cache FOLDER]

``facets``: ATLAS is an atlas of which many conversations were asked (``clioscope build --ask all``). The map is a ridge
regression on those.

``names``: TAUGHT is an atlas by the encoder that learns, ATLAS one of the same conversations by an encoder that has a
map. That map tells how near a conversation is to each ready-made name (``naming.ready``); the names, weighted by that
(softmax of 20 times the cosine), are what the other encoder learns to see. No language model is needed.

``try``: AMI with labels, of raw texts, of the map, and of both as a build without a model mixes them, on six data sets.
ATLAS holds labelled ShareGPT conversations (``benchmarks/endtoend.py --model none --others 3000``).

Conversations whose id stands in ``--without`` (labelled ones, for checking) are left out.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.linear_model import Ridge

from clioscope.atlas import Atlas
from clioscope.atlas.files import read_array
from clioscope.embedding.embedder import Embedder
from clioscope.naming.ready import ready_names
from clioscope.prediction.mixing import mix_others, raw_weight, usual_weights
from clioscope.prediction.ready import FACETS, ReadyMap, ready_map
from clioscope.vectors.unit import average, unit_rows

PENALTY = 3.0  # of the ridge on facets; between 1 and 10 the cross-validated cosine is the same to .001
NAMES_PENALTY = 1.0  # of the ridge on names
LENGTH = (
    803.0  # characters of a raw text in the 3,234 conversations of ShareGPT that an atlas keeps no text of, on average
)
SHARPNESS = 20.0  # of the softmax over the names
NAMES = ready_names("English")


def encoder_of(atlas: Atlas) -> Embedder:
    from clioscope.embedding.open import open_embedder
    from clioscope.settings import Settings

    return open_embedder(Settings.model_validate(atlas.manifest["settings"]).embedding)


def records(atlas: Atlas) -> list[str]:
    """The id that the first occurrence of each conversation has in its file."""
    first = atlas.occurrences.group_by("conversation").agg(pl.col("record").first())
    rows = atlas.facets.select("conversation").join(first, on="conversation", how="left", maintain_order="left")
    return rows["record"].to_list()


def listed(path: Path | None) -> set[str]:
    """The ids in a file; none without a file."""
    return set() if path is None else {row["id"] for row in csv.DictReader(path.open(encoding="utf-8"))}


def by_facets(folder: Path, without: set[str]) -> tuple[Ridge, Embedder, int]:
    """A map learnt from the answers of a model."""
    atlas = Atlas(folder)
    held_out = atlas.occurrences.filter(pl.col("record").is_in(list(without)))["conversation"]
    facets = atlas.facets.with_row_index("row").filter(
        pl.col("asked"),
        pl.all_horizontal(pl.col(FACETS).is_not_null()),
        ~pl.col("conversation").is_in(held_out.implode()),
    )
    encoder = encoder_of(atlas)
    raw = read_array(folder, "texts")[facets["row"].to_numpy()].astype(np.float32)
    own = average([encoder.encode(facets[name].to_list()) for name in FACETS])
    return Ridge(alpha=PENALTY).fit(raw, own), encoder, len(raw)


def by_names(folder: Path, teacher: Path, without: set[str]) -> tuple[Ridge, Embedder, int]:
    """A map learnt from the ready-made names that the map of another encoder sees in the same conversations."""
    atlas, other = Atlas(folder), Atlas(teacher)
    place = {one: row for row, one in enumerate(records(other))}
    rows = [(row, place[one]) for row, one in enumerate(records(atlas)) if one in place and one not in without]
    own, theirs = np.array(rows).T
    encoder, knowing = encoder_of(atlas), encoder_of(other)
    known = ready_map(knowing.id)
    if known is None:
        raise SystemExit(f"{knowing.id} has no ready-made map to teach by.")
    told = known.predict(read_array(teacher, "texts")[theirs].astype(np.float32))
    mean = told.mean(axis=0)
    weights = np.exp(SHARPNESS * unit_rows(told - mean) @ unit_rows(knowing.encode(NAMES) - mean).T)
    seen = weights / weights.sum(axis=1, keepdims=True) @ encoder.encode(NAMES)
    raw = read_array(folder, "texts")[own].astype(np.float32)
    # As far from their mean as the raw texts are from theirs, so that both count alike in a mixture.
    spread = float(np.linalg.norm(raw - raw.mean(axis=0), axis=1).mean())
    middle = seen.mean(axis=0)
    target = np.sqrt(max(1 - spread**2, 0)) * middle / np.linalg.norm(middle) + spread * unit_rows(seen - middle)
    return Ridge(alpha=NAMES_PENALTY).fit(raw, target), encoder, len(raw)


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


def try_map(folder: Path, file: Path, cache: Path | None) -> None:
    """Print the table of ``try``."""
    from clioscope.experiments.data import category_labels

    atlas, codes = Atlas(folder), category_labels()
    encoder, ids = encoder_of(atlas), records(atlas)
    with np.load(file) as held:
        made, named = ReadyMap.from_array(held["map"]), str(held["taught_by"]) == "names"
    rows = [row for row, one in enumerate(ids) if one in codes]
    sets = labelled()
    vectors = {name: _encoded(encoder, data.texts, cache) for name, data in sets.items()}
    sets["ShareGPT"] = Texts([], np.array([codes[ids[row]] for row in rows]))
    vectors["ShareGPT"] = read_array(folder, "texts")[rows].astype(np.float32)
    print(f"| {encoder.id} | characters | raw text | map | both |\n|---|---|---|---|---|")
    for name, data in sets.items():
        raw = vectors[name]
        length = float(np.mean([len(text) for text in data.texts])) if data.texts else LENGTH
        told = made.predict(raw)
        both = mix_others(usual_weights(raw=raw_weight(length) if named else 1.0), told, raw)
        print(f"| {name} | {length:.0f} |", " | ".join(agreement(part, data) for part in (raw, told, both)), "|")


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
    for way, atlases in (("facets", ("atlas",)), ("names", ("atlas", "teacher"))):
        own = ways.add_parser(way)
        for name in atlases:
            own.add_argument(name, type=Path)
        own.add_argument("--without", type=Path, help="CSV with a column id: conversations that it must not learn from")
        own.add_argument("--out", type=Path, required=True)
    tried = ways.add_parser("try")
    tried.add_argument("atlas", type=Path)
    tried.add_argument("file", type=Path)
    tried.add_argument("--cache", type=Path, help="folder that keeps vectors")
    given = parser.parse_args()
    if given.way == "try":
        try_map(given.atlas, given.file, given.cache)
        return
    without = listed(given.without)
    if given.way == "facets":
        fitted, encoder, count = by_facets(given.atlas, without)
    else:
        fitted, encoder, count = by_names(given.atlas, given.teacher, without)
    made = ReadyMap(fitted.coef_.T.astype(np.float32), fitted.intercept_.astype(np.float32))
    np.savez_compressed(given.out, map=made.array(), encoder=encoder.id.partition("+")[0], taught_by=given.way)
    print(f"{count} conversations; {given.out}: {given.out.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
