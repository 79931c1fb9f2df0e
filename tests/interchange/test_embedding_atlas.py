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
