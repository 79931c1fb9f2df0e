"""Given categories against labels, without a language model: how far they agree, beside discovery alone.

    python benchmarks/codebook.py [--embedder all-MiniLM-L6-v2]

Needs ../shared/data and the ``sharegpt`` data of the catalogue. Prints, for labelled ShareGPT (raw texts, and the
facets of a large model) and the domains of CLINC150: accuracy, kappa, macro-F1 and AMI of the given categories; AMI of
as many discovered groups; the share refused with every category given, and of the conversations of a category that is
left out.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from peers import texts_and_vectors

from clioscope.codebook.place import place_conversations
from clioscope.codebook.read import read_codebook
from clioscope.settings import Category, CodebookSettings, EmbeddingSettings

# Of CLINC150 the names of the domains are known, and nothing else: the descriptions are ours, written without a look at
# the intents.
DOMAINS = {
    "auto_and_commute": ("Car and commute", "the user's car, fuel, tyres, traffic, directions and the way to work"),
    "banking": ("Banking", "bank accounts, balances, transfers, bills and payments"),
    "credit_cards": ("Credit cards", "credit cards: limits, scores, rewards, lost or new cards"),
    "home": ("Home", "things to do at home: lists, reminders, calendar, smart devices, music, chores"),
    "kitchen_and_dining": (
        "Kitchen and dining",
        "cooking, recipes, ingredients, nutrition, restaurants and reservations",
    ),
    "meta": (
        "The assistant's settings",
        "changing how the assistant itself behaves: its name, voice, language, volume",
    ),
    "small_talk": ("Small talk", "greetings, jokes, questions about who the assistant is, thanks and goodbyes"),
    "travel": ("Travel", "flights, hotels, luggage, visas, vaccinations, plans for a trip, translation abroad"),
    "utility": (
        "Utility",
        "small tools: time, weather, timer, alarm, calculator, spelling, definitions, calls and messages",
    ),
    "work": ("Work", "the user's job: vacation days, pay, taxes, meetings, insurance at work"),
}


def data(embedder: str) -> Iterator[tuple[str, np.ndarray, np.ndarray, tuple[Category, ...]]]:
    """Name, unit vectors (n, d), true codes (n,) and codebook of each data set."""
    from groups import encoded

    from clioscope.embedding.open import open_embedder
    from clioscope.experiments.data import category_labels, clinc150
    from clioscope.prediction.ready import ready_map
    from clioscope.vectors.unit import unit_rows

    codes = sorted(set(category_labels().values()))
    # Raw text and ready-made map count alike. A build without a model weighs them by length, and reads words.
    ready = ready_map(open_embedder(EmbeddingSettings(model=embedder)).id)
    for name in ("sharegpt", "strong"):
        texts, vectors, truth = texts_and_vectors(name)
        if embedder != "all-MiniLM-L6-v2" and name == "strong":
            continue
        own = vectors if embedder == "all-MiniLM-L6-v2" else encoded(texts, embedder)
        mixed = own if ready is None or name == "strong" else unit_rows(own + ready.predict(own))
        yield name, mixed, np.array([codes[one] for one in truth]), read_codebook("sharegpt")
    found = clinc150()
    book = tuple(Category(code=code, name=name, description=text) for code, (name, text) in DOMAINS.items())
    own = encoded(found.texts, embedder)
    mixed = own if ready is None else unit_rows(own + ready.predict(own))
    yield "clinc", mixed, np.array([found.domains[one] for one in found.coarse]), book


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--embedder", default="all-MiniLM-L6-v2")
    given = parser.parse_args()

    from sklearn.metrics import cohen_kappa_score, f1_score

    from clioscope.clustering import cluster
    from clioscope.embedding.encode import encode_texts
    from clioscope.embedding.open import open_embedder
    from clioscope.measure.external import ami
    from clioscope.settings import ClusteringSettings
    from clioscope.vectors.shaping import shape

    encoder = open_embedder(EmbeddingSettings(model=given.embedder))
    kept: dict[str, np.ndarray] = {}

    for name, plain, truth, book in data(given.embedder):
        shaped = shape(plain, EmbeddingSettings(), 0, None)

        def encode(texts: Sequence[str], shaped=shaped) -> np.ndarray:
            fresh = [text for text in dict.fromkeys(texts) if text not in kept]
            if fresh:
                kept.update(zip(fresh, encode_texts(fresh, encoder, None), strict=True))
            return shaped.means.centre(np.stack([kept[text] for text in texts]), None)

        def codes(categories: tuple[Category, ...], false_refusals: float, shaped=shaped, encode=encode) -> np.ndarray:
            settings = CodebookSettings(categories=categories, false_refusals=false_refusals)
            return np.array([one or "" for one in place_conversations(shaped.vectors, settings, encode).codes])

        usual = tuple(one for one in book if not one.rest)
        known = np.isin(truth, [one.code for one in usual])
        found = codes(usual, 0.0)[known]
        labels = cluster(shaped.vectors, ClusteringSettings(clusters=len(usual)), 0).labels[known]
        numbers = np.unique(truth[known], return_inverse=True)[1]
        print(
            f"{name}: {known.sum()} rows, {len(usual)} categories; accuracy {np.mean(found == truth[known]):.3f} "
            f"kappa {cohen_kappa_score(truth[known], found):.3f} "
            f"macro-F1 {f1_score(truth[known], found, average='macro'):.3f} "
            f"AMI {ami(np.unique(found, return_inverse=True)[1], numbers):.3f}; "
            f"discovered AMI {ami(labels, numbers):.3f}",
            flush=True,
        )
        for level in (0.05, 0.1, 0.2):
            refused = np.mean(codes(usual, level)[known] == "")
            out = []
            for one in usual:
                rows = truth == one.code
                if rows.sum() >= 5:
                    out.append(np.mean(codes(tuple(other for other in usual if other is not one), level)[rows] == ""))
            print(
                f"  false_refusals {level}: refused {refused:.3f}; of a category that is left out {np.mean(out):.3f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
