"""A name may hold no specific that only a few conversations support.

An auditor that reads a label cannot know whether "Apollo" is what a hundred users wrote about or what one
did; counting can. Every specific in a label (a word with a capital or a digit that the conversations do not
use as a common word) must stand in enough of the group's conversations, or it does not appear. This is also a
defence against planted conversations, which a language-model auditor fails to see (CLIOPATRA).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from clioscope.naming.phrases import stopwords

_WORD = re.compile(r"\w[\w'’+#.-]*\w|\w[+#]*")
_SENTENCE = re.compile(r"(?<=[.!?。])\s+")
# What descriptions begin with ("Users asked …"): a capital there tells nothing, though no conversation has the word.
_PLAIN = frozenset(stopwords()) | {"пользователи", "пользователь"}


class Support:
    """Counts in how many conversations a word stands.

    ``texts`` (n) is all that is known of each conversation, facets and raw text; ``least`` the conversations
    a specific needs in its group (all of them where the group is smaller).
    """

    def __init__(self, texts: Sequence[str], least: int) -> None:
        self._words = [frozenset(match.casefold() for match in _WORD.findall(text)) for text in texts]
        self._common = frozenset(word for text in texts for word in _WORD.findall(text) if word.islower()) | _PLAIN
        self._least = least

    def unsupported(self, label: str, members: Sequence[int]) -> list[str]:
        """The specifics of a label that too few of the ``members`` (indices of conversations) hold."""
        least = min(self._least, len(members))
        return [
            word
            for word in dict.fromkeys(_WORD.findall(label))
            if self._specific(word) and sum(word.casefold() in self._words[member] for member in members) < least
        ]

    def supported_sentences(self, text: str, members: Sequence[int]) -> str:
        """``text`` without the sentences that hold an unsupported specific."""
        kept = [one for one in _SENTENCE.split(text) if not self.unsupported(one, members)]
        return " ".join(kept)

    def _specific(self, word: str) -> bool:
        plain = word.removesuffix("'s").removesuffix("’s")
        return not plain.islower() and not plain.isdecimal() and not self._is_common(plain)

    def _is_common(self, word: str) -> bool:
        """Whether some conversation writes it in small letters, as itself or with an ending more or less."""
        low = word.casefold()
        return any(
            form in self._common for form in (low, low.rstrip("s"), f"{low}s", f"{low}ing", low.removesuffix("ing"))
        )
