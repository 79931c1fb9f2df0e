"""The file for Embedding Atlas."""

import numpy as np
import polars as pl
import pytest

from clioscope import interchange
from clioscope.errors import ClioscopeError


def test_a_row_has_place_text_and_neighbours(kept, tmp_path) -> None:
    file = interchange.to_embedding_atlas(kept.path, tmp_path / "points.parquet", neighbours=5)
    rows = pl.read_parquet(file)
    assert rows.height == kept.clusters.height == 60  # copies are one conversation
    assert rows["text"].to_list() == kept.transcripts["text"].to_list()
    assert rows["x"].null_count() == 0
    near = rows["neighbors"][7]
    assert len(near["ids"]) == 5 and 7 not in near["ids"]
    cosines = kept.vectors @ kept.vectors[7]
    np.testing.assert_allclose(near["distances"], 1 - cosines[near["ids"]], atol=1e-5)
    assert "neighbors" not in pl.read_parquet(interchange.to_embedding_atlas(kept, file, neighbours=0)).columns
    with pytest.raises(ClioscopeError, match=r"ends in \.parquet"):
        interchange.to_embedding_atlas(kept, tmp_path / "points.csv")


@pytest.mark.slow
def test_embedding_atlas_takes_it_as_it_is(kept, tmp_path) -> None:
    """Its own command reads the file and the labels, and puts them into an application without computing anything."""
    import json
    import zipfile

    pytest.importorskip("embedding_atlas", reason="embedding-atlas is not here; docs/python.md says how to add it")
    from click.testing import CliRunner
    from embedding_atlas.cli import main

    file = interchange.to_embedding_atlas(kept, tmp_path / "points.parquet", neighbours=5)
    marks = tmp_path / "points.labels.parquet"
    assert set(pl.read_parquet(marks)["text"]) == set(kept.tree["name"])
    columns = ["--text", "text", "--x", "x", "--y", "y", "--neighbors", "neighbors", "--labels", str(marks)]
    made = tmp_path / "made.zip"
    ran = CliRunner().invoke(main, [str(file), *columns, "--kcore", "--export-application", str(made)])
    assert ran.exit_code == 0, ran.output
    with zipfile.ZipFile(made) as archive:
        metadata = json.loads(archive.read("data/metadata.json"))
        (tmp_path / "data.parquet").write_bytes(archive.read("data/dataset.parquet"))
    assert metadata["props"]["data"]["projection"] == {"x": "x", "y": "y"}
    assert metadata["props"]["data"]["neighbors"] == "neighbors"
    rows = pl.read_parquet(tmp_path / "data.parquet")
    assert rows.height == 60 and rows["path"].to_list() == pl.read_parquet(file)["path"].to_list()
