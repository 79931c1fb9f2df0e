"""One pass of a sentence encoder: token ids in, unit vectors out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Token ids and mask, both (b, length), to unit vectors (b, dimension).
Forward = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.float32]]


def torch_forward(model: Any, *, bfloat16: bool) -> Forward:
    """The pass of a ``SentenceTransformer`` in torch.

    With ``bfloat16`` matrices are multiplied in 16 bits, and their weights are rounded here, once: torch's autocast
    would do so for every batch, with the same result.
    """
    import torch

    if bfloat16:
        for part in model.modules():
            if isinstance(part, torch.nn.Linear):
                part.to(torch.bfloat16)

    def forward(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        with torch.inference_mode(), precision(bfloat16):
            given = {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}
            found = model({name: tensor.to(model.device) for name, tensor in given.items()})
            return unit(found["sentence_embedding"])

    return forward


def precision(bfloat16: bool) -> AbstractContextManager[Any]:
    """Multiplications in bfloat16, or as the model is."""
    import torch

    short: AbstractContextManager[Any] = torch.autocast("cpu", dtype=torch.bfloat16)
    return short if bfloat16 else nullcontext()


def unit(vectors: Any) -> NDArray[np.float32]:
    """Unit vectors of a tensor (n, d)."""
    import torch

    rows: NDArray[np.float32] = torch.nn.functional.normalize(vectors.float(), dim=1).cpu().numpy()
    return rows
