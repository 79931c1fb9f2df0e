"""What an update of 1,000 conversations costs on atlases of different sizes, against a build of all.

    python benchmarks/update.py [--sizes 10000 100000] [--new 1000] [--embedder hash] [--rebuild] [--keep FOLDER]

The conversations are sentences of CLINC150 (or made of templates, where it is not there), each with words that make it
unlike the others. An atlas of each size is built without a language model, and then updated into another folder. The
table gives the seconds of the update by size, those of all cores together with the ratio to the first atlas, the memory
that the process took at most meanwhile (Linux), and with --rebuild the seconds of building everything anew after the
atlas. All run in one process, one after the other, so that ratios can be compared. With --keep the atlases stay in a
folder, and those that are there are not built again.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from clioscope.settings import Settings, load_settings

_THINGS = (
    "bread",
    "python",
    "travel",
    "poem",
    "excel",
    "garden",
    "landlord",
    "chess",
    "piano",
    "bicycle",
    "tax",
    "soup",
)
_VERBS = (
    "explain",
    "fix",
    "plan",
    "write",
    "compare",
    "translate",
    "improve",
    "summarise",
    "check",
    "draw",
    "estimate",
)
_WORDS = (
    "amber",
    "basin",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "harbour",
    "island",
    "jasmine",
    "kettle",
    "oasis",
)


def sentences() -> list[str]:
    """Sentences that the conversations are made of."""
    from clioscope.errors import InputError
    from clioscope.experiments.data import clinc150

    try:
        return list(clinc150("test").texts)
    except InputError:
        return [f"{verb} a {one} about {two}" for verb in _VERBS for one in _THINGS for two in _THINGS if one != two]


def write(path: Path, count: int, seed: int) -> Path:
    """A file of so many distinct conversations."""
    rng, texts = random.Random(seed), sentences()
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            text = f"{rng.choice(texts)} {' '.join(rng.sample(_WORDS, 3))} {seed}-{number}"
            record = {"id": f"{seed}-{number}", "messages": [{"role": "user", "content": text}]}
            file.write(json.dumps(record) + "\n")
    return path


def settings(embedder: str) -> Settings:
    return load_settings(model__name="none", embedding__model=embedder, layout__method="pca")


def forget_peak() -> None:
    """Begin to measure the most memory anew (Linux)."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak() -> float:
    """The most memory that the process has taken since then, in MB; 0 where it cannot be told."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    return 0.0


def main() -> None:
    import clioscope

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--new", type=int, default=1000)
    parser.add_argument("--embedder", default="hash")
    parser.add_argument("--rebuild", action="store_true", help="also build everything anew")
    parser.add_argument("--keep", type=Path, help="folder that atlases stay in")
    given = parser.parse_args()
    chosen = settings(given.embedder)
    first = 0.0
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        kept = given.keep or home
        kept.mkdir(parents=True, exist_ok=True)
        new = write(home / "new.jsonl", given.new, 1)
        warm = clioscope.build(write(home / "warm.jsonl", 300, 3), home / "warm", chosen)
        clioscope.update(warm, write(home / "more.jsonl", 50, 4), home / "warmed")  # imports, once per process
        for size in given.sizes:
            begin = time.perf_counter()
            source = kept / f"{size}.jsonl"
            source = source if source.exists() else write(source, size, 2)
            atlas = clioscope.build(source, kept / f"atlas{size}", chosen)
            built, begin, spent = time.perf_counter() - begin, time.perf_counter(), time.process_time()
            forget_peak()
            made = clioscope.update(atlas, new, home / f"updated{size}")
            seconds, spent = time.perf_counter() - begin, time.process_time() - spent
            first = first or spent
            line = f"{size:>9,}: built {built:8.1f} s, updated {seconds:6.1f} s, {spent:6.1f} s of all cores "
            line += f"({spent / first:.2f} of the first), {peak():,.0f} MB"
            if given.rebuild:
                begin = time.perf_counter()
                clioscope.update(atlas, new, home / f"rebuilt{size}", rebuild=True)
                line += f", rebuilt {time.perf_counter() - begin:8.1f} s"
            done = made.manifest["updates"][-1]
            print(f"{line}   {done['fresh']:,} new, {done['unfitting']:,} fit nothing", flush=True)


if __name__ == "__main__":
    main()
