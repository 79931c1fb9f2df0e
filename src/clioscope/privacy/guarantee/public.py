"""What is known without the data: topics in words, from the codebooks that come with Clioscope, and their vectors."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.codebook.read import read_codebook
from clioscope.settings import Category
from clioscope.vectors.unit import unit_rows

# Not the one of harms: a group of harmless conversations must not be called after the nearest harm.
_CODEBOOKS = ("onet", "sharegpt")
_LEAST = 4  # letters of a topic

Encode = Callable[[Sequence[str]], NDArray[np.float32]]  # texts to vectors as those of conversations, not centred


class Topics(NamedTuple):
    """``names`` (k) of public topics, ``vectors`` (k, d) their unit vectors, centred by ``mean`` (d,)."""

    names: list[str]
    vectors: NDArray[np.float32]
    mean: NDArray[np.float32]

    def centre(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Unit rows of ``vectors`` (n, d) less the mean of the topics."""
        return unit_rows(vectors - self.mean)


def topics_of(encode: Encode) -> Topics:
    """The public topics with their vectors."""
    names = topic_names()
    vectors = encode(names)
    mean = vectors.mean(axis=0)
    return Topics(names, unit_rows(vectors - mean), mean)


def topic_names() -> list[str]:
    """The names of the categories of two shipped codebooks, and the parts of their descriptions; each once."""
    categories = [one for name in _CODEBOOKS for one in read_codebook(name)]
    parts = [part for one in categories for part in (one.name, *re.split(r"[;,:.]", one.description))]
    clean = (" ".join(part.split()).removeprefix("and ").removeprefix("or ") for part in parts)
    named = {part.casefold(): part[:1].upper() + part[1:] for part in reversed([*clean]) if len(part) >= _LEAST}
    return sorted(named.values())


def category_vectors(categories: Sequence[Category], topics: Topics, encode: Encode) -> NDArray[np.float32]:
    """A unit vector (k, d) per category: the mean of its name with its description, and of its examples."""
    vectors = []
    for one in categories:
        texts = [f"{one.name}. {one.description}".strip(), *one.examples]
        vectors.append(topics.centre(encode(texts)).mean(axis=0))
    return unit_rows(np.array(vectors, np.float32))


def leaves(categories: Sequence[Category]) -> list[Category]:
    """The categories that hold no other."""
    parents = {one.parent for one in categories}
    return [one for one in categories if one.code not in parents]
