"""The models that are named by a word and a colon: the fake one, and those of transformers in this process."""

from __future__ import annotations

from collections.abc import Callable

from clioscope.errors import ModelError
from clioscope.models.chat import ChatModel
from clioscope.models.registry import models
from clioscope.settings import ModelSettings


@models.register("fake")
def make_fake(rest: str, *, settings: ModelSettings) -> ChatModel:
    """``fake``, or ``fake:nonsense`` and the like. Raises ModelError for a behaviour that does not exist."""
    from clioscope.models.fake import FakeModel

    check_fake(rest)
    return FakeModel(rest, concurrency=settings.concurrency or 4)


@models.register("transformers")
def make_in_process(
    rest: str, *, settings: ModelSettings, on_progress: Callable[[int, int], None] | None = None
) -> ChatModel:
    """``transformers:NAME`` and ``transformers:NAME 4-bit``, in this process without a server."""
    from clioscope.models.in_process import open_in_process

    return open_in_process(rest, settings, on_progress)


def check_fake(behaviour: str) -> None:
    """Raise ModelError that lists the fake models where ``behaviour`` is none of theirs."""
    from clioscope.models.fake import BEHAVIOURS

    if behaviour not in BEHAVIOURS:
        choices = ", ".join(f"fake:{known}" for known in BEHAVIOURS if known)
        raise ModelError(f"fake:{behaviour}: no such fake model; there are fake, {choices}.")
