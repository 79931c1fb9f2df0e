"""One piece of work on a cluster: rows go out as Parquet, are worked on by Ray Data, and come back as Parquet.

What came back is handed on while the rest is still worked on. A file is written when a block of rows is done, so a
driver that is killed loses the blocks in hand and nothing else. Ray does the distributing: it retries tasks whose
node died, and starts actors anew.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from clioscope.cluster.connect import Connection
from clioscope.cluster.shards import ANSWERED, Shards
from clioscope.errors import ModelError

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.fs import FileSystem

_LOOK = 1.0  # seconds between two looks at what came back
_BLOCKS = 2_000  # about so many files for a large piece of work …
_LARGEST = 2_048  # … of at most so many rows
_ERROR = re.compile(r"[\w.]*(Error|Exception|Interrupt)\b(: |$)")  # as a traceback ends


def block_rows(rows: int, least: int) -> int:
    """Rows of a block: small ones lose little with a node, large ones make few files."""
    return max(least, min(_LARGEST, rows // _BLOCKS))


def do_work(
    connection: Connection,
    shards: Shards,
    name: str,
    rows: Iterable[tuple[Any, ...]],
    schema: Mapping[str, str],
    size: int,
    transform: Callable[[Any], Any],
) -> Iterator[pa.Table]:
    """Send ``rows`` (of Arrow types ``schema``) through ``transform``, which takes and gives a Ray dataset; yield the
    tables that come back, each once, in any order. ``size`` is how many rows make a block.

    Raises ModelError with Ray's reason when it gives up; the tables that came back are yielded before.
    """
    ray = connection.ray()
    asked = shards.write(name, rows, schema, size)
    # A row for each file, and a block for each row: Ray's own reader joins small files into one block.
    paths = ray.data.from_items([{"path": path} for path in asked], override_num_blocks=len(asked))
    made = transform(paths.map_batches(partial(_rows, shards.files), batch_size=1))
    failure: list[BaseException] = []

    def write() -> None:
        try:
            made.write_parquet(shards.place(name, ANSWERED), filesystem=shards.files)
        except BaseException as error:
            failure.append(error)

    writer = threading.Thread(target=write, name="clioscope-cluster", daemon=True)
    writer.start()
    taken: set[str] = set()
    while writer.is_alive():
        writer.join(_LOOK)
        yield from _new(shards, name, taken)
    yield from _new(shards, name, taken)
    if failure:
        raise ModelError(f"Ray gave up ({reason_of(failure[0])})") from failure[0]
    shards.remove(name)


def _rows(files: FileSystem, batch: Mapping[str, Any]) -> pa.Table:
    """The rows of the file that a batch names, read on a node."""
    import pyarrow.parquet as pq

    return pq.read_table(str(batch["path"][0]), filesystem=files)


def left_over(shards: Shards) -> Iterator[tuple[str, pa.Table]]:
    """What came back for an earlier run that ended before it took it: name of the work and a table, each once."""
    for name in shards.works():
        for table in _new(shards, name, set()):
            yield name, table


def _new(shards: Shards, name: str, taken: set[str]) -> Iterator[pa.Table]:
    for path in shards.answered(name):
        if path not in taken:
            table = shards.read(path)
            if table is not None:
                taken.add(path)
                yield table


def reason_of(error: BaseException) -> str:
    """The words of an error of Ray that say what went wrong, without the traceback that it carries."""
    said = [line.strip() for line in str(error).splitlines() if line.strip()]
    causes = [line for line in said if _ERROR.match(line) and not line.startswith("ray.")]
    words = causes[-1] if causes else said[0] if said else type(error).__name__
    return words[:300].rstrip(".")
