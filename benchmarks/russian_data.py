"""Labelled Russian texts beside their English originals: package descriptions of the Debian archive.

    python benchmarks/russian_data.py [--mirror ADDRESS] [--suite bookworm] [--out FOLDER]

Volunteers translated the descriptions of some 3,000 packages into Russian; the archive sorts packages into sections.
This writes ``russian-labelled/texts.jsonl`` (id, section, ru, en) for ``clioscope experiment russian``: sections that
are a topic, at most 60 packages each, one of a source, no near-duplicates. The mirror is the one in the package
manager's own sources unless it is given; the archive's SHA-256 sums are checked. The descriptions have the licences of
their packages, so the texts are made here and not shipped. 15 MB are read, a minute.
"""

from __future__ import annotations

import argparse
import bz2
import hashlib
import json
import lzma
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx

from clioscope.experiments.data import made_folder

# Libraries, desktops, utilities, metapackages and the like say how a package is built, not what it is about.
TOPICS = "admin devel editors electronics fonts games graphics mail math net science sound text video web"
MOST = 60  # of a section
SIDE = re.compile(r"^lib|-(doc|dbg|dev|data|common|l10n|i18n|locale|examples|plugins?|all|[a-z]{2})(-|$)")
DICTIONARY = re.compile(r"^([aim]|hun|my)spell-|^(dict|hyphen|mythes|w|task|manpages|education)-")
FILES = ("main/i18n/Translation-ru.bz2", "main/i18n/Translation-en.xz", "main/binary-amd64/Packages.xz")


def own_mirror() -> str:
    """The archive that this machine installs from."""
    asked = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Label: Debian"]
    try:
        found = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()
    except (OSError, subprocess.CalledProcessError):
        found = []
    if not found:
        sys.exit("This machine's package manager names no Debian archive; give one with --mirror ADDRESS.")
    return found[0]


def fetch(mirror: str, suite: str) -> list[str]:
    """The texts of FILES, checked against the sums in the archive's Release."""
    base = f"{mirror.rstrip('/')}/dists/{suite}"
    found = []
    with httpx.Client(follow_redirects=True, timeout=120) as client:
        release = client.get(f"{base}/Release").raise_for_status().text
        for name in FILES:
            body = client.get(f"{base}/{name}").raise_for_status().content
            if f" {hashlib.sha256(body).hexdigest()} " not in release:
                sys.exit(f"{base}/{name}: not the file that Release names; try again, or another mirror.")
            found.append((bz2 if name.endswith("bz2") else lzma).decompress(body).decode())
    return found


def paragraphs(text: str) -> Iterator[dict[str, str]]:
    """Fields of each paragraph of a control file; lines that go on are kept as lines."""
    for block in text.split("\n\n"):
        fields: dict[str, str] = {}
        for line in filter(None, block.split("\n")):
            if line.startswith((" ", "\t")):
                fields[name] += "\n" + line[1:]  # noqa: F821 - a paragraph begins with a field
            else:
                name, _, value = line.partition(":")
                fields[name] = value.strip()
        if fields:
            yield fields


def flowing(description: str) -> str:
    """Synopsis and paragraphs, a line each."""
    synopsis, _, rest = description.partition("\n")
    blocks = [" ".join(block.split()) for block in re.split(r"^\s*\.\s*$", rest, flags=re.MULTILINE)]
    return "\n".join(filter(None, [synopsis.strip(), *blocks]))


def words(text: str) -> frozenset[str]:
    """The words of a text, for finding near-duplicates."""
    return frozenset(re.findall(r"\w+", text.casefold()))


def russian(text: str) -> bool:
    """Whether most letters are Cyrillic and there is something to read."""
    letters = re.findall(r"[^\W\d_]", text.casefold())
    return len(text) >= 80 and sum("а" <= one <= "ё" for one in letters) > len(letters) / 2


def chosen(ru: str, en: str, packages: str) -> list[dict[str, str]]:
    """The rows, in an order that has nothing to do with their names."""
    keys = ("Package", "Description-md5")  # a translation is of one text only
    translated, original = (
        {tuple(map(one.get, keys)): flowing(one[f"Description-{code}"]) for one in paragraphs(text)}
        for code, text in (("ru", ru), ("en", en))
    )
    rows, sources, seen, counts = [], set(), [], Counter[str]()
    both = translated.keys() & original.keys()
    known = [one for one in paragraphs(packages) if tuple(map(one.get, keys)) in both]
    for one in sorted(known, key=lambda one: hashlib.sha256(one["Package"].encode()).digest()):
        name, section = one["Package"], one.get("Section", "")
        source = one.get("Source", name).split()[0]
        if section not in TOPICS.split() or counts[section] == MOST or source in sources:
            continue
        text = translated[tuple(map(one.get, keys))]
        own = words(text)
        if SIDE.search(name) or DICTIONARY.search(name) or not russian(text):
            continue
        if any(len(own & other) > 0.6 * len(own | other) for other in seen):
            continue
        rows.append({"id": name, "section": section, "ru": text, "en": original[tuple(map(one.get, keys))]})
        sources.add(source)
        seen.append(own)
        counts[section] += 1
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mirror", help="address of a Debian archive (default: the one this machine installs from)")
    parser.add_argument("--suite", default="bookworm")
    parser.add_argument("--out", type=Path, default=made_folder(), help="the data folder (default: %(default)s)")
    given = parser.parse_args()
    try:
        rows = chosen(*fetch(given.mirror or own_mirror(), given.suite))
    except httpx.HTTPError as error:
        sys.exit(f"The archive cannot be read ({error}); try another with --mirror ADDRESS.")
    path = given.out / "russian-labelled" / "texts.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")
    counts = Counter(row["section"] for row in rows)
    print(f"{path}: {len(rows)} texts, SHA-256 {hashlib.sha256(text.encode()).hexdigest()}")
    print(", ".join(f"{section} {counts[section]}" for section in TOPICS.split()))


if __name__ == "__main__":
    main()
