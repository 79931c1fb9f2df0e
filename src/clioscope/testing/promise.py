"""A promise of a protocol, as a check with a sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from clioscope.errors import ClioscopeError

T = TypeVar("T")


def promise(kept: bool, sentence: str) -> None:
    """Raise AssertionError with the sentence where the promise is broken."""
    if not kept:
        raise AssertionError(sentence)


def carry_out(call: Callable[[], T], sentence: str) -> T:
    """What a call gives. Raises AssertionError with the sentence and the reason where it fails.

    An error of Clioscope's own stays as it is: the part says that it cannot run here, e.g. without a package.
    """
    try:
        return call()
    except ClioscopeError:
        raise
    except Exception as error:  # another's code: anything may be wrong with it
        raise AssertionError(f"{sentence}: {type(error).__name__}: {error}") from error


def same_twice(call: Callable[[], T], sentence: str) -> T:
    """What a call gives, the same each time, whatever the state of numpy's global random numbers."""
    before = np.random.get_state()  # noqa: NPY002 - parts that use it are to be found out
    try:
        results = []
        for seed in (1, 2):
            np.random.seed(seed)  # noqa: NPY002
            results.append(carry_out(call, f"{sentence}, but it failed"))
    finally:
        np.random.set_state(before)  # noqa: NPY002
    promise(equal(*results), sentence)
    return results[0]


def equal(first: Any, second: Any) -> bool:
    """Whether two results are the same to the bit; NaN equals NaN."""
    if isinstance(first, np.ndarray) and isinstance(second, np.ndarray):
        alike = first.dtype == second.dtype and first.shape == second.shape
        return alike and bool(np.array_equal(first, second, equal_nan=first.dtype.kind == "f"))
    if isinstance(first, tuple | list) and isinstance(second, tuple | list):
        return len(first) == len(second) and all(map(equal, first, second))
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(equal(first[key], second[key]) for key in first)
    if isinstance(first, float) and isinstance(second, float):
        return first == second or (first != first and second != second)
    return bool(first == second)


def unit_groups(rows: int, groups: int = 4, dimension: int = 16, seed: int = 0) -> tuple[NDArray[Any], NDArray[Any]]:
    """Distinct unit vectors (rows, dimension) as float32 in well separated groups, and the group of each (rows,)."""
    generator = np.random.default_rng(seed)
    own = np.arange(rows) % groups
    centres = np.eye(dimension)[:groups]
    vectors = centres[own] + generator.normal(0, 0.08, (rows, dimension))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32), own
