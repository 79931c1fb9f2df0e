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
from clioscope.models.bits import check_bits, return_memory
from clioscope.models.chat import ChatAnswer, ChatRequest
from clioscope.models.checkpoint import (
    INSTALL,
    check_source,
    find_checkpoint,
    import_transformers,
    is_out_of_memory,
)
from clioscope.models.constrained import Row
from clioscope.models.decoder import PRECISIONS, Decoder
from clioscope.models.problems import Unanswered
from clioscope.models.thinking import strip_thinking
from clioscope.progress import Step
from clioscope.settings import ModelSettings

_QUIET = 0.05  # seconds without a further question, after which a batch is begun

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
        on_progress: Step | None = None,
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
        self._weights: Decoder | None = None
        self._starting = threading.Lock()
        self._questions: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._worker: threading.Thread | None = None
        self._closing = False

    @property
    def memory(self) -> int | None:
        """Bytes that the loaded weights take; None before the first question."""
        return None if self._weights is None else self._weights.memory

    @property
    def peak(self) -> int | None:
        """Bytes of the card that were in use at most; None without a card, and before the first answer."""
        return None if self._weights is None else self._weights.peak

    def start(self) -> None:
        """Load the weights, if that is not done yet (thread-safe)."""
        with self._starting:
            if self._weights is not None:
                return
            self._weights = Decoder(self.place, self.precision, self.device, self.id)
            self.profile = self._weights.profile
            self._closing = False
            self._worker = threading.Thread(target=self._work, name="clioscope-transformers", daemon=True)
            self._worker.start()
            _RUNNING.add(self)

    async def complete(self, request: ChatRequest) -> ChatAnswer:
        """Answer one question, together with others that wait.

        Raises Unanswered when this question has no answer (too long, a schema that cannot be held, no time left).
        """
        if self._weights is None:
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
            self._worker = self._weights = None
            return_memory()
        _RUNNING.discard(self)

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

    @property
    def _loaded(self) -> Decoder:
        assert self._weights is not None  # the worker lives no longer than they do
        return self._weights

    def _settle(self, batch: list[_Waiting]) -> None:
        """Answer a batch; where its memory is too small, its halves."""
        prepared: list[tuple[_Waiting, list[int], Row]] = []
        for one in batch:
            try:
                prepared.append((one, *self._loaded.row(one.request, self.settings, one.answer.cancelled)))
            except Exception as error:  # a question that cannot be put fails alone
                _fail(
                    [one], error if isinstance(error, ModelError) else Unanswered(f"{type(error).__name__}: {error}.")
                )
        if not prepared:
            return
        began = time.monotonic()
        try:
            rows = [row for _, _, row in prepared]
            self._loaded.grow([prompt for _, prompt, _ in prepared], rows, lambda: self._closing)
        except Exception as error:
            waiting = [one for one, _, _ in prepared]
            if is_out_of_memory(error) and len(waiting) > 1:
                self._loaded.forget()
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


def open_in_process(name: str, settings: ModelSettings, on_progress: Step | None = None) -> InProcessModel:
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


def _cuda() -> Any:
    import torch

    return torch.cuda


@atexit.register
def _close_all() -> None:
    for model in list(_RUNNING):
        model.close()
