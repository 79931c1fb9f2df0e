"""Conversations read and condensed on a cluster: a file is a task."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from clioscope.cluster.connect import Connection
from clioscope.cluster.urls import fetched
from clioscope.cluster.work import reason_of
from clioscope.conversations.collect import Collected
from clioscope.conversations.parts import Part, check_parts, collect_parts, cut_part, read_part
from clioscope.conversations.texts.cutter import Cutter
from clioscope.conversations.texts.templates import Templates
from clioscope.errors import ClioscopeError, InputError
from clioscope.progress import Step
from clioscope.settings import InputSettings


def collect_urls(
    urls: Sequence[str],
    settings: InputSettings,
    rejected_path: Path | None,
    connection: Connection,
    on_progress: Step | None = None,
) -> Collected:
    """Read the files at ``urls`` on a cluster, as ``collect_conversations`` does here.

    A node copies a file to its own disk and reads it there; only condensed texts come back. ``on_progress`` gets
    (records read, estimate of all records). Raises as ``collect_conversations`` does, ModelError when Ray gives up,
    SettingsError for a sample, and InputError for a format whose conversations may lie in several files.
    """
    check_parts(settings)

    def parts() -> Iterator[Part]:
        read = 0
        for number, part in enumerate(_each(connection, urls, partial(_read, settings)), 1):
            read += part.tally.read + sum(one.count for one in part.rejects if one.kind == "record")
            if on_progress is not None:
                on_progress(read, round(read * len(urls) / number))
            yield part

    def cut(templates: Templates) -> Iterator[Cutter]:
        return _each(connection, urls, partial(_cut, settings, templates))

    return collect_parts(urls, settings, rejected_path, parts(), cut)


def _each(connection: Connection, urls: Sequence[str], make: Callable[[str], Any]) -> Iterator[Any]:
    """What ``make`` gives for each URL, on the nodes, in any order."""
    ray = connection.ray()
    rows = ray.data.from_items([{"url": url} for url in urls], override_num_blocks=len(urls))
    made = rows.map_batches(partial(_made, make), batch_size=1)
    try:
        for batch in made.iter_batches(batch_size=1, batch_format="pyarrow"):
            for value in batch["made"].to_pylist():
                # Ray brought it from a task of this build, never from a file.
                found = pickle.loads(value)
                if isinstance(found, ClioscopeError):
                    raise found
                yield found
    except ray.exceptions.RayError as error:
        raise InputError(f"The input cannot be read on the cluster ({reason_of(error)}).") from error


def _made(make: Callable[[str], Any], batch: Mapping[str, Any]) -> dict[str, list[bytes]]:
    """One file on a node; an error that is meant for the user comes back as it is."""
    try:
        found: object = make(str(batch["url"][0]))
    except ClioscopeError as error:
        found = error
    return {"made": [pickle.dumps(found)]}


def _read(settings: InputSettings, url: str) -> Part:
    with fetched(url) as path:
        return read_part(path, url, settings)


def _cut(settings: InputSettings, templates: Templates, url: str) -> Cutter:
    with fetched(url) as path:
        return cut_part(path, settings, templates)
