"""What the stages of one build share: its folder, settings and facets, the models, the encoder and the store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from hashlib import blake2b, file_digest
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from clioscope.atlas.files import read_array, write_array, write_table
from clioscope.pipeline.askers import Askers
from clioscope.pipeline.folder import ANSWERS, WAITING
from clioscope.progress import Progress, Silent, on_pause
from clioscope.settings import Settings

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from clioscope.cluster.place import ClusterPlace
    from clioscope.embedding.embedder import Embedder
    from clioscope.facets.facet import Facet
    from clioscope.models.store import Store
    from clioscope.pipeline.predecessor import Predecessor

T = TypeVar("T")


class Workspace:
    """``folder`` with tables and arrays; resolved ``settings``; ``facets`` of the build; ``files`` that are its input.

    ``hashes`` has the content of every file that the stages of this build wrote, by name. A context: at its end the
    model that is open is stopped, and the store closed.
    """

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        facets: Sequence[Facet] = (),
        *,
        files: Sequence[Path] = (),
        progress: Progress | None = None,
    ) -> None:
        self.folder, self.settings, self.facets, self.files = folder, settings, facets, files
        self.progress: Progress = progress or Silent()
        self.askers = Askers(
            settings, lambda: self.store, self.progress.step, on_pause(self.progress), lambda: self.cluster
        )
        self.hashes: dict[str, str] = {}
        self.before: Predecessor | None = None  # the earlier atlas that ids and names are kept of
        self._store: Store | None = None
        self._made: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def batch(self, *, without_failed: bool = False) -> None:
        """Ask no model at an address from now on: its questions wait for the files of a batch (see ``Waits``)."""
        from clioscope.models.batch.waits import Waits

        self.askers.waits = Waits(self.folder / WAITING, self.store, without_failed=without_failed)
        self.askers.account.with_stored = True  # what a batch cost is booked when its answers are used

    def close(self) -> None:
        """Stop the model that is open, and close the store."""
        self.askers.close()
        if self.askers.waits is not None:
            self.askers.waits.close()
        if self.settings.cluster.on is not None and self.cluster is not None:
            self.cluster.close()
        if self._store is not None:
            self._store.close()
            self._store = None

    def has(self, name: str) -> bool:
        """Whether a stage of this build wrote a table or array of that name."""
        return any(Path(file).stem == name for file in self.hashes)

    def table(self, name: str, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """A table that a stage wrote, or those of ``columns`` that it has."""
        import polars as pl

        path = self.folder / f"{name}.parquet"
        if columns is None:
            return pl.read_parquet(path, glob=False)
        there = pl.scan_parquet(path, glob=False).collect_schema()
        return pl.read_parquet(path, columns=[column for column in columns if column in there], glob=False)

    def array(self, name: str) -> NDArray[Any]:
        """An array that a stage wrote."""
        return read_array(self.folder, name)

    def write_table(self, name: str, table: pl.DataFrame) -> str:
        """Write a table; the hash of its file."""
        path = self.folder / f"{name}.parquet"
        write_table(path, table)
        return file_hash(path)

    def write_array(self, name: str, array: NDArray[Any]) -> str:
        """Write an array; the hash of its file."""
        write_array(self.folder / f"{name}.npy", array)
        return file_hash(self.folder / f"{name}.npy")

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What ``make`` gives, made once in this run under this name."""
        if name not in self._made:
            self._made[name] = make()
        made: T = self._made[name]
        return made

    @property
    def has_language(self) -> bool:
        """Whether one of the facets says in which language a conversation is."""
        return any(facet.name == facet.type == "language" for facet in self.facets)

    @property
    def store(self) -> Store:
        """Answers and vectors by content."""
        if self._store is None:
            from clioscope.models.store import Store

            self._store = Store(self.folder / ANSWERS)
        return self._store

    @cached_property
    def embedder(self) -> Embedder:
        """The encoder of these settings."""
        from clioscope.embedding.open import open_embedder

        embedder, place = open_embedder(self.settings.embedding), self.cluster
        return embedder if place is None else place.embedder(embedder, self.settings.embedding)

    @cached_property
    def cluster(self) -> ClusterPlace | None:
        """Where questions and texts are worked on in bulk, by these settings; None where that is this process."""
        if self.settings.cluster.on is None:
            return None
        from clioscope.cluster.place import ClusterPlace

        return ClusterPlace(self.settings.cluster, self.folder)


def file_hash(path: Path) -> str:
    """Hash of a file's content, in 24 characters."""
    with path.open("rb") as file:
        return file_digest(file, lambda: blake2b(digest_size=12)).hexdigest()
