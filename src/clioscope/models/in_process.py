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
class _Question:
    request: ChatRequest
    answer: Future[ChatAnswer]


class InProcessModel:
    """A ``ChatModel`` on weights that ``transformers`` loads: ``source`` as in ``find_checkpoint``, ``precision`` one
    of PRECISIONS (default: fp16 on a CUDA card, else fp32).

    The weights are loaded with the first question. Questions that wait at the same time, at most ``concurrency``
    (default: 16 on a card, else 4), are answered in one left-padded batch; the beginning that their prompts share is
    read once. Answers are held to the schema of their request token by token.

    At temperature 0 the likeliest token is taken. Otherwise each row draws from its own generator with the seed of its
    request, so it does not depend on the batch. Batches of different size or padding may round differently: in 16, 8
    and 4 bits, two tokens that are almost equally likely may then swap places; in fp32 this almost never happens.

    ``seconds`` of an answer is its equal share of the time of its batch. Raises ModelError: see ``find_checkpoint`` and
    ``load_checkpoint``; fewer bits without ``bitsandbytes``; not enough memory for a single question.
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
        self._decoder: Decoder | None = None
        self._starting = threading.Lock()
        self._questions: queue.SimpleQueue[_Question | None] = queue.SimpleQueue()
        self._worker: threading.Thread | None = None
        self._closing = False

    @property
    def memory(self) -> int | None:
        """Bytes that the loaded weights take; None before the first question."""
        return None if self._decoder is None else self._decoder.memory

    @property
    def peak(self) -> int | None:
        """Bytes of the card that were in use at most; None without a card, and before the first answer."""
        return None if self._decoder is None else self._decoder.peak

    def start(self) -> None:
        """Load the weights, if that is not done yet (thread-safe)."""
        with self._starting:
            if self._decoder is not None:
                return
            self._decoder = Decoder(self.place, self.precision, self.device, self.id)
            self.profile = self._decoder.profile
            self._closing = False
            self._worker = threading.Thread(target=self._work, name="clioscope-transformers", daemon=True)
            self._worker.start()
            _RUNNING.add(self)

    async def complete(self, request: ChatRequest) -> ChatAnswer:
        """Answer one question, together with others that wait.

        Raises Unanswered when this question has no answer (too long, a schema that cannot be held, no time left).
        """
        if self._decoder is None:
            await asyncio.to_thread(self.start)
        waiting = _Question(request, Future())
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
            self._worker = self._decoder = None
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
            self._settle([question for question in batch if not question.answer.cancelled()])

    @property
    def _loaded(self) -> Decoder:
        assert self._decoder is not None  # the worker lives no longer than they do
        return self._decoder

    def _settle(self, batch: list[_Question]) -> None:
        """Answer a batch; if the memory is too small, answer its halves."""
        prepared: list[tuple[_Question, list[int], Row]] = []
        for question in batch:
            try:
                prompt, row = self._loaded.row(question.request, self.settings, question.answer.cancelled)
                prepared.append((question, prompt, row))
            except Exception as error:  # a question that cannot be put fails alone
                told = error if isinstance(error, ModelError) else Unanswered(f"{type(error).__name__}: {error}.")
                _fail([question], told)
        if not prepared:
            return
        began = time.monotonic()
        try:
            rows = [row for _, _, row in prepared]
            self._loaded.grow([prompt for _, prompt, _ in prepared], rows, lambda: self._closing)
        except Exception as error:
            waiting = [question for question, _, _ in prepared]
            if is_out_of_memory(error) and len(waiting) > 1:
                self._loaded.forget()
                half = len(waiting) // 2
                self._settle(waiting[:half])
                self._settle(waiting[half:])
                return
            _fail(waiting, self._explained(error))
            return
        seconds = (time.monotonic() - began) / len(prepared)
        for question, prompt, row in prepared:
            if self._closing:
                _fail([question], self._closed())
            elif row.problem:
                _fail([question], Unanswered(f"the answer left its form ({row.problem})."))
            else:
                text = strip_thinking(_begun(question.request) + row.text)
                answer = ChatAnswer(text, len(prompt), len(row.tokens), seconds, truncated=row.truncated)
                with suppress(InvalidStateError):  # nobody waits any more
                    question.answer.set_result(answer)

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
    if any(find_spec(package) is None for package in ("torch", "transformers", "llguidance")):
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


def _fail(batch: list[_Question], error: ModelError) -> None:
    for question in batch:
        with suppress(InvalidStateError):
            question.answer.set_exception(error)


def _begun(request: ChatRequest) -> str:
    return (request.prefill or "") if request.schema is None else ""


def _cuda() -> Any:
    import torch

    return torch.cuda


@atexit.register
def _close_all() -> None:
    for model in list(_RUNNING):
        model.close()
