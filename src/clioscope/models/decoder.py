"""A decoder: a tokenizer and a model in this process, and how answers grow from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from clioscope.errors import ModelError
from clioscope.models.bits import Bits, loading_options, memory_bytes, quantise, return_memory
from clioscope.models.chat import ChatRequest
from clioscope.models.checkpoint import Checkpoint, is_out_of_memory, load_checkpoint
from clioscope.models.constrained import Chance, Choose, Ended, Forms, Row
from clioscope.models.prefix import SharedPrefix
from clioscope.models.problems import Unanswered
from clioscope.models.prompt_tokens import profile_of, prompt_tokens
from clioscope.models.thinking import CLOSE
from clioscope.models.wire import STOP, tuned
from clioscope.settings import ModelSettings

PRECISIONS = {"fp32": "float32", "fp16": "float16", "bf16": "bfloat16", "8-bit": "", "4-bit": ""}
CONTEXT = 8192  # tokens of prompt and answer at most, whatever the model was trained on: the cache must have room
_TURN_ENDS = ("<|im_end|>", "<|eot_id|>", "<end_of_turn>", "<|end|>", "<|endoftext|>")


class Decoder:
    """A tokenizer and a model, loaded on ``device`` in one of PRECISIONS; ``name`` stands in errors.

    Raises ModelError: see ``load_checkpoint``; weights that do not fit the card.
    """

    def __init__(self, place: Checkpoint, precision: str, device: str, name: str) -> None:
        import torch
        from transformers import GenerationConfig

        self.device = device
        self.peak: int | None = None  # bytes of the card that were in use at most
        bits: Bits | None = 4 if precision == "4-bit" else 8 if precision == "8-bit" else None
        dtype = PRECISIONS[precision] or ("float16" if device == "cuda" else "float32")
        unpacked = "gguf_file" in place.options
        if device == "cuda":
            torch.cuda.reset_peak_memory_stats()
        options: dict[str, Any] = {} if unpacked else {"device_map": {"": device}}
        if bits is not None and not unpacked:
            options["quantization_config"] = loading_options(bits, dtype)
        tokenizer, model = load_checkpoint(place, dtype, **options)
        try:
            if bits is not None and unpacked:
                quantise(model, bits, device)
            if unpacked:
                model.to(device)
                return_memory()
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            raise ModelError(f"{name}: the weights do not fit the card; load them with fewer bits.") from error
        self._ends = _ends(tokenizer, model)
        model.generation_config = GenerationConfig()  # the publisher's sampling must not steer ours
        self.profile = profile_of(tokenizer, place.profile)
        trained = getattr(model.config, "max_position_embeddings", None) or CONTEXT
        self.context = min(CONTEXT, trained)
        self._forms = Forms(tokenizer, int(model.get_output_embeddings().weight.shape[0]), self._ends)
        self.prefix = SharedPrefix()
        self.tokenizer, self._model = tokenizer, model

    @property
    def memory(self) -> int:
        """Bytes that the weights take."""
        return memory_bytes(self._model)

    def forget(self) -> None:
        """Free what is kept of earlier prompts."""
        self.prefix.clear()
        return_memory()

    def row(self, request: ChatRequest, settings: ModelSettings, gone: Callable[[], bool]) -> tuple[list[int], Row]:
        """The prompt of a question as tokens, and the row that its answer grows in; ``gone`` says whether nobody waits
        for it.

        Raises Unanswered for a question longer than the context.
        """
        request = tuned(request, settings, self.profile, self.profile.reasoning == "think-tags")
        prompt, thinks = prompt_tokens(self.tokenizer, request, self.profile)
        budget = settings.thinking_tokens if thinks else 0
        room = budget + request.max_tokens
        if len(prompt) + room > self.context:
            raise Unanswered(
                f"the question is longer than the model's context ({len(prompt)} tokens and {room} for the answer, of "
                f"{self.context})."
            )
        chance = None
        if request.temperature > 0:
            chance = Chance(request.temperature, request.top_p, self.profile.top_k, request.seed)
        row = Row(
            limit=request.max_tokens,
            ends=self._ends,
            decode=lambda tokens: str(self.tokenizer.decode(tokens, skip_special_tokens=False)),
            matcher=None if request.schema is None else self._forms.matcher(request.schema),
            chance=chance,
            budget=budget if thinks else None,
            close=self._encoded(CLOSE) if thinks else (),
            after_close=self._encoded("\n\n") if thinks else (),
            stop=STOP if self.profile.endpoint == "completion" else "",
            gone=gone,
        )
        return prompt, row

    def _encoded(self, text: str) -> tuple[int, ...]:
        return tuple(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def grow(self, prompts: list[list[int]], rows: list[Row], closing: Callable[[], bool]) -> None:
        """Let the rows grow until they end, or until ``closing``.

        Prompts are padded between their shared beginning, whose keys and values are kept, and the rest.
        """
        import torch
        from transformers import GenerationConfig

        shared, cache = self.prefix.past(self._model, prompts)
        width = max(len(prompt) for prompt in prompts)
        pad = self.tokenizer.pad_token_id or 0
        tokens = torch.tensor([_padded(prompt, shared, width, pad) for prompt in prompts])
        mask = torch.ones_like(tokens)
        for row, prompt in enumerate(prompts):
            mask[row, shared : shared + width - len(prompt)] = 0
        most = max(row.limit + (row.budget or 0) + len(row.close) + len(row.after_close) for row in rows)
        past = {} if cache is None else {_cache_name(self._model): cache}
        with torch.inference_mode():
            self._model.generate(
                tokens.to(self._model.device),
                attention_mask=mask.to(self._model.device),
                generation_config=GenerationConfig(max_new_tokens=most, do_sample=False, pad_token_id=pad),
                logits_processor=[Choose(rows)],
                stopping_criteria=[Ended(rows, closing)],
                **past,
            )
        if self.device == "cuda":
            self.peak = int(torch.cuda.max_memory_allocated())


def _padded(prompt: list[int], shared: int, width: int, pad: int) -> list[int]:
    """A prompt of ``width`` tokens: ``pad`` fills the gap behind its first ``shared`` ones."""
    return prompt[:shared] + [pad] * (width - len(prompt)) + prompt[shared:]


def _ends(tokenizer: Any, model: Any) -> frozenset[int]:
    """Tokens that end an answer: those of the model, and those that end a turn in known chat templates."""
    named = [tokenizer.eos_token_id, getattr(model.generation_config, "eos_token_id", None)]
    flat = [token for ends in named for token in (ends if isinstance(ends, list) else [ends]) if token is not None]
    added = {str(token.content): number for number, token in tokenizer.added_tokens_decoder.items()}
    return frozenset([*flat, *(added[name] for name in _TURN_ENDS if name in added)])


def _cache_name(model: Any) -> str:
    from inspect import signature

    known = signature(model.prepare_inputs_for_generation).parameters
    return "cache" if "cache" in known else "past_key_values"
