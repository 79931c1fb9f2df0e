"""Where an atlas is made: its stages, what is done already, and what it cost.

Each stage writes its tables whole and then its key (a hash of its settings, of the version of its code and of the key
of the stage before it) into the manifest; a stage whose key stands there is not run again, unless the server failed on
some of its questions.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel

from clioscope.atlas import Atlas
from clioscope.atlas.files import VERSION, read_array, write_array, write_json, write_table
from clioscope.conversations.records.files import list_paths
from clioscope.errors import AtlasError, InputError
from clioscope.files.folders import FORMAT, MANIFEST, manifest_of
from clioscope.pipeline.askers import Askers
from clioscope.pipeline.folder import ANSWERS, BuildFolder
from clioscope.pipeline.notices import notices
from clioscope.pipeline.stages import VERSIONS
from clioscope.progress import Progress, Silent, on_pause
from clioscope.settings import Settings
from clioscope.version import __version__

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from clioscope.facets.facet import Facet
    from clioscope.models.asker import Asker
    from clioscope.models.store import Store


class Stage:
    """One stage of a build: a context that times it and records it as done when it ends without error."""

    def __init__(self, shop: Workshop, name: str, key: str) -> None:
        self.name, self.key, self._shop = name, key, shop
        record = shop.manifest["stages"].get(name, {})
        self.done = (
            record.get("key") == key
            and "unserved" not in record
            and all((shop.folder / file).exists() for file in record["files"])
        )
        self._files: list[str] = []
        self._notes: dict[str, Any] = {}
        self._began = 0.0
        if self.done:
            shop.progress.end(name, record["seconds"], False)

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        self._shop.progress.begin(self.name)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            return
        seconds = round(time.monotonic() - self._began, 3)
        made = {"key": self.key, "clioscope": __version__, "seconds": seconds, "files": self._files}
        self._shop.record(self.name, made | self._notes)
        self._shop.progress.end(self.name, seconds, True)

    def report(self, done: int, total: int | None = None) -> None:
        """Tell how far the stage is."""
        self._shop.progress.step(self.name, done, total)

    def table(self, name: str, table: pl.DataFrame) -> None:
        """Write one of the stage's tables."""
        write_table(self._shop.folder / f"{name}.parquet", table)
        self._files.append(f"{name}.parquet")

    def array(self, name: str, array: NDArray[Any]) -> None:
        """Write one of the stage's arrays."""
        write_array(self._shop.folder / f"{name}.npy", array)
        self._files.append(f"{name}.npy")

    def note(self, **values: Any) -> None:
        """Record figures of the stage in the manifest."""
        self._notes |= values

    def load(self, name: str) -> pl.DataFrame:
        """Read a table of this stage or of one before it."""
        return self._shop.table(name)

    def load_array(self, name: str) -> NDArray[Any]:
        """Read an array of this stage or of one before it."""
        return self._shop.array(name)


class Workshop:
    """The making of one atlas."""

    def __init__(
        self,
        out: Path,
        sources: Sequence[Path],
        settings: Settings,
        *,
        overwrite: bool = False,
        progress: Progress | None = None,
    ) -> None:
        self._place = BuildFolder(out)
        self.out, self.folder, self.settings = self._place.out, self._place.folder, settings
        self.progress: Progress = progress or Silent()
        self._sources = list(sources)
        self._overwrite = overwrite
        self._store: Store | None = None
        self._askers = Askers(settings, lambda: self.store, self.progress.step, on_pause(self.progress))
        self._stages: set[str] = set()  # of this build
        self._booked: set[str] = set()  # kinds of questions whose cost stands in the manifest

    def __enter__(self) -> Self:
        for path in self._sources:
            if not path.exists():
                raise InputError(f"{path}: there is no such file or folder.")
        self._place.enter(self.sources, self._overwrite)
        self.manifest = self._read()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._askers.close()
        if self._store is not None:
            self._store.close()
        if kind is not None:
            with suppress(OSError):
                self._place.leave_nothing(self.manifest["stages"])
        self._place.release()
        if isinstance(error, OSError) and not isinstance(error, ConnectionError):
            raise AtlasError(
                f"{self.folder}: cannot be written ({error.strerror or error}); what was done is kept, run the same "
                "command again when that is mended."
            ) from error

    def _read(self) -> dict[str, Any]:
        return {"stages": {}, **manifest_of(self.folder), "format": FORMAT, "version": VERSION, "published": False}

    def finish(self, facets: Sequence[Facet]) -> Atlas:
        """Write the manifest, put the folder in its place, and open the atlas."""
        self.manifest.pop("building", None)
        self._drop_stages()
        self.manifest |= {
            "clioscope": __version__,
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            "settings": self.settings.model_dump(mode="json"),
            "sources": self.sources,
            "facets": [one.model_dump(mode="json", exclude={"compute"}) for one in facets],
            "models": {
                **self._askers.models(self.manifest.get("answered", {})),
                "embedder": self.settings.embedding.model,
            },
            "prompts": _all_prompt_hashes(),
            "counts": self._counts(),
            "notices": notices(self.manifest["stages"]),
            "base_groups": self.manifest["stages"]["clusters"]["base_groups"],
        }
        if not self.settings.input.keep_transcripts:
            (self.folder / "transcripts.parquet").unlink(missing_ok=True)
        if self._store is not None:
            self._store.drop_vectors()  # the atlas has what they were for
            self._store.close()
            self._store = None
        write_json(self.folder / MANIFEST, self.manifest)
        self._place.exchange()
        return Atlas(self.out)

    def _drop_stages(self) -> None:
        """What an earlier build had and this one has not (a screener) is no part of the atlas."""
        import polars as pl

        gone = [self.manifest["stages"].pop(name) for name in set(self.manifest["stages"]) - self._stages]
        for record in gone:
            for file in record["files"]:
                (self.folder / file).unlink(missing_ok=True)
        kinds = [kind for record in gone for kind in record.get("questions", ())]
        path = self.folder / "ledger.parquet"
        if kinds and path.exists():
            write_table(path, pl.read_parquet(path).filter(~pl.col("stage").is_in(kinds)))

    def _counts(self) -> dict[str, Any]:
        import polars as pl

        tree = pl.read_parquet(self.folder / "tree.parquet")
        kept = pl.read_parquet(self.folder / "facets.parquet", columns=["conversation"])
        counts = pl.read_parquet(self.folder / "conversations.parquet", columns=["conversation", "count"])
        reading = self.manifest["stages"]["conversations"]
        usable, rejected = reading["read"], reading["rejected"]
        return {
            "records": usable + rejected,
            "rejected": rejected,
            "flawed": reading["flawed"],
            "unread": reading["unread"],
            "analysed": int(counts.join(kept, on="conversation", how="semi")["count"].sum()),
            "conversations": kept.height,
            "groups": tree.height,
            "levels": int(tree["level"].max()) + 1,  # type: ignore[arg-type]
            "withheld_audit": tree.filter(pl.col("action") == "withheld").height,
            "rewritten_audit": tree.filter(pl.col("action") == "rewritten").height,
            "failed": pl.read_parquet(self.folder / "ledger.parquet").height
            if (self.folder / "ledger.parquet").exists()
            else 0,
            "unserved": sum(
                kind["unserved"]
                for stage in self.manifest["stages"].values()
                for kind in stage.get("questions", {}).values()
            ),
        }

    # -- the stages ----------------------------------------------------------------------------------------

    def stage(self, name: str, *key: Any, after: str | None = None) -> Stage:
        """A stage whose outcome depends on its code, on ``key`` and on the stage ``after`` which it comes.

        ``name`` is one of ``stages.VERSIONS``.
        """
        self._stages.add(name)
        record = self.manifest["stages"].get(after, {}) if after else {}
        before = record.get("key")
        if "unserved" in record:  # what comes after is done again when these have answers
            before = [before, record["unserved"]]
        return Stage(self, name, digest(name, VERSIONS[name], before, *key))

    def record(self, name: str, record: dict[str, Any]) -> None:
        """Note that a stage is done, with what its questions cost and how many failed.

        ``unserved`` stands for the questions that the server failed on, where there are any.
        """
        self._write_ledger()
        spent, ledger = self._askers.account.stages, self._askers.ledger
        kinds = [kind for kind in ledger.asked if kind not in self._booked]
        self._booked |= set(kinds)
        failed = [one for one in ledger.failures if one.stage in kinds]
        unserved = sorted((one.stage, one.item) for one in failed if one.server)
        if kinds:
            record["questions"] = {
                kind: {
                    "asked": ledger.asked[kind],
                    "failed": sum(one.stage == kind for one in failed),
                    "unserved": sum(stage == kind for stage, _ in unserved),
                }
                for kind in kinds
            }
        if unserved:
            record["unserved"] = digest(unserved)
        costs = [asdict(spent[kind]) for kind in kinds if kind in spent]
        if costs:
            record["cost"] = {figure: sum(cost[figure] for cost in costs) for figure in costs[0]}
        if self._askers.ids:
            self.manifest["answered"] = self.manifest.get("answered", {}) | self._askers.ids
        self.manifest["stages"][name] = record
        write_json(self.folder / MANIFEST, self.manifest)

    @cached_property
    def sources(self) -> list[dict[str, Any]]:
        """The input files as the manifest records them: path, bytes and time of the last change.

        As they are when the work begins: that is what is read.
        """
        files = list_paths(self._sources)
        return [
            {"path": str(file.resolve()), "bytes": file.stat().st_size, "changed": file.stat().st_mtime_ns}
            for file in files
        ]

    def table(self, name: str) -> pl.DataFrame:
        """Read a table that a stage wrote."""
        import polars as pl

        return pl.read_parquet(self.folder / f"{name}.parquet")

    def array(self, name: str) -> NDArray[Any]:
        """Read an array that a stage wrote."""
        return read_array(self.folder, name)

    # -- the model -----------------------------------------------------------------------------------------

    @property
    def store(self) -> Store:
        """Answers and vectors by content."""
        if self._store is None:
            from clioscope.models.store import Store

            self._store = Store(self.folder / ANSWERS)
        return self._store

    def model_key(self, stage: str) -> list[Any] | None:
        """What of the stage's model decides an answer; None when there is none."""
        return self._askers.key(stage)

    def ask(self, stage: str) -> Asker | None:
        """The stage's model, started at its first question; None for a build without one."""
        return self._askers.ask(stage)

    def prompt_keys(self, *names: str) -> list[str]:
        """Hashes of prompts, so that a changed prompt runs its stage again."""
        from clioscope.prompts import prompt_hash

        return [prompt_hash(name) for name in names]

    def _write_ledger(self) -> None:
        """What failed so far: rows of this run, and those of earlier runs for stages not run again."""
        import polars as pl

        path = self.folder / "ledger.parquet"
        frame = self._askers.ledger.frame()
        if path.exists():
            before = pl.read_parquet(path)
            ran = list(self._askers.ledger.asked)
            frame = pl.concat([before.filter(~pl.col("stage").is_in(ran)), frame], how="diagonal_relaxed")
        write_table(path, frame)


def digest(*parts: Any) -> str:
    """Hash of anything made of settings, lists, strings and numbers."""

    def plain(value: Any) -> Any:
        if isinstance(value, BaseModel):
            return value.model_dump(mode="json")
        return str(value)

    text = json.dumps(parts, default=plain, sort_keys=True, ensure_ascii=False)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _all_prompt_hashes() -> dict[str, str]:
    from importlib.resources import files

    from clioscope import prompts

    names: Iterable[str] = sorted(
        one.name.removesuffix(".txt") for one in files(prompts).iterdir() if one.name.endswith(".txt")
    )
    return {name: prompts.prompt_hash(name) for name in names}
