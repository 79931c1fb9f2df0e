"""The data that experiments run on: texts with true classes, and atlases with labelled conversations.

They are no part of the package: ``$CLIOSCOPE_DATA`` names the folder that holds ``clinc150/`` and
``sharegpt-labelled/``; unset, it is ``../shared/data`` beside the checkout. Data that a script of ``benchmarks/`` makes
are looked for there first, and then where it puts them (``made_folder``).
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.errors import InputError

if TYPE_CHECKING:
    from clioscope.atlas import Atlas

# What the codes of labelled ShareGPT mean, for reconstruction from names.
CATEGORIES = {
    "software": "writing, explaining and debugging program code, software development",
    "data": "data analysis, spreadsheets, statistics, charts",
    "it_ops": "servers, networks, cloud, operating systems, hardware, using software products",
    "marketing": "marketing, advertising, SEO, social-media posts, product descriptions",
    "business": "business plans, strategy, management, hiring, finance, operations",
    "creative": "fiction, poems, lyrics, scripts, jokes, role-play, games",
    "writing": "essays, emails, CVs, letters, rewriting, proofreading, summarising a text",
    "science_math": "science, engineering, mathematics and logic problems",
    "society": "law, politics, history, philosophy, religion, economics, literature as knowledge",
    "life": "health, fitness, food, travel, relationships, shopping, hobbies, home",
    "language": "translation, grammar, vocabulary, language learning",
    "ai_meta": "asking about AI systems and the assistant itself, prompts for models, chit-chat",
    "education": "lesson plans, curricula, quizzes, study plans, teaching material",
    "other": "anything else",
}

EMBEDDED = ("request", "field", "activity", "text")  # what a build embeds by default


class Labelled(NamedTuple):
    """``texts`` (n); ``truth`` (n,) codes into ``classes``; ``coarse`` (n,) codes into ``domains``."""

    texts: list[str]
    truth: NDArray[np.int64]
    classes: list[str]
    coarse: NDArray[np.int64]
    domains: list[str]

    def take(self, rows: NDArray[Any]) -> Labelled:
        """The given rows; classes keep their codes."""
        return self._replace(texts=[self.texts[i] for i in rows], truth=self.truth[rows], coarse=self.coarse[rows])


def data_folder() -> Path:
    """Where the data lie. Raises InputError with what to do when they do not."""
    folder = _named_folder()
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; set CLIOSCOPE_DATA to the one that holds clinc150/.")
    return folder


def _named_folder() -> Path:
    named = os.environ.get("CLIOSCOPE_DATA")
    return Path(named).expanduser() if named else Path(__file__).parents[3] / "../shared/data"


def made_folder() -> Path:
    """Where the scripts put data that they make: ``data`` beside the fetched models."""
    from clioscope.models.fetch import cache_dir

    return cache_dir().parent / "data"


def clinc150(split: str = "test", intents: int | None = None, each: int | None = None) -> Labelled:
    """CLINC150 (Larson et al., EMNLP 2019): utterances, their intent and its domain.

    ``intents``: the first so many intents of every domain in turn, so that a slice has several of each;
    ``each``: so many utterances an intent.
    """
    path = data_folder() / "clinc150" / "utterances.jsonl"
    if not path.exists():
        raise InputError(f"{path}: no such file; the experiment needs CLINC150.")
    rows = [one for one in map(json.loads, path.open(encoding="utf-8")) if one["split"] == split]
    domain_of = {one["intent"]: one["domain"] for one in rows}
    domains = sorted(set(domain_of.values()))
    rank = dict.fromkeys(domains, 0)
    order = []
    for intent in sorted(domain_of):
        order.append((rank[domain_of[intent]], domain_of[intent], intent))
        rank[domain_of[intent]] += 1
    classes = sorted(intent for _, _, intent in sorted(order)[:intents])
    kept: list[dict[str, str]] = []
    seen = dict.fromkeys(classes, 0)
    for one in rows:
        if one["intent"] in seen and (each is None or seen[one["intent"]] < each):
            seen[one["intent"]] += 1
            kept.append(one)
    return Labelled(
        [one["text"] for one in kept],
        np.array([classes.index(one["intent"]) for one in kept]),
        classes,
        np.array([domains.index(one["domain"]) for one in kept]),
        domains,
    )


class Parallel(NamedTuple):
    """Texts in two languages: ``texts`` by code of the language (``ru``, ``en``), n each; ``truth`` (n,) codes into
    ``classes``."""

    texts: dict[str, list[str]]
    truth: NDArray[np.int64]
    classes: list[str]


def russian(classes: int | None = None, each: int | None = None) -> Parallel:
    """Descriptions of packages in Russian, their English originals and sections, which ``benchmarks/russian_data.py``
    makes. ``classes``: only so many, the largest; ``each``: so many texts a class.

    Raises InputError with what to do when they are not there.
    """
    place = Path("russian-labelled", "texts.jsonl")
    folders = [_named_folder(), made_folder()]
    path = next((folder / place for folder in folders if (folder / place).exists()), None)
    if path is None:
        raise InputError(f"{folders[-1] / place}: no such file; python benchmarks/russian_data.py makes it.")
    rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    sizes = Counter(one["section"] for one in rows)
    names = sorted(sorted(sizes, key=lambda name: (-sizes[name], name))[:classes])
    seen = dict.fromkeys(names, 0)
    kept: list[dict[str, str]] = []
    for one in rows:
        if one["section"] in seen and (each is None or seen[one["section"]] < each):
            seen[one["section"]] += 1
            kept.append(one)
    return Parallel(
        {code: [one[code] for one in kept] for code in ("ru", "en")},
        np.array([names.index(one["section"]) for one in kept]),
        names,
    )


def readable(name: str) -> str:
    """The name of a class as words."""
    return name.replace("_", " ")


def described(classes: Sequence[str]) -> list[str]:
    """Categories of labelled ShareGPT with their meanings, for reconstruction from names."""
    return [f"{one}: {CATEGORIES.get(one, one)}" for one in classes]


class LabelledAtlas(NamedTuple):
    """An atlas of labelled conversations: ``texts`` by facet (and ``text``, the raw user turns), rows as in
    ``atlas.facets``; ``truth`` (n,) codes into ``classes``."""

    atlas: Atlas
    texts: dict[str, list[str]]
    truth: NDArray[np.int64]
    classes: list[str]


def labelled_atlas(folder: Path | None, most: int | None = None) -> LabelledAtlas:
    """The atlas that ``benchmarks/endtoend.py`` makes of labelled ShareGPT, with its labels.

    ``most``: only so many conversations, for a quick look. Raises InputError without a folder, AtlasError where
    it is no atlas.
    """
    import polars as pl

    from clioscope.atlas import Atlas
    from clioscope.facets.texts import embedded_texts
    from clioscope.measure.judges.evidence import transcripts_of
    from clioscope.measure.labels_file import label_rows

    if folder is None:
        raise InputError("Give the atlas of labelled ShareGPT with --atlas; benchmarks/endtoend.py makes it.")
    atlas = Atlas(folder)
    labels = label_rows(atlas, category_labels())
    transcripts = transcripts_of(atlas)
    facets = atlas.facets
    kinds = {one["name"]: one["type"] for one in atlas.manifest["facets"]}
    names = [name for name in facets.columns if kinds.get(name) == "text"]
    if transcripts is None:
        transcripts = pl.DataFrame({"conversation": facets["conversation"], "transcript": "", "text": ""})
    columns = dict(zip(names, embedded_texts(facets, transcripts, names), strict=True)) if names else {}
    raw = embedded_texts(facets, transcripts, ())[0]
    if any(raw):
        columns["text"] = raw
    known = [row for row, label in enumerate(labels) if label is not None][:most]
    classes = sorted({str(labels[row]) for row in known})
    if len(known) < len(labels):
        atlas.__dict__["facets"] = facets[known]
        columns = {name: [column[row] for row in known] for name, column in columns.items()}
    return LabelledAtlas(atlas, columns, np.array([classes.index(str(labels[row])) for row in known]), classes)


def category_labels() -> Mapping[str, str]:
    """Category of each labelled ShareGPT conversation, by its id in the data set of the catalogue."""
    from clioscope.measure.labels_file import read_labels

    return read_labels(data_folder() / "sharegpt-labelled" / "labels.csv", "category")


SHARE, LEFT_OUT = 0.8, 0.25  # rows of a draw; those left out by those taken: how far draws are from independent
HALVES = 1.0  # the same, where a seed halves the rows


def drawn(rows: int, seed: int, share: float = SHARE) -> NDArray[np.intp]:
    """The rows of a draw without replacement, sorted: what varies between seeds where the data are few."""
    return np.sort(np.random.default_rng(seed).choice(rows, round(share * rows), replace=False))


def spread(labels: Sequence[int] | NDArray[Any], rows: NDArray[np.intp], count: int) -> NDArray[np.int64]:
    """Labels of drawn ``rows`` as labels of all ``count`` rows, -1 elsewhere."""
    found = np.full(count, -1, dtype=np.int64)
    found[rows] = labels
    return found
