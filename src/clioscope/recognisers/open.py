"""From settings to a recogniser."""

from __future__ import annotations

from collections.abc import Sequence

from clioscope.recognisers.pipelines import best_pipeline
from clioscope.recognisers.recogniser import Found, Recogniser, recognisers
from clioscope.recognisers.russian import has_weights
from clioscope.recognisers.spans import in_order


class Together:
    """Several recognisers as one: what any of them finds is found."""

    def __init__(self, parts: Sequence[Recogniser]) -> None:
        self._parts = parts
        self.id = "+".join(part.id for part in parts)

    def find(self, texts: Sequence[str]) -> list[list[Found]]:
        """The parts of each text that any recogniser finds."""
        every = [part.find(texts) for part in self._parts]
        return [in_order(one for found in own for one in found) for own in zip(*every, strict=True)]


def ready_recognisers() -> tuple[str, ...]:
    """The names of the recognisers that can work on this machine as it is; nothing is loaded."""
    names = ["patterns"]
    if has_weights():
        names.append("slovnet")
    if best_pipeline() is not None:
        names.append("spacy")
    return tuple(names)


def recogniser_for(names: Sequence[str] | None = None) -> Recogniser | None:
    """The recognisers of these names as one; of None, those that are ready; of no name, None.

    A name may be followed by a colon and what the recogniser is to use, e.g. ``spacy:de_core_news_md``.

    Raises SettingsError for an unknown name, ModelError where a package or its weights are missing.
    """
    chosen = ready_recognisers() if names is None else names
    parts = []
    for name in chosen:
        head, _, rest = name.partition(":")
        parts.append(recognisers.get(head, "privacy.recognisers")(rest))
    return Together(parts) if parts else None
