"""Defaults that depend on other settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clioscope.settings import LONG, SHORT, Settings

if TYPE_CHECKING:
    from clioscope.facets.facet import Facet

MOST_HERE = 100  # base groups that a model on this machine names in some eight minutes, at 3 to 6 s each


def resolve(settings: Settings, facets: Sequence[Facet]) -> Settings:
    """The settings with every default that depends on others filled in, as they stand in the manifest."""
    from clioscope.facets.texts import RAW
    from clioscope.models.open import is_address

    inputs, chosen = settings.input, settings.facets
    if inputs.transcript_tokens is None:
        inputs = inputs.model_copy(update={"transcript_tokens": LONG if is_address(settings.model.name) else SHORT})
    if chosen.embed is None:
        chosen = chosen.model_copy(update={"embed": (*(one.name for one in facets if one.embed), RAW)})
    grouping, namer = settings.clustering, settings.naming.model or settings.model.name
    if grouping.most is None and settings.model.name is not None and not is_address(namer):
        grouping = grouping.model_copy(update={"most": MOST_HERE})
    return settings.model_copy(update={"input": inputs, "facets": chosen, "clustering": grouping})
