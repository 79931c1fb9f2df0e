from collections.abc import Sequence

import numpy as np
import pytest

from clioscope.embedding import encode_texts
from clioscope.embedding.hashing import HashEmbedder
from clioscope.errors import ModelError
from clioscope.models.store import Store


class Counting(HashEmbedder):
    """The hash embedder, noting what it is asked; fails on the call of that number."""

    def __init__(self, fail_at: int | None = None) -> None:
        super().__init__(64)
        self.calls: list[list[str]] = []
        self.fail_at = fail_at

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        if len(self.calls) == self.fail_at:
            raise ModelError("gone")
        self.calls.append(list(texts))
        return super().encode(texts)


@pytest.fixture
def store():
    with Store(":memory:") as opened:
        yield opened


TEXTS = [f"conversation number {i} about {'cats' if i % 2 else 'the weather in the north'}" for i in range(2500)]


def test_each_distinct_text_once(store) -> None:
    embedder = Counting()
    rows = encode_texts(["b", "a", "b", "b"], embedder, store)
    assert sorted(text for call in embedder.calls for text in call) == ["a", "b"]
    assert (rows[0] == rows[2]).all() and (rows[0] == rows[3]).all()
    assert (encode_texts(["a", "b"], embedder, store) == rows[[1, 0]]).all()
    assert len(embedder.calls) == 1


def test_order_and_company_do_not_matter() -> None:
    rows = encode_texts(TEXTS, HashEmbedder(), None)
    assert (encode_texts(TEXTS[::-1], HashEmbedder(), None)[::-1] == rows).all()
    assert (encode_texts(TEXTS[7:8], HashEmbedder(), None)[0] == rows[7]).all()
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)


def test_what_was_encoded_before_a_crash_is_kept(store) -> None:
    broken = Counting(fail_at=2)
    with pytest.raises(ModelError):
        encode_texts(TEXTS, broken, store)
    kept = sum(map(len, broken.calls))
    assert 1000 < kept < 2500
    again = Counting()
    rows = encode_texts(TEXTS, again, store)
    assert sum(map(len, again.calls)) == 2500 - kept
    assert (rows == encode_texts(TEXTS, Counting(), None)).all()


def test_long_texts_come_in_smaller_chunks() -> None:
    embedder = Counting()
    encode_texts([f"{i} " + "word " * 6000 for i in range(40)], embedder, None)
    assert max(map(len, embedder.calls)) <= 14


def test_what_the_store_holds_is_what_counts(store) -> None:
    first = encode_texts(["a", "b"], Counting(), store)

    class Drifting(Counting):
        def encode(self, texts: Sequence[str]) -> np.ndarray:
            return -super().encode(texts)

    assert (encode_texts(["b", "c", "a"], Drifting(), store)[[2, 0]] == first).all()


def test_a_blank_text_is_a_row_of_zeros(store) -> None:
    embedder = Counting()
    rows = encode_texts(["", "a", " \n\t"], embedder, store)
    assert not rows[[0, 2]].any() and rows[1].any()
    assert embedder.calls == [["a"]]
    assert encode_texts(["", ""], embedder, store).shape == (2, 64)
    assert encode_texts([], embedder, store).shape == (0, 64)


def test_half_a_surrogate_pair_is_no_problem(store) -> None:
    rows = encode_texts(["broken \ud83d emoji", "broken ? emoji"], Counting(), store)
    assert (rows[0] == rows[1]).all()


def test_progress_runs_to_the_end(store) -> None:
    encode_texts(TEXTS[:100], Counting(), store)
    steps: list[tuple[int, int]] = []
    encode_texts(TEXTS, Counting(), store, on_progress=lambda done, total: steps.append((done, total)))
    assert steps[0] == (100, 2500) and steps[-1] == (2500, 2500)
    assert steps == sorted(steps) and len(steps) > 2


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (np.zeros((1, 4)), r"vectors of shape \(1, 4\) came back for 2 texts"),
        (np.full((2, 4), np.nan), "NaN or infinite"),
    ],
)
def test_a_wrong_answer_is_one_sentence(answer, problem, store) -> None:
    class Wrong(Counting):
        def encode(self, texts: Sequence[str]) -> np.ndarray:
            return answer

    with pytest.raises(ModelError, match=problem):
        encode_texts(["a", "b"], Wrong(), store)
    assert store.counts()["vectors"] == 0
