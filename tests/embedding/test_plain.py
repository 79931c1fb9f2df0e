"""The plain vectors of conversations, and what of them is not encoded again."""

from collections.abc import Sequence

import numpy as np
import pytest

from clioscope.atlas.vectors import Plain
from clioscope.embedding.encode import encode_texts
from clioscope.embedding.hashing import HashEmbedder
from clioscope.embedding.plain import plain_vectors
from clioscope.vectors.unit import average

ONE = [f"bake bread number {n}" for n in range(20)]
TWO = [f"how to knead dough {n}" for n in range(20)]


class Counting(HashEmbedder):
    def __init__(self, dimension: int = 64) -> None:
        super().__init__(dimension)
        self.id, self.seen = "counting", []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.seen += texts
        return super().encode(texts)


def test_each_is_the_mean_of_its_texts_in_half_precision() -> None:
    found = plain_vectors([ONE, TWO], Counting(), None)
    exact = average([encode_texts(column, Counting(), None) for column in (ONE, TWO)])
    assert found.rows.dtype == np.float16 and found.keys.shape == (20, 16)
    np.testing.assert_array_equal(found.rows, exact.astype(np.float16))
    assert len({key.tobytes() for key in found.keys}) == 20


def test_what_is_known_is_not_encoded_again() -> None:
    known = plain_vectors([ONE[:12], TWO[:12]], Counting(), None)
    embedder = Counting()
    order = [19, 3, 11, 12, 3]
    found = plain_vectors([[ONE[n] for n in order], [TWO[n] for n in order]], embedder, None, known)
    assert sorted(embedder.seen) == sorted([ONE[19], ONE[12], TWO[19], TWO[12]])
    np.testing.assert_array_equal(found.rows, plain_vectors([ONE, TWO], Counting(), None).rows[order])


def test_where_all_is_known_the_encoder_is_not_asked_at_all() -> None:
    known = plain_vectors([ONE], Counting(), None)

    class Absent:
        id = "counting"

        @property
        def dimension(self) -> int:
            raise AssertionError("asked")

        encode = dimension

    found = plain_vectors([ONE[5:7]], Absent(), None, known)
    np.testing.assert_array_equal(found.rows, known.rows[5:7])


@pytest.mark.parametrize(
    ("columns", "embedder"),
    [([ONE, ONE], Counting()), ([[one + "!" for one in ONE]], Counting()), ([ONE], HashEmbedder(64))],
    ids=["further text", "other text", "other encoder"],
)
def test_what_differs_is_encoded(columns, embedder) -> None:
    known = plain_vectors([ONE], Counting(), None)
    wrong = Plain(np.ones_like(known.rows), known.keys)
    found = plain_vectors(columns, embedder, None, wrong)
    np.testing.assert_array_equal(found.rows, plain_vectors(columns, embedder, None).rows)


def test_one_that_differs_in_width_is_no_match() -> None:
    known = plain_vectors([ONE[:5]], Counting(), None)
    assert plain_vectors([ONE], Counting(32), None, known).rows.shape == (20, 32)


def test_no_conversation_is_no_row() -> None:
    assert plain_vectors([[]], Counting(), None).rows.shape == (0, 64)


def test_half_a_surrogate_pair_and_a_blank_text_are_no_problem() -> None:
    found = plain_vectors([["broken \ud83d emoji", " "]], Counting(), None)
    assert np.isfinite(found.rows).all()
