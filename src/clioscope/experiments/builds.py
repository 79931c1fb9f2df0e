"""Whole builds within an experiment. They are kept between runs, so that no question is asked twice."""

from __future__ import annotations

import json
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
    """An atlas of the input of ``talks``, and the seconds that its stages took when they ran. It holds the first
    ``bench.most`` conversations only, where that is set, and 40 in a quick run.

    The atlas is kept in the cache of the bench. Without a cache it is gone when the block ends.
    """
    from clioscope.pipeline.build import build

    sources: list[str | Path] = [Path(source["path"]) for source in talks.atlas.manifest["sources"]]
    most = bench.most or bench.few(40, None)
    with TemporaryDirectory() as passing:
        name = blake2b(repr((settings.model_dump_json(), sources, most)).encode(), digest_size=8).hexdigest()
        folder = Path(passing) if bench.cache is None else bench.cache / "builds"
        if most is not None:
            sources = [_write_first(talks, sources, most, folder / f"{name}.jsonl")]
        began = time.perf_counter()
        atlas = build(sources, folder / name, settings)
        took = sum(stage.get("seconds", 0.0) for stage in atlas.manifest["stages"].values())
        yield atlas, max(took, time.perf_counter() - began if not took else 0.0)


def _write_first(talks: LabelledAtlas, sources: list[str | Path], most: int, path: Path) -> Path:
    """Write the first ``most`` conversations of ``talks`` to ``path``, unless the file exists. Returns ``path``."""
    from clioscope.conversations.collect import read_options
    from clioscope.conversations.conversation import Conversation
    from clioscope.conversations.read import read_many
    from clioscope.files.replacing import replacing
    from clioscope.settings import InputSettings

    if path.exists():
        return path
    given = talks.atlas.manifest["settings"]["input"]
    kept = set(talks.atlas.facets["conversation"].head(most))
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as part, part.open("w", encoding="utf-8") as file:
        for conversation in read_many(sources, read_options(InputSettings.model_validate(given))):
            if isinstance(conversation, Conversation) and conversation.content_id in kept:
                messages = [{"role": message.role, "content": message.content} for message in conversation.messages]
                file.write(json.dumps({"id": conversation.source_id, "messages": messages}, ensure_ascii=False) + "\n")
    return path
