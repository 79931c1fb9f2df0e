"""Seconds, rows a second and memory of everything after the facets, stage by stage, for several sizes.

    python benchmarks/scale.py [--sizes 10000 100000 1000000] [--keep FOLDER] [--only vectors clusters] [--layout umap]

The conversations are real texts with real vectors, each changed a little (benchmarks/scale_data.py); a language model
was asked about 20,000 of them, and none names the groups. Run are the stages of a build themselves, then the report
card, the published copy and the file of the explorer. Beside them stands a bare graph of nearest neighbours of the same
vectors, 20 each: no way of grouping can be quicker than that by much. With --keep, a second call goes on where the
first one ended.

The seconds of the cores together say what the work costs where other work runs on the machine.

A stage's memory is the most that the process had resident while it ran, files that it reads in place included, and
the same of the processes that it started. The last line of a size is a check that work was done: the levels of the
tree, and the agreement with the intents of CLINC150.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
from scale_data import Base, base_rows
from scale_tables import put_inputs, run_of

from clioscope.pipeline.run import Run

BEFORE = ("conversations", "copies", "before", "screen", "texts", "asked", "facets", "categories", "second")
LIMIT = "kNN graph alone"


def measured(work: Callable[[], None]) -> tuple[float, float, float]:
    """Seconds, those of all cores together, and peak resident memory in GB while it ran."""
    for status in helpers():
        with suppress(OSError):  # without the right to it, the peak is that of the process so far
            (status.parent / "clear_refs").write_text("5")  # forget the peak so far
    start, busy = time.perf_counter(), busy_seconds()
    work()
    seconds, busy = time.perf_counter() - start, busy_seconds() - busy
    peak = 0
    for status in helpers():
        with suppress(OSError):
            peak += int(next(one for one in status.read_text().splitlines() if one.startswith("VmHWM")).split()[1])
    return seconds, busy, peak * 1024 / 1e9


def helpers() -> list[Path]:
    """The status of this process, and those of the processes that it started and that still are."""
    found = [Path("/proc/self/status")]
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):
            found += [Path("/proc") / child / "status" for child in (task / "children").read_text().split()]
    return found


def busy_seconds() -> float:
    """Processor time of this process, and of those that it started, whether they still are or have ended."""
    ended = os.times()
    seconds = time.process_time() + ended.children_user + ended.children_system
    for status in helpers()[1:]:
        with suppress(OSError):
            fields = (status.parent / "stat").read_text().rpartition(")")[2].split()
            seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return seconds


def compile_once(base: Base, layout: str) -> None:
    """Make numba compile what the map uses."""
    from clioscope.layout import project
    from clioscope.settings import LayoutSettings

    project(base.vectors[:2000], LayoutSettings(method=layout), 0)


def graph(run: Run) -> None:
    """A graph of nearest neighbours, and nothing else."""
    from clioscope.atlas.vectors import TEXTS
    from clioscope.vectors.neighbours import knn

    knn(np.asarray(run.array(TEXTS), np.float32), 20)


def parts(run: Run) -> Iterator[tuple[str, Callable[[], None]]]:
    """The stages that come after the facets, and what is made of the atlas, in their order."""
    from clioscope.pipeline.stages import STAGES

    yield LIMIT, lambda: graph(run)
    for stage in STAGES:
        if stage.name not in BEFORE:
            yield stage.name, lambda stage=stage: run.do(stage)  # type: ignore[misc]
    yield "report card", lambda: measure(run.folder)
    yield "published copy", lambda: publish(run.folder)
    yield "explorer file", lambda: view(run.folder)


def complete(run: Run) -> None:
    """Make the folder an atlas."""
    from clioscope.pipeline.manifest import finish

    run.manifest["stages"] |= {
        name: {"key": "", "seconds": 0, "files": {}, **figures}
        for name, figures in (
            ("conversations", {"read": 0, "rejected": 0, "flawed": 0, "unread": 0, "lines": [], "remarks": []}),
            ("asked", {"asked": 0, "conversations": 0}),
        )
    }
    run.stages |= set(run.manifest["stages"])
    finish(run)


def measure(folder: Path) -> None:
    from clioscope.atlas import Atlas
    from clioscope.measure.measured import measure_atlas

    measure_atlas(Atlas(folder), write=False)


def publish(folder: Path) -> None:
    from clioscope.atlas import Atlas
    from clioscope.privacy.publish import publish as to_public

    with tempfile.TemporaryDirectory() as there:
        to_public(Atlas(folder), Path(there) / "public", unaudited=True, anew=True)


def view(folder: Path) -> None:
    from clioscope.atlas import Atlas
    from clioscope.explorer.view import make_view

    make_view(Atlas(folder))


def measure_size(base: Base, rows: int, folder: Path, layout: str, only: list[str]) -> dict[str, float]:
    """Seconds of each stage, those of all cores together."""
    found: dict[str, float] = {}
    highest = whole = 0.0
    with run_of(folder, base, layout) as run:
        put_inputs(run, base, rows)
        for name, work in parts(run):
            if only and name not in only:
                continue
            if name == "report card":
                complete(run)
            seconds, busy, peak = measured(work)
            found[name] = busy
            highest, whole = max(highest, peak), whole + (seconds if name != LIMIT else 0)
            print(row(rows, name, seconds, busy, peak), flush=True)
        found["all"] = sum(found.values()) - found.get(LIMIT, 0)
        print(row(rows, "all", whole, found["all"], highest))
        print(f"{rows:>9,} {check(base, run)}", flush=True)
    return found


def row(rows: int, name: str, seconds: float, busy: float, peak: float) -> str:
    rate = rows / max(seconds, 1e-9)
    return f"{rows:>9,} {name:<16}{seconds:>8.1f} s {busy:>8.1f} s of cores {rate:>12,.0f} rows/s {peak:>6.2f} GB"


def check(base: Base, run: Run) -> str:
    """What came out, so that a stage that does nothing is seen."""
    from sklearn.metrics import adjusted_mutual_info_score

    if not (run.folder / "clusters.parquet").exists():
        return ""
    topic = base.topic[np.load(run.folder / "base_rows.npy")]
    labels = run.table("clusters")["label"].to_numpy()
    inside = topic >= 0
    levels = run.table("levels")["level"].value_counts(sort=True)["count"].to_list() if run.has("levels") else []
    score = adjusted_mutual_info_score(topic[inside], labels[inside])
    return f"levels {levels}, base groups {int(labels.max()) + 1}, AMI with the intents {score:.3f}"


def growth(sizes: list[int], seconds: list[float]) -> float:
    """The exponent, by least squares on the logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(np.maximum(seconds, 1e-3)), 1)[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--keep", type=Path, help="folder that the atlases stay in")
    parser.add_argument("--only", nargs="*", default=[], help="names of stages")
    parser.add_argument("--layout", default="umap")
    given = parser.parse_args()
    base = base_rows()
    if not given.only or "layout" in given.only:
        seconds, _, peak = measured(lambda: compile_once(base, given.layout))
        print(f"compiling, once a process: {seconds:.1f} s, {peak:.2f} GB", flush=True)
    times: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as there:
        for rows in given.sizes:
            folder = (given.keep or Path(there)) / str(rows)
            for name, seconds in measure_size(base, rows, folder, given.layout, given.only).items():
                times.setdefault(name, []).append(seconds)
    if len(given.sizes) > 1:
        said = (f"{name} {growth(given.sizes, t):.2f}" for name, t in times.items() if len(t) == len(given.sizes))
        print("\ngrowth, time ~ rows^e: " + ", ".join(said))


if __name__ == "__main__":
    main()
