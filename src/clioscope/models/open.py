"""From a model's name in the settings to a model that answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from socket import gethostname
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from clioscope.errors import ModelError
from clioscope.models.catalogue import Entry, find, how_to_serve, profile_for, suggestion
from clioscope.models.chat import ChatModel
from clioscope.models.makers import check_fake
from clioscope.models.registry import make_model, models
from clioscope.progress import Step
from clioscope.settings import ModelSettings

if TYPE_CHECKING:
    from clioscope.models.client import OpenAIClient

Pause = Callable[[float, str], None]
BATCH = "batch:"  # before the name of a model that is asked by batch files only, and has no address
_NOWHERE = "http://batch.invalid/v1"  # nothing is ever sent there


def open_model(settings: ModelSettings, *, on_progress: Step | None = None, on_pause: Pause | None = None) -> ChatModel:
    """The model that ``settings.name`` names. The name is read as the first of these that it fits:

    In this order: an address ``http://host/v1`` with the model's name after a space (which may be left out where
    the server has one model); a name of the registry ``models``, whose function gets what follows the colon:
    ``fake`` (and ``fake:nonsense`` …), ``transformers:NAME`` and ``transformers:NAME 4-bit``, in this process without a
    server, and plug-ins; a path ending in ``.gguf``; a name or alias of the catalogue, fetched on first use.
    ``batch:NAME`` is a model without an address, which is asked by batch files only.

    ``on_progress`` gets (bytes, all bytes) while weights are fetched, ``on_pause`` (seconds, why) when a server wants
    to be left alone.

    Raises ModelError: nothing of that name (with the closest ones), a configuration without weights (with the
    command that serves it), a broken file, a server that does not answer.
    """
    name = (settings.name or "").strip()
    if not name:
        raise ModelError("No model is named; give --model a catalogue name, a GGUF file or an address.")
    head, _, rest = name.partition(":")
    if is_address(name):
        return _open_address(name, settings, on_pause)
    if is_vllm(name):
        raise ModelError(f"{name}: engines on a cluster are asked by a build with --on ray; elsewhere give an address.")
    if head in models:
        return make_model(head, rest, settings, on_progress)
    if name.lower().endswith(".gguf"):
        from clioscope.models.embedded import EmbeddedEngine

        return EmbeddedEngine(Path(name).expanduser(), settings=settings)
    return _open_entry(name, settings, on_progress)


def is_address(name: str | None) -> bool:
    """Whether a name in the settings is an address, or stands for a model that is asked by batch files only."""
    return name is not None and name.strip().startswith(("http://", "https://", BATCH))


def is_batch(name: str | None) -> bool:
    """Whether a model is asked by batch files only, since it has no address."""
    return name is not None and name.strip().startswith(BATCH)


def address_and_model(name: str) -> tuple[str, str]:
    """The address of ``http://host/v1 NAME`` and the model's name, which may be empty."""
    if is_batch(name):
        return _NOWHERE, name.strip().removeprefix(BATCH).strip()
    address, _, model = name.strip().partition(" ")
    return address, model.strip()


def is_vllm(name: str | None) -> bool:
    """Whether a name is ``vllm:NAME``, a model that engines on a cluster load (``cluster.on``)."""
    return name is not None and name.strip().startswith("vllm:")


def is_embedded(name: str | None) -> bool:
    """Whether a name is that of a model that the embedded engine runs: a GGUF file, or weights of the catalogue."""
    name = (name or "").strip()
    if not name or is_address(name) or is_vllm(name) or name.partition(":")[0] in models:
        return False
    try:
        return name.lower().endswith(".gguf") or _fetchable(name) is not None
    except ModelError:
        return False


def check_model(settings: ModelSettings) -> None:
    """Raise the error of ``open_model`` for an unknown name; nothing is fetched, started or asked."""
    name = (settings.name or "").strip()
    head, _, rest = name.partition(":")
    if head == "fake":
        check_fake(rest)
    elif is_batch(name) and not address_and_model(name)[1]:
        raise ModelError(f"{name}: names no model; give --model batch:NAME.")
    elif is_address(name) or is_vllm(name):
        return
    elif head == "transformers":
        from clioscope.models.in_process import check_in_process

        check_in_process(rest)
    elif head in models:
        models.get(head)
    elif name.lower().endswith(".gguf"):
        from clioscope.models.gguf import check_gguf

        check_gguf(Path(name).expanduser())
    else:
        _fetchable(name)


def is_remote(name: str | None) -> bool:
    """Whether a name is an address on another machine than this one."""
    if name is None or not is_address(name):
        return False
    host = urlsplit(name.strip().split()[0]).hostname or ""
    return not (host in ("localhost", "::1", "0.0.0.0", gethostname()) or host.startswith("127."))


def known_id(settings: ModelSettings) -> str | None:
    """The ``id`` of the model if it is known without fetching, starting or asking anything, else None."""
    name = (settings.name or "").strip()
    head, _, rest = name.partition(":")
    if is_address(name):
        address, model = address_and_model(name)
        return _client(address, model, settings).id if model else None
    if is_vllm(name):
        return None
    if head == "transformers":
        from clioscope.models.in_process import check_in_process

        return open_model(settings).id if check_in_process(rest) else None
    if head == "fake" or name.lower().endswith(".gguf"):
        return open_model(settings).id
    from clioscope.models.fetch import is_cached

    try:
        return open_model(settings).id if head not in models and is_cached(name) else None
    except ModelError:
        return None


def _fetchable(name: str) -> Entry:
    """The catalogue's language model of this name. Raises ModelError that says what there is, or how to serve it."""
    try:
        entry = find(name)
    except ModelError:
        raise ModelError(
            f"{name}: no such model{suggestion(name, 'chat')}; `clioscope models` lists the names, and a "
            f"GGUF file or an address (http://host/v1) works too."
        ) from None
    if entry.kind != "chat":
        raise ModelError(f"{entry.name} is not a language model ({entry.kind}); `clioscope models` lists them.")
    if not entry.fetchable:
        raise ModelError(how_to_serve(entry))
    return entry


def _open_entry(name: str, settings: ModelSettings, on_progress: Step | None) -> ChatModel:
    entry = _fetchable(name)
    from clioscope.models.embedded import EmbeddedEngine
    from clioscope.models.fetch import pull

    path = pull(entry.name, on_progress)
    identity = f"{entry.name}@{entry.sha256[:12]}"
    return EmbeddedEngine(path, identity=identity, settings=settings, profile=entry.profile)


def _open_address(name: str, settings: ModelSettings, on_pause: Pause | None) -> ChatModel:
    from clioscope.models.served import served_models

    address, model = address_and_model(name)
    if is_batch(name):
        raise ModelError(f"{name}: has no address, so it can only be asked by batch files (`--batch`).")
    if not model:
        served = served_models(address)
        if len(served) != 1:
            listed = ", ".join(served[:5]) or "none"
            raise ModelError(f'{address} serves {len(served)} models ({listed}); name one: "{address} NAME".')
        model = served[0]
    client = _client(address, model, settings)
    client.pace.on_pause = on_pause
    return client


def _client(address: str, model: str, settings: ModelSettings) -> OpenAIClient:
    from clioscope.models.client import OpenAIClient

    return OpenAIClient(address, model, settings=settings, profile=profile_for(model))
