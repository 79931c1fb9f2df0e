"""A language model in this process, on ``transformers``: for a GPU without a server, in 16, 8 or 4 bits."""

from __future__ import annotations

import asyncio
import atexit
import queue
import threading
import time
import weakref
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from clioscope.errors import ModelError
from clioscope.models.bits import Bits, check_bits, loading_options, memory_bytes, quantise, return_memory
from clioscope.models.chat import ChatAnswer, ChatRequest
from clioscope.models.checkpoint import (
    INSTALL,
    Progress,
    check_source,
    find_checkpoint,
    import_transformers,
    is_out_of_memory,
    load_checkpoint,
)
from clioscope.models.constrained import Chance, Choose, Ended, Forms, Row
from clioscope.models.prefix import SharedPrefix
from clioscope.models.problems import Unanswered
from clioscope.models.prompt_tokens import profile_of, prompt_tokens
from clioscope.models.thinking import CLOSE, strip_thinking
from clioscope.models.wire import STOP, tuned
from clioscope.settings import ModelSettings

PRECISIONS = {"fp32": "float32", "fp16": "float16", "bf16": "bfloat16", "8-bit": "", "4-bit": ""}
CONTEXT = 8192  # tokens of prompt and answer at most, whatever the model was trained on: the cache must have room
_QUIET = 0.05  # seconds without a further question, after which a batch is begun
_TURN_ENDS = ("<|im_end|>", "<|eot_id|>", "<end_of_turn>", "<|end|>", "<|endoftext|>")

_RUNNING: weakref.WeakSet[InProcessModel] = weakref.WeakSet()


@dataclass(slots=True)
class _Waiting:
    request: ChatRequest
    answer: Future[ChatAnswer]


class InProcessModel:
    """A ``ChatModel`` on weights that ``transformers`` loads: ``source`` as in ``find_checkpoint``, ``precision`` one
    of PRECISIONS (default: fp16 on a CUDA card, else fp32).

    The weights are loaded with the first question. Questions that wait at the same time, at most ``concurrency``
    (default: 16 on a card, else 4), are answered in one left-padded batch; what their prompts share is read once.
    Answers are held to the schema of their request token by token.

    At temperature 0 the likeliest token is taken; else a row draws from a generator of its own with the seed of its
    request, so its chances do not depend on the batch. What is not promised: that the numbers in two batches of
    different size or padding are the same to the last bit. In fp32 that shows almost never; in 16, 8 and 4 bits two
    tokens that are nearly as likely may change places.

    ``seconds`` of an answer is its equal share of the time of its batch. Raises ModelError: see ``find_checkpoint`` and
    ``load_checkpoint``; bits without ``bitsandbytes``; no memory for a single question.
    """

    def __init__(
        self,
        source: str,
        precision: str | None = None,
        *,
        settings: ModelSettings | None = None,
        on_progress: Progress | None = None,
    ) -> None:
        self.settings = settings or ModelSettings()
        import_transformers(source)
        self.device = "cuda" if _cuda().is_available() else "cpu"
        self.precision = precision or ("fp16" if self.device == "cuda" else "fp32")
        if self.precision.endswith("bit"):
            check_bits(source)
        self.place = find_checkpoint(source, on_progress)
        self.profile = self.place.profile
        self.concurrency = self.settings.concurrency or (16 if self.device == "cuda" else 4)
        self.id = f"{self.place.identity} transformers {self.precision}"
        if self.settings.temperature is not None:
            self.id += f" temperature={self.settings.temperature:g}"
        if self.profile.reasoning == "think-tags":
            self.id += f" thinking={self.settings.thinking_tokens}"
        self.peak: int | None = None  # bytes of the card that were in use at most
        self._model: Any = None
        self._tokenizer: Any = None
        self._starting = threading.Lock()
        self._questions: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._worker: threading.Thread | None = None
        self._closing = False

    @property
    def memory(self) -> int | None:
        """Bytes that the loaded weights take; None before the first question."""
        return None if self._model is None else memory_bytes(self._model)

    def start(self) -> None:
        """Load the weights, if that is not done yet (thread-safe)."""
        with self._starting:
            if self._model is not None:
                return
            self._load()
            self._closing = False
            self._worker = threading.Thread(target=self._work, name="clioscope-transformers", daemon=True)
            self._worker.start()
            _RUNNING.add(self)

    async def complete(self, request: ChatRequest) -> ChatAnswer:
        """Answer one question, together with others that wait.

        Raises Unanswered when this question has no answer (too long, a schema that cannot be held, no time left).
        """
        if self._model is None:
            await asyncio.to_thread(self.start)
        waiting = _Waiting(request, Future())
        self._questions.put(waiting)
        try:  # on a time-out, or when the asker goes away, the future is cancelled and its row ends
            return await asyncio.wait_for(asyncio.wrap_future(waiting.answer), self.settings.timeout)
        except TimeoutError:
            raise Unanswered(f"no answer within {self.settings.timeout:g} seconds.", server=True) from None

    def close(self) -> None:
        """Stop answering and free the memory. It may be started again."""
        with self._starting:
            self._closing = True
            if self._worker is not None:
                self._questions.put(None)
                self._worker.join()
            with suppress(queue.Empty):  # who asked while it closed must not wait for ever
                while True:
                    left = self._questions.get_nowait()
                    if left is not None:
                        _fail([left], self._closed())
            self._worker = self._model = self._tokenizer = None
            self._prefix = SharedPrefix()
            return_memory()
        _RUNNING.discard(self)

    # -- loading -------------------------------------------------------------------------------------------

    def _load(self) -> None:
        from transformers import GenerationConfig

        bits: Bits | None = 4 if self.precision == "4-bit" else 8 if self.precision == "8-bit" else None
        dtype = PRECISIONS[self.precision] or ("float16" if self.device == "cuda" else "float32")
        unpacked = "gguf_file" in self.place.options
        if self.device == "cuda":
            _cuda().reset_peak_memory_stats()
        options: dict[str, Any] = {} if unpacked else {"device_map": {"": self.device}}
        if bits is not None and not unpacked:
            options["quantization_config"] = loading_options(bits, dtype)
        tokenizer, model = load_checkpoint(self.place, dtype, **options)
        try:
            if bits is not None and unpacked:
                quantise(model, bits, self.device)
            if unpacked:
                model.to(self.device)
                return_memory()
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            raise ModelError(f"{self.id}: the weights do not fit the card; load them with fewer bits.") from error
        self._ends = _ends(tokenizer, model)
        model.generation_config = GenerationConfig()  # the publisher's sampling must not steer ours
        self.profile = profile_of(tokenizer, self.place.profile)
        trained = getattr(model.config, "max_position_embeddings", None) or CONTEXT
        self.context = min(CONTEXT, trained)
        self._forms = Forms(tokenizer, int(model.get_output_embeddings().weight.shape[0]), self._ends)
        self._prefix = SharedPrefix()
        self._tokenizer, self._model = tokenizer, model

    # -- answering, on the worker's thread -----------------------------------------------------------------

    def _work(self) -> None:
        while (first := self._questions.get()) is not None:
            batch = [first]
            with suppress(queue.Empty):
                while len(batch) < self.concurrency:
                    following = self._questions.get(timeout=_QUIET)
                    if following is None:
                        self._questions.put(None)  # for the next round
                        break
                    batch.append(following)
            self._settle([one for one in batch if not one.answer.cancelled()])

    def _settle(self, batch: list[_Waiting]) -> None:
        """Answer a batch; where its memory is too small, its halves."""
        prepared: list[tuple[_Waiting, list[int], Row]] = []
        for one in batch:
            try:
                prepared.append((one, *self._prepared(one)))
            except Exception as error:  # a question that cannot be put fails alone
                _fail(
                    [one], error if isinstance(error, ModelError) else Unanswered(f"{type(error).__name__}: {error}.")
                )
        if not prepared:
            return
        began = time.monotonic()
        try:
            self._generate([prompt for _, prompt, _ in prepared], [row for _, _, row in prepared])
        except Exception as error:
            waiting = [one for one, _, _ in prepared]
            if is_out_of_memory(error) and len(waiting) > 1:
                self._prefix.clear()
                return_memory()
                half = len(waiting) // 2
                self._settle(waiting[:half])
                self._settle(waiting[half:])
                return
            _fail(waiting, self._explained(error))
            return
        seconds = (time.monotonic() - began) / len(prepared)
        for one, prompt, row in prepared:
            if self._closing:
                _fail([one], self._closed())
            elif row.problem:
                _fail([one], Unanswered(f"the answer left its form ({row.problem})."))
            else:
                text = strip_thinking(_begun(one.request) + row.text)
                answer = ChatAnswer(text, len(prompt), len(row.tokens), seconds, truncated=row.truncated)
                with suppress(InvalidStateError):  # nobody waits any more
                    one.answer.set_result(answer)

    def _prepared(self, one: _Waiting) -> tuple[list[int], Row]:
        request = tuned(one.request, self.settings, self.profile, self.profile.reasoning == "think-tags")
        prompt, thinks = prompt_tokens(self._tokenizer, request, self.profile)
        budget = self.settings.thinking_tokens if thinks else 0
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
            decode=lambda tokens: str(self._tokenizer.decode(tokens, skip_special_tokens=False)),
            matcher=None if request.schema is None else self._forms.matcher(request.schema),
            chance=chance,
            budget=budget if thinks else None,
            close=self._encoded(CLOSE) if thinks else (),
            after_close=self._encoded("\n\n") if thinks else (),
            stop=STOP if self.profile.endpoint == "completion" else "",
            gone=one.answer.cancelled,
        )
        return prompt, row

    def _encoded(self, text: str) -> tuple[int, ...]:
        return tuple(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def _generate(self, prompts: list[list[int]], rows: list[Row]) -> None:
        """Let the rows grow to their ends.

        Prompts are padded between what they share, whose keys and values are at hand, and their own rest.
        """
        import torch
        from transformers import GenerationConfig

        shared, cache = self._prefix.past(self._model, prompts)
        width = max(len(prompt) for prompt in prompts)
        pad = self._tokenizer.pad_token_id or 0
        tokens = torch.tensor([one[:shared] + [pad] * (width - len(one)) + one[shared:] for one in prompts])
        mask = torch.ones_like(tokens)
        for row, one in enumerate(prompts):
            mask[row, shared : shared + width - len(one)] = 0
        most = max(row.limit + (row.budget or 0) + len(row.close) + len(row.after_close) for row in rows)
        past = {} if cache is None else {_cache_name(self._model): cache}
        with torch.inference_mode():
            self._model.generate(
                tokens.to(self._model.device),
                attention_mask=mask.to(self._model.device),
                generation_config=GenerationConfig(max_new_tokens=most, do_sample=False, pad_token_id=pad),
                logits_processor=[Choose(rows)],
                stopping_criteria=[Ended(rows, lambda: self._closing)],
                **past,
            )
        if self.device == "cuda":
            self.peak = int(torch.cuda.max_memory_allocated())

    def _closed(self) -> ModelError:
        return ModelError(f"{self.id}: the model was closed.")

    def _explained(self, error: Exception) -> ModelError:
        if isinstance(error, ModelError):
            return error
        if is_out_of_memory(error):
            return ModelError(
                f"{self.id}: out of memory with one question; load the model with fewer bits (8-bit, 4-bit) or take a "
                "smaller one."
            )
        return ModelError(f"{self.id}: the model cannot answer ({type(error).__name__}: {error}).")


def open_in_process(name: str, settings: ModelSettings, on_progress: Progress | None = None) -> InProcessModel:
    """The model of ``transformers:NAME`` or ``transformers:NAME 4-bit`` (what follows the colon)."""
    source, precision = _parts(name)
    return InProcessModel(source, precision, settings=settings, on_progress=on_progress)


def check_in_process(name: str) -> bool:
    """Raise what ``open_in_process`` would for a name that names nothing; whether its weights lie on this machine.

    Nothing is imported, fetched or asked.
    """
    source, precision = _parts(name)
    if any(find_spec(one) is None for one in ("torch", "transformers", "llguidance")):
        raise ModelError(f"{source}: a model in this process needs transformers and llguidance: {INSTALL}.")
    if precision in ("8-bit", "4-bit"):
        check_bits(source)
    return check_source(source)


def _parts(name: str) -> tuple[str, str | None]:
    """Source and precision of ``NAME`` or ``NAME 4-bit``."""
    source, _, last = name.strip().rpartition(" ")
    if last not in PRECISIONS:
        source, last = name.strip(), ""
    if not source:
        raise ModelError(
            'transformers: no model is named; give "transformers:NAME" or "transformers:NAME 4-bit" with a catalogue '
            "name, a hub name, a folder or a GGUF file."
        )
    return source.strip(), last or None


def _fail(batch: list[_Waiting], error: ModelError) -> None:
    for one in batch:
        with suppress(InvalidStateError):
            one.answer.set_exception(error)


def _begun(request: ChatRequest) -> str:
    return (request.prefill or "") if request.schema is None else ""


def _ends(tokenizer: Any, model: Any) -> frozenset[int]:
    """Tokens that end an answer: those of the model, and those that end a turn in known chat templates."""
    named = [tokenizer.eos_token_id, getattr(model.generation_config, "eos_token_id", None)]
    flat = [token for one in named for token in (one if isinstance(one, list) else [one]) if token is not None]
    added = {str(token.content): number for number, token in tokenizer.added_tokens_decoder.items()}
    return frozenset([*flat, *(added[name] for name in _TURN_ENDS if name in added)])


def _cache_name(model: Any) -> str:
    from inspect import signature

    known = signature(model.prepare_inputs_for_generation).parameters
    return "cache" if "cache" in known else "past_key_values"


def _cuda() -> Any:
    import torch

    return torch.cuda


@atexit.register
def _close_all() -> None:
    for model in list(_RUNNING):
        model.close()
