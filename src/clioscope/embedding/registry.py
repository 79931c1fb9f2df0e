"""The registry of embedders: name to a function that opens one for the settings.

Another package offers its own in the entry-point group ``clioscope.embedders``.
"""

from __future__ import annotations

from collections.abc import Callable

from clioscope.embedding.embedder import Embedder
from clioscope.registry import Registry
from clioscope.settings import EmbeddingSettings

embedders: Registry[Callable[[EmbeddingSettings], Embedder]] = Registry(
    "embedder",
    "clioscope.embedders",
    {"hash": "clioscope.embedding.hashing", "multilingual-e5-small": "clioscope.embedding.multilingual"},
)
