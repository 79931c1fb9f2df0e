"""Near copies of texts: which texts say the same in nearly the same letters, whoever wrote them.

Two texts are near copies if four fifths of their runs of five letters are the same (Jaccard similarity of their
shingles, estimated by MinHash: Broder 1997). Case, blanks and punctuation do not count. So a planted text with another
number or name in each copy is one text, if it is longer than a line. A paraphrase is another text.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars as pl
    from datasketch import MinHash

NEAR = 0.8  # Jaccard similarity
_PERMUTATIONS = 64
_RUN = 5  # letters
_MOST = 4000  # letters of a text that are compared: its beginning and its end
_FACTOR = 1_000_003


def copies_table(conversations: Sequence[str], texts: Sequence[str | None]) -> pl.DataFrame:
    """One row per conversation: conversation, text (near copies have the same number), signature.

    ``texts`` (n) are what the users wrote, in the order of ``conversations``. Numbers count from 0, by the first text
    of each kind. A text without letters or digits is nobody's copy. The signature (bytes, of no use to readers) finds
    near copies later, without the text.
    """
    import polars as pl

    return _grown(pl.DataFrame(schema=_schema()), conversations, texts)


def with_new_texts(table: pl.DataFrame, conversations: Sequence[str], texts: Sequence[str | None]) -> pl.DataFrame:
    """The ``copies_table`` with further conversations, sorted by conversation; the old ones keep their numbers."""
    return _grown(table, conversations, texts).sort("conversation")


def _schema() -> dict[str, Any]:
    import polars as pl

    return {"conversation": pl.String, "text": pl.UInt32, "signature": pl.Binary}


def _grown(table: pl.DataFrame, conversations: Sequence[str], texts: Sequence[str | None]) -> pl.DataFrame:
    import polars as pl
    from datasketch import MinHashLSH

    index = MinHashLSH(threshold=NEAR, num_perm=_PERMUTATIONS, weights=(0.3, 0.7))  # rather too many candidates
    first: dict[int, MinHash] = {}  # the first text of each kind stands for its near copies
    same: dict[bytes, int] = {}
    for number, signature in table.select("text", "signature").iter_rows():
        if signature and number not in first:
            first[number] = _sketch(np.frombuffer(signature, np.uint32))
            index.insert(number, first[number])
        if signature:
            same.setdefault(signature, number)
    start = int(table["text"].max() or 0) + 1 if table.height else 0  # type: ignore[arg-type]
    numbers, signatures = [], []
    for text in texts:
        runs = _runs(text or "")
        if not len(runs):
            numbers.append(start)
            signatures.append(b"")
            start += 1
            continue
        sketch = _sketch(None)
        sketch.update_batch(runs.tolist())
        signature = sketch.hashvalues.astype(np.uint32).tobytes()
        number = same.get(signature)
        if number is None:
            near = [(-sketch.jaccard(first[one]), one) for one in index.query(sketch)]
            number = min(near)[1] if near and -min(near)[0] >= NEAR else None
        if number is None:
            number, start = start, start + 1
            first[number] = sketch
            index.insert(number, sketch)
        same[signature] = number
        numbers.append(number)
        signatures.append(signature)
    made = {"conversation": list(conversations), "text": numbers, "signature": signatures}
    return pl.concat([table, pl.DataFrame(made, schema=_schema())])


def _sketch(values: NDArray[np.uint32] | None) -> MinHash:
    from datasketch import MinHash

    return MinHash(_PERMUTATIONS, hashfunc=int, hashvalues=values, permutations=_permutations(), scheme="affine32")


@cache
def _permutations() -> Any:
    from datasketch import MinHash

    return MinHash(_PERMUTATIONS, seed=1, scheme="affine32").permutations


def _runs(text: str) -> NDArray[np.uint32]:
    """Hashes of the runs of five letters and digits of a text, each once; of a shorter text, the one of all it has."""
    import unicodedata

    if len(text) > _MOST:
        text = text[: _MOST // 2] + text[-_MOST // 2 :]
    plain = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))
    letters = np.frombuffer(plain.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    if not len(letters):
        return np.zeros(0, np.uint32)
    width = min(_RUN, len(letters))
    hashes = np.zeros(len(letters) - width + 1, np.uint64)
    for place in range(width):
        hashes = hashes * np.uint64(_FACTOR) + letters[place : place + len(hashes)]
    hashes ^= hashes >> np.uint64(29)
    return np.unique((hashes * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(32)).astype(np.uint32))
