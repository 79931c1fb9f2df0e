"""An encoder for tests of codebooks: one axis per word, the same in every run."""

import numpy as np

from clioscope.vectors.unit import unit_rows


def encode(texts):
    """A unit vector per text (n, 512)."""
    rows = np.zeros((len(texts), 512), np.float32)
    for row, text in zip(rows, texts, strict=True):
        for word in text.lower().replace(":", " ").replace(",", " ").replace(";", " ").split():
            row[sum(ord(letter) * 31**place for place, letter in enumerate(word)) % 512] += 1
    return unit_rows(rows)
