"""The conversations and the means that every step of naming works with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clioscope.embedding.embedder import Encode
from clioscope.naming.phrases import Phrases
from clioscope.naming.support import Support
from clioscope.naming.wording import own_language
from clioscope.settings import NamingSettings

if TYPE_CHECKING:
    from clioscope.models.asker import Asker


@dataclass(frozen=True)
class NamingContext:
    """The conversations whose groups get names, and the means to name them.

    ``texts`` (n) are what stands for each conversation. ``support`` knows everything that each of them holds, and who
    wrote it. ``vectors`` (n, d) are the unit rows of the conversations, and ``encode`` turns names into unit rows of
    the same space. ``ask`` is the language model; without it (None) names are ready-made or made of the group's own
    words. ``language`` is the English name of the language of the names. ``criteria`` says what the name of a base
    group should look like; empty means a short phrase. ``asked`` (n,) says which conversations the model was asked
    about: they are shown before others; None if it makes no difference. ``traits`` are short facets that may tell two
    groups apart (field, activity): by name, the value of each conversation (n), None where it is not known. ``known``
    are the phrases of the texts, if somebody has found them already. ``encoder_languages``: the languages (English
    names) in which ``encode`` compares meanings, None for all; in others no group has a ready-made name.
    """

    texts: Sequence[str]
    support: Support
    vectors: NDArray[np.float32]
    settings: NamingSettings
    encode: Encode
    ask: Asker | None
    language: str = "English"
    criteria: str = ""
    asked: NDArray[np.bool_] | None = None
    traits: Mapping[str, Sequence[str | None]] = field(default_factory=dict)
    known: Phrases | None = None
    encoder_languages: Collection[str] | None = None

    @property
    def phrases(self) -> Phrases:
        """The phrases of the ``texts``."""
        if self.known is None:
            object.__setattr__(self, "known", Phrases(self.texts))
        assert self.known is not None
        return self.known

    def language_of(self, rows: Iterable[int]) -> str:
        """The language (its English name) of a label made of the words of some conversations: without a model their
        main language, unless the atlas has a language that somebody chose."""
        places, told = list(rows), self.phrases.languages
        known = None if told is None else [told[place] for place in places]
        return own_language(
            (self.texts[place] for place in places), self.language, model=self.ask is not None, known=known
        )
