"""What a category is recognised by: its name, each thing that its description lists, and its examples.

A category is often many things that have little in common ("health, fitness, food, travel"). One vector of the whole
description lies between them and near none of them. On CLINC150 the vectors of the parts, pooled, find the domain of
71 % of the utterances, that of the whole 65 % (docs/codebooks.md).
"""

from __future__ import annotations

import re

from clioscope.settings import Category

_ENDS = re.compile(r"[,;:.!?()\n。、，；：।]+|\s+(?:and|or|и|или|und|oder|et|ou|y|o|e)\s+")
_SHORTEST = 3  # letters of a part that stands for something


def phrases(category: Category) -> list[str]:
    """The texts that stand for a category, each once: its name, the parts of its description, its examples."""
    parts = (part.strip() for part in _ENDS.split(category.description))
    listed = [part for part in parts if sum(letter.isalpha() for letter in part) >= _SHORTEST]
    return list(dict.fromkeys((category.name, *listed, *category.examples)))
