"""The beginning that the prompts of a stage share (instructions and examples), which the model reads once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

LEAST = 64  # tokens; reading fewer again costs less than keeping them


class SharedPrefix:
    """The keys and values of a shared beginning, from which every row of a batch continues.

    They are computed when two prompts in a row share a beginning, and kept as long as the prompts share it.
    """

    def __init__(self) -> None:
        self.tokens: list[int] = []
        self._layers: list[tuple[Any, Any]] = []
        self._before: list[int] | None = None

    def past(self, model: Any, prompts: Sequence[list[int]]) -> tuple[int, Any]:
        """(tokens of the shared beginning, its cache for this many rows), or (0, None) if nothing is shared."""
        if not _keeps_all(model.config):
            return 0, None
        known = [*prompts, self._before] if self._before else prompts
        shared = common(known) if len(known) > 1 else []
        length = min(len(shared), min(len(prompt) for prompt in prompts) - 1)  # one token must be left to go on from
        self._before = prompts[-1]
        kept = len(self.tokens)
        if kept and (not _begin_with(prompts, self.tokens) or length > kept + LEAST):
            self.clear()
        if not self.tokens:
            if length < LEAST:
                return 0, None
            self._read(model, shared[:length])
        from transformers import DynamicCache

        rows = len(prompts)
        layers = [(keys.expand(rows, -1, -1, -1), values.expand(rows, -1, -1, -1)) for keys, values in self._layers]
        return len(self.tokens), DynamicCache(layers)

    def clear(self) -> None:
        """Forget it: its memory is free."""
        self.tokens, self._layers = [], []

    def _read(self, model: Any, tokens: list[int]) -> None:
        import torch

        given = torch.tensor([tokens], device=model.device)
        with torch.inference_mode():
            made = model(input_ids=given, use_cache=True, logits_to_keep=1)
        cache = made["cache"] if "cache" in made else made["past_key_values"]  # its name since transformers 5.20 or so
        self._layers = [(layer.keys, layer.values) for layer in cache.layers]
        self.tokens = tokens


def common(rows: Sequence[list[int]]) -> list[int]:
    """The longest beginning of all rows."""
    first, last = min(rows), max(rows)  # in the order of lists the two that differ earliest
    for place, (token, other) in enumerate(zip(first, last, strict=False)):
        if token != other:
            return first[:place]
    return first[: len(last)]


def _begin_with(prompts: Sequence[list[int]], tokens: list[int]) -> bool:
    return all(len(prompt) > len(tokens) and prompt[: len(tokens)] == tokens for prompt in prompts)


def _keeps_all(config: Any) -> bool:
    """Whether all layers attend to all tokens; layers with a window or a state keep something else."""
    kinds = getattr(config, "layer_types", None)
    if kinds is not None:
        return all(kind == "full_attention" for kind in kinds)
    return getattr(config, "sliding_window", None) is None and config.model_type in ("llama", "qwen2", "qwen3")
