"""Rows out and back, in a local folder and in a store that fsspec knows."""

import pytest
from extras import needs

from clioscope.cluster.rows import QUESTION, outcomes_of, row_of
from clioscope.cluster.shards import Shards
from clioscope.errors import AtlasError
from clioscope.models.chat import ChatAnswer
from clioscope.models.outcome import Outcome

pytestmark = needs("pyarrow", "ray")


@pytest.fixture(params=["local", "memory"])
def shards(request, tmp_path):
    yield Shards(str(tmp_path / "shards") if request.param == "local" else "memory://bucket/shards")
    if request.param == "memory":
        import fsspec

        fsspec.filesystem("memory").store.clear()


def test_rows_go_out_in_files_of_a_size(shards) -> None:
    paths = shards.write("w", ((str(number), "text") for number in range(10)), QUESTION, 4)
    assert [shards.read(path).num_rows for path in paths] == [4, 4, 2]
    assert shards.read(paths[2]).to_pylist() == [{"key": "8", "text": "text"}, {"key": "9", "text": "text"}]
    assert shards.works() == ["w"] and shards.answered("w") == []
    shards.remove("w")
    assert shards.works() == []
    shards.close()


def test_what_came_back_is_found_and_a_torn_file_is_none(shards) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    outcomes = [
        Outcome("a", ChatAnswer("so", 3, 4, 0.5, truncated=True)),
        Outcome("b", None, "too long", "own"),
        Outcome("c", ChatAnswer("")),
    ]
    place = shards.place("w", "answered")
    shards.files.create_dir(place, recursive=True)
    pq.write_table(
        pa.Table.from_pylist([row_of(one) for one in outcomes]), f"{place}/x.parquet", filesystem=shards.files
    )
    with shards.files.open_input_stream(f"{place}/x.parquet") as source:
        head = source.read(200)
    for name in ("torn", "empty"):
        with shards.files.open_output_stream(f"{place}/{name}.parquet") as target:
            target.write(head if name == "torn" else b"")
    found = {path: shards.read(path) for path in shards.answered("w")}
    assert len(found) == 3 and sum(table is None for table in found.values()) == 2
    (table,) = (table for table in found.values() if table is not None)
    assert list(outcomes_of(table)) == outcomes
    assert shards.read(f"{place}/gone.parquet") is None


def test_a_place_that_is_none_is_one_sentence(tmp_path) -> None:
    with pytest.raises(AtlasError, match="nosuch://x: files there cannot be reached"):
        Shards("nosuch://x")
    (tmp_path / "file").write_text("")
    with pytest.raises(AtlasError, match=r"cannot be used as cluster\.folder"):
        Shards(str(tmp_path / "file")).write("w", [("a", "b")], QUESTION, 1)
