"""Notes as codes, the curve of new kinds, and what is found again."""

from itertools import pairwise

import numpy as np
import pytest
from codebook_words import encode

from clioscope.codebook.notes import _categories, codebook_of_notes
from clioscope.codebook.notes_file import Note, read_notes
from clioscope.codebook.saturation import next_new, plot, saturation
from clioscope.errors import InputError

KINDS = {
    "charged twice": ("double payment card", "payment twice on invoice", "card charged twice"),
    "login fails": ("password wrong login", "login reset password", "cannot login password"),
    "доставка опоздала": ("посылка курьер опоздал", "посылка опоздал день", "курьер потерял посылка"),
}
NOTES = [
    Note(f"{kind}{number}{copy}", f"{kind} {copy}{number}", text)
    for kind, texts in KINDS.items()
    for number, text in enumerate(texts)
    for copy in ("again", "today")
]


def test_notes_that_say_the_same_are_one_code() -> None:
    made = codebook_of_notes(NOTES, encode)
    assert len(made.categories) == 3 and np.bincount(made.labels).tolist() == [6, 6, 6]
    names = {one.name.rsplit(" ", 1)[0] for one in made.categories}
    assert names == set(KINDS)
    assert all(set(one.examples) <= {text for texts in KINDS.values() for text in texts} for one in made.categories)
    assert made.agreement is not None and made.agreement.by == "text"
    assert made.agreement.notes == 18 and made.agreement.right > 0.9


def test_kinds_can_be_set() -> None:
    assert len(codebook_of_notes(NOTES, encode, 2).categories) == 2


def test_the_curve_of_kinds() -> None:
    labels = np.repeat(np.arange(4), 25)
    steps = saturation(labels)
    assert (steps[0].read, steps[0].kinds) == (1, 1.0) and (steps[-1].read, steps[-1].kinds) == (100, 4.0)
    assert all(a.kinds <= b.kinds for a, b in pairwise(steps))
    assert all(step.low <= step.high <= 4 for step in steps)
    assert next_new(labels).chance == 0 and next_new(labels).high < 0.05
    fresh = next_new(np.arange(10))
    assert fresh.chance == 1 and fresh.low > 0.6
    assert plot(steps).startswith("<svg")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("n.csv", "id,note,text\n" + "".join(f"{n},note {n},text {n}\n" for n in range(5)) + "9,,nothing\n"),
        ("n.jsonl", "\n".join(f'{{"id": "{n}", "note": "note {n}", "text": "text {n}"}}' for n in range(5))),
    ],
)
def test_files_of_notes(name, text, tmp_path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    notes = read_notes(tmp_path / name)
    assert len(notes) == 5 and notes[1] == Note("1", "note 1", "text 1")


def test_a_text_may_be_long(tmp_path) -> None:
    rows = "".join(f"note {n},{'x' * 200_000}\n" for n in range(4))
    (tmp_path / "n.csv").write_text(f"note,text\n{rows}", encoding="utf-8")
    assert len(read_notes(tmp_path / "n.csv")[0].text) == 200_000


def test_a_note_may_hold_any_kind_of_line_break(tmp_path) -> None:
    lines = [f'{{"id": "{n}", "note": "one\u2028two\x85three {n}"}}' for n in range(4)]
    (tmp_path / "n.jsonl").write_text("\r\n".join(lines), encoding="utf-8")
    assert read_notes(tmp_path / "n.jsonl")[3].note == "one two three 3"


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("n.csv", "id,text\n1,a\n", "no column 'note'"),
        ("n.csv", "id,note\n1,a\n", "has 1 notes"),
        ("n.jsonl", '{"note": "a"}\n{', "line 2 is not valid JSON"),
        ("n.txt", "a", ".csv or .jsonl"),
    ],
)
def test_a_mistake_is_named(name, text, told, tmp_path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_notes(tmp_path / name)
    assert told in str(caught.value)


def test_codes_of_the_same_name_are_told_apart_by_their_next_note() -> None:
    """No number stands in a name."""
    notes = [Note(str(n), text, "") for n, text in enumerate(["Slow page", "page loads", "slow page!", "login lost"])]
    labels = np.array([0, 0, 1, 1])
    vectors = np.eye(4, dtype=np.float32)
    first, second = _categories(notes, vectors, labels)
    assert (first.name, second.name) == ("Slow page", "slow page!: login lost")
    assert first.code != second.code
