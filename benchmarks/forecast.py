"""How right a build is about the time that it has left.

    python benchmarks/forecast.py FILE [arguments of clioscope build] [--after 10]

Runs ``clioscope build`` with the given arguments, shows what it prints with the time, and compares the time of the
whole build that each progress line says is left with the time that was left. Prints, for every fifth minute and for
all lines since minute ``--after``, what was said, what was true and the difference as a part of what was true; and the
share of these lines that were right within 20 %. A line rounds to minutes, so lines with less than ``--least`` minutes
left are counted apart. The machine should have no other work.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

LEFT = re.compile(r"left, (?:(\d+) h )?(?:(\d+) min|(\d+) s|a few s) of the build")
RIGHT = 0.2


class Said(NamedTuple):
    """A progress line ``at`` so many seconds from the start, which says that ``left`` seconds are left."""

    at: float
    left: float


def told(line: str) -> float | None:
    """The seconds that a line says are left of the build, None where it says nothing of it."""
    found = LEFT.search(line)
    if found is None:
        return None
    hours, minutes, seconds = (int(one or 0) for one in found.groups())
    return hours * 3600 + minutes * 60 + seconds


def run(arguments: list[str]) -> tuple[list[Said], float]:
    """The progress lines of a build, and its seconds. Raises SystemExit where it fails."""
    start, said = time.monotonic(), []
    command = [sys.executable, "-m", "clioscope", "build", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as build:
        assert build.stdout is not None
        for line in build.stdout:
            at = time.monotonic() - start
            print(f"{at / 60:6.1f} min  {line}", end="", flush=True)
            if (left := told(line)) is not None:
                said.append(Said(at, left))
    if build.returncode:
        raise SystemExit(f"The build failed (exit code {build.returncode}).")
    return said, time.monotonic() - start


def report(said: list[Said], whole: float, after: float, least: float) -> None:
    """Print what was said against what was true."""
    print(f"\nThe build took {whole / 60:.1f} minutes.\n\n| minute | said to be left, minutes | true | difference |")
    print("|---|---|---|---|")
    following = 0.0
    for one in said:
        if one.at >= following:
            true = whole - one.at
            print(f"| {one.at / 60:.1f} | {one.left / 60:.1f} | {true / 60:.1f} | {one.left / true - 1:+.0%} |")
            following = one.at - one.at % 300 + 300
    late = [one for one in said if one.at >= after * 60]
    for name, some in (
        (f"with {least:g} minutes left or more", [one for one in late if whole - one.at >= least * 60]),
        ("with less left", [one for one in late if whole - one.at < least * 60]),
    ):
        if some:
            errors = [abs(one.left / (whole - one.at) - 1) for one in some]
            right = sum(error <= RIGHT for error in errors)
            print(f"\nSince minute {after:g}, {name}: {right} of {len(some)} lines within {RIGHT:.0%}, ", end="")
            print(f"largest difference {max(errors):.0%}.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--after", type=float, default=10, metavar="MINUTE")
    parser.add_argument("--least", type=float, default=5, metavar="MINUTES")
    given, others = parser.parse_known_args()
    report(*run([str(given.file), *others]), given.after, given.least)


if __name__ == "__main__":
    main()
