"""Sentence encoders through sentence-transformers (Reimers and Gurevych, EMNLP 2019)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.embedding.batches import TOKENS, batches, rows_of
from clioscope.embedding.compiled import compiled_forward, compiles
from clioscope.embedding.forward import Forward, precision, prepare_torch, read_batches, torch_forward
from clioscope.errors import ModelError
from clioscope.models.bfloat16 import has_card, multiplies_bfloat16
from clioscope.models.fingerprint import fingerprint

_WEIGHTS = ("model.safetensors", "pytorch_model.bin", "*.safetensors", "*.bin", "*.gguf", "*.onnx")
_TAIL = 0.4  # of the tokens that a model reads, for the tail of a text that is longer
_SPARE = 8  # tokens for the marks of beginning and end, and for what is split otherwise at the seam


class SentenceEncoder:
    """An ``Embedder`` around a sentence-transformers model: a folder, or a name at the hub.

    The same text has the same vector to the bit, alone or in any batch, since one bit can move a text to another
    group (``batches``). That costs a few per cent.
    On a CPU that multiplies numbers of 16 bits (bfloat16), it does so, in about half the time; vectors keep a cosine
    of .9999 with those of 32 bits. OpenVINO runs it where it is installed and can. Both are told in ``id``, after a
    ``+``, so that stored vectors are those of one way.
    A text of more tokens than the model reads gives its head and its tail. The weights are loaded by the first call of
    ``encode``.
    """

    def __init__(
        self,
        source: str | Path,
        *,
        name: str | None = None,
        batch_size: int = 64,
        bfloat16: bool = True,
        compiled: bool = True,
    ) -> None:
        self._source = str(source)
        self._batch_size = batch_size
        self._model: Any = None
        self._forward: Forward
        require(self._source)
        self._bfloat16 = bfloat16 and multiplies_bfloat16() and not has_card()
        self._compiled = compiled and compiles(Path(source))
        ways = [way for way, taken in (("openvino", self._compiled), ("bf16", self._bfloat16)) if taken]
        self.id = (name or identity(Path(source))) + ("+" + "-".join(ways) if ways else "")

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        model = self._load()
        ask = getattr(model, "get_embedding_dimension", None) or model.get_sentence_embedding_dimension
        return int(ask())

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimension). Raises ModelError when the model cannot be loaded."""
        model = self._load()
        most = model.max_seq_length
        result = np.zeros((len(texts), self.dimension), dtype=np.float32)
        if not texts:
            return result
        if not self._pads():
            return self._encode_plainly(self._fitting(texts))
        fitting = self._fitting(texts)
        if getattr(model[0], "do_lower_case", False):  # until version 6 no part of the tokenizer
            fitting = [text.lower() for text in fitting]
        tokens = model.tokenizer(fitting, truncation=True, max_length=most, verbose=False)["input_ids"]
        made = batches(tokens, model.tokenizer.pad_token_id, most, self._batch_size, budget=self._budget())
        beside = model.device.type == "cpu" and not self._compiled
        read_batches(self._forward, made, result, beside=beside)
        return result

    def _encode_plainly(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """What sentence-transformers makes of texts of the same length, a fixed number at a time."""
        lengths = np.array(self._lengths(texts))
        result = np.empty((len(texts), self.dimension), dtype=np.float32)
        for length in np.unique(lengths):
            rows = np.flatnonzero(lengths == length)
            batch = rows_of(int(length), self._batch_size, self._budget())
            filled = [*rows, *rows[-1:].repeat(-len(rows) % batch)]
            with precision(self._bfloat16):
                vectors = self._load().encode(
                    [texts[row] for row in filled],
                    batch_size=batch,
                    normalize_embeddings=True,
                    show_progress_bar=False,
                )
            result[rows] = vectors[: len(rows)]
        return result

    def _pads(self) -> bool:
        """Whether the model's texts can be padded to a length that we choose: it has attention, and no prompt."""
        model = self._load()
        tokenizer = getattr(model, "tokenizer", None)
        return (
            getattr(tokenizer, "pad_token_id", None) is not None
            and hasattr(model[0], "auto_model")
            and not model.default_prompt_name
        )

    def _plan(self) -> Forward:
        if self._compiled:
            return compiled_forward(self._model, identity(Path(self._source)), bfloat16=self._bfloat16)
        return torch_forward(self._model, bfloat16=self._bfloat16)

    def read_shares(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """The share of each text that ``encode`` reads (n,): below 1 for a text of more tokens than the model takes."""
        most = self._load().max_seq_length
        shares = np.ones(len(texts))
        long = [row for row, text in enumerate(texts) if most and len(text) > most]  # a token is a character or more
        lengths = self._lengths([texts[row] for row in long], cut=False) if long else []
        for row, length in zip(long, lengths, strict=True):
            shares[row] = 1.0 if length <= most else (most - _SPARE) / length
        return shares

    def _budget(self) -> int | None:
        """Tokens of a batch; a card takes as many as there are."""
        return TOKENS if self._load().device.type == "cpu" else None

    def _fitting(self, texts: Sequence[str]) -> list[str]:
        """The texts, those with more tokens than the model reads without their middle."""
        model = self._load()
        most = model.max_seq_length
        fitted = list(texts)
        if not most or not getattr(getattr(model, "tokenizer", None), "is_fast", False):
            return fitted
        long = [row for row, length in enumerate(self._lengths(texts, cut=False)) if length > most]
        for row in long:
            text = fitted[row]
            offsets = model.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
            places = offsets["offset_mapping"]
            tail = int(_TAIL * most)
            head = most - tail - _SPARE
            fitted[row] = f"{text[: places[head - 1][1]]}\n{text[places[-tail][0] :]}"
        return fitted

    def _lengths(self, texts: Sequence[str], *, cut: bool = True) -> list[int]:
        """Tokens of each text, as the model will see it unless told otherwise."""
        model = self._load()
        try:
            ids = model.tokenizer(list(texts), truncation=False, verbose=False)["input_ids"]
        except (AttributeError, TypeError):  # a model without such a tokenizer pads nothing, or its own way
            return [len(text) for text in texts]
        if not cut:
            return [len(row) for row in ids]
        most = model.max_seq_length or max(map(len, ids), default=0)
        return [min(len(row), most) for row in ids]

    def _load(self) -> Any:
        if self._model is None:
            self._model = self.fresh()
            self._forward = self._plan()
        return self._model

    def fresh(self) -> Any:
        """The ``SentenceTransformer`` as it is in its files, loaded anew. Raises ModelError where it cannot be."""
        prepare_torch()
        _hush()
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        bars = logging.is_progress_bar_enabled()
        logging.disable_progress_bar()  # a bar for the weights would stand between those of the stages
        try:
            return SentenceTransformer(self._source)
        except Exception as error:  # the hub, the file system and torch each have errors of their own
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise ModelError(
                f"The encoder {self._source} cannot be loaded ({reason}); give a catalogue name "
                f"(clioscope models), a sentence-transformers name or folder, or an address."
            ) from error
        finally:
            if bars:
                logging.enable_progress_bar()


def require(source: str) -> None:
    """Raise ModelError where sentence-transformers, which ``source`` needs, is not installed."""
    from importlib.util import find_spec

    if find_spec("sentence_transformers") is None:
        raise ModelError(
            f"The encoder {source} needs sentence-transformers, which is not installed; run "
            f'pip install "clioscope[local]", or set embedding.model to "hash" or to an address.'
        )


def _hush() -> None:
    """What went wrong is said once, by us: not retry by retry in the log of the hub."""
    import logging

    for name in ("huggingface_hub", "sentence_transformers", "transformers", "httpx", "bitsandbytes"):
        logging.getLogger(name).setLevel(logging.ERROR)


def identity(folder: Path) -> str:
    """Name and weights of a model folder: its name and the fingerprint of the weights."""
    for pattern in _WEIGHTS:
        for file in sorted(folder.rglob(pattern)):
            return f"{folder.name}@{fingerprint(file)}"
    raise ModelError(f"{folder}: no weights in this folder; give the folder of a sentence-transformers model.")
