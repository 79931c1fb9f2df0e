"""The run of the stages in a folder: which are done, what they wrote, who answers their questions, what that cost.

Each stage writes its tables whole and then its record into the manifest. The record has the stage's key: a hash of the
version of its code, of the settings, prompts and model that it declares, and of the *content* of the tables that it
reads. A stage whose key stands there is not run again, unless the server failed on some of its questions. So a stage
that runs again and makes the same as before costs nothing after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clioscope.atlas.files import VERSION, write_json, write_table
from clioscope.errors import QuestionsWaiting
from clioscope.files.folders import FORMAT, MANIFEST, manifest_of
from clioscope.pipeline.gauge import Gauge
from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import Given, Stage, digest, values
from clioscope.pipeline.workspace import Workspace, file_hash
from clioscope.progress import Progress
from clioscope.settings import Settings

if TYPE_CHECKING:
    import polars as pl

    from clioscope.facets.facet import Facet


class Run(Workspace):
    """The stages of a build, one after another, in a folder. A context: it closes what the stages opened."""

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
        super().__init__(folder, settings, facets, files=files, progress=progress)
        self.sources = sources  # the input as the manifest records it
        self.manifest: dict[str, Any] = {
            "stages": {},
            **manifest_of(folder),
            "format": FORMAT,
            "version": VERSION,
            "published": False,
        }
        self.stages: set[str] = set()  # of this run
        self._booked: set[str] = set()  # kinds of questions whose cost stands in the manifest

    def do(self, stage: Stage) -> None:
        """Run a stage unless it is done already, or these settings do without it."""
        if not stage.when(self.settings):
            return
        key, record = self.key(stage), self.manifest["stages"].get(stage.name, {})
        if self._is_done(record, key):
            self._keep(stage.name, record)
            self.progress.end(stage.name, record["seconds"], False)
            return
        self.progress.begin(stage.name)
        job = Job(self, stage, self._forget)
        with Gauge() as gauge:
            try:
                stage.make(job)
            except QuestionsWaiting:
                self._write_ledger()  # of what failed so far
                raise
        self.record(stage.name, job.record(key) | {"peak_memory": gauge.peak})
        self.progress.end(stage.name, self.manifest["stages"][stage.name]["seconds"], True)

    def take(self, **tables: pl.DataFrame) -> None:
        """Tables from elsewhere, in place of the stages that write them."""
        self.hashes |= {f"{name}.parquet": self.write_table(name, table) for name, table in tables.items()}

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

    def _given(self, name: Given) -> Any:
        match name:
            case "files":
                return self.sources
            case "facets":
                return [facet.identity for facet in self.facets]
            case "language":
                return self.has_language
            case "embedder":
                return self.embedder.id
            case "before":
                found = self.before
                if found is None:
                    return None
                return [found.same_names, *(file_hash(file) if file.exists() else None for file in found.files)]
            case "segments":
                return self.embedder.id if self.settings.segments.split else None

    def _content(self, name: str, columns: Sequence[str] | None) -> str:
        """Hash of a table or array that a stage of this run wrote; of some of its columns, of their values."""
        if columns is None:
            return next(hash for file, hash in self.hashes.items() if Path(file).stem == name)
        # Another version of polars may hash otherwise: then the stage runs once more, and asks nothing anew.
        table = self.table(name, columns)
        rows = table.hash_rows().to_numpy() if table.width else table.to_numpy()
        return blake2b(rows.tobytes(), digest_size=12).hexdigest()

    def _forget(self, stage: Stage) -> None:
        """A stage that begins to write has no result: killed half-way, its old files count for nothing."""
        if self.manifest["stages"].pop(stage.name, None) is not None:
            write_json(self.folder / MANIFEST, self.manifest)

    def _keep(self, name: str, record: Mapping[str, Any]) -> None:
        self.stages.add(name)
        self.hashes |= record["files"]

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
        self._keep(name, record)
        write_json(self.folder / MANIFEST, self.manifest)

    def _write_ledger(self) -> None:
        """What failed so far: rows of this run, and those of earlier runs for stages not run again."""
        import polars as pl

        path = self.folder / "ledger.parquet"
        frame = self.askers.ledger.frame()
        if path.exists():
            before = pl.read_parquet(path, glob=False)
            ran = list(self.askers.ledger.asked)
            frame = pl.concat([before.filter(~pl.col("stage").is_in(ran)), frame], how="diagonal_relaxed")
        write_table(path, frame)
