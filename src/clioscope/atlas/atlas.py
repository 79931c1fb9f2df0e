"""The atlas: a folder of files that any tool can read (Parquet, .npy, JSON)."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from clioscope.atlas.files import read_array, read_manifest
from clioscope.atlas.membership import members_of
from clioscope.atlas.overlay import read_overlay
from clioscope.errors import AtlasError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from clioscope import Editor, Explorer, Shown
    from clioscope.atlas.assigned import Assigned
    from clioscope.vectors.centring import Means


class Atlas:
    """A finished atlas, read lazily.

    Tables are polars frames: ``conversations``, ``occurrences``, ``asked``, ``facets``, ``clusters`` (one row per
    conversation), ``tree`` (one row per group, with final names), ``layout``, ``ledger``. ``vectors`` and
    ``centroids`` are float32 arrays in the row order of ``conversations`` and of the base groups. A published
    atlas has only ``tree`` and ``facet_counts``. Tables and manifest are as the analyst's edits left them (``edit``);
    with ``edits=False`` they are as the build made them. Raises AtlasError for a table or an array that the atlas
    lacks.

    >>> from clioscope import Atlas
    >>> Atlas("atlas/").conversations.height
    60
    """

    def __init__(self, path: str | Path, *, edits: bool = True) -> None:
        self.path = Path(path)
        self.manifest = read_manifest(self.path)
        self._overlay = read_overlay(self.path, self.manifest) if edits else None
        if self._overlay is not None:
            self.manifest |= self._overlay.changes()

    def __repr__(self) -> str:
        counts = self.manifest.get("counts", {})
        return f"<Atlas {self.path}: {counts.get('conversations', '?')} conversations, {self.tree.height} groups>"

    def _repr_html_(self) -> str:
        """What a notebook shows of it: the tree with the map."""
        return self.show()._repr_html_()

    def show(self, group: str | None = None, *, depth: int | None = None) -> Shown:
        """The tree to look at, in a notebook with the map (see ``clioscope.show``)."""
        found: Shown = _public().show(self, group, depth=depth)
        return found

    def plot(self, **options: Any) -> Figure:
        """The map as a picture of matplotlib (see ``clioscope.plot``)."""
        found: Figure = _public().plot(self, **options)
        return found

    def explore(self, **options: Any) -> Explorer:
        """The explorer's page inside a notebook (see ``clioscope.explore``)."""
        found: Explorer = _public().explore(self, **options)
        return found

    @property
    def published(self) -> bool:
        """Whether this is a published copy, which holds only groups and counts."""
        return bool(self.manifest.get("published"))

    @cached_property
    def built(self) -> Atlas:
        """The same atlas without the analyst's edits."""
        return self if self._overlay is None else Atlas(self.path, edits=False)

    @property
    def edit(self) -> Editor:
        """The analyst's edits, one method per operation (see ``clioscope.edit``). This object shows what they change
        when it is opened again; ``atlas.edit.merge(…)`` and the others return the edited atlas."""
        found: Editor = _public().edit(self)
        return found

    @cached_property
    def conversations(self) -> pl.DataFrame:
        """conversation, count, users, turns, characters, first_at, last_at."""
        return self._kept(self.table("conversations"))

    @cached_property
    def occurrences(self) -> pl.DataFrame:
        """One row per input record: conversation, record, user, created_at, meta_…"""
        return self._kept(self.table("occurrences"))

    @cached_property
    def segments(self) -> pl.DataFrame:
        """segment, conversation, part, parts, first_turn, last_turn, weight; only in an atlas of segments. Its other
        tables have a row per segment, and their column conversation holds the segment's id."""
        return self.table("segments")

    @cached_property
    def facets(self) -> pl.DataFrame:
        """conversation, and one column per facet."""
        return self.table("facets")

    @cached_property
    def clusters(self) -> pl.DataFrame:
        """conversation, group (base), label, margin, rare, noise (the method left it without a group), code (its given
        category, null for none; not in older atlases)."""
        return self.table("clusters")

    @cached_property
    def tree(self) -> pl.DataFrame:
        """One row per group: group, level (0 = base), parent, name, description, phrases, mixed (too little in common
        for a name; false in older atlases), code (of a given category; null for others), sizes, verdicts, unbacked.

        A group of one child is left out, so the parent of a base group may be null or several levels above.
        """
        import polars as pl

        table = self.table("tree")
        absent = {"mixed": pl.lit(False), "code": pl.lit(None, pl.String)}  # in older atlases
        return table.with_columns(value.alias(name) for name, value in absent.items() if name not in table.columns)

    @cached_property
    def layout(self) -> pl.DataFrame:
        """conversation, x, y."""
        return self.table("layout")

    @cached_property
    def ledger(self) -> pl.DataFrame:
        """Questions that failed: stage, item, reason, attempts."""
        return self.table("ledger")

    @cached_property
    def transcripts(self) -> pl.DataFrame:
        """conversation, transcript, text; only in an atlas that was built to keep transcripts."""
        return self.table("transcripts")

    @cached_property
    def facet_counts(self) -> pl.DataFrame:
        """Counts of a published atlas: group, facet, value (null: withheld, unknown or other), count."""
        return self.table("facet_counts")

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """The unit vectors that decided the groups, shape (n, d). They are computed from the stored plain vectors."""
        from clioscope.atlas.vectors import read_vectors

        return read_vectors(self.path, self.languages)

    @property
    def plain(self) -> NDArray[np.float32]:
        """Unit vectors of the conversations, shape (n, d): the encoder's vectors, averaged over what is embedded."""
        from clioscope.atlas.vectors import read_plain

        return read_plain(self.path)

    @cached_property
    def centroids(self) -> NDArray[np.float32]:
        """Unit centroids of the base groups, in the order of ``manifest["base_groups"]``."""
        return self.array("centroids")

    @cached_property
    def means(self) -> Means:
        """The means that centring subtracted from the vectors of conversations."""
        from clioscope.atlas.vectors import read_means

        return read_means(self.path)

    @property
    def languages(self) -> list[str | None] | None:
        """The language of each row of ``facets``, None for an unknown one; None in an atlas without that facet."""
        from clioscope.atlas.languages import languages_of

        return languages_of(self.facets, {facet["name"]: facet["type"] for facet in self.manifest["facets"]})

    @cached_property
    def unsmoothed(self) -> NDArray[np.float32]:
        """Vectors that are centred but not smoothed, shape (n, d). Groups are judged by them, since smoothing
        makes groups look better. An atlas without plain vectors has only the smoothed ones."""
        from clioscope.atlas.vectors import has_plain

        return self.means.centre(self.plain, self.languages) if has_plain(self.path) else self.vectors

    @cached_property
    def shown_rows(self) -> NDArray[np.int64]:
        """The rows of ``clusters`` whose groups are not hidden, rising."""
        import polars as pl

        shown = self.clusters["group"].is_in(self.tree["group"].implode())
        return shown.arg_true().cast(pl.Int64).to_numpy()

    @cached_property
    def membership(self) -> pl.DataFrame:
        """One row per conversation and group that holds it, at every level: conversation, group, count.

        Conversations of groups that the analyst has hidden are left out.
        """
        rows = self.clusters.select("conversation", "group").join(
            self.conversations.select("conversation", "count"), on="conversation", how="left", maintain_order="left"
        )
        return members_of(rows, self.tree, "count")

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
        ask: int | Literal["all"] | None = None,
        false_refusals: float = 0.05,
        batch: str | Path | None = None,
        without_failed: bool = False,
    ) -> Assigned:
        """Put new conversations into the groups of this atlas, without building it again (see ``clioscope.assign``)."""
        found: Assigned = _public().assign(
            self,
            conversations,
            format=format,
            text_column=text_column,
            encoding=encoding,
            id_column=id_column,
            ask=ask,
            false_refusals=false_refusals,
            batch=batch,
            without_failed=without_failed,
        )
        return found

    def _kept(self, table: pl.DataFrame) -> pl.DataFrame:
        """The rows of conversations that passed the screener; all rows without a screener."""
        import polars as pl

        if not (self.path / "screened.parquet").exists():
            return table
        kept = self.table("screened").filter(pl.col("kept")).select("conversation")
        return table.join(kept, on="conversation", how="semi", maintain_order="left")

    def table(self, name: str | None = None) -> pl.DataFrame:
        """One flat table of records, groups, facets and places (see ``clioscope.table``); with ``name`` one table of
        the folder, by the name of its file."""
        import polars as pl

        if name is None:
            found: pl.DataFrame = _public().table(self)
            return found

        try:
            return pl.read_parquet(self._folder_of(f"{name}.parquet") / f"{name}.parquet", glob=False)
        except FileNotFoundError:
            why = (
                "a published atlas holds only groups and counts"
                if self.published
                else "this atlas was built without it"
            )
            raise AtlasError(f"{self.path}: there is no table {name!r}; {why}.") from None
        except (OSError, pl.exceptions.PolarsError) as error:
            raise AtlasError(f"{self.path}: {name}.parquet cannot be read ({error}).") from error

    def array(self, name: str) -> NDArray[Any]:
        """Read one array by the name of its file."""
        return read_array(self._folder_of(f"{name}.npy"), name)

    def _folder_of(self, file: str) -> Path:
        """Where a file of the atlas lies: among those that the edits made, or those of the build."""
        layer = self._overlay
        return layer.folder if layer is not None and file in layer.files else self.path


def _public() -> Any:
    """The package of public names, which stands above this one."""
    import clioscope

    return clioscope


def open_atlas(path: str | Path) -> Atlas:
    """Open a finished atlas. Raises AtlasError if the folder is no atlas, or one of another version.

    >>> import clioscope
    >>> clioscope.open("atlas/").tree.columns[:4]
    ['group', 'level', 'parent', 'name']
    """
    return Atlas(path)
