"""From files of conversations to an atlas.

``stages`` has what is done, and reads like the method section of the paper (Clio, section 2 and appendix G). A stage
whose inputs and settings have not changed is not run again; what a killed run had finished is not done again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.atlas import Atlas
from clioscope.codebook.read import with_codebook
from clioscope.conversations import collect_conversations
from clioscope.facets.facet import Facet
from clioscope.facets.selection import facets_of
from clioscope.models.open import is_batch, is_embedded
from clioscope.pipeline.checks import check, check_batch
from clioscope.pipeline.encoder import with_encoder
from clioscope.pipeline.estimate import Estimate, estimate_build
from clioscope.pipeline.exchange import put_in_place
from clioscope.pipeline.folder import BuildFolder
from clioscope.pipeline.lineage import write_lineage
from clioscope.pipeline.losses import losses
from clioscope.pipeline.manifest import finish
from clioscope.pipeline.notices import said_of_asked
from clioscope.pipeline.predecessor import predecessor_of
from clioscope.pipeline.rates import Rates, measured_rates
from clioscope.pipeline.reading import check_input
from clioscope.pipeline.resolve import resolve
from clioscope.pipeline.run import Run
from clioscope.pipeline.stages import STAGES, asked, conversations
from clioscope.progress import Progress, on_saying
from clioscope.settings import Settings

if TYPE_CHECKING:
    import polars as pl


def build(
    paths: str | Path | Sequence[str | Path],
    out: str | Path,
    settings: Settings | None = None,
    *,
    facets: Sequence[Facet] = (),
    overwrite: bool = False,
    after: str | Path | None = None,
    progress: Progress | None = None,
    confirm: Callable[[Estimate], None] | None = None,
    on_loss: Callable[[Sequence[str]], None] | None = None,
    batch: bool = False,
    without_failed: bool = False,
) -> Atlas:
    """Build an atlas of the conversations in ``paths`` in the folder ``out``, and open it. Paths may be URLs where
    ``cluster.on`` is set (docs/ray.md).

    The work is done in ``<out>.building`` and takes the place of ``out`` when it is whole; killed half-way, the same
    call goes on from there. The edits of the atlas that was there are replayed over the new one. ``facets`` are further
    facets beside those of the settings. ``confirm`` gets what the build will ask of the model when the input is read,
    and may raise to stop it there. ``on_loss`` gets in words what the atlas in ``out`` holds and the build would not
    put there again (kept transcripts, metadata fields, facets), and may raise too; it is not called where nothing is
    lost, or with ``overwrite``.

    ``after`` is an earlier atlas: groups that are the same keep its ids and names, what became of the others stands in
    the table ``lineage``, and no question that it was answered is asked again. Where ``out`` holds an atlas that an
    analyst has edited, that one is the predecessor unless another is given.

    With ``batch`` no model at an address is asked: the build stops at the first stage whose questions have no answers,
    and raises QuestionsWaiting. ``export_questions`` writes them into files for a batch service, ``import_answers``
    reads the answers, and the same call then goes on to the next stage that asks. ``without_failed`` leaves questions
    out that failed in a batch, instead of waiting for another one.

    Raises InputError, SettingsError, ModelError or AtlasError, each with one sentence that says what to do.
    """
    settings = with_codebook(settings or Settings())
    files = [Path(paths)] if isinstance(paths, str | Path) else [Path(path) for path in paths]
    check(settings, facets)
    check_input(files, settings)
    if batch:
        check_batch(settings)
    chosen = facets_of(settings, facets)
    settings = resolve(settings, chosen)
    if on_loss is not None and not overwrite and (lost := losses(Path(out), settings, chosen)):
        on_loss(lost)
    with (
        BuildFolder(Path(out), files, overwrite, None if after is None else Path(after)) as place,
        Run(place.folder, settings, chosen, files=files, sources=place.sources, progress=progress) as run,
    ):
        batch = batch or is_batch(settings.model.name) or is_batch(settings.naming.model)
        if batch:
            run.batch(without_failed=without_failed)
        if place.predecessor is not None:
            run.before = predecessor_of(place.predecessor, settings)
        run.manifest.pop("encoder", None)  # of an earlier build in this folder
        early = settings.segments.split and settings.embedding.model is None  # reading needs the encoder already
        if early:
            _take_encoder(run, collect_conversations(files, settings.input, settings.seed, None).transcripts)
        for stage in STAGES:
            run.do(stage)
            if stage is conversations:
                _say_what_was_read(run)
                if not early:
                    _take_encoder(run, run.table("transcripts", ["text"]))
                if confirm is not None:
                    confirm(_estimate(run))
            elif stage is asked and settings.facets.ask is not None:
                record = run.manifest["stages"]["asked"]
                on_saying(run.progress)(said_of_asked(record["asked"], record["conversations"]))
        write_lineage(run)
        finish(run)
        put_in_place(place, place.predecessor or place.out, model=settings.model.name is not None and not batch)
    return Atlas(place.out)


def _take_encoder(run: Run, transcripts: pl.DataFrame) -> None:
    """Settle which encoder the build takes, by the language of what was read, and say why."""
    chosen = with_encoder(run.settings, transcripts["text"].to_list())
    run.settings = chosen.settings
    if chosen.said:
        run.manifest["encoder"] = {"said": chosen.said, "warns": chosen.warns}
        on_saying(run.progress)(chosen.said)


def _estimate(run: Run) -> Estimate:
    """What the build will ask, and how long it will take on this machine."""
    transcripts = run.table("transcripts")

    def measure() -> Rates | None:
        texts, say = transcripts["text"].to_list(), on_saying(run.progress)
        return measured_rates(run.settings, run.facets, texts, run.askers, run.embedder, say)

    alone = is_embedded(run.settings.model.name) and run.settings.cluster.on is None
    return estimate_build(
        transcripts, run.settings, run.facets, store=run.store, measure=measure if alone else lambda: None
    )


def _say_what_was_read(run: Run) -> None:
    record = run.manifest["stages"]["conversations"]
    for sentence in (*record["lines"], *record["remarks"]):
        if sentence != record["shared"]:  # said at the end, among the notices
            on_saying(run.progress)(sentence)
