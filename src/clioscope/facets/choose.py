"""Which facets a build makes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clioscope.facets.facet import Facet, choose_facets, load_modules

if TYPE_CHECKING:
    from clioscope.settings import Settings

ALWAYS = ("language", "turns", "length", "hour", "day")  # they cost nothing


def facets_of(settings: Settings, further: Sequence[Facet] = ()) -> tuple[Facet, ...]:
    """Those of ``facets.use``, of the files in ``facets.modules`` and of ``facets.define``, those that cost nothing,
    and ``further`` ones; without a language model only what needs none.

    Raises SettingsError for an unknown name and a file or definition that makes no sense.
    """
    own = load_modules(settings.facets.modules)
    named = choose_facets((*settings.facets.use, *own, *ALWAYS), settings.facets.define)
    chosen = {one.name: one for one in (*named, *further)}
    return tuple(one for one in chosen.values() if settings.model.name is not None or not one.asked)
