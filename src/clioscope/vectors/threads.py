"""Work in several threads: numpy lets go of the interpreter while it computes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def in_threads(work: Callable[[T], object], items: Iterable[T]) -> None:
    """Call ``work`` on every item, in as many threads as matrix products may use.

    Each thread computes its products alone, so a product has the same bits however many threads there are. What an item
    gives must not hang on the others. An error of any item is raised.
    """
    from concurrent.futures import ThreadPoolExecutor

    from threadpoolctl import threadpool_info, threadpool_limits  # type: ignore[import-untyped]

    given = list(items)
    number = max((pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"), default=1)
    with threadpool_limits(1, "blas"):
        if number == 1 or len(given) < 2:
            for item in given:
                work(item)
            return
        with ThreadPoolExecutor(min(number, len(given))) as pool:
            for _ in pool.map(work, given):
                pass


def blocks(count: int, size: int) -> list[slice]:
    """The places of ``count`` rows as blocks of ``size``; the last one may be smaller."""
    return [slice(start, start + size) for start in range(0, count, size)]
