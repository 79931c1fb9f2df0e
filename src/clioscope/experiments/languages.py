"""Texts in two languages: how they are mixed, and how vectors and answers treat the languages."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.draws import drawn


def in_russian(truth: NDArray[Any], share: float) -> NDArray[np.bool_]:
    """Which rows are in Russian, by lot: ``share`` of every second class, and the rest of the other classes."""
    return np.random.default_rng(0).random(len(truth)) < np.where(truth % 2 == 0, share, 1 - share)


def centred_apart(vectors: NDArray[np.float32], is_russian: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Rows (n, d) less the mean of the rows in the same language."""
    from clioscope.settings import EmbeddingSettings
    from clioscope.vectors.centring import means_of

    languages = ["ru" if russian else "en" for russian in is_russian]
    return means_of(vectors, EmbeddingSettings(), languages).centre(vectors, languages)


def finds_original(own: NDArray[np.float32], original: NDArray[np.float32], seed: int) -> float:
    """The share of rows of ``own`` (n, d) whose nearest row of ``original`` (n, d) is that of the same text, among the
    rows that ``seed`` draws."""
    rows = drawn(len(own), seed)
    nearest = (own[rows] @ original[rows].T).argmax(axis=1)
    return float((nearest == np.arange(len(rows))).mean())


def language_ami(labels: NDArray[np.integer] | None, is_russian: NDArray[np.bool_]) -> float:
    """The agreement of groups (n,) with the language; -1 marks rows that took no part."""
    from clioscope.measure.external import ami

    assert labels is not None
    took_part = labels >= 0
    return ami(labels[took_part], is_russian[took_part].astype(int))


def cyrillic(columns: list[list[str]]) -> float:
    """The share of the values whose letters are mostly Cyrillic; empty values do not count."""
    values = [value for column in columns for value in column if value]
    letters = [[letter for letter in value.casefold() if letter.isalpha()] for value in values]
    mostly = [sum("а" <= letter <= "ё" for letter in own) > len(own) / 2 for own in letters]
    return float(np.mean(mostly)) if mostly else 0.0
