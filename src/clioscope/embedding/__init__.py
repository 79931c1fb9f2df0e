"""Texts to unit vectors."""

from clioscope.embedding.embedder import Embedder
from clioscope.embedding.encode import encode_texts
from clioscope.embedding.open import open_embedder
from clioscope.embedding.registry import embedders

__all__ = ["Embedder", "embedders", "encode_texts", "open_embedder"]
