"""Names in texts in Russian: the network of slovnet, whose weights come with the package ``natasha`` (27 MB, MIT)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from clioscope.errors import ModelError
from clioscope.recognisers.recogniser import Found, Kind, recognisers

_KINDS: dict[str, Kind] = {"PER": "person", "ORG": "organisation", "LOC": "place"}
_RUSSIAN = re.compile(r"[а-яё]", re.IGNORECASE)
_WORDS, _NETWORK = "emb/navec_news_v1_1B_250K_300d_100q.tar", "model/slovnet_ner_news_v1.tar"


class SlovnetNames:
    """Finds people, organisations and places in texts that hold Cyrillic letters; in others it finds nothing."""

    id = "slovnet-news-v1"

    def find(self, texts: Sequence[str]) -> list[list[Found]]:
        """The names in each text. Raises ModelError where the packages are missing."""
        rows = [row for row, text in enumerate(texts) if _RUSSIAN.search(text)]
        found: list[list[Found]] = [[] for _ in texts]
        if rows:
            for row in rows:  # one by one, so that padding changes nothing
                spans = _network()(texts[row]).spans
                found[row] = [Found(span.start, span.stop, _KINDS[span.type]) for span in spans]
        return found


def has_weights() -> bool:
    """Whether the packages and the weights are on this machine; nothing is imported."""
    return find_spec("slovnet") is not None and find_spec("navec") is not None and _data() is not None


def _data() -> Path | None:
    # The package is only looked for: to import it would need its morphology, which we do not use.
    spec = find_spec("natasha")
    folder = Path(spec.origin).parent / "data" if spec and spec.origin else None
    return folder if folder and (folder / _NETWORK).is_file() else None


@cache
def _network() -> Any:
    folder = _data()
    try:
        from navec import Navec
        from slovnet import NER
    except ImportError:
        folder = None
    if folder is None:
        raise ModelError("The recogniser slovnet needs packages: pip install 'clioscope[people]'.")
    return NER.load(folder / _NETWORK).navec(Navec.load(folder / _WORDS))


@recognisers.register("slovnet")
def open_slovnet(rest: str) -> SlovnetNames:
    """The recogniser of names in Russian; weights are loaded when the first Russian text comes."""
    if not has_weights():
        raise ModelError("The recogniser slovnet needs packages: pip install 'clioscope[people]'.")
    return SlovnetNames()
