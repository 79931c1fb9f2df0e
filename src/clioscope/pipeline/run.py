"""The run of the stages in a folder: which are done, what they wrote, who answers their questions, what that cost.

Each stage writes its tables whole and then its record into the manifest. The record has the stage's key: a hash of the
version of its code, of the settings, prompts and model that it declares, and of the *content* of the tables that it
reads. A stage whose key stands there is not run again, unless the server failed on some of its questions. So a stage
that runs again and makes the same as before costs nothing after it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from hashlib import blake2b, file_digest
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from clioscope.atlas.files import VERSION, read_array, write_array, write_json, write_table
from clioscope.files.folders import FORMAT, MANIFEST, manifest_of
from clioscope.pipeline.askers import Askers
from clioscope.pipeline.folder import ANSWERS
from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import Stage, digest, values
from clioscope.progress import Progress, Silent, on_pause
from clioscope.settings import Settings

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from clioscope.embedding.embedder import Embedder
    from clioscope.facets.facet import Facet
    from clioscope.models.store import Store

T = TypeVar("T")


class Run:
    """Stages in ``folder`` with resolved ``settings`` and the ``facets`` of the build.

    ``files`` are the input, ``sources`` the same as the manifest records them.
    """

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        facets: Sequence[Facet] = (),
        *,
        files: Sequence[Path] = (),
        sources: Sequence[Mapping[str, Any]] = (),
        progress: Progress | None = None,
    ) -> None:
        self.folder, self.settings, self.facets = folder, settings, facets
        self.files, self.sources = files, sources
        self.progress: Progress = progress or Silent()
        self.askers = Askers(settings, lambda: self.store, self.progress.step, on_pause(self.progress))
        self.manifest: dict[str, Any] = {
            "stages": {},
            **manifest_of(folder),
            "format": FORMAT,
            "version": VERSION,
            "published": False,
        }
        self.stages: set[str] = set()  # of this run
        self._booked: set[str] = set()  # kinds of questions whose cost stands in the manifest
        self._store: Store | None = None
        self._made: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the model that is open, and close the store."""
        self.askers.close()
        if self._store is not None:
            self._store.close()
            self._store = None

    # -- stages --------------------------------------------------------------------------------------------

    def do(self, stage: Stage) -> None:
        """Run a stage unless it is done already, or these settings do without it."""
        if not stage.when(self.settings):
            return
        key, record = self.key(stage), self.manifest["stages"].get(stage.name, {})
        if self._is_done(record, key):
            self.stages.add(stage.name)
            self.progress.end(stage.name, record["seconds"], False)
            return
        self.progress.begin(stage.name)
        job = Job(self, stage)
        stage.make(job)
        self.record(stage.name, job.record(key))
        self.progress.end(stage.name, self.manifest["stages"][stage.name]["seconds"], True)

    def take(self, **tables: pl.DataFrame) -> None:
        """Tables from elsewhere, in place of the stages that write them."""
        files = {f"{name}.parquet": self.write_table(name, table) for name, table in tables.items()}
        self.manifest["stages"]["taken"] = {"files": files}
        self.stages.add("taken")

    def key(self, stage: Stage) -> str:
        """Hash of all that the outcome of a stage depends on."""
        from clioscope.prompts import prompt_hash

        return digest(
            stage.name,
            stage.version,
            values(self.settings, stage.settings),
            [prompt_hash(name) for name in stage.prompts],
            None if stage.role is None else self.askers.key(stage.role),
            [self._given(name) for name in stage.given],
            {name: self._content(name, columns) for name, columns in stage.tables.items() if self.has(name)},
        )

    def _is_done(self, record: Mapping[str, Any], key: str) -> bool:
        return (
            record.get("key") == key
            and "unserved" not in record
            and all((self.folder / file).exists() for file in record["files"])
        )

    def _given(self, name: str) -> Any:
        if name == "files":
            return self.sources
        return self.embedder.id if name == "embedder" else [facet.identity for facet in self.facets]

    def _content(self, name: str, columns: Sequence[str] | None) -> str:
        """Hash of a table or array that a stage of this run wrote; of some of its columns, of their values."""
        if columns is None:
            return next(hashes[file] for hashes in self._files() for file in hashes if Path(file).stem == name)
        # Another version of polars may hash otherwise: then the stage runs once more, and asks nothing anew.
        table = self.table(name, columns)
        hashes = table.hash_rows().to_numpy() if table.width else table.to_numpy()
        return blake2b(hashes.tobytes(), digest_size=12).hexdigest()

    def _files(self) -> list[dict[str, str]]:
        """Files of the stages of this run, each with the hash of its content."""
        return [record["files"] for name, record in self.manifest["stages"].items() if name in self.stages]

    def record(self, name: str, record: dict[str, Any]) -> None:
        """Note that a stage is done, with what its questions cost and how many failed.

        ``unserved`` stands for the questions that the server failed on, where there are any.
        """
        self._write_ledger()
        spent, ledger = self.askers.account.stages, self.askers.ledger
        kinds = [kind for kind in ledger.asked if kind not in self._booked]
        self._booked |= set(kinds)
        failures = [failure for failure in ledger.failures if failure.stage in kinds]
        unserved = sorted((failure.stage, failure.item) for failure in failures if failure.server)
        if kinds:
            record["questions"] = {
                kind: {
                    "asked": ledger.asked[kind],
                    "failed": sum(failure.stage == kind for failure in failures),
                    "unserved": sum(stage == kind for stage, _ in unserved),
                }
                for kind in kinds
            }
        if unserved:
            record["unserved"] = digest(unserved)
        costs = [asdict(spent[kind]) for kind in kinds if kind in spent]
        if costs:
            record["cost"] = {figure: sum(cost[figure] for cost in costs) for figure in costs[0]}
        if self.askers.ids:
            self.manifest["answered"] = self.manifest.get("answered", {}) | self.askers.ids
        self.manifest["stages"][name] = record
        self.stages.add(name)
        write_json(self.folder / MANIFEST, self.manifest)

    def _write_ledger(self) -> None:
        """What failed so far: rows of this run, and those of earlier runs for stages not run again."""
        import polars as pl

        path = self.folder / "ledger.parquet"
        frame = self.askers.ledger.frame()
        if path.exists():
            before = pl.read_parquet(path)
            ran = list(self.askers.ledger.asked)
            frame = pl.concat([before.filter(~pl.col("stage").is_in(ran)), frame], how="diagonal_relaxed")
        write_table(path, frame)

    # -- tables, arrays and what else stages share ---------------------------------------------------------

    def has(self, name: str) -> bool:
        """Whether a stage of this run wrote a table or array of that name."""
        return any(Path(file).stem == name for hashes in self._files() for file in hashes)

    def table(self, name: str, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """A table that a stage wrote, or those of ``columns`` that it has."""
        import polars as pl

        path = self.folder / f"{name}.parquet"
        if columns is None:
            return pl.read_parquet(path)
        there = pl.read_parquet_schema(path)
        return pl.read_parquet(path, columns=[column for column in columns if column in there])

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

        return open_embedder(self.settings.embedding)


def file_hash(path: Path) -> str:
    """Hash of a file's content, in 24 characters."""
    with path.open("rb") as file:
        return file_digest(file, lambda: blake2b(digest_size=12)).hexdigest()
