"""One pass of a sentence encoder: token ids in, unit vectors out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from threading import Lock
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from clioscope.embedding.batches import Batch

T = TypeVar("T")
_ALONE = Lock()

# Token ids and mask, both (b, length), to a vector of each text (b, dimension): those of `torch_forward` are unit.
Forward = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.float32]]


def prepare_torch() -> None:
    """Import torch, with as many threads as there are cores, which sleep while they wait."""
    # On a machine with anything else to do, threads that spin made a batch take 0.6 s or 9 s. Read once, when torch is
    # first imported.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import torch

    from clioscope.models.cores import usable_cores

    torch.set_num_threads(min(torch.get_num_threads(), usable_cores()))


def torch_forward(model: Any, *, bfloat16: bool) -> Forward:
    """The pass of a ``SentenceTransformer`` in torch.

    With ``bfloat16`` matrices are multiplied in 16 bits, and their weights are rounded here, once: torch's autocast
    would do so for every batch, with the same result.
    """
    import torch

    if bfloat16:
        round_weights(model)

    def forward(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        with torch.inference_mode(), precision(bfloat16):
            given = {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}
            found = model({name: tensor.to(model.device) for name, tensor in given.items()})
            return unit(found["sentence_embedding"])

    return forward


def round_weights(model: Any) -> None:
    """Round the weights of a model's matrices to bfloat16."""
    import torch

    for part in model.modules():
        if isinstance(part, torch.nn.Linear):
            part.to(torch.bfloat16)


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


def read_batches(forward: Forward, made: Iterable[Batch], found: NDArray[np.float32], *, beside: bool) -> None:
    """Put the vectors of the texts of all batches into ``found`` (n, d): one batch after another, or with ``beside`` as
    many at once as there are cores."""

    def read(batch: Batch) -> None:
        found[batch.places] = forward(batch.ids, batch.mask)[batch.rows]

    if beside:
        side_by_side(read, made)
    else:
        for batch in made:
            read(batch)


def side_by_side(work: Callable[[T], object], items: Iterable[T]) -> None:
    """Call ``work`` on every item, each on one core, as many at once as torch may use threads.

    The matrices of a batch are too small to keep several cores busy: so it takes less time than one item after another
    on all cores. And what an item gives has the same bits, however many cores there are. An error of any item is
    raised.
    """
    from concurrent.futures import ThreadPoolExecutor

    import torch

    with _ALONE:  # each thread has its own number of threads, but a new one gets that which was set last
        threads = torch.get_num_threads()
        try:
            with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
                for _ in pool.map(work, items):
                    pass
        finally:
            torch.set_num_threads(threads)
