import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clioscope.vectors.distinct import distinct_rows
from clioscope.vectors.unit import unit_rows

small = arrays(np.float32, st.tuples(st.integers(0, 12), st.just(3)), elements=st.sampled_from([-2.0, -0.0, 0.0, 1.0]))


@given(small, st.randoms())
def test_rows_come_back_and_order_does_not_matter(vectors, random) -> None:
    found = distinct_rows(vectors)
    assert (found.vectors[found.inverse] == unit_rows(vectors)).all()
    assert (unit_rows(vectors)[found.first] == found.vectors).all()
    assert len(np.unique(found.vectors, axis=0)) == len(found.vectors)
    order = list(range(len(vectors)))
    random.shuffle(order)
    assert distinct_rows(vectors[order]).vectors.tobytes() == found.vectors.tobytes()


def test_directions_are_what_counts() -> None:
    found = distinct_rows(np.array([[3.0, 4.0], [0.6, 0.8], [0.0, 0.0], [-0.0, 0.0]]))
    assert len(found.vectors) == 2
    assert found.inverse[0] == found.inverse[1] != found.inverse[2] == found.inverse[3]


def test_blocks_give_the_same_as_all_at_once(clinc, monkeypatch) -> None:
    rows = np.concatenate([clinc.vectors[:300], clinc.vectors[100:200]])
    whole = distinct_rows(rows)
    monkeypatch.setattr("clioscope.vectors.distinct._BLOCK", 64)
    parts = distinct_rows(rows)
    assert all(one.tobytes() == other.tobytes() for one, other in zip(whole, parts, strict=True))
