"""Every name in the settings means something: said before anything is read, asked or paid for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clioscope.settings import Settings

if TYPE_CHECKING:
    from clioscope.facets.facet import Facet


def check(settings: Settings, facets: Sequence[Facet] = (), *, contact: bool = True) -> None:
    """Resolve methods, language, facets, models and encoder; nothing is fetched.

    With ``contact`` an encoder at an address is asked for one vector, as a wrong one would be noticed only when all
    facets are paid for; without, no server is asked. (A chat model at an address is heard with the first question.)

    Raises SettingsError or ModelError that names what there is.
    """
    from clioscope.cluster.place import check_cluster
    from clioscope.clustering import clusterers
    from clioscope.embedding.open import check_embedder
    from clioscope.errors import SettingsError
    from clioscope.facets.language import language_name
    from clioscope.facets.selection import check_facets
    from clioscope.layout import projectors
    from clioscope.models.open import check_model
    from clioscope.pipeline.encoder import check_defaults
    from clioscope.recognisers import recogniser_for

    if settings.codebook.categories and settings.clustering.set_apart:
        raise SettingsError(
            "clustering.set_apart: cannot be used with a codebook; codebook.false_refusals says what fits no category."
        )
    clusterers.get(settings.clustering.method)
    projectors.get(settings.layout.method)
    language_name(settings.facets.language)
    check_facets(settings, facets)
    recogniser_for(settings.privacy.recognisers)
    check_cluster(settings)
    if settings.model.name is not None:
        check_model(settings.model)
        if settings.naming.model is not None:
            check_model(settings.model.model_copy(update={"name": settings.naming.model}))
    if settings.embedding.model is not None:
        check_embedder(settings.embedding, contact=contact)
    else:
        check_defaults(settings)


def check_batch(settings: Settings) -> None:
    """Raise SettingsError where none of the models can be asked by the files of a batch."""
    from clioscope.errors import SettingsError
    from clioscope.models.open import is_address

    if not any(is_address(name) for name in (settings.model.name, settings.naming.model)):
        raise SettingsError(
            f"--batch: {settings.model.name} is not asked by files; give --model an address with the model's name "
            "(http://host/v1 NAME), or batch:NAME."
        )
