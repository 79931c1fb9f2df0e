"""The questions of a build that waits: written into files for a batch service, and their answers read back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.atlas.files import write_table
from clioscope.errors import AtlasError, SettingsError
from clioscope.files.folders import held
from clioscope.pipeline.folder import ANSWERS, WAITING

if TYPE_CHECKING:
    from clioscope.models.batch.export import Written
    from clioscope.models.batch.take import Taken
    from clioscope.models.batch.waitlist import Tally, Waitlist
    from clioscope.models.ledger import Failure
    from clioscope.models.store import Store


def export_questions(
    atlas: str | Path,
    file: str | Path,
    *,
    format: str = "openai",
    stage: str | None = None,
    rows: int | None = None,
    size: int | None = None,
) -> list[Written]:
    """Write the questions that the build of ``atlas`` waits for into ``file``, or into numbered files.

    ``format`` is a key of ``models.batch.formats.FORMATS``, ``stage`` the kind of questions (if unset: all), ``rows``
    and ``size`` (bytes) the most that one file may hold (if unset: what the service allows). Only questions without an
    answer are written; none where all are answered.

    Raises AtlasError where no build of this atlas waits for answers, SettingsError for a format or stage that does not
    exist, ClioscopeError for a file that cannot be written.
    """
    from clioscope.models.batch.export import export_waiting
    from clioscope.models.batch.formats import FORMATS

    if format not in FORMATS:
        raise SettingsError(f"--format {format}: there is no such format; there are {', '.join(FORMATS)}.")
    with _opened(Path(atlas)) as (_, waitlist, store):
        stages = list(waitlist.tallies())
        if stage is not None and stage not in stages:
            raise SettingsError(f"--stage {stage}: no questions of this stage wait; those of {', '.join(stages)} do.")
        return export_waiting(waitlist, store, Path(file), format, stage=stage, rows=rows, size=size)


def import_answers(atlas: str | Path, files: Sequence[str | Path]) -> Taken:
    """Read the answers of a batch service in ``files`` into the store of the build of ``atlas``.

    See ``models.batch.take.take_answers``. What failed goes into ``ledger.parquet`` with its reason, and leaves it when
    an answer comes. Raises AtlasError where no build of this atlas waits for answers, InputError for a file that cannot
    be read.
    """
    from clioscope.models.batch.take import take_answers

    with _opened(Path(atlas)) as (folder, waitlist, store):
        taken = take_answers(waitlist, store, [Path(file) for file in files])
        _write_failures(folder, taken.failures, taken.settled)
    return taken


def waiting_questions(atlas: str | Path) -> dict[str, Tally]:
    """How far the questions of each stage are that the build of ``atlas`` waits for. Raises AtlasError as above."""
    from clioscope.models.batch.state import state_of

    with _opened(Path(atlas)) as (_, waitlist, store):
        return state_of(waitlist, store)


@contextmanager
def _opened(atlas: Path) -> Iterator[tuple[Path, Waitlist, Store]]:
    """The folder of the build that waits, its list and its store. Nobody else may build there meanwhile."""
    from clioscope.models.batch.waitlist import Waitlist
    from clioscope.models.store import Store

    places = [atlas] if atlas.name in ("", "..") else [atlas.with_name(atlas.name + ".building"), atlas]
    folder = next((place for place in places if (place / WAITING).exists()), None)
    if folder is None:
        what = "there is no such atlas, and no build of one" if not any(map(Path.exists, places)) else "nothing waits"
        raise AtlasError(
            f"{atlas}: {what}; run `clioscope build FILES --out {atlas} --batch` first, which stops where it would ask."
        )
    running = f"{atlas}: a build of this atlas is running; wait until it stops."
    with held(folder, running), Waitlist(folder / WAITING) as waitlist, Store(folder / ANSWERS) as store:
        yield folder, waitlist, store


def _write_failures(folder: Path, failures: Sequence[Failure], settled: set[tuple[str, str]]) -> None:
    """Put failures into the ledger, in place of what it said of these questions and of those ``settled``."""
    import polars as pl

    from clioscope.models.ledger import Ledger

    if not failures and not settled:
        return
    path = folder / "ledger.parquet"
    new = Ledger(list({(one.stage, one.item): one for one in failures}.values())).frame()  # the last reply counts
    if path.exists():
        stages, items = zip(*settled, *((one.stage, one.item) for one in failures), strict=True)
        gone = pl.DataFrame({"stage": stages, "item": items}, schema={"stage": pl.String, "item": pl.String})
        before = pl.read_parquet(path, glob=False).join(gone, on=["stage", "item"], how="anti")
        new = pl.concat([before, new], how="diagonal_relaxed").sort("stage", "item")
    write_table(path, new)
