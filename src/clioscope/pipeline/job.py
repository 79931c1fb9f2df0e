"""One run of one stage: what it may see, and where it puts what it makes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from clioscope.pipeline.stage import Given, Stage, subset
from clioscope.version import __version__

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from clioscope.cluster.place import ClusterPlace
    from clioscope.embedding.embedder import Embedder
    from clioscope.facets.facet import Facet
    from clioscope.models.asker import Asker
    from clioscope.models.store import Store
    from clioscope.pipeline.predecessor import Predecessor
    from clioscope.pipeline.workspace import Workspace

T = TypeVar("T")


class Job:
    """Hands a stage what it declared, and nothing else: anything more raises LookupError or AttributeError."""

    def __init__(self, workspace: Workspace, stage: Stage, before_writing: Callable[[Stage], None]) -> None:
        self._workspace, self._stage, self._before_writing = workspace, stage, before_writing
        self._written: dict[str, str] = {}
        self._rows = 0  # of the longest table or array
        self._notes: dict[str, Any] = {}
        self._began = time.monotonic()
        self.settings = subset(workspace.settings, stage.settings)
        self.folder: Path = workspace.folder

    # -- what the stage reads ------------------------------------------------------------------------------

    def has(self, table: str) -> bool:
        """Whether the stage that writes a table is part of this build."""
        self._declared(table)
        return self._workspace.has(table)

    def table(self, name: str) -> pl.DataFrame:
        """A table of an earlier stage, with the columns declared (those of them that are there)."""
        return self._workspace.table(name, self._declared(name))

    def array(self, name: str) -> NDArray[Any]:
        """An array of an earlier stage."""
        self._declared(name)
        return self._workspace.array(name)

    def _declared(self, name: str) -> Sequence[str] | None:
        if name not in self._stage.tables:
            raise LookupError(f"The stage {self._stage.name} does not declare that it reads {name}.")
        return self._stage.tables[name]

    @property
    def files(self) -> Sequence[Path]:
        """The input: files and folders."""
        self._take("files")
        return self._workspace.files

    @property
    def cluster(self) -> ClusterPlace | None:
        """Where input at a URL is read, if there is such a place: it decides nothing about the outcome."""
        return self._workspace.cluster

    @property
    def facets(self) -> Sequence[Facet]:
        """The facets of the build."""
        self._take("facets")
        return self._workspace.facets

    @property
    def has_language(self) -> bool:
        """Whether the build has the facet that says in which language a conversation is."""
        self._take("language")
        return self._workspace.has_language

    @property
    def embedder(self) -> Embedder:
        """The encoder of the build."""
        self._take("embedder", "segments")
        return self._workspace.embedder

    @property
    def before(self) -> Predecessor | None:
        """The earlier atlas that the build keeps ids and names of, if there is one."""
        self._take("before")
        return self._workspace.before

    def _take(self, *given: Given) -> None:
        """Any of ``given`` will do."""
        if not set(given) & set(self._stage.given):
            raise LookupError(f"The stage {self._stage.name} does not declare that it takes the {given[0]}.")

    # -- what the stage works with -------------------------------------------------------------------------

    @property
    def store(self) -> Store:
        """Answers and vectors by content."""
        return self._workspace.store

    def asker(self) -> Asker | None:
        """The stage's model, started at its first question; None for a build without one. Raises ModelError."""
        if self._stage.role is None:
            raise LookupError(f"The stage {self._stage.name} does not declare that it asks a model.")
        return self._workspace.askers.ask(self._stage.name, self._stage.role)

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What ``make`` gives, made once in this run under this name: something large that several stages need."""
        return self._workspace.once(name, make)

    def report(self, done: int, total: int | None = None) -> None:
        """Say how far the stage is."""
        self._workspace.progress.step(self._stage.name, done, total)

    # -- what the stage makes ------------------------------------------------------------------------------

    def write_table(self, name: str, table: pl.DataFrame) -> None:
        """Write one of the stage's tables."""
        self._written[f"{name}.parquet"] = self._workspace.write_table(self._own(name), table)
        self._rows = max(self._rows, table.height)

    def write_array(self, name: str, array: NDArray[Any]) -> None:
        """Write one of the stage's arrays."""
        self._written[f"{name}.npy"] = self._workspace.write_array(self._own(name), array)
        self._rows = max(self._rows, len(array) if array.ndim else 0)

    def _own(self, name: str) -> str:
        if name not in self._stage.writes:
            raise LookupError(f"The stage {self._stage.name} does not declare that it writes {name}.")
        if not self._written:
            self._before_writing(self._stage)
        return name

    def note(self, **figures: Any) -> None:
        """Record figures of the stage in the manifest."""
        self._notes |= figures

    def record(self, key: str) -> dict[str, Any]:
        """The stage's entry in the manifest, when it is done."""
        seconds = round(time.monotonic() - self._began, 3)
        written = sum((self.folder / file).stat().st_size for file in self._written)
        made = {"key": key, "clioscope": __version__, "seconds": seconds, "rows": self._rows, "written": written}
        return made | {"files": self._written} | self._notes
