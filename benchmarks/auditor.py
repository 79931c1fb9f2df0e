"""How well names of people and the like are found: false negatives and false positives of each auditor, apart.

    python benchmarks/auditor.py                                      # what needs no language model
    python benchmarks/auditor.py --model qwen2.5-coder-1.5b --sample 150 [--auditor quotes|scale]
    python benchmarks/auditor.py --data sharegpt.json --people 5      # with counting, over real conversations
    python benchmarks/auditor.py names ATLAS [ATLAS …] [--no-model]   # hits among the names of real builds
    python benchmarks/auditor.py names NAMES.json                     # … and among those of benchmarks/plain_names.py

The texts are those of ``benchmarks/auditor_texts.py``: pairs that differ in one detail. Auditors: ``rules`` (patterns
of identifiers and addresses); ``recogniser`` (with names of people and organisations); ``recogniser, in facets`` (what
would be replaced in a facet, without counting); ``recogniser, places too``; with
``--data`` ``counted``: whatever the recogniser finds, unless ``--people`` people of the first ``--most`` conversations
of that file wrote it, as in a build; with ``--model`` the model as auditor, and both together. A sample holds whole
pairs of every kind and language in turn. Answers of the model are kept in ``--answers``, so that a run that was stopped
goes on where it was.

Prints per auditor the share of private texts that were missed and the share of harmless texts that were flagged, each
with Wilson's interval, for the half ``test`` (``--part dev`` for the other), by language, kind and style. The intervals
take the texts as independent; a detail or template occurs several times, so they are somewhat too narrow.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from clioscope.facets.people import names_someone
from clioscope.measure.figure import share
from clioscope.recognisers import Found, recogniser_for
from clioscope.recognisers.writers import Writers

TEXTS = Path(__file__).parents[1] / "tests" / "data" / "privacy" / "labelled.jsonl"
ANSWERS = Path("auditor-answers.jsonl")
BATCH = 8  # questions between two writes of the answers

Row = dict[str, Any]


def read_rows(part: str, sample: int | None) -> list[Row]:
    """The labelled texts of a part; a sample takes pairs of every language and kind in turn."""
    rows = [json.loads(line) for line in TEXTS.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if part in (row["part"], "all")]
    if sample is None:
        return rows
    turns: dict[tuple[str, str], list[list[Row]]] = {}
    for private, harmless in zip(rows[::2], rows[1::2], strict=True):
        turns.setdefault((private["language"], private["kind"]), []).append([private, harmless])
    for pairs in turns.values():  # styles in turn, too
        pairs.sort(key=lambda pair: (pair[0]["pair"] * 7919) % 1009)
    chosen = [
        pair
        for place in range(max(map(len, turns.values())))
        for pairs in turns.values()
        for pair in pairs[place : place + 1]
    ]
    return [row for pair in chosen[: sample // 2] for row in pair]


def found_in(texts: Sequence[str], names: Sequence[str] | None) -> list[list[Found]]:
    """What the recognisers of these names find; of None, all that are ready."""
    recogniser = recogniser_for(names)
    assert recogniser is not None
    began = time.monotonic()
    found = recogniser.find(texts)
    print(f"{recogniser.id}: {1000 * (time.monotonic() - began) / len(texts):.1f} ms per text, loading included")
    began = time.process_time()
    recogniser.find(texts)
    print(f"{recogniser.id}: {1000 * (time.process_time() - began) / len(texts):.2f} ms of CPU per text, loaded")
    return found


def counted(texts: Sequence[str], found: Sequence[Sequence[Found]], written: Sequence[str], least: int) -> list[bool]:
    """Whether each text holds an identifier, an address or a name that fewer than ``least`` people wrote."""
    told = {text[one.start : one.end] for text, parts in zip(texts, found, strict=True) for one in parts}
    people = Writers(written).people(told)
    return [
        any(one.kind in ("identifier", "address") or people[text[one.start : one.end]] < least for one in parts)
        for text, parts in zip(texts, found, strict=True)
    ]


def written_texts(path: Path, most: int) -> list[str]:
    """What the users wrote in the first conversations of a file of any known format."""
    from clioscope.conversations import collect_conversations
    from clioscope.settings import InputSettings

    found = collect_conversations([path], InputSettings(sample=most), 0, None)
    return found.transcripts["text"].to_list()


def asked(rows: Sequence[Row], model: str, auditor: str, answers: Path) -> dict[str, bool | None]:
    """By text, whether the model flags it; None where it gave no usable answer. Answers are kept as they come."""
    from clioscope.models.asker import Asker
    from clioscope.models.open import open_model
    from clioscope.models.store import Store
    from clioscope.privacy.audit import score_labels
    from clioscope.settings import ModelSettings, PrivacySettings

    known: dict[str, bool | None] = {}
    if answers.is_file():
        for line in answers.read_text(encoding="utf-8").splitlines():
            kept = json.loads(line)
            if (kept["model"], kept["auditor"]) == (model, auditor):
                known[kept["text"]] = kept["private"]
    left = [row["text"] for row in rows if row["text"] not in known]
    if not left:
        return known
    accept = PrivacySettings().accept
    opened = open_model(ModelSettings(name=model))
    try:
        ask, began = Asker(opened, Store(":memory:"), temperature=0.0), time.monotonic()
        for start in range(0, len(left), BATCH):
            texts = left[start : start + BATCH]
            scores = score_labels([(text, "") for text in texts], ask, auditor)
            with answers.open("a", encoding="utf-8") as file:
                for text, score in zip(texts, scores, strict=True):
                    known[text] = None if score is None else score < accept
                    kept = {"model": model, "auditor": auditor, "text": text, "private": known[text], "score": score}
                    file.write(json.dumps(kept, ensure_ascii=False) + "\n")
            print(
                f"  {start + len(texts)} of {len(left)}, {(time.monotonic() - began) / (start + len(texts)):.1f} s each"
            )
    finally:
        opened.close()
    return known


def table(rows: Sequence[Row], flagged: Sequence[bool | None], key: Callable[[Row], str]) -> Iterator[str]:
    """One line per value of ``key``: missed of the private texts, flagged of the harmless ones. No answer is a flag,
    since a build withholds what the auditor did not answer."""
    for value in dict.fromkeys(map(key, rows)):
        sides = []
        for private in (True, False):
            here = [
                bool(flag is None or flag)
                for row, flag in zip(rows, flagged, strict=True)
                if key(row) == value and row["private"] is private
            ]
            wrong = sum(flag is not private for flag in here)
            figure = share(wrong, len(here))
            sides.append(f"{wrong}/{len(here)} {figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})")
        yield f"| {value} | {sides[0]} | {sides[1]} |"


def report(rows: Sequence[Row], auditors: dict[str, Sequence[bool | None]]) -> None:
    """Print the tables of all auditors."""
    for name, flagged in auditors.items():
        print(f"\n{name}\n\n| | missed of the private | flagged of the harmless |\n|---|---|---|")
        keys: tuple[Callable[[Row], str], ...] = (
            lambda row: "all",
            lambda row: row["language"],
            lambda row: f"{row['language']}, {row['kind']}",
            lambda row: row["style"],
        )
        for key in keys:
            print("\n".join(table(rows, flagged, key)))


def names_of(atlases: Sequence[Path], model: bool) -> dict[str, list[str]]:
    """Names and descriptions of the groups of atlases, by a model or by none, or of files of benchmarks/plain_names.py;
    with the atlases that hold each."""
    import polars as pl

    held: dict[str, list[str]] = {}
    for folder in atlases:
        if folder.suffix == ".json":
            for text in (text for label in json.loads(folder.read_text(encoding="utf-8")) for text in label if text):
                held.setdefault(text, []).append(folder.name)
            continue
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if bool(manifest["models"].get("chat")) is not model:
            continue
        tree = pl.read_parquet(folder / "tree.parquet")
        for name, description in tree.select("name", "description").iter_rows():
            for text in (name, description):
                if text:
                    held.setdefault(text, []).append(folder.name)
    return held


def audit_names(given: argparse.Namespace) -> None:
    """Print every hit among the names of builds, for a person to look at, and how many names there are."""
    held = names_of([Path(folder) for folder in given.atlases], not given.no_model)
    texts = list(held)
    found = found_in(texts, None)
    flagged = [bool(parts) for parts in found]
    if given.data:
        flagged = counted(texts, found, written_texts(given.data, given.most), given.people)
    for text, parts, hit in zip(texts, found, flagged, strict=True):
        if hit:
            print(f"{', '.join(f'{text[one.start : one.end]} ({one.kind})' for one in parts)} | {text}")
    print(f"{sum(flagged)} of {len(texts)} distinct names and descriptions have a hit; each is to be looked at")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=("texts", "names"), default="texts")
    parser.add_argument("atlases", nargs="*")
    parser.add_argument("--model")
    parser.add_argument("--auditor", choices=("quotes", "scale"), default="quotes")
    parser.add_argument("--sample", type=int)
    parser.add_argument("--part", choices=("dev", "test", "all"), default="test")
    parser.add_argument("--data", type=Path, help="conversations in which names are counted")
    parser.add_argument("--most", type=int, default=20_000)
    parser.add_argument("--people", type=int, default=5)
    parser.add_argument("--answers", type=Path, default=ANSWERS)
    parser.add_argument("--no-model", action="store_true", help="names that were made without a model")
    given = parser.parse_intermixed_args()
    if given.what == "names":
        audit_names(given)
        return
    rows = read_rows(given.part, given.sample)
    texts = [row["text"] for row in rows]
    rules, found = found_in(texts, ["patterns"]), found_in(texts, None)
    auditors: dict[str, Sequence[bool | None]] = {
        "rules": [bool(parts) for parts in rules],
        "recogniser": [any(one.kind != "place" for one in parts) for parts in found],
        "recogniser, in facets": [
            any(one.kind in ("identifier", "address") or names_someone(text, one) for one in parts)
            for text, parts in zip(texts, found, strict=True)
        ],
        "recogniser, places too": [bool(parts) for parts in found],
    }
    if given.data:
        auditors["counted"] = counted(texts, found, written_texts(given.data, given.most), given.people)
    if given.model:
        answers = asked(rows, given.model, given.auditor, given.answers)
        model = [answers[text] for text in texts]
        auditors[given.model] = model
        for name in [name for name in ("recogniser", "counted") if name in auditors]:
            auditors[f"{name} + {given.model}"] = [
                bool(one) or flag is None or flag for one, flag in zip(auditors[name], model, strict=True)
            ]
    report(rows, auditors)


if __name__ == "__main__":
    main()
