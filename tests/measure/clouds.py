"""Made vectors whose groups are known."""

import numpy as np


def blobs(count=4, size=25, dimensions=64, spread=0.2, seed=0):
    """Well separated unit vectors, and their groups."""
    generator = np.random.default_rng(seed)
    centres = np.linalg.qr(generator.normal(size=(dimensions, count)))[0].T
    labels = np.repeat(np.arange(count), size)
    vectors = centres[labels] + spread * generator.normal(size=(count * size, dimensions)) / np.sqrt(dimensions)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), labels
