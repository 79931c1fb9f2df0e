"""Add new conversations to an atlas, at the cost of the new ones: its groups keep their names and ids."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from clioscope.atlas import Atlas
from clioscope.errors import AtlasError, InputError
from clioscope.facets.selection import facets_of
from clioscope.models.open import is_batch
from clioscope.pipeline.build import build
from clioscope.pipeline.checks import check_batch
from clioscope.pipeline.exchange import put_in_place
from clioscope.pipeline.folder import BuildFolder, restore
from clioscope.pipeline.run import Run
from clioscope.pipeline.updating.work import Work
from clioscope.progress import Progress, on_saying
from clioscope.settings import Settings

LEVEL = 0.05  # share of conversations of the atlas's own kind that may be called unfitting


def update(
    atlas: Atlas | str | Path,
    paths: str | Path | Sequence[str | Path],
    out: str | Path | None = None,
    *,
    rebuild: bool = False,
    format: str | None = None,
    text_column: str | None = None,
    encoding: str | None = None,
    id_column: str | None = None,
    ask: int | Literal["all"] | None = None,
    false_refusals: float = LEVEL,
    progress: Progress | None = None,
    batch: bool = False,
    without_failed: bool = False,
) -> Atlas:
    """The atlas with the conversations in ``paths`` added, in its own folder or in ``out``.

    Conversations that the atlas has are recognised, and their further records counted. New ones are put into its groups
    by its own encoder, map and geometry, as ``assign`` does. What fits no group is gathered in one group at the end of
    the tree; ``false_refusals`` is the share of fitting ones that may be refused by mistake (0: nothing is refused).
    When enough of what was gathered holds together, it becomes a candidate group (column ``candidate`` of ``tree``),
    which later conversations may confirm. A group that has grown and falls into two is split, and two that have grown
    into each other are merged. The tree is mended around the groups that changed: they get the nearest parent that they
    fit, or a new one, and a parent that no longer holds together is split. Only groups that are new or have changed
    much are named. The table ``lineage`` says what became of every group. ``ask`` is as in ``assign``.

    The conversations of an atlas of segments are cut as those of the atlas were. In an atlas with given categories the
    codebook gives each new conversation its category, and its group is one of that category.

    With ``rebuild`` everything is built anew from the files of the atlas and the new ones, after the atlas (see
    ``build``): what was answered is not asked again, and what is the same keeps its ids and names.

    The analyst's edits are replayed over the updated atlas. The work is done beside the atlas and takes its place when
    it is whole. ``format``, ``text_column``, ``encoding`` and ``id_column`` are those of the new files; if none of them
    is given, the files are read as those of the atlas were.

    ``batch`` and ``without_failed`` are those of ``build``: the questions of the update wait for the files of a batch.

    Raises ValueError for ``false_refusals`` below 0 or from 1 on; AtlasError for a published atlas, and for one without
    vectors unless it is built anew; InputError for files that cannot be read, ModelError when the model cannot answer.

    >>> import clioscope
    >>> clioscope.update("atlas/", "new.jsonl", "next/").occurrences.height
    65
    """
    if not 0 <= false_refusals < 1:
        raise ValueError(f"false_refusals must be 0 or more, and less than 1, not {false_refusals}")
    if not isinstance(atlas, Atlas):
        restore(Path(atlas))
        atlas = Atlas(atlas)
    atlas = atlas.built
    files = [Path(paths)] if isinstance(paths, str | Path) else [Path(path) for path in paths]
    settings = Settings.model_validate(atlas.manifest["settings"])
    if atlas.published:
        raise AtlasError(f"{atlas.path}: a published atlas holds no conversations, so none can be added.")
    target = atlas.path if out is None else Path(out)
    if rebuild:
        return build(
            _sources(atlas, files),
            target,
            settings,
            after=atlas.path,
            overwrite=out is None,
            progress=progress,
            batch=batch,
            without_failed=without_failed,
        )
    for name in ("plain", "texts", "smooth_near"):
        if not (atlas.path / f"{name}.npy").exists():
            raise AtlasError(f"{atlas.path}: lacks the vectors that an update needs ({name}.npy); use --rebuild.")
    if batch:
        check_batch(settings)
    batch = batch or is_batch(settings.model.name) or is_batch(settings.naming.model)
    given = {"format": format, "text_column": text_column, "encoding": encoding, "id_column": id_column}
    with (
        BuildFolder(target, files, overwrite=False, after=atlas.path, anew=True) as place,
        Run(place.folder, settings, facets_of(settings), files=files, progress=progress) as run,
    ):
        if batch:
            run.batch(without_failed=without_failed)
        work = Work(atlas, run, place.sources, ask, false_refusals)
        for remark in work.do(files, given):
            on_saying(run.progress)(remark)
        run.close()
        put_in_place(place, atlas.path, model=settings.model.name is not None and not batch)
    return Atlas(place.out)


def _sources(atlas: Atlas, files: Sequence[Path]) -> list[Path]:
    """The files that an atlas was made of, and the new ones; each once."""
    old = [Path(one["path"]) for one in atlas.manifest["sources"]]
    for path in old:
        if not path.exists():
            raise InputError(f"{path}: the atlas was made of this file, and it is gone; update without --rebuild.")
    return list(dict.fromkeys([*old, *(path.resolve() for path in files)]))
