"""An atlas as a DuckDB database."""

import pytest

import clioscope
from clioscope import interchange
from clioscope.errors import ClioscopeError
from clioscope.settings import PrivacySettings

duckdb = pytest.importorskip("duckdb", reason="duckdb is not here")


def test_a_file_has_records_groups_and_members(finished, tmp_path) -> None:
    file = interchange.to_duckdb(finished.path, tmp_path / "atlas.duckdb")
    assert file.stat().st_mode & 0o077 == 0
    with duckdb.connect(str(file), read_only=True) as base:
        assert base.sql("SELECT count(*), min(date) IS NOT NULL FROM records").fetchall() == [(60, True)]
        sums = base.sql("SELECT name_1, count(*) FROM records GROUP BY 1 ORDER BY 1").fetchall()
        assert sums == finished.table().group_by("name_1").len().sort("name_1").rows()
        whole = 'SELECT g.name, sum(m.count) FROM members m JOIN groups g USING ("group") GROUP BY g.name, g."group"'
        joined = base.sql(whole)
        assert sorted(joined.fetchall()) == sorted(finished.tree.select("name", "count").rows())
    interchange.to_duckdb(finished, file)  # written anew


def test_an_open_connection_gets_the_tables(finished) -> None:
    with duckdb.connect() as base:
        assert interchange.to_duckdb(finished, base) is base
        assert base.sql("SELECT count(*) FROM groups").fetchall() == [(finished.tree.height,)]
        assert base.sql("SELECT count(*) FROM records").fetchall() == [(60,)]


def test_a_published_atlas_gives_its_counts_only(finished, tmp_path) -> None:
    copy = clioscope.publish(finished, tmp_path / "public", PrivacySettings(min_conversations=4, min_users=2))
    with duckdb.connect() as base:
        interchange.to_duckdb(copy, base)
        assert {row[0] for row in base.sql("SHOW TABLES").fetchall()} == {"groups", "facet_counts"}


def test_a_file_that_cannot_be_written_is_one_sentence(finished, tmp_path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ClioscopeError, match="cannot be written"):
        interchange.to_duckdb(finished, tmp_path / "file" / "atlas.duckdb")
