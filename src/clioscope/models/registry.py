"""The registry of models: name to a function that makes one from what follows the name.

``--model NAME:REST`` calls the function of that name. Another package offers its own in the entry-point group
``clioscope.models``. Addresses, GGUF files and names of the catalogue are told by their form, not by this registry.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

from clioscope.errors import ClioscopeError, ModelError
from clioscope.models.chat import ChatModel
from clioscope.registry import Registry, reason_of
from clioscope.settings import ModelSettings

models: Registry[Callable[..., ChatModel]] = Registry(
    "model",
    "clioscope.models",
    {"fake": "clioscope.models.makers", "transformers": "clioscope.models.makers"},
    error=ModelError,
)


def make_model(
    name: str, rest: str, settings: ModelSettings, on_progress: Callable[[int, int], None] | None
) -> ChatModel:
    """The model that the function called ``name`` makes of ``rest`` and the settings.

    A function with a parameter ``on_progress`` gets that too. Raises ModelError with the reason where it makes none.
    """
    make = models.get(name)
    further = {"on_progress": on_progress} if "on_progress" in signature(make).parameters else {}
    try:
        model = make(rest, settings=settings, **further)
    except ClioscopeError:
        raise
    except Exception as error:  # another package's code: anything may be wrong with it
        raise ModelError(f"{name}: {_where(make)} made no model ({reason_of(error)}).") from error
    if not isinstance(model, ChatModel):
        raise ModelError(f"{name}: {_where(make)} made a {type(model).__name__}, not a ChatModel.")
    return model


def _where(make: Callable[..., Any]) -> str:
    return f"the plug-in {make.__module__}:{getattr(make, '__qualname__', type(make).__name__)}"
