"""Building from Python: the settings that most people change as keywords, and progress where it can be seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.atlas import Atlas
from clioscope.cli.progress import Reporter
from clioscope.errors import SettingsError
from clioscope.notebook.progress import NotebookReporter, in_notebook
from clioscope.progress import Progress, Silent, on_saying
from clioscope.settings import Settings, load_settings

if TYPE_CHECKING:
    from clioscope.facets.facet import Facet
    from clioscope.pipeline.estimate import Estimate


def build(
    paths: str | Path | Sequence[str | Path],
    out: str | Path,
    settings: Settings | str | Path | None = None,
    *,
    model: str | None = None,
    embedder: str | None = None,
    no_llm: bool = False,
    progress: Progress | bool | None = True,
    facets: Sequence[Facet] = (),
    overwrite: bool = False,
    after: str | Path | None = None,
    confirm: Callable[[Estimate], None] | None = None,
    on_loss: Callable[[Sequence[str]], None] | None = None,
    batch: bool = False,
    without_failed: bool = False,
) -> Atlas:
    """Build an atlas of the conversations in ``paths`` in the folder ``out``, and open it.

    ``settings`` are settings or a TOML file of them; ``model``, ``embedder`` and ``no_llm`` (a build without a language
    model) stand for ``model.name`` and ``embedding.model`` and win over them. ``progress`` shows how far the build is:
    as bars on a terminal, as one block in a notebook, as lines on standard error elsewhere. False or None shows
    nothing, and an object with the methods of ``clioscope.progress.Progress`` is told instead.

    >>> import clioscope
    >>> atlas = clioscope.build("chats.jsonl", "built/", embedder="hash", no_llm=True, progress=False)
    >>> atlas.conversations.height
    60

    The work is done in ``<out>.building`` and takes the place of ``out`` when it is whole; killed half-way, the same
    call goes on from there. The edits of the atlas that was there are replayed over the new one. ``facets`` are further
    facets beside those of the settings. ``confirm`` gets what the build will ask of the model when the input is read,
    and may raise to stop it there. ``on_loss`` gets in words what the atlas in ``out`` holds and the build would not
    put there again (kept transcripts, metadata fields, facets), and may raise too; it is not called where nothing is
    lost, or with ``overwrite``. Paths may be URLs where ``cluster.on`` is set (docs/ray.md).

    ``after`` is an earlier atlas: groups that are the same keep its ids and names, what became of the others stands in
    the table ``lineage``, and no question that it was answered is asked again. Where ``out`` holds an atlas that an
    analyst has edited, that one is the predecessor unless another is given.

    With ``batch`` no model at an address is asked: the build stops at the first stage whose questions have no answers,
    and raises QuestionsWaiting (docs/batch.md). ``without_failed`` leaves questions out that failed in a batch, instead
    of waiting for another one.

    Raises InputError, SettingsError, ModelError or AtlasError, each with one sentence that says what to do.
    """
    from clioscope.pipeline.build import build as build_atlas

    chosen = settings_of(settings, model=model, embedder=embedder, no_llm=no_llm)
    with reporting(progress) as told:
        atlas = build_atlas(
            paths,
            out,
            chosen,
            facets=facets,
            overwrite=overwrite,
            after=after,
            progress=told,
            confirm=_planning(told, chosen, confirm),
            on_loss=on_loss,
            batch=batch,
            without_failed=without_failed,
        )
        for notice in atlas.manifest.get("notices", ()):
            on_saying(told)(notice)
    return atlas


def settings_of(
    settings: Settings | str | Path | None, *, model: str | None, embedder: str | None, no_llm: bool
) -> Settings:
    """The settings with the keywords laid over them. Raises SettingsError for ``no_llm`` beside a ``model``."""
    if no_llm and model is not None:
        raise SettingsError("no_llm=True and model contradict each other; give only one of them.")
    name = "none" if no_llm else model
    if not isinstance(settings, Settings):
        return load_settings(settings, model__name=name, embedding__model=embedder)
    if name is not None:  # checked as in a file: "none" is the word for no model
        named = load_settings(model__name=name).model.name
        settings = settings.model_copy(update={"model": settings.model.model_copy(update={"name": named})})
    if embedder is not None:
        chosen = load_settings(embedding__model=embedder).embedding.model
        section = settings.embedding.model_copy(update={"model": chosen})
        settings = settings.model_copy(update={"embedding": section})
    return settings


def reporting(progress: Progress | bool | None) -> AbstractContextManager[Progress]:
    """Who is told how far a build is: where it can be seen, nobody, or the object that is given."""
    if progress is True:
        return NotebookReporter() if in_notebook() else Reporter()
    return nullcontext(progress or Silent())


def _planning(
    told: Progress, settings: Settings, confirm: Callable[[Estimate], None] | None
) -> Callable[[Estimate], None] | None:
    """Tell a reporter what is before the build, so that it can foretell the end; then ask whoever confirms."""
    plan = getattr(told, "plan", None)
    if plan is None:
        return confirm

    def planned(estimate: Estimate) -> None:
        plan(estimate, screens=settings.facets.screen is not None, known_speed=False)
        if confirm is not None:
            confirm(estimate)

    return planned
