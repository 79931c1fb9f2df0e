"""The language model of an atlas, to ask it once more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from clioscope.atlas import Atlas
from clioscope.edits.sentences import Refused
from clioscope.settings import Settings

if TYPE_CHECKING:
    from clioscope.models.asker import Asker


@contextmanager
def asking(atlas: Atlas) -> Iterator[Asker]:
    """The model that named the groups of the atlas, with the atlas's store of answers; stopped at the end.

    Raises AtlasError for an atlas that was built without a model, ModelError if it cannot be opened.
    """
    from clioscope.models.asker import Asker
    from clioscope.models.open import open_model
    from clioscope.models.store import Store

    settings = Settings.model_validate(atlas.manifest["settings"])
    if settings.model.name is None:
        raise Refused("no_model", atlas.path)
    chosen = settings.model.model_copy(update={"name": settings.naming.model or settings.model.name})
    model = open_model(chosen)
    try:
        with Store(atlas.path / "answers.sqlite") as store:
            yield Asker(model, store, concurrency=chosen.concurrency, temperature=chosen.temperature)
    finally:
        model.close()
