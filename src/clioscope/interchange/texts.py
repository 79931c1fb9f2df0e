"""The texts of an atlas, for tools that show or count them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clioscope.errors import AtlasError

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas


def texts_of(atlas: Atlas) -> pl.Series:
    """One text per row of ``atlas.clusters``: what the user wrote where transcripts were kept, else the facets that are
    sentences, joined; empty where nothing is known.

    Raises AtlasError for an atlas that has neither.
    """
    import polars as pl

    if atlas.published:
        raise AtlasError(f"{atlas.path}: a published atlas holds no texts.")
    ids = atlas.clusters.select("conversation")
    if (atlas.path / "transcripts.parquet").exists():
        kept = atlas.transcripts.select("conversation", "text")
        return ids.join(kept, on="conversation", how="left", maintain_order="left")["text"].fill_null("")
    said = [
        facet["name"]
        for facet in atlas.manifest["facets"]
        if facet["type"] == "text" and facet["name"] in atlas.facets.columns
    ]
    if not said or all(atlas.facets[name].null_count() == atlas.facets.height for name in said):
        raise AtlasError(
            f"{atlas.path}: holds no texts; give them as documents, or build it again with input.keep_transcripts."
        )
    facets = atlas.facets.select("conversation", text=pl.concat_str(pl.col(said), separator=". ", ignore_nulls=True))
    return ids.join(facets, on="conversation", how="left", maintain_order="left")["text"].fill_null("")
