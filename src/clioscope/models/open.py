"""From a model's name in the settings to a model that answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from socket import gethostname
from typing import Any
from urllib.parse import urlsplit

from clioscope.errors import ClioscopeError, ModelError
from clioscope.models.catalogue import Entry, find, how_to_serve, profile_for, suggestion
from clioscope.models.chat import ChatModel
from clioscope.progress import Step
from clioscope.registry import load_plugin, plugin_points, reason_of
from clioscope.settings import ModelSettings

GROUP = "clioscope.models"

Pause = Callable[[float, str], None]


def open_model(settings: ModelSettings, *, on_progress: Step | None = None, on_pause: Pause | None = None) -> ChatModel:
    """The model that ``settings.name`` names. The name is read as the first of these that it fits:

    - ``fake`` (and ``fake:nonsense`` …);
    - an address ``http://host/v1`` with the model's name after a space, which may be left out if the server has one
      model;
    - ``transformers:NAME`` or ``transformers:NAME 4-bit``: in this process, without a server;
    - ``PLUGIN:REST``: an entry point of the group ``clioscope.models``, called with REST and ``settings=``;
    - a path ending in ``.gguf``;
    - a name or alias of the catalogue, fetched on first use.

    ``on_progress`` is called with (bytes, all bytes) while weights are fetched, ``on_pause`` with (seconds, why) when a
    server asks to wait.

    Raises ModelError: nothing of that name (with the closest ones), a configuration without weights (with the
    command that serves it), a broken file, a server that does not answer.
    """
    name = (settings.name or "").strip()
    if not name:
        raise ModelError("No model is named; give --model a catalogue name, a GGUF file or an address.")
    head, _, rest = name.partition(":")
    if head == "fake":
        from clioscope.models.fake import FakeModel

        _check_fake(name, rest)
        return FakeModel(rest, concurrency=settings.concurrency or 4)
    if is_address(name):
        return _open_address(name, settings, on_pause)
    if head == "transformers":
        from clioscope.models.in_process import open_in_process

        return open_in_process(rest, settings, on_progress)
    plugin = _plugin(head)
    if plugin is not None:
        return _open_plugin(plugin, head, rest, settings)
    if name.lower().endswith(".gguf"):
        from clioscope.models.embedded import EmbeddedEngine

        return EmbeddedEngine(Path(name).expanduser(), settings=settings)
    return _open_entry(name, settings, on_progress)


def is_address(name: str | None) -> bool:
    """Whether a name in the settings is an address."""
    return name is not None and name.strip().startswith(("http://", "https://"))


def check_model(settings: ModelSettings) -> None:
    """Raise the error of ``open_model`` for an unknown name; nothing is fetched, started or asked."""
    name = (settings.name or "").strip()
    head, _, rest = name.partition(":")
    if head == "fake":
        _check_fake(name, rest)
    elif is_address(name):
        return
    elif (plugin := _plugin(head)) is not None and head != "transformers":
        load_plugin("model", plugin, callable, ModelError)
    elif head == "transformers":
        from clioscope.models.in_process import check_in_process

        check_in_process(rest)
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
        return open_model(settings).id if " " in name else None
    if head == "transformers":
        from clioscope.models.in_process import check_in_process

        return open_model(settings).id if check_in_process(rest) else None
    if head == "fake" or name.lower().endswith(".gguf"):
        return open_model(settings).id
    from clioscope.models.fetch import is_cached

    try:
        return open_model(settings).id if _plugin(head) is None and is_cached(name) else None
    except ModelError:
        return None


def _check_fake(name: str, behaviour: str) -> None:
    from clioscope.models.fake import BEHAVIOURS

    if behaviour not in BEHAVIOURS:
        choices = ", ".join(f"fake:{known}" for known in BEHAVIOURS if known)
        raise ModelError(f"{name}: no such fake model; there are fake, {choices}.")


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
    from clioscope.models.client import OpenAIClient
    from clioscope.models.served import served_models

    address, _, model = name.partition(" ")
    model = model.strip()
    if not model:
        served = served_models(address)
        if len(served) != 1:
            listed = ", ".join(served[:5]) or "none"
            raise ModelError(f'{address} serves {len(served)} models ({listed}); name one: "{address} NAME".')
        model = served[0]
    client = OpenAIClient(address, model, settings=settings, profile=profile_for(model))
    client.pace.on_pause = on_pause
    return client


def _plugin(name: str) -> Any:
    return next(iter(plugin_points(GROUP, name)), None)


def _open_plugin(plugin: Any, head: str, rest: str, settings: ModelSettings) -> ChatModel:
    make = load_plugin("model", plugin, callable, ModelError)
    try:
        model = make(rest, settings=settings)
    except ClioscopeError:
        raise
    except Exception as error:  # another package's code: anything may be wrong with it
        raise ModelError(f"{head}: the plug-in {plugin.value} made no model ({reason_of(error)}).") from error
    if not isinstance(model, ChatModel):
        raise ModelError(f"{head}: the plug-in {plugin.value} made a {type(model).__name__}, not a ChatModel.")
    return model
