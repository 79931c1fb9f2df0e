"""Batches: every text in one row, shapes that depend on its length alone."""

from clioscope.embedding.batches import batches, rows_of

TOKENS = [[1] * 3, [1] * 9, [2] * 9, [1] * 70, [1] * 9, [3] * 300]


def test_every_text_is_in_one_row() -> None:
    found = {}
    for batch in batches(TOKENS, 0, 512, 4):
        assert batch.ids.shape == batch.mask.shape
        for place, row in zip(batch.places, batch.rows, strict=True):
            assert place not in found
            found[place] = batch.ids[row][batch.mask[row] == 1].tolist()
            assert not batch.ids[row][batch.mask[row] == 0].any()
    assert found == dict(enumerate(TOKENS))


def test_the_shape_depends_on_the_length_alone() -> None:
    alone = {len(ids): next(iter(batches([ids], 0, None, 64))).ids.shape for ids in TOKENS}
    assert alone == {3: (64, 8), 9: (64, 16), 70: (12, 80), 300: (3, 304)}
    for batch in batches(TOKENS * 7, 0, None, 64):
        lengths = {len(TOKENS[place % len(TOKENS)]) for place in batch.places}
        assert {alone[length] for length in lengths} == {batch.ids.shape}


def test_the_same_ids_share_a_row() -> None:
    places = [(batch.places, batch.rows) for batch in batches([[5, 6], [7], [5, 6]], 0, None, 4)]
    assert places == [([0, 2, 1], [0, 0, 1])]


def test_a_card_takes_as_many_rows_for_every_length() -> None:
    assert rows_of(256, 64, None) == 64
    assert rows_of(256, 64, 1024) == 4
    assert rows_of(2000, 64, 1024) == 1


def test_on_a_cpu_the_shape_does_not_hang_on_the_setting() -> None:
    assert rows_of(8, 4, 1024) == rows_of(8, 64, 1024) == rows_of(8, 500, 1024) == 64
    assert [batch.ids.shape for batch in batches(TOKENS, 0, None, 4)] == [
        batch.ids.shape for batch in batches(TOKENS, 0, None, 64)
    ]
