"""Many things in parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def chunks(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of ``size`` things each, the last one shorter."""
    left = iter(things)
    while chunk := list(islice(left, size)):
        yield chunk
