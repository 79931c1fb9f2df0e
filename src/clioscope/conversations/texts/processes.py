"""Work on many texts in several processes: Python reads words on one core only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

BLOCK = 25_000  # texts of one call
_MANY = 150_000  # texts from which on processes pay: each takes two seconds and 200 MB to start


def in_processes(work: Callable[[Sequence[T]], R], items: Sequence[T]) -> Iterator[R]:
    """What ``work`` makes of blocks of 25,000 ``items``, in their order.

    ``work`` is a function of a module: other processes import it. What it makes must not hang on other blocks, so the
    result is the same for any number of processes. Few items, or one core, need no other process. An error of a block
    is raised.
    """
    from joblib import Parallel, cpu_count, delayed  # type: ignore[import-untyped]

    blocks = (items[start : start + BLOCK] for start in range(0, len(items), BLOCK))
    if len(items) < _MANY or cpu_count() < 2:
        yield from map(work, blocks)
        return
    # No more blocks are read ahead than there are processes, so that memory holds few of them.
    with Parallel(n_jobs=cpu_count(), return_as="generator", pre_dispatch="n_jobs") as processes:
        yield from processes(delayed(work)(block) for block in blocks)
