"""The answer store: what is in it comes out again, and nothing else."""

import sqlite3
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from clioscope.errors import AtlasError
from clioscope.models.chat import ChatAnswer, ChatRequest
from clioscope.models.store import Store, answer_key, vector_key

REQUEST = ChatRequest((("user", "Hello"),), schema={"type": "string"}, max_tokens=9)


def test_an_answer_comes_back_as_it_was_but_cached(tmp_path):
    answer = ChatAnswer("שלום 👋 \x00 ok", 3, 4, 0.5, truncated=True)
    with Store(tmp_path / "deep" / "s.db") as store:
        assert store.get_answer("k") is None
        store.put_answer("k", answer)
    with Store(tmp_path / "deep" / "s.db") as store:
        assert store.get_answer("k") == replace(answer, cached=True)


def test_the_first_answer_stays():
    store = Store(":memory:")
    store.put_answer("k", ChatAnswer("first"))
    store.put_answer("k", ChatAnswer("second"))
    assert store.get_answer("k").text == "first"


def test_half_a_surrogate_pair_does_not_break_it():
    store = Store(":memory:")
    store.put_answer(answer_key("m", ChatRequest((("user", "\ud83d"),))), ChatAnswer("\ud83d!"))
    assert store.get_answer(answer_key("m", ChatRequest((("user", "\ud83d"),)))).text == "?!"


@pytest.mark.parametrize(
    "change",
    [
        {"messages": (("user", "Hello!"),)},
        {"messages": (("system", "Hello"),)},
        {"messages": (("user", "Hel"), ("user", "lo"))},
        {"schema": None},
        {"schema": {"type": "integer"}},
        {"max_tokens": 10},
        {"temperature": 0.1},
        {"top_p": 0.9},
        {"seed": 1},
        {"prefill": ""},
    ],
)
def test_every_field_is_part_of_the_key(change):
    assert answer_key("m", replace(REQUEST, **change)) != answer_key("m", REQUEST)


def test_the_model_is_part_of_the_key_and_the_item_is_not():
    assert answer_key("m", REQUEST) != answer_key("n", REQUEST)
    assert answer_key("m", REQUEST) == answer_key("m", replace(REQUEST, item="c7", temperature=0))
    assert answer_key("m", REQUEST) != vector_key("m", "Hello")


def test_the_key_never_changes_between_versions():
    """A stored answer is found again by a later release: this value may not change."""
    assert answer_key("m", REQUEST) == "fc609cd0c562d4f82f28ef68dcf9540e8db01d84"


def test_the_order_of_properties_is_part_of_the_key():
    forth = {"properties": {"a": {}, "b": {}}}
    back = {"properties": {"b": {}, "a": {}}}
    assert answer_key("m", replace(REQUEST, schema=forth)) != answer_key("m", replace(REQUEST, schema=back))


def test_vectors_come_back_exactly_also_many_of_them(tmp_path):
    vectors = np.random.default_rng(0).normal(size=(1_203, 7)).astype(np.float32)
    keys = [vector_key("e", f"text {i}") for i in range(1_203)]
    with Store(tmp_path / "s.db") as store:
        store.put_vectors(keys, vectors)
    with Store(tmp_path / "s.db") as store:
        found = store.get_vectors([*keys, "missing"])
        assert store.counts() == {"answers": 0, "vectors": 1_203}
    assert set(found) == set(keys)
    assert np.array_equal(np.stack([found[key] for key in keys]), vectors)
    assert found[keys[0]].dtype == np.float32
    found[keys[0]][0] = 1.0  # the caller's own copy


def test_vectors_and_keys_must_be_as_many():
    with pytest.raises(ValueError, match="2 keys for 3 vectors"):
        Store(":memory:").put_vectors(["a", "b"], np.zeros((3, 2), np.float32))


@pytest.mark.parametrize(
    "content", [b"not a database at all, but long enough to look at" * 40, b"SQLite format 3\x00" + b"x" * 9000]
)
def test_a_damaged_file_is_one_clear_error(tmp_path, content):
    path = tmp_path / "s.db"
    path.write_bytes(content)
    with pytest.raises(AtlasError, match=r"s\.db: not a usable answer store .*move it away"):
        Store(path)


def test_damage_in_the_middle_is_one_clear_error(tmp_path):
    path = tmp_path / "s.db"
    with Store(path) as store:
        for i in range(3_000):
            store.put_answer(f"{i:040d}", ChatAnswer("x" * 100))
    data = bytearray(path.read_bytes())
    data[8_192:-8_192] = b"\xff" * (len(data) - 16_384)
    path.write_bytes(data)
    with pytest.raises(AtlasError, match="not a usable answer store"), Store(path) as store:
        for i in range(3_000):
            store.get_answer(f"{i:040d}")


def test_a_folder_in_the_place_of_the_file(tmp_path):
    with pytest.raises(AtlasError, match="cannot be opened"):
        Store(tmp_path)


def test_a_file_in_the_place_of_the_folder(tmp_path):
    (tmp_path / "atlas").write_text("")
    with pytest.raises(AtlasError, match="cannot be made"):
        Store(tmp_path / "atlas" / "s.db")


def test_a_full_disk_is_said_and_the_store_stays_whole(tmp_path):
    path = tmp_path / "s.db"
    store = Store(path)
    store.put_answer("a", ChatAnswer("kept"))
    pages = store._db.execute("pragma page_count").fetchone()[0]
    store._db.execute(f"pragma max_page_count = {pages + 1}")
    with pytest.raises(AtlasError, match="disk is full"):
        store.put_answer("b", ChatAnswer("x" * 100_000))
    assert store.get_answer("a").text == "kept"
    store.close()
    store.close()


def test_two_processes_write_to_one_store(tmp_path):
    path = tmp_path / "s.db"
    code = (
        "import sys; from clioscope.models.store import Store; from clioscope.models.chat import ChatAnswer\n"
        "with Store(sys.argv[1]) as store:\n"
        "    for i in range(200): store.put_answer(sys.argv[2] + str(i), ChatAnswer('x'))"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(path), name]) for name in "ab"]
    assert [writer.wait() for writer in writers] == [0, 0]
    with Store(path) as store:
        assert store.counts()["answers"] == 400


def test_the_file_is_an_ordinary_sqlite_file_in_wal_mode(tmp_path):
    with Store(tmp_path / "s.db") as store:
        store.put_answer("k", ChatAnswer("text", 1, 2, 0.5))
        other = sqlite3.connect(tmp_path / "s.db")  # a reader while it is open
        assert other.execute("pragma journal_mode").fetchone() == ("wal",)
        assert other.execute("select * from answers").fetchall() == [("k", "text", 1, 2, 0.5, 0)]
        other.close()


def test_refusals_are_kept_beside_the_answers(tmp_path):
    with Store(tmp_path / "s.db") as store:
        assert store.get_refusal("k") is None
        store.put_refusal("k", "too long")
        store.put_refusal("k", "filtered")
    with Store(tmp_path / "s.db") as store:
        assert store.get_refusal("k") == "filtered"
        assert store.counts()["answers"] == 0
