"""A codebook made of an analyst's notes: notes that say the same are one code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.codebook.match import Encode, make_matcher
from clioscope.codebook.notes_file import Note
from clioscope.codebook.read import code_of
from clioscope.codebook.saturation import NextNew, Step, next_new, saturation
from clioscope.settings import Category
from clioscope.vectors.centroids import centroids_of
from clioscope.vectors.unit import unit_rows

_FOLDS = 5
_EXAMPLES = 5
_LISTED = 4  # notes in a description
_NAME = 60  # characters of a name


class Agreement(NamedTuple):
    """How often codes made without some notes are given to their conversations: ``right`` (a share) and ``kappa``,
    against the code that the note is nearest to; of ``notes`` notes. ``by``: ``text`` where the codes were given by the
    conversations' texts, ``note`` where the file has none."""

    right: float
    kappa: float
    notes: int
    by: str


class FromNotes(NamedTuple):
    """``categories`` (k), the largest first; ``labels`` (n,): the category of each note; ``curve``, ``next`` and
    ``agreement`` say whether there are notes enough (None where they are too few to try)."""

    categories: list[Category]
    labels: NDArray[np.int64]
    curve: list[Step]
    next: NextNew
    agreement: Agreement | None


def codebook_of_notes(notes: Sequence[Note], encode: Encode, kinds: int | None = None, seed: int = 0) -> FromNotes:
    """Group the notes into codes. ``encode`` gives unit rows; ``kinds``: how many codes (None: by silhouette)."""
    vectors = _centred(encode([note.note for note in notes]))
    labels = group_notes(vectors, kinds)
    categories = _categories(notes, vectors, labels)
    return FromNotes(
        categories, labels, saturation(labels, seed), next_new(labels), _agreement(notes, vectors, labels, encode, seed)
    )


def group_notes(vectors: NDArray[np.float32], kinds: int | None = None) -> NDArray[np.int64]:
    """The kind of each note (n,), the largest kind first; by average linkage of the cosines."""
    from scipy.cluster.hierarchy import cut_tree, linkage
    from sklearn.metrics import silhouette_score

    count = len(vectors)
    merges = linkage(vectors.astype(np.float64), "average", "euclidean")
    tried = [kinds] if kinds is not None else sorted({*range(2, min(count, 13)), *range(13, count // 2 + 1, 3)})
    best, found = -2.0, np.zeros(count, np.int64)
    for number in tried:
        labels = cut_tree(merges, min(number, count)).ravel()
        alike = len(np.unique(labels))
        figure = silhouette_score(vectors, labels) if 1 < alike < count else -1.0
        if figure > best or len(tried) == 1:
            best, found = figure, labels
    sizes = np.bincount(found)
    order = sorted(np.unique(found), key=lambda kind: (-sizes[kind], int(np.argmax(found == kind))))
    place = {kind: number for number, kind in enumerate(order)}
    return np.array([place[kind] for kind in found], np.int64)


def _categories(
    notes: Sequence[Note], vectors: NDArray[np.float32], labels: NDArray[np.integer[Any]]
) -> list[Category]:
    centres = centroids_of(vectors, labels, int(labels.max()) + 1)
    found: list[Category] = []
    for number, centre in enumerate(centres):
        rows = np.flatnonzero(labels == number)
        rows = rows[np.argsort(-(vectors[rows] @ centre), kind="stable")]
        told = list(dict.fromkeys(notes[row].note for row in rows.tolist()))
        name, code = _short(told[0]), code_of(_short(told[0]))
        again = sum(one.code == code or one.code.startswith(f"{code}-") for one in found)
        if again:
            name, code = f"{name} ({again + 1})", f"{code}-{again + 1}"
        texts = list(dict.fromkeys(notes[row].text[:500] for row in rows.tolist() if notes[row].text))
        # Near the middle and far from it: together they show how wide the code is.
        places = np.unique(np.linspace(0, len(texts) - 1, _EXAMPLES).astype(int)) if texts else ()
        chosen = [texts[place] for place in places]
        listed = "; ".join(text.rstrip(".") for text in told[:_LISTED])
        found.append(Category(code=code, name=name, description=listed, examples=tuple(chosen)))
    return found


def _agreement(
    notes: Sequence[Note], vectors: NDArray[np.float32], labels: NDArray[np.integer[Any]], encode: Encode, seed: int
) -> Agreement | None:
    """Each fold is coded by a codebook made of the other notes."""
    from sklearn.metrics import cohen_kappa_score

    if len(notes) < 2 * _FOLDS or int(labels.max()) < 1:
        return None
    by_text = all(note.text for note in notes)
    texts = _centred(encode([note.text for note in notes])) if by_text else vectors
    folds = np.random.default_rng(seed).permutation(np.arange(len(notes)) % _FOLDS)
    truth: list[int] = []
    given: list[int] = []
    for fold in range(_FOLDS):
        out, rest = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        own = np.unique(labels[rest], return_inverse=True)[1]
        if own.max() < 1:
            continue
        part = [notes[row] for row in rest.tolist()]
        matcher = make_matcher(_categories(part, vectors[rest], own), lambda told: _centred(encode(told)), 0.0)
        given += matcher.match(texts[out])[0].argmax(axis=1).tolist()
        truth += (vectors[out] @ centroids_of(vectors[rest], own, int(own.max()) + 1).T).argmax(axis=1).tolist()
    if not truth:
        return None
    right = float(np.mean(np.array(truth) == given))
    kappa = float(cohen_kappa_score(truth, given)) if len({*truth, *given}) > 1 else 1.0
    return Agreement(right, kappa, len(truth), "text" if by_text else "note")


def _centred(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Unit rows less their mean: what all of them share tells nothing."""
    return unit_rows(rows - rows.mean(axis=0), directed=True, precision=np.float32) if len(rows) > 2 else rows


def _short(note: str) -> str:
    if len(note) <= _NAME:
        return note.rstrip(". ") or note
    return note[:_NAME].rpartition(" ")[0].rstrip(",;:. ") or note[:_NAME]
