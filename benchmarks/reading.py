"""How fast files are read: rows and MB a second and peak memory, beside the parser alone on the same file.

    python benchmarks/reading.py [--size 1000] [--only jsonl csv] [--folder DIR]

The files are made, of ``--size`` MB each, and removed afterwards. Each is read three times, in a process of its own:
by ``read_conversations`` (conversations, as a build gets them), by ``read_records`` (decoded records: everything
between the bytes on disk and the formats), and by the parser alone, which is the limit: msgspec on lines, the standard
library's json on an array as a whole, its csv reader, polars on Parquet. Peak memory is the process's, imports
included; CPU is its seconds on a core, which tell more than the clock where the machine is busy.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

SENTENCES = (
    "when should I prune my plum tree so that it does not bleed the screen says error again and stops after café",
    "où est ma commande не приходит код подтверждения на телефон please advise thank you",
)
WORDS = [word for sentence in SENTENCES for word in sentence.split()]
WAYS = ("conversations", "records", "parser")


def texts(seed: int = 0) -> Iterator[str]:
    """Messages of some four hundred characters, some with quotes and line breaks, none twice."""
    draw = random.Random(seed)
    pool = [" ".join(draw.choices(WORDS, k=60)) for _ in range(1000)]
    number = 0
    while True:
        number += 1
        mark = "\n" if number % 5 == 0 else " "
        quote = '"so"' if number % 7 == 0 else "so"
        yield f"{draw.choice(pool)},{mark}{quote} number {number}"


def chats() -> Iterator[tuple[int, list[str]]]:
    """Conversations of four messages, the answers eight times as long as the questions: 7.2 kB, as in ShareGPT."""
    said = texts()
    number = 0
    while True:
        yield number, [" ".join(next(said) for _ in range(8 if place % 2 else 1)) for place in range(4)]
        number += 1


def _write_lines(
    path: Path, size: int, rows: Iterator[Any], begin: str = "", between: str = "\n", end: str = "\n"
) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(begin)
        first = True
        while file.tell() < size:
            block = (json.dumps(next(rows), ensure_ascii=False) for _ in range(1000))
            file.write(("" if first else between) + between.join(block))
            first = False
        file.write(end)


def make_jsonl(path: Path, size: int) -> None:
    """JSONL, a conversation a line."""
    roles = ("user", "assistant") * 2
    rows = (
        {
            "id": n,
            "user_id": f"u{n % 30000}",
            "messages": [{"role": role, "content": text} for role, text in zip(roles, said, strict=True)],
        }
        for n, said in chats()
    )
    _write_lines(path, size, rows)


def make_sharegpt(path: Path, size: int) -> None:
    """ShareGPT, one array on one line."""
    roles = ("human", "gpt") * 2
    rows = (
        {"id": str(n), "conversations": [{"from": role, "value": text} for role, text in zip(roles, said, strict=True)]}
        for n, said in chats()
    )
    _write_lines(path, size, rows, "[", ", ", "]")


def make_csv(path: Path, size: int) -> None:
    """CSV, a text a row, all of them quoted, a fifth over two lines."""
    said = texts()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "user_id", "created_at", "text"])
        number = 0
        while file.tell() < size:
            for _ in range(1000):
                writer.writerow([number, f"u{number % 30000}", "2026-05-01T10:00:00Z", next(said)])
                number += 1


def make_parquet(path: Path, size: int) -> None:
    """Parquet, a text a row; as large unpacked."""
    import polars as pl

    said = texts()
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        made = number = 0
        while made < size:
            rows = [(number + k, f"u{(number + k) % 30000}", next(said)) for k in range(100_000)]
            made += sum(len(text.encode()) + 20 for _, _, text in rows)
            pl.DataFrame(rows, schema=["id", "user_id", "text"], orient="row").write_parquet(
                Path(folder) / f"{number:09}.parquet", compression="uncompressed"
            )
            number += len(rows)
        pl.scan_parquet(Path(folder) / "*.parquet").sink_parquet(
            path, compression="uncompressed", row_group_size=50_000
        )


def make_messages(path: Path, size: int) -> None:
    """JSONL, a message a line."""
    rows = (
        {"id": f"{n}-{k}", "user_id": f"u{n % 30000}", "text": text}
        for n, said in chats()
        for k, text in enumerate(said)
    )
    _write_lines(path, size, rows)


MAKERS: dict[str, Callable[[Path, int], None]] = {
    "jsonl": make_jsonl,
    "sharegpt": make_sharegpt,
    "csv": make_csv,
    "parquet": make_parquet,
    "messages": make_messages,
}
ENDINGS = {"sharegpt": "json", "csv": "csv", "parquet": "parquet"}


def read(kind: str, way: str, path: Path) -> int:
    """Read a file in one way; how many rows that gave."""
    if way == "conversations":
        from clioscope.conversations import Conversation, read_conversations

        return sum(isinstance(one, Conversation) for one in read_conversations(path))
    if way == "records":
        from clioscope.conversations.records.files import list_inputs
        from clioscope.conversations.records.reading import read_records

        return sum(record.error is None for file in list_inputs([path]) for record in read_records(file))
    if kind == "sharegpt":
        return len(json.loads(path.read_bytes()))
    if kind == "csv":
        with path.open(encoding="utf-8", newline="") as file:
            return sum(1 for _ in csv.reader(file)) - 1
    if kind == "parquet":
        import polars as pl

        frames = pl.scan_parquet(path).collect_batches(chunk_size=500, maintain_order=True, lazy=True)
        return sum(1 for frame in frames for _ in frame.iter_rows())
    import msgspec

    with path.open("rb") as lines:
        return sum(msgspec.json.decode(line) is not None for line in lines)


def most_memory() -> float:
    """The most memory that this process held, in MB (getrusage would count that of the process it was forked from)."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def measure(kind: str, way: str, path: Path) -> tuple[int, float, float, float]:
    """Rows, seconds, seconds of CPU and peak MB of one reading in a process of its own."""
    command = [sys.executable, __file__, "--read", kind, way, str(path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return int(said[0]), float(said[1]), float(said[2]), float(said[3])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=1000, help="MB of each file")
    parser.add_argument("--only", nargs="+", choices=list(MAKERS), default=list(MAKERS))
    parser.add_argument("--folder", type=Path, help="where the files are made (default: the system's temporary one)")
    parser.add_argument("--read", nargs=3, metavar=("KIND", "WAY", "PATH"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        kind, way, path = options.read
        start, worked = time.perf_counter(), time.process_time()
        rows = read(kind, way, Path(path))
        print(rows, time.perf_counter() - start, time.process_time() - worked, most_memory())
        return
    print(
        f"{'file':<10}{'way':<15}{'MB':>7}{'rows':>11}{'seconds':>9}{'CPU':>7}{'rows/s':>10}{'MB/s':>7}{'peak MB':>9}"
    )
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for kind in options.only:
            path = Path(folder) / f"{kind}.{ENDINGS.get(kind, 'jsonl')}"
            MAKERS[kind](path, options.size * 1_000_000)
            size = path.stat().st_size / 1e6
            for way in WAYS:
                rows, taken, worked, peak = measure(kind, way, path)
                speed = f"{taken:>9.1f}{worked:>7.1f}{rows / taken:>10,.0f}{size / taken:>7.0f}{peak:>9.0f}"
                print(f"{kind:<10}{way:<15}{size:>7.0f}{rows:>11,}{speed}", flush=True)
            path.unlink()


if __name__ == "__main__":
    main()
