"""Where new conversations are worked on before they have a group: a folder, and the stages of a build in it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from clioscope.errors import QuestionsWaiting
from clioscope.facets.selection import facets_of
from clioscope.files.folders import MARK, begin_work, check_work, end_work, held
from clioscope.pipeline.checks import check_batch
from clioscope.pipeline.folder import WAITING
from clioscope.pipeline.run import Run

if TYPE_CHECKING:
    from clioscope.atlas import Atlas
    from clioscope.progress import Progress
    from clioscope.settings import Settings


@contextmanager
def work_on_new(
    atlas: Atlas,
    settings: Settings,
    ask: int | Literal["all"] | None,
    progress: Progress | None,
    batch: Path | None = None,
    without_failed: bool = False,
) -> Iterator[Run]:
    """The stages of a build with the settings of the atlas; of its facets only those that decide vectors.

    They work in a folder that is gone afterwards. With ``batch``, a path, no model at an address is asked: where
    questions wait, the folder ``<batch>.building`` keeps them and their answers until all are there (see
    ``pipeline.questions``), and QuestionsWaiting is raised. ``without_failed`` leaves out those that failed in a batch.
    """
    apart = bool(atlas.means.languages)
    needed = [
        facet
        for facet in facets_of(settings)
        if (facet.asked and ask is not None) or (apart and facet.name == "language")
    ]
    if batch is None:
        with tempfile.TemporaryDirectory() as passing, Run(Path(passing), settings, needed, progress=progress) as run:
            yield run
        return
    check_batch(settings)
    with _folder(batch) as folder, Run(folder, settings, needed, progress=progress) as run:
        run.batch(without_failed=without_failed)
        yield run


@contextmanager
def _folder(batch: Path) -> Iterator[Path]:
    """The folder in which questions wait, held alone. It stays where questions wait in it, and goes otherwise."""
    folder = batch.with_name(batch.name + ".building")
    check_work(folder)
    if not folder.exists():
        begin_work(folder)
    (folder / MARK).touch()
    with held(folder, f"{batch}: another command works on it; wait until it stops."):
        try:
            yield folder
        except QuestionsWaiting:
            raise
        except BaseException:
            if not (folder / WAITING).exists():
                end_work(folder)
            raise
        end_work(folder)
