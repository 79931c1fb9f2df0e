"""Files at URLs: which there are, and one of them here. With fsspec's own store in memory in place of a bucket."""

from pathlib import Path

import pytest
from extras import needs

from clioscope.cluster.urls import fetched, list_url, url_of
from clioscope.errors import InputError


@pytest.mark.parametrize(
    ("path", "url"),
    [
        (Path("s3://bucket/logs/a.parquet"), "s3://bucket/logs/a.parquet"),
        (Path("gs://bucket/logs/*.jsonl"), "gs://bucket/logs/*.jsonl"),
        (Path("file:///data/x"), "file:///data/x"),
        ("s3://bucket/x", "s3://bucket/x"),
        (Path("logs/a.jsonl"), None),
        (Path("/data/a:/b.jsonl"), None),
        (Path("C:/data"), None),
    ],
)
def test_what_pathlib_makes_of_a_url_is_one_again(path, url) -> None:
    assert url_of(path) == url


def test_a_file_of_such_a_name_is_a_file(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s3:" / "bucket").mkdir(parents=True)
    assert url_of(Path("s3:/bucket")) is None


@pytest.fixture
def bucket():
    """A bucket in memory."""
    pytest.importorskip("pyarrow", reason="the extra [ray] is not installed")
    import fsspec

    files = fsspec.filesystem("memory")
    for name in ("b.jsonl", "a.parquet", "deep/c.jsonl.gz", "_SUCCESS", "readme.md", ".hidden.jsonl"):
        files.pipe(f"/bucket/in/{name}", name.encode())
    yield files
    files.rm("/bucket", recursive=True)


@needs("pyarrow", "ray")
class TestFiles:
    """Listing and fetching."""

    def test_a_folder_has_its_parquet_and_jsonl_files(self, bucket) -> None:
        listed = list_url("memory://bucket/in")
        assert [one.url.removeprefix("memory://bucket/in/") for one in listed] == [
            "a.parquet",
            "b.jsonl",
            "deep/c.jsonl.gz",
        ]
        assert [one.bytes for one in listed] == [9, 7, 15]

    def test_a_pattern_and_a_file(self, bucket) -> None:
        assert [one.url for one in list_url("memory://bucket/in/*.jsonl")] == [
            "memory://bucket/in/.hidden.jsonl",
            "memory://bucket/in/b.jsonl",
        ]
        assert [one.url for one in list_url("memory://bucket/in/readme.md")] == ["memory://bucket/in/readme.md"]

    def test_a_local_url(self, tmp_path) -> None:
        (tmp_path / "a.jsonl").write_text("{}")
        (one,) = list_url(f"file://{tmp_path}")
        assert one.url == f"file://{tmp_path}/a.jsonl" and one.bytes == 2 and one.changed > 0

    def test_nothing_there_is_one_sentence(self, bucket, tmp_path) -> None:
        for url in ("memory://bucket/none", f"file://{tmp_path}"):
            with pytest.raises(InputError, match="there are no Parquet or JSONL files there"):
                list_url(url)
        with pytest.raises(InputError, match="cannot be listed"):
            list_url("nosuch://bucket/x")

    def test_a_file_is_here_while_it_is_read(self, bucket) -> None:
        with fetched("memory://bucket/in/deep/c.jsonl.gz") as path:
            assert path.name == "c.jsonl.gz" and path.read_bytes() == b"deep/c.jsonl.gz"  # as it is, not unpacked
        assert not path.exists()
        with pytest.raises(InputError, match="cannot be read"), fetched("memory://bucket/in/none.jsonl"):
            pass
