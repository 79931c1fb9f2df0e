"""Pairs of atlases of which it is known what differs, for benchmarks/comparison.py."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

import clioscope
from clioscope.atlas import Atlas
from clioscope.conversations import Conversation, read_conversations
from clioscope.conversations.transcript import user_text
from clioscope.embedding.embedder import Embedder
from clioscope.embedding.encode import encode_texts
from clioscope.embedding.open import open_embedder
from clioscope.embedding.registry import embedders
from clioscope.experiments.data import category_labels, clinc150
from clioscope.models.fetch import pull
from clioscope.models.store import Store
from clioscope.settings import EmbeddingSettings, Settings, load_settings

Change = Literal["gone", "new", "halved", "doubled", "same"]
Part = Literal["development", "check"]
CHANGED = 0.12  # of the labels are gone, and as many each are new, halved and doubled
EACH = 40  # texts of an intent, half of them for each atlas
GROUPS = {"clinc150": 1, "sharegpt": 2}  # base groups per label, but for a factor of 0.7 to 1.4 drawn for each atlas


class World(NamedTuple):
    """Two atlases that share no conversation. ``labels``: the label of each record of the earlier and the later one;
    ``changes``: what was planted, by label."""

    before: Atlas
    after: Atlas
    labels: tuple[Mapping[str, str], Mapping[str, str]]
    changes: Mapping[str, Change]


def texts_of(data: str, part: Part) -> dict[str, list[str]]:
    """The texts of each label. Every other intent of a domain of CLINC150 is for development, the others to check.

    Labelled ShareGPT has too few labels for two parts, so all are there to check; what is labelled *other* is left out.
    """
    found: dict[str, list[str]] = {}
    if data == "sharegpt":
        category = category_labels()
        for record in read_conversations(pull("sharegpt"), format="sharegpt"):
            label = category.get(record.source_id) if isinstance(record, Conversation) else None
            if label not in (None, "other"):
                found.setdefault(str(label), []).append(user_text(record.messages))
        return {label: list(dict.fromkeys(text for text in texts if text.strip())) for label, texts in found.items()}
    rows = clinc150("train", each=EACH)
    domain_of = {rows.classes[intent]: int(domain) for intent, domain in zip(rows.truth, rows.coarse, strict=True)}
    intents = sorted(domain_of, key=lambda intent: (domain_of[intent], intent))
    wanted = set(intents[0 if part == "development" else 1 :: 2])
    for text, intent in zip(rows.texts, rows.truth, strict=True):
        if (label := rows.classes[intent]) in wanted:
            found.setdefault(label, []).append(text)
    return {label: list(dict.fromkeys(texts)) for label, texts in found.items()}


def planted(labels: Sequence[str], draw: int) -> dict[str, Change]:
    """What becomes of each label."""
    order = [labels[place] for place in np.random.default_rng(draw).permutation(len(labels))]
    each = max(1, round(CHANGED * len(labels)))
    kinds: list[Change] = ["gone"] * each + ["new"] * each + ["halved"] * each + ["doubled"] * each
    return dict(zip(order, kinds + ["same"] * (len(order) - len(kinds)), strict=True))


def world(data: str, part: Part, encoder: str, draw: int, out: Path) -> World:
    """The two atlases; those that are there are opened, not built again.

    Each has another number of groups, so that borders between groups lie elsewhere.
    """
    texts = texts_of(data, part)
    changes = planted(sorted(texts), draw)
    sides: tuple[list[tuple[str, str]], list[tuple[str, str]]] = [], []
    for label, rows in sorted(texts.items()):
        rng = np.random.default_rng([draw, *label.encode()])
        mixed = [rows[place] for place in rng.permutation(len(rows))]
        half = len(mixed) // 2
        for side, smaller, absent in ((0, "doubled", "new"), (1, "halved", "gone")):
            count = 0 if changes[label] == absent else half // 2 if changes[label] == smaller else half
            sides[side].extend((text, label) for text in mixed[side * half : side * half + count])
    home = out / f"{data}-{part}-{encoder}-{draw}"
    home.mkdir(parents=True, exist_ok=True)
    atlases, labels, factors = [], [], np.random.default_rng([draw, 1]).uniform(0.7, 1.4, 2)
    for name, side, factor in zip(("before", "after"), sides, factors, strict=True):
        kept = [(f"{name}-{place}", text, label) for place, (text, label) in enumerate(side)]
        labels.append({record: label for record, _, label in kept})
        if not (home / name / "manifest.json").exists():
            source = home / f"{name}.jsonl"
            source.write_text("".join(_line(record, text) for record, text, _ in kept), encoding="utf-8")
            clusters = round(GROUPS[data] * len(texts) * factor)
            clioscope.build(source, home / name, _settings(encoder, out, clusters))
        atlases.append(clioscope.open(home / name))
    return World(atlases[0], atlases[1], (labels[0], labels[1]), changes)


def _line(record: str, text: str) -> str:
    return json.dumps({"id": record, "messages": [{"role": "user", "content": text}]}) + "\n"


def _settings(encoder: str, out: Path, clusters: int) -> Settings:
    """Without a model; the encoder keeps its vectors for all worlds together. What is not measured is left out."""
    name = f"kept-{encoder}"
    if name not in embedders:
        store = Store(out / f"{encoder}.sqlite")
        embedders.register(name, __name__)(lambda _: _Kept(open_embedder(EmbeddingSettings(model=encoder)), store))
    return load_settings(
        model__name="none",
        embedding__model=name,
        clustering__clusters=clusters,
        layout__method="pca",
        privacy__recognisers=(),
    )


class _Kept:
    """An encoder that keeps what it encoded."""

    def __init__(self, inner: Embedder, store: Store) -> None:
        self._inner, self._store, self.id, self.dimension = inner, store, inner.id, inner.dimension

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return encode_texts(texts, self._inner, self._store)
