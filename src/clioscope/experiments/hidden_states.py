"""Hidden states of a language model as vectors of texts, through transformers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_TOKENS = 64  # read of a text
_BATCH = 32
_POOL = "mean without the first token"  # part of the key of stored states
_SLOTS = 3  # how many tokens of a prompt a patched vector replaces


class HiddenStates:
    """A causal language model whose layers can be read. ``source`` is the name of a GGUF file in the catalogue, a GGUF
    file, a folder, or a name at the hub.

    ``layers`` is the number of blocks. The output of block l is layer l; the input embeddings are layer 0.
    """

    def __init__(self, source: str) -> None:
        from clioscope.models.checkpoint import find_checkpoint, load_checkpoint

        self.tokenizer: Any
        self.model: Any
        self.tokenizer, self.model = load_checkpoint(find_checkpoint(source), "float32")
        self.id = source
        self.layers = int(self.model.config.num_hidden_layers)
        self.tokenizer.padding_side = "right"

    def states(self, texts: Sequence[str], layers: Sequence[int]) -> Mapping[tuple[str, int], NDArray[np.float32]]:
        """Vectors (n, d), not scaled, by ``("mean", layer)`` and ``("last", layer)``: the mean over the tokens of a
        text, and the state of its last token, which alone has seen the whole text.

        Above the input embeddings the mean leaves out the first token of a longer text. Models park attention there:
        its state is by far the largest, and the same for every text (Xiao et al., Efficient Streaming Language Models
        with Attention Sinks, ICLR 2024; Sun et al., Massive Activations, COLM 2024).
        """
        import torch

        order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
        width = int(self.model.config.hidden_size)
        pooled = {
            (pool, layer): np.zeros((len(texts), width), np.float32) for pool in ("mean", "last") for layer in layers
        }
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            batch = [texts[row] or " " for row in rows]
            given = self.tokenizer(batch, return_tensors="pt", padding=True, truncation=True, max_length=MOST_TOKENS)
            with torch.inference_mode():
                hidden = self.model.model(**given, output_hidden_states=True).hidden_states
            mask = given["attention_mask"]
            last = mask.sum(dim=1) - 1
            later = mask.clone()
            later[last > 0, 0] = 0
            for layer in layers:
                states = hidden[layer]
                seen = later if layer else mask
                mean = (states * seen[:, :, None]).sum(dim=1) / seen.sum(dim=1, keepdim=True)
                pooled["mean", layer][rows] = mean.numpy()
                pooled["last", layer][rows] = states[torch.arange(len(rows)), last].numpy()
        return pooled

    def say(self, prompt: str, *, patch: NDArray[np.float32] | None = None, layer: int = 0, tokens: int = 10) -> str:
        """The first line of the model's greedy answer to ``prompt``.

        ``patch`` (d,) replaces the ``{}`` of the prompt in the output of block ``layer`` (Ghandeharioun et al.,
        Patchscopes, ICML 2024). It is scaled to the size that states have there."""
        import torch

        slot = " x" * _SLOTS
        chat = [{"role": "user", "content": prompt if patch is None else prompt.format(slot)}]
        if self.tokenizer.chat_template:
            text = self.tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
        else:
            text = chat[0]["content"] + "\n"
        given = self.tokenizer(text, return_tensors="pt")
        hook = None
        if patch is not None:
            before = len(self.tokenizer(text[: text.index(slot)])["input_ids"])
            places = slice(before, len(self.tokenizer(text[: text.index(slot) + len(slot)])["input_ids"]))
            vector = torch.from_numpy(np.asarray(patch, dtype=np.float32))

            def put(module: Any, args: Any, output: Any) -> Any:
                states = output[0] if isinstance(output, tuple) else output
                if states.shape[1] > places.start:  # the prompt; later calls hold one new token each
                    size = states[0, 1:].norm(dim=-1).median()  # the first token is an outlier by far
                    states[0, places] = vector / vector.norm() * size
                return output

            hook = self.model.model.layers[layer - 1].register_forward_hook(put)
        try:
            with torch.inference_mode():
                made = self.model.generate(
                    **given, max_new_tokens=tokens, do_sample=False, pad_token_id=self.tokenizer.pad_token_id
                )
        finally:
            if hook is not None:
                hook.remove()
        answer = self.tokenizer.decode(made[0, given["input_ids"].shape[1] :], skip_special_tokens=True)
        lines = [line.strip(" .\"'*-") for line in answer.splitlines() if line.strip(" .\"'*-")]
        return lines[0] if lines else "nothing"


def stored_states(
    source: str, texts: Sequence[str], layers: Sequence[float], cache: Path | None
) -> dict[tuple[str, int], NDArray[np.float32]]:
    """``HiddenStates.states`` at shares of the depth, from 0 for the input embeddings to 1 for the last block. The
    folder ``cache`` keeps them between runs (None: they are not kept)."""
    from hashlib import blake2b

    key = blake2b(repr((source, list(texts), list(layers), MOST_TOKENS, _POOL)).encode(), digest_size=10).hexdigest()
    path = None if cache is None else cache / f"states-{key}.npz"
    if path is not None and path.exists():
        with np.load(path) as file:
            return {(name.split()[0], int(name.split()[1])): file[name].astype(np.float32) for name in file.files}
    model = HiddenStates(source)
    states = model.states(texts, sorted({round(share * model.layers) for share in layers}))
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.stem}.part.npz")
        np.savez(part, **{f"{pool} {layer}": rows.astype(np.float16) for (pool, layer), rows in states.items()})  # type: ignore[arg-type]
        part.replace(path)
    return dict(states)
