"""Defaults that depend on other settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clioscope.settings import LONG, SHORT, Settings

if TYPE_CHECKING:
    from clioscope.facets.facet import Facet

MOST_HERE = 100  # base groups that a model on this machine names in some eight minutes, at 3 to 6 s each
ASKED = 400  # conversations that a model on this machine is asked about: the same for every machine, fast or slow


def resolve(settings: Settings, facets: Sequence[Facet]) -> Settings:
    """The settings with every default that depends on others filled in, as they stand in the manifest."""
    from clioscope.facets.texts import RAW
    from clioscope.models.open import is_address, is_vllm
    from clioscope.prediction.ready import FACETS
    from clioscope.recognisers import ready_recognisers

    inputs, chosen = settings.input, settings.facets
    served = is_address(settings.model.name) or is_vllm(settings.model.name)
    if inputs.transcript_tokens is None:
        inputs = inputs.model_copy(update={"transcript_tokens": LONG if served else SHORT})
    if not any(one.asked for one in facets):
        chosen = chosen.model_copy(update={"ask": None})  # there is nothing to ask
    elif chosen.ask is None:
        chosen = chosen.model_copy(
            update={"ask": ASKED if not served else max(ASKED, settings.model.confirm_questions)}
        )
    if chosen.embed is None:
        # Without a model the ready-made map predicts the usual ones.
        names = [one.name for one in facets if one.embed] if settings.model.name is not None else FACETS
        chosen = chosen.model_copy(update={"embed": (*names, RAW)})
    grouping, namer = settings.clustering, settings.naming.model or settings.model.name
    if grouping.most is None and settings.model.name is not None and not (is_address(namer) or is_vllm(namer)):
        grouping = grouping.model_copy(update={"most": MOST_HERE})
    privacy = settings.privacy
    if privacy.recognisers is None:  # so that a build with others installed is another build
        privacy = privacy.model_copy(update={"recognisers": ready_recognisers()})
    updates = {"input": inputs, "facets": chosen, "clustering": grouping, "privacy": privacy}
    return settings.model_copy(update=updates)


def asked_of(conversations: int, settings: Settings) -> int:
    """How many of so many conversations a build with these (resolved) settings asks the model about at first."""
    ask = settings.facets.ask
    return conversations if ask == "all" else min(ask or 0, conversations)
