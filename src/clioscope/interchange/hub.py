"""An atlas as a dataset of Hugging Face."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from clioscope.atlas.flat import table
from clioscope.interchange.needing import needed

if TYPE_CHECKING:
    from clioscope.atlas import Atlas


def to_datasets(atlas: Atlas | str | Path) -> Any:
    """The rows of ``clioscope.table`` as a ``datasets.Dataset``, in memory.

    >>> from clioscope import interchange
    >>> rows = interchange.to_datasets("atlas/")  # doctest: +SKIP
    >>> rows.filter(lambda row: row["language"] == "ru").num_rows  # doctest: +SKIP

    It holds ids of your input and what is known of each conversation: think before you push it to a hub. Raises
    ClioscopeError without the package datasets, AtlasError for a published atlas.
    """
    return needed("datasets").Dataset.from_polars(table(atlas))
