"""Real texts as 100,000 conversations that differ, for a whole build with a real model.

    python benchmarks/large_texts.py FILE [--rows 110000] [--mirror ADDRESS] [--suite bookworm]

No data set of the catalogue has so many. These are every message of a user of ShareGPT with the answer to it (61,293),
the utterances of CLINC150 (22,500), and descriptions of Debian packages, as many as are still missing. Some 5 % are
copies. They are in an order that has nothing to do with where they come from. Then, for times by stage:

    python benchmarks/forecast.py FILE --model qwen2.5-coder-0.5b --out ATLAS --profile
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from endtoend import clioscope_records
from russian_data import fetch, flowing, own_mirror, paragraphs

from clioscope.experiments.data import clinc150

Message = dict[str, str]


def exchanges() -> Iterator[tuple[str, list[Message]]]:
    """Each message of a user of ShareGPT, with the answer where there is one."""
    for number, record in enumerate(clioscope_records()):
        messages = [{"role": one.role, "content": one.content} for one in record.messages]
        for at, message in enumerate(messages):
            if message["role"] == "user" and message["content"].strip():
                answer = [one for one in messages[at + 1 : at + 2] if one["role"] == "assistant"]
                yield f"sharegpt-{number}-{at}", [message, *answer]


def utterances() -> Iterator[tuple[str, list[Message]]]:
    """The utterances of CLINC150."""
    for part in ("train", "val", "test"):
        for number, text in enumerate(clinc150(part).texts):
            yield f"clinc150-{part}-{number}", [{"role": "user", "content": text}]


def descriptions(mirror: str | None, suite: str) -> Iterator[tuple[str, list[Message]]]:
    """The English descriptions of Debian packages."""
    _, english, _ = fetch(mirror or own_mirror(), suite)
    for one in paragraphs(english):
        if text := flowing(one.get("Description-en", "")):
            yield f"debian-{one['Package']}", [{"role": "user", "content": text}]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="where to write the conversations (JSON lines)")
    parser.add_argument("--rows", type=int, default=110_000)
    parser.add_argument("--mirror", help="address of a Debian archive (default: the one this machine installs from)")
    parser.add_argument("--suite", default="bookworm")
    given = parser.parse_args()
    sources = (exchanges(), utterances(), descriptions(given.mirror, given.suite))
    rows = dict(row for source in sources for row in source)
    kept = sorted(list(rows)[: given.rows], key=lambda name: hashlib.sha256(name.encode()).digest())
    with given.file.open("w", encoding="utf-8") as file:
        for name in kept:
            file.write(json.dumps({"id": name, "messages": rows[name]}, ensure_ascii=False) + "\n")
    counts = Counter(name.split("-")[0] for name in kept)
    print(f"{given.file}: {', '.join(f'{count} of {source}' for source, count in counts.most_common())}")


if __name__ == "__main__":
    main()
