"""The data that experiments run on: texts with true classes, and atlases with labelled conversations.

The package does not hold the data. ``$CLIOSCOPE_DATA`` names the folder that holds ``clinc150/`` and
``sharegpt-labelled/``; if it is not set, the folder is ``../shared/data`` beside the checkout. Data that a script of
``benchmarks/`` makes may lie there, or where the script puts them (``made_folder``).
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
        """The given rows. Classes keep their codes."""
        return self._replace(texts=[self.texts[i] for i in rows], truth=self.truth[rows], coarse=self.coarse[rows])


def data_folder() -> Path:
    """The folder of the data. Raises InputError, which says what to set, where there is no such folder."""
    folder = _named_folder()
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; set CLIOSCOPE_DATA to the one that holds clinc150/.")
    return folder


def _named_folder() -> Path:
    named = os.environ.get("CLIOSCOPE_DATA")
    return Path(named).expanduser() if named else Path(__file__).parents[3] / "../shared/data"


def made_folder() -> Path:
    """The folder into which the scripts put the data that they make: ``data`` beside the fetched models."""
    from clioscope.models.fetch import cache_dir

    return cache_dir().parent / "data"


def clinc150(split: str = "test", intents: int | None = None, each: int | None = None) -> Labelled:
    """CLINC150 (Larson et al., EMNLP 2019): utterances, their intent and its domain.

    ``intents``: how many intents (None: all); they are taken from the domains in turn, so that a slice has several of
    each. ``each``: how many utterances per intent (None: all). Raises InputError where the data are not there.
    """
    path = data_folder() / "clinc150" / "utterances.jsonl"
    if not path.exists():
        raise InputError(f"{path}: no such file; docs/experiments.md says where CLINC150 comes from.")
    rows = [row for row in map(json.loads, path.open(encoding="utf-8")) if row["split"] == split]
    domain_of = {row["intent"]: row["domain"] for row in rows}
    domains = sorted(set(domain_of.values()))
    rank = dict.fromkeys(domains, 0)
    order = []
    for intent in sorted(domain_of):
        order.append((rank[domain_of[intent]], domain_of[intent], intent))
        rank[domain_of[intent]] += 1
    classes = sorted(intent for _, _, intent in sorted(order)[:intents])
    kept: list[dict[str, str]] = []
    seen = dict.fromkeys(classes, 0)
    for row in rows:
        if row["intent"] in seen and (each is None or seen[row["intent"]] < each):
            seen[row["intent"]] += 1
            kept.append(row)
    return Labelled(
        [row["text"] for row in kept],
        np.array([classes.index(row["intent"]) for row in kept]),
        classes,
        np.array([domains.index(row["domain"]) for row in kept]),
        domains,
    )


class Parallel(NamedTuple):
    """Texts in two languages: ``texts`` by the code of the language (``ru``, ``en``), n per language; ``truth`` (n,)
    codes into ``classes``."""

    texts: dict[str, list[str]]
    truth: NDArray[np.int64]
    classes: list[str]


def russian_texts(classes: int | None = None, each: int | None = None) -> Parallel:
    """Descriptions of packages in Russian, their English originals and sections, which ``benchmarks/russian_data.py``
    makes. ``classes``: how many classes, the largest first (None: all). ``each``: how many texts per class (None: all).

    Raises InputError, which says what to do, where the data are not there.
    """
    place = Path("russian-labelled", "texts.jsonl")
    folders = [_named_folder(), made_folder()]
    path = next((folder / place for folder in folders if (folder / place).exists()), None)
    if path is None:
        raise InputError(f"{folders[-1] / place}: no such file; python benchmarks/russian_data.py makes it.")
    rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    sizes = Counter(row["section"] for row in rows)
    names = sorted(sorted(sizes, key=lambda name: (-sizes[name], name))[:classes])
    seen = dict.fromkeys(names, 0)
    kept: list[dict[str, str]] = []
    for row in rows:
        if row["section"] in seen and (each is None or seen[row["section"]] < each):
            seen[row["section"]] += 1
            kept.append(row)
    return Parallel(
        {code: [row[code] for row in kept] for code in ("ru", "en")},
        np.array([names.index(row["section"]) for row in kept]),
        names,
    )


def readable(name: str) -> str:
    """The name of a class as words."""
    return name.replace("_", " ")


def described(classes: Sequence[str]) -> list[str]:
    """Categories of labelled ShareGPT with their meanings, for reconstruction from names."""
    return [f"{name}: {CATEGORIES.get(name, name)}" for name in classes]


class LabelledAtlas(NamedTuple):
    """An atlas of labelled conversations: ``texts`` by facet, with ``text`` for the raw user turns; ``truth`` (n,)
    codes into ``classes``, -1 for a conversation without a label. Rows are those of ``atlas.facets``."""

    atlas: Atlas
    texts: dict[str, list[str]]
    truth: NDArray[np.int64]
    classes: list[str]


def labelled_atlas(folder: Path | None, most: int | None = None, *, others: bool = False) -> LabelledAtlas:
    """The atlas that ``benchmarks/endtoend.py`` makes of labelled ShareGPT, with its labels.

    ``most``: how many conversations (None: all). ``others``: whether those without a label are used as well. Raises
    InputError without a folder, and AtlasError where the folder is no atlas.
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
    kinds = {facet["name"]: facet["type"] for facet in atlas.manifest["facets"]}
    names = [name for name in facets.columns if kinds.get(name) == "text"]
    if transcripts is None:
        transcripts = pl.DataFrame({"conversation": facets["conversation"], "transcript": "", "text": ""})
    columns = dict(zip(names, embedded_texts(facets, transcripts, names), strict=True)) if names else {}
    raw = embedded_texts(facets, transcripts, ())[0]
    if any(raw):
        columns["text"] = raw
    known = [row for row, label in enumerate(labels) if others or label is not None][:most]
    classes = sorted({str(labels[row]) for row in known if labels[row] is not None})
    code = {name: number for number, name in enumerate(classes)}
    if len(known) < len(labels):
        atlas.__dict__["facets"] = facets[known]
        columns = {name: [column[row] for row in known] for name, column in columns.items()}
    truth = np.array([-1 if labels[row] is None else code[str(labels[row])] for row in known])
    return LabelledAtlas(atlas, columns, truth, classes)


def category_labels() -> Mapping[str, str]:
    """Category of each labelled ShareGPT conversation, by its id in the data set of the catalogue."""
    from clioscope.measure.labels_file import read_labels

    return read_labels(data_folder() / "sharegpt-labelled" / "labels.csv", "category")
