"""The embedded engine: llama.cpp in this process, answering at its own address on this machine."""

from __future__ import annotations

import atexit
import json
import threading
import weakref
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

from clioscope.errors import ModelError
from clioscope.models.chat import ChatAnswer, ChatRequest
from clioscope.models.client import OpenAIClient
from clioscope.models.cores import usable_cores
from clioscope.models.gguf import check_gguf, name_and_content
from clioscope.models.profile import Profile
from clioscope.settings import ModelSettings

_RUNNING: weakref.WeakSet[EmbeddedEngine] = weakref.WeakSet()


class EmbeddedEngine:
    """A ``ChatModel`` on a GGUF file, by ``xllamacpp`` (a llama.cpp wheel, no compiler).

    The server starts with the first question, so a run that finds all its answers in the store loads nothing. ``slots``
    questions run at once (default: 1 on two cores or fewer, else half the cores, at most 8), each with ``context``
    tokens (capped at what the model was trained on) and its own prompt cache. It uses as many threads as this process
    may use cores. It ends with ``close()``, the ``with`` block or the process.

    Raises ModelError if the file is missing or not a complete GGUF file, and if ``xllamacpp`` is not installed.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        slots: int | None = None,
        context: int = 4096,
        identity: str | None = None,
        settings: ModelSettings | None = None,
        profile: Profile | None = None,
        chat_template: str | None = None,
    ) -> None:
        self.path = Path(path)
        self.settings = settings or ModelSettings()
        header = check_gguf(self.path)
        self.threads = usable_cores()
        self.slots = slots or self.settings.concurrency or (1 if self.threads <= 2 else min(8, self.threads // 2))
        self.context = min(context, header.context or context)
        self.concurrency = self.slots
        self._chat_template = chat_template
        self._server: Any = None
        self._starting = threading.Lock()
        if profile is None:
            profile = Profile(endpoint="chat" if header.chat_template or chat_template else "completion")
        self._client = OpenAIClient(
            "http://127.0.0.1/v1",  # the port is known once the server runs
            self.path.stem,
            settings=self.settings.model_copy(update={"concurrency": self.slots}),
            profile=profile,
            grammar=compact_grammar,
            identity=identity or name_and_content(self.path),
        )
        self._client.habits.dialect = "llama.cpp"
        self.id = self._client.id

    @property
    def address(self) -> str:
        """The OpenAI-compatible address; starts the server."""
        self.start()
        return self._client.address

    def start(self) -> None:
        """Load the model and open the address, if that is not done yet (seconds; thread-safe)."""
        with self._starting:
            if self._server is not None:
                return
            self._server = _serve(self.path, self.slots, self.context, self.threads, self._chat_template)
            self._client.address = f"{self._server.listening_address}/v1"
            _RUNNING.add(self)

    async def complete(self, request: ChatRequest) -> ChatAnswer:
        """Answer one question; see ``OpenAIClient.complete``."""
        self.start()
        return await self._client.complete(request)

    async def release(self) -> None:
        await self._client.release()

    def close(self) -> None:
        """Stop the server: threads and port are gone when this returns. It may be started again."""
        self._client.close()
        with self._starting:
            self._server = None  # the server stops when its last reference goes
        _RUNNING.discard(self)

    def __enter__(self) -> EmbeddedEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _serve(path: Path, slots: int, context: int, threads: int, chat_template: str | None) -> Any:
    xllamacpp = _library()
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.model_alias = {path.stem}
    params.n_ctx = context * slots
    params.n_parallel = slots
    params.kv_unified = False  # each slot keeps its own context, whatever the others need
    params.n_gpu_layers = 0
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.cache_prompt = True
    params.cache_ram_mib = 0  # the slots' own caches hold the shared prefix; copies in memory only cost
    params.warmup = False
    params.ui = False
    params.verbosity = -1  # nothing on the terminal, not even why a file does not load
    if chat_template is not None:
        params.chat_template = chat_template
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        raise ModelError(
            f"{path}: the embedded engine cannot load this model; its architecture may be newer than "
            f"xllamacpp {xllamacpp.__version__}, or the memory too small for {slots} × {context} tokens."
        ) from error


def _library() -> Any:
    try:
        import xllamacpp
    except ImportError as error:
        raise ModelError(
            'The embedded engine needs xllamacpp: pip install "clioscope[local]", or give --model an address.'
        ) from error
    return xllamacpp


def compact_grammar(schema: dict[str, Any]) -> str:
    """A llama.cpp grammar for JSON of this schema without white space between its parts.

    llama.cpp's own grammars let a model indent its JSON. Small models do, and those tokens cost time and are thrown
    away. The wheel is built with llguidance, which reads the wish from the schema (``x-guidance``). A build without it
    makes GBNF, whose ``space`` rule is emptied.
    """
    return _compact(json.dumps(schema))


@lru_cache(maxsize=64)
def _compact(text: str) -> str:
    schema = {**json.loads(text), "x-guidance": {"whitespace_flexible": False}}
    grammar: str = _library().json_schema_to_grammar(json.dumps(schema))
    if grammar.startswith("%llguidance"):
        return grammar
    rules = (('space ::= ""' if line.startswith("space ::=") else line) for line in grammar.splitlines())
    return "\n".join(rules)


@atexit.register
def _close_all() -> None:
    for engine in list(_RUNNING):
        engine.close()
