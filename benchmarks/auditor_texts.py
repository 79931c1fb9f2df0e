"""Make the labelled texts that the auditor is measured on: pairs that differ in one detail, private or harmless.

    python benchmarks/auditor_texts.py [--out tests/data/privacy/labelled.jsonl]

The templates and details lie in ``tests/data/privacy``, for English and Russian; the file that comes out is the same
each time. Half of the templates of each kind and style, and half of the details, are for development (``dev``), the
others for the test (``test``): rules are made on the first half and told on the second.

One row per text: ``text``, ``private``, ``detail``, ``pair`` (the number that both texts of a pair share), ``kind``,
``style`` (``name``, ``description`` or ``value``), ``language``, ``part``, ``template``.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "tests" / "data" / "privacy"
LANGUAGES = ("en", "ru")
PARTS = ("dev", "test")
PAIRS = {"name": 4, "description": 4, "value": 4}  # per template
_CASES = ("n", "r", "d")  # the cases of a Russian detail; English has one form for all
_SLOT = re.compile(r"\{(\w+)\}")


def made_texts() -> Iterator[dict[str, Any]]:
    """All labelled texts in order."""
    pair = 0
    for language in LANGUAGES:
        templates = tomllib.loads((DATA / f"templates-{language}.toml").read_text(encoding="utf-8"))
        details = tomllib.loads((DATA / f"details-{language}.toml").read_text(encoding="utf-8"))
        words = details.pop("words")
        for kind, styles in templates.items():
            for part, name in enumerate(PARTS):
                draw = random.Random(f"{language} {kind} {name}")
                harmless = _endless(details[kind]["harmless"][part::2], draw)
                halves = {word: every[part::2] for word, every in words.items()}
                seen: set[str] = set()
                for style, lines in styles.items():
                    for template in lines[part::2]:
                        for _ in range(PAIRS[style]):
                            private = _private(details[kind]["private"], halves, draw, seen)
                            row = {"pair": pair, "kind": kind, "style": style, "language": language, "part": name}
                            for secret, forms in ((True, private), (False, next(harmless))):
                                text = _filled(template, forms)
                                text = text[:1].upper() + text[1:] if style != "value" else text
                                yield {"text": text, "private": secret, "detail": forms[0], **row, "template": template}
                            pair += 1


def _private(patterns: Sequence[str], words: dict[str, list[str]], draw: random.Random, seen: set[str]) -> list[str]:
    """A private detail that was not drawn before, where there is one left, in all its cases."""
    for _ in range(20):
        chosen: list[str] = []
        pattern = draw.choice(patterns)
        slots = _SLOT.findall(pattern)
        chosen = [draw.choice(words[slot]) for slot in slots]
        forms = []
        for case in range(3):
            coming = iter(chosen)
            forms.append(_SLOT.sub(lambda _, case=case, coming=coming: _form(next(coming), case), _form(pattern, case)))
        if forms[0] not in seen:
            break
    seen.add(forms[0])
    return forms


def _form(word: str, case: int) -> str:
    forms = word.split("|")
    return forms[case] if len(forms) > 1 else word


def _endless(details: Sequence[str], draw: random.Random) -> Iterator[list[str]]:
    """The harmless details in a mixed order, again and again."""
    while True:
        for detail in draw.sample(details, len(details)):
            yield [_form(detail, case) for case in range(3)]


def _filled(template: str, forms: Sequence[str]) -> str:
    filled = template.replace("{x}", forms[0])
    for case, form in zip(_CASES, forms, strict=True):
        filled = filled.replace(f"{{{case}}}", form)
    return filled


def write(path: Path) -> None:
    """Write the labelled texts as JSON lines."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in made_texts()), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=DATA / "labelled.jsonl")
    write(parser.parse_args().out)
