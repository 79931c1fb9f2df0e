"""The atlas: a folder of open files that any tool can read (Parquet, .npy, JSON)."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clioscope.atlas.files import read_array, read_manifest
from clioscope.errors import AtlasError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from clioscope.atlas.assigned import Assigned
    from clioscope.vectors.centring import Means


class Atlas:
    """A finished atlas, read lazily.

    Tables are polars frames: ``conversations``, ``occurrences``, ``facets``, ``clusters`` (one row a
    conversation), ``tree`` (one row a group, final names), ``layout``, ``ledger``; ``vectors`` and
    ``centroids`` are float32 arrays in the row order of ``conversations`` and of the base groups. A published
    atlas has ``tree`` and ``facet_counts`` only. Raises AtlasError for what the atlas does not hold.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.manifest = read_manifest(self.path)

    def __repr__(self) -> str:
        counts = self.manifest.get("counts", {})
        return f"<Atlas {self.path}: {counts.get('conversations', '?')} conversations, {self.tree.height} groups>"

    @property
    def published(self) -> bool:
        """Whether this copy holds aggregates only."""
        return bool(self.manifest.get("published"))

    @cached_property
    def conversations(self) -> pl.DataFrame:
        """conversation, count, users, turns, characters, first_at, last_at."""
        return self._kept(self.table("conversations"))

    @cached_property
    def occurrences(self) -> pl.DataFrame:
        """One row an input record: conversation, record, user, created_at, meta_…"""
        return self._kept(self.table("occurrences"))

    @cached_property
    def facets(self) -> pl.DataFrame:
        """conversation and one column a facet."""
        return self.table("facets")

    @cached_property
    def clusters(self) -> pl.DataFrame:
        """conversation, group (base), label, margin, rare, noise (the method itself put it into no group)."""
        return self.table("clusters")

    @cached_property
    def tree(self) -> pl.DataFrame:
        """One row a group: group, level (0 = base), parent, name, description, phrases, sizes, verdicts, unbacked."""
        return self.table("tree")

    @cached_property
    def layout(self) -> pl.DataFrame:
        """conversation, x, y."""
        return self.table("layout")

    @cached_property
    def ledger(self) -> pl.DataFrame:
        """What failed: stage, item, reason, attempts."""
        return self.table("ledger")

    @cached_property
    def transcripts(self) -> pl.DataFrame:
        """conversation, transcript, text; only when the atlas was built to keep them."""
        return self.table("transcripts")

    @cached_property
    def facet_counts(self) -> pl.DataFrame:
        """Aggregates of a published atlas: group, facet, value, count."""
        return self.table("facet_counts")

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """Unit vectors that decided the groups, shape (conversations, d): made of the plain ones, that are stored."""
        from clioscope.atlas.vectors import read_vectors

        return read_vectors(self.path, self.languages)

    @property
    def plain(self) -> NDArray[np.float32]:
        """Unit vectors of the conversations as their encoder gave them, averaged (n, d)."""
        from clioscope.atlas.vectors import read_plain

        return read_plain(self.path)

    @cached_property
    def centroids(self) -> NDArray[np.float32]:
        """Unit centroids of the base groups, in the order of ``manifest["base_groups"]``."""
        return self.array("centroids")

    @cached_property
    def means(self) -> Means:
        """What was taken off the vectors of conversations."""
        from clioscope.atlas.vectors import read_means

        return read_means(self.path)

    @property
    def languages(self) -> list[str | None] | None:
        """Language of each row of ``facets``, as far as it is known; None in an atlas without that facet."""
        from clioscope.atlas.languages import languages_of

        return languages_of(self.facets, {facet["name"]: facet["type"] for facet in self.manifest["facets"]})

    @cached_property
    def unsmoothed(self) -> NDArray[np.float32]:
        """Vectors centred but not smoothed (n, d), in which groups can be judged: smoothing flatters them. The smoothed
        ones of an atlas that does not keep the plain ones."""
        from clioscope.atlas.vectors import has_plain

        return self.means.centre(self.plain, self.languages) if has_plain(self.path) else self.vectors

    @cached_property
    def membership(self) -> pl.DataFrame:
        """One row a conversation and group that holds it, at every level: conversation, group, count."""
        import polars as pl

        rows = self.clusters.select("conversation", "group").join(
            self.conversations.select("conversation", "count"), on="conversation", how="left"
        )
        above = self.tree.select("group", pl.col("parent").alias("next"))
        levels = []
        while not rows.is_empty():
            levels.append(rows)
            rows = (
                rows.join(above, on="group", how="left")
                .filter(pl.col("next").is_not_null())
                .select("conversation", pl.col("next").alias("group"), "count")
            )
        return pl.concat(levels)

    def members(self, group: str) -> pl.DataFrame:
        """The facets of the conversations in a group of any level. Raises AtlasError for an unknown group."""
        import polars as pl

        if group not in self.tree["group"]:
            raise AtlasError(f"{self.path}: there is no group {group!r}.")
        rows = self.membership.filter(pl.col("group") == group).select("conversation")
        return rows.join(self.facets, on="conversation", how="left", maintain_order="left")

    def assign(
        self,
        conversations: str | Path,
        *,
        format: str | None = None,
        text_column: str | None = None,
        encoding: str | None = None,
        id_column: str | None = None,
    ) -> Assigned:
        """Put new conversations into the groups of this atlas, without rebuilding it (see ``clioscope.assign``)."""
        import clioscope  # the package of public names, which stands above this one

        return clioscope.assign(
            self, conversations, format=format, text_column=text_column, encoding=encoding, id_column=id_column
        )

    def _kept(self, table: pl.DataFrame) -> pl.DataFrame:
        """The rows of conversations that passed the screener, where there was one."""
        import polars as pl

        if not (self.path / "screened.parquet").exists():
            return table
        kept = self.table("screened").filter(pl.col("kept")).select("conversation")
        return table.join(kept, on="conversation", how="semi", maintain_order="left")

    def table(self, name: str) -> pl.DataFrame:
        """Read one table by the name of its file."""
        import polars as pl

        try:
            return pl.read_parquet(self.path / f"{name}.parquet")
        except FileNotFoundError:
            why = "it is published and holds aggregates only" if self.published else "this atlas was built without it"
            raise AtlasError(f"{self.path}: there is no table {name!r}; {why}.") from None
        except (OSError, pl.exceptions.PolarsError) as error:
            raise AtlasError(f"{self.path}: {name}.parquet cannot be read ({error}).") from error

    def array(self, name: str) -> NDArray[Any]:
        """Read one array by the name of its file."""
        return read_array(self.path, name)


def open_atlas(path: str | Path) -> Atlas:
    """Open a finished atlas. Raises AtlasError when the folder is none, or of a newer version."""
    return Atlas(path)
