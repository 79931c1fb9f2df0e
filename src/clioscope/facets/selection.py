"""Which facets a build makes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clioscope.errors import SettingsError
from clioscope.facets.facet import Facet
from clioscope.facets.given import given_facet
from clioscope.facets.known import choose_facets, load_modules
from clioscope.facets.texts import RAW
from clioscope.registry import suggestion

if TYPE_CHECKING:
    from clioscope.settings import Settings

ALWAYS = ("language", "turns", "length", "hour", "day")  # they cost nothing


def facets_of(settings: Settings, further: Sequence[Facet] = ()) -> tuple[Facet, ...]:
    """The facets of ``facets.use``, of the files in ``facets.modules``, of ``facets.define`` and of ``further``, the
    given category where there is a codebook, and those that cost nothing. Without a language model these are only the
    facets that need none.

    Raises SettingsError for an unknown name, and for a file or definition that makes no sense.
    """
    return tuple(facet for facet in _named(settings, further) if settings.model.name is not None or not facet.asked)


def check_facets(settings: Settings, further: Sequence[Facet] = ()) -> None:
    """Raise SettingsError if ``facets.embed`` or ``naming.show`` names something that is not a facet of this build.

    A facet that is not answered because there is no language model still counts.
    """
    names = {facet.name for facet in _named(settings, further)}
    embed, show = settings.facets.embed, settings.naming.show
    if embed is not None and not embed:
        raise SettingsError(
            f"facets.embed is empty; name the facets that decide the groups, or {RAW!r} for the raw text."
        )
    _check("facets.embed", embed or (), names)
    if show != type(settings.naming).model_fields["show"].default:
        _check("naming.show", show, names)


def _named(settings: Settings, further: Sequence[Facet]) -> list[Facet]:
    own = load_modules(settings.facets.modules)
    named = choose_facets((*settings.facets.use, *own, *ALWAYS), settings.facets.define)
    categories = settings.codebook.categories
    given = [given_facet(categories)] if categories else []
    return list({facet.name: facet for facet in (*named, *further, *given)}.values())


def _check(setting: str, names: Sequence[str], known: set[str]) -> None:
    for name in names:
        if name not in known and name != RAW:
            hint = suggestion(name, [*known, RAW])
            raise SettingsError(
                f"{setting}: {name!r} is not a facet of this build{hint}; there are "
                f"{', '.join(sorted(known))} and {RAW}, and facets.use adds others."
            )
