"""What groups are named from and by: the same for every pass over the names of an atlas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clioscope.embedding.embedder import Encode
from clioscope.naming.support import Support
from clioscope.settings import NamingSettings

if TYPE_CHECKING:
    from clioscope.models.asker import Asker


@dataclass(frozen=True)
class NamingContext:
    """``texts`` (n) stand for the conversations, ``support`` knows all of each, ``vectors`` (n, d) are their unit rows.

    ``encode`` gives names their vectors, in the geometry of the conversations. ``ask`` answers questions; without it
    names are made of words. ``language`` is the English name of the language of names; ``criteria`` says what a name
    should look like.
    """

    texts: Sequence[str]
    support: Support
    vectors: NDArray[np.float32]
    settings: NamingSettings
    encode: Encode
    ask: Asker | None
    language: str = "English"
    criteria: str = ""
