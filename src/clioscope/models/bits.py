"""Weights in fewer bits by ``bitsandbytes``, and the memory they take."""

from __future__ import annotations

import logging
from contextlib import suppress
from importlib.util import find_spec
from typing import Any, Literal

from clioscope.errors import ModelError

Bits = Literal[4, 8]


def check_bits(source: str) -> None:
    """Raise ModelError if ``bitsandbytes`` is not installed; silence its message about every product on a CPU."""
    if find_spec("bitsandbytes") is None:
        raise ModelError(f'{source}: 8 and 4 bits need bitsandbytes: pip install "clioscope[transformers,bits]".')
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)


def loading_options(bits: Bits, dtype: str) -> Any:
    """The configuration that makes transformers quantise while it loads, so that the full weights never lie on the
    card.

    LLM.int8() (Dettmers et al., 2022), or NF4 with a scale in fp32 for each block of 64 (QLoRA, Dettmers et al., 2023);
    Computations are in ``dtype``. The output layer keeps its precision.
    """
    from transformers import BitsAndBytesConfig

    if bits == 8:
        return BitsAndBytesConfig(load_in_8bit=True)
    return BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=dtype)


def quantise(model: Any, bits: Bits, device: str) -> None:
    """Replace the linear layers of a loaded model one by one by layers of fewer bits on ``device``.

    This is for weights from GGUF files, which transformers cannot quantise while it loads. The settings are those of
    ``loading_options``. The output layer keeps its precision, and so do layers whose shape the 4 bits of a CPU do not
    support.
    """
    from torch import nn

    head = model.get_output_embeddings()
    for name, layer in list(model.named_modules()):
        if type(layer) is nn.Linear and layer is not head and layer.in_features % 64 == layer.out_features % 32 == 0:
            model.set_submodule(name, _smaller(layer, bits).to(device))


def _smaller(layer: Any, bits: Bits) -> Any:
    from bitsandbytes import nn

    shape = (layer.in_features, layer.out_features, layer.bias is not None)
    if bits == 8:
        made: Any = nn.Linear8bitLt(*shape, has_fp16_weights=False, threshold=6.0, device="meta")
        made.weight = nn.Int8Params(layer.weight.data, requires_grad=False, has_fp16_weights=False)
    else:
        dtype = layer.weight.dtype
        made = nn.Linear4bit(*shape, compute_dtype=dtype, compress_statistics=False, quant_type="nf4", device="meta")
        made.weight = nn.Params4bit(
            layer.weight.data, requires_grad=False, compress_statistics=False, quant_type="nf4", module=made
        )
    made.bias = layer.bias
    return made.eval()


def return_memory() -> None:
    """Return unused memory to the card and to the system.

    The C library keeps freed blocks below 32 MB for reuse, and layers of small models are that small. Without this call
    a process would stay as large as the weights were before they were quantised.
    """
    import ctypes
    import gc

    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    with suppress(OSError, AttributeError, TypeError):  # another C library than glibc
        ctypes.CDLL(None).malloc_trim(0)


def memory_bytes(model: Any) -> int:
    """Bytes of a loaded model: parameters, buffers, and the scales of quantised layers, which count as neither."""
    total = int(model.get_memory_footprint())
    for layer in model.modules():
        weight = getattr(layer, "weight", None)
        state = getattr(layer, "state", None)  # where 8-bit layers keep their scales once they have been used
        scales = [
            getattr(getattr(weight, "quant_state", None), "absmax", None),
            getattr(weight, "SCB", None),
            getattr(state, "SCB", None),
        ]
        total += sum(int(scale.nbytes) for scale in scales if scale is not None)
    return total
