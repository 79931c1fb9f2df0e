"""Whole builds within an experiment, kept between runs so that no question is asked twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from clioscope.experiments.bench import Bench
from clioscope.experiments.data import LabelledAtlas

if TYPE_CHECKING:
    from clioscope.atlas import Atlas
    from clioscope.settings import Settings


@contextmanager
def kept_build(bench: Bench, talks: LabelledAtlas, settings: Settings) -> Iterator[tuple[Atlas, float]]:
    """An atlas of the input of ``talks`` (``bench.most`` conversations, in a quick run 40), and its stages' seconds.

    It lies in the cache of the bench; without one it is gone when the block ends. The seconds are those of the stages
    when they were run, not of taking them over.
    """
    from clioscope.pipeline import build

    if sample := bench.most or bench.few(40, None):
        settings = settings.model_copy(update={"input": settings.input.model_copy(update={"sample": sample})})
    sources: list[str | Path] = [Path(one["path"]) for one in talks.atlas.manifest["sources"]]
    with TemporaryDirectory() as passing:
        name = blake2b(repr((settings.model_dump_json(), sources)).encode(), digest_size=8).hexdigest()
        folder = Path(passing) if bench.cache is None else bench.cache / "builds"
        began = time.perf_counter()
        atlas = build(sources, folder / name, settings)
        took = sum(one.get("seconds", 0.0) for one in atlas.manifest["stages"].values())
        yield atlas, max(took, time.perf_counter() - began if not took else 0.0)
