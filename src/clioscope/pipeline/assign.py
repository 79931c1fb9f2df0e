"""Put new conversations into an existing atlas, without rebuilding it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from clioscope.atlas import Atlas
from clioscope.atlas.assigned import Assigned
from clioscope.atlas.languages import languages_of
from clioscope.atlas.none import all_none_groups
from clioscope.atlas.opening import opened
from clioscope.atlas.shown import shown_tree
from clioscope.atlas.vectors import TEXTS
from clioscope.errors import AtlasError
from clioscope.pipeline.assign_work import work_on_new
from clioscope.pipeline.dividing import divided_as
from clioscope.pipeline.fitting import compared, fit_of
from clioscope.pipeline.given import groups_within, placed_new
from clioscope.pipeline.mixing import Encoding, place, read_map, said_texts
from clioscope.pipeline.reading import templates_of_atlas
from clioscope.pipeline.run import Run
from clioscope.pipeline.stages.facets import facets
from clioscope.pipeline.stages.texts import texts as raw_texts
from clioscope.progress import Progress
from clioscope.segments import Divided
from clioscope.settings import InputSettings, Settings

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from clioscope.conversations.collect import Collected

Asking = int | Literal["all"] | None
COLUMNS = ("conversation", "record", "group", "name", "margin", "code", "known", "refused", "fit", "fits", "nearest")


def assign(
    atlas: Atlas | str | Path,
    path: str | Path,
    *,
    format: str | None = None,
    text_column: str | None = None,
    encoding: str | None = None,
    id_column: str | None = None,
    ask: int | Literal["all"] | None = None,
    false_refusals: float = 0.05,
    progress: Progress | None = None,
    batch: str | Path | None = None,
    without_failed: bool = False,
) -> Assigned:
    """The base group of each new conversation, by the screener, encoder, map and geometry of the atlas.

    A conversation that is in the atlas gets its stored group back (``known``). No language model is asked about the
    others: what the atlas learnt from the conversations that were asked predicts their vectors, so the same
    conversation gets the same group alone or among others. With ``ask``, a number or ``"all"``, the atlas's model is
    asked about so many of the new ones, and what it says is mixed in. An atlas that keeps no map from texts to answers
    asks about all of them. Its screener, if it has one, is always asked. What the screener says no to has no group
    (``refused``); what it has no usable answer about stays.

    A group that the analyst has hidden is a group like any other: its conversations have its id in the column group,
    but no name. A name that the auditor withheld is replaced by a mark.

    A new conversation that fits no group gets none (``fits`` is false). ``false_refusals`` is the share of
    conversations of the atlas's own kind that may be refused by mistake, from 0 (nothing is refused) to below 1.
    docs/fits-nothing.md says how it is told.

    In an atlas of segments new conversations are cut in the same way, and there is one row per segment: the ids of the
    segments of a conversation are its id, a point and a number.

    ``format``, ``text_column``, ``encoding`` and ``id_column`` are those of the new file; unless one is given, those of
    the atlas are tried, and the format is told from the content where they do not fit. ``rejected.jsonl`` is not
    written; rejected records are counted.

    With ``batch``, the path of a file to come, no model at an address is asked: where questions wait, they are kept in
    ``<batch>.building`` and QuestionsWaiting is raised. ``pipeline.questions`` writes them into batch files and reads
    the answers, with ``batch`` in the place of the atlas, and the same call then goes on. ``without_failed`` leaves out
    questions that failed in a batch.

    Raises ValueError for other ``false_refusals``, AtlasError for a published atlas, InputError for a file that cannot
    be read, ModelError when the model cannot answer.

    >>> import clioscope
    >>> clioscope.assign("atlas/", "new.jsonl").table["fits"].to_list()
    [True, True, True, True, True]
    """
    import polars as pl

    from clioscope.conversations import collect_conversations

    atlas = opened(atlas)
    if not 0 <= false_refusals < 1:
        raise ValueError(f"false_refusals must be 0 or more, and less than 1, not {false_refusals}")
    if atlas.published:
        raise AtlasError(f"{atlas.path}: a published atlas holds no vectors, so nothing can be put into it.")
    settings = Settings.model_validate(atlas.manifest["settings"])
    given = {"format": format, "text_column": text_column, "encoding": encoding, "id_column": id_column}
    chosen = _input_settings(settings.input, path, given)
    found = collect_conversations(path, chosen, settings.seed, None, templates=templates_of_atlas(atlas))
    units = divided_as(atlas, found, path, chosen, settings.seed)
    placed = _stored(atlas)
    fresh = units.conversations.join(placed, on="conversation", how="anti").sort("conversation")
    texts = units.transcripts.join(fresh, on="conversation", how="semi").sort("conversation")
    failed = 0
    if not fresh.is_empty():
        asking = ask if ask is not None or read_map(atlas.path) is not None else "all"
        waits = None if batch is None else Path(batch)
        with work_on_new(atlas, settings, asking, progress, waits, without_failed) as run:
            passed = _passed(texts, settings.facets.screen, run)
            let_in, refused = fresh.filter(passed), fresh.filter(~passed)
            placed = pl.concat([placed, _no_group(refused["conversation"])], how="diagonal_relaxed")
            if not let_in.is_empty():
                new = _groups(atlas, run, let_in, texts.filter(passed), asking).with_columns(
                    fits=pl.col("fit") > false_refusals
                )
                placed = pl.concat([placed, _without_misfits(new)], how="diagonal_relaxed")
            failed = run.askers.ledger.frame().height
    table = (
        _in_order(found, units)
        .join(placed, on="conversation", how="left", maintain_order="left")
        .join(shown_tree(atlas).select("group", "name"), on="group", how="left", maintain_order="left")
        .select(COLUMNS)
    )
    return Assigned(table, found.read, found.rejected, failed)


def _in_order(found: Collected, units: Collected | Divided) -> pl.DataFrame:
    """conversation and record of all records in the order of the input; the segments of a record one after another."""
    import polars as pl

    places = found.occurrences.select("conversation", "record").with_columns(place=found.order)
    if not isinstance(units, Divided):
        return places.sort("place").drop("place")
    whole = units.segments.select(
        pl.col("conversation").alias("whole"), pl.col("segment").alias("conversation"), "part"
    )
    return (
        units.occurrences.select("conversation", "record")
        .join(whole, on="conversation", how="left")
        .join(
            places.group_by("conversation", "record").min(),
            left_on=["whole", "record"],
            right_on=["conversation", "record"],
            how="left",
        )
        .sort("place", "part")
        .select("conversation", "record")
    )


def _input_settings(inherited: InputSettings, path: str | Path, given: dict[str, str | None]) -> InputSettings:
    """How to read the new file: as told, else as the atlas's input was read, else as the content says.

    Users and dates are not asked for: no group hangs on them.
    """
    from clioscope.conversations.collect import read_options
    from clioscope.conversations.read import fits

    inherited = inherited.model_copy(update={"sample": None, "metadata": (), "user_column": None, "date_column": None})
    if not any(given.values()) and fits(path, read_options(inherited)):
        return inherited
    return inherited.model_copy(update=given)


def _stored(atlas: Atlas) -> pl.DataFrame:
    """What the atlas knows: the group of each conversation, and those that its screener did not let in."""
    import polars as pl

    code = "code" if "code" in atlas.clusters.columns else pl.lit(None, pl.String).alias("code")
    stored = atlas.clusters.select(
        "conversation",
        "group",
        "margin",
        code,
        known=pl.lit(True),
        refused=pl.lit(False),
        fit=pl.lit(None, pl.Float32),
        fits=~pl.col("group").is_in(all_none_groups(atlas)),
        nearest=pl.lit(None, pl.String),
    )
    if not (atlas.path / "screened.parquet").exists():
        return stored
    screened = atlas.table("screened")["conversation"]
    out = _no_group(screened.filter(~screened.is_in(stored["conversation"].implode())))
    return pl.concat([stored, out.with_columns(known=pl.lit(True))], how="diagonal_relaxed")


def _no_group(conversations: pl.Series) -> pl.DataFrame:
    import polars as pl

    return conversations.to_frame().with_columns(known=pl.lit(False), refused=pl.lit(True))


def _passed(transcripts: pl.DataFrame, question: str | None, run: Run) -> pl.Series:
    """Which conversations the screener lets in; as in a build, one without a usable answer stays."""
    import polars as pl

    from clioscope.facets.screen import screen, stays

    ask = None if question is None else run.askers.ask("screen", "chat")
    if question is None or ask is None:
        return pl.Series([True] * transcripts.height, dtype=pl.Boolean)
    return stays(screen(transcripts, question, ask))


def _groups(
    atlas: Atlas, run: Run, conversations: pl.DataFrame, transcripts: pl.DataFrame, ask: Asking
) -> pl.DataFrame:
    """The group of each new conversation, its margin, and the p-value of its fit: 1 where that cannot be told."""
    import polars as pl

    from clioscope.clustering import assign_vectors
    from clioscope.clustering.novelty import p_values_in_file

    vectors, plain = _vectors(atlas, run, conversations, transcripts, ask)
    ids = atlas.manifest["base_groups"]
    found = placed_new(atlas.path, run, run.table("answers"), vectors, lambda rows: atlas.vectors[rows])
    codes = None if found is None else found.codes
    groups: list[str | None]
    closed = np.isin(ids, all_none_groups(atlas))
    if codes is None:
        labels, near = assign_vectors(
            vectors, atlas.vectors, atlas.clusters["label"].to_numpy(), atlas.centroids, closed
        )
        groups, margins = [ids[label] for label in labels], near.tolist()
    else:
        groups, margins = groups_within(atlas, vectors, codes, closed)
    fit, values = fit_of(atlas), np.ones(len(vectors), np.float32)
    place = {group: label for label, group in enumerate(ids)}
    told = np.array([row for row, group in enumerate(groups) if group in place], np.int64)
    if fit is not None and len(told):
        own = np.array([place[group] for group in groups if group in place], np.int32)
        values[told] = p_values_in_file(fit, (run.array(TEXTS) if compared(atlas) == TEXTS else plain)[told], own)
    return pl.DataFrame(
        {
            "conversation": conversations["conversation"],
            "group": pl.Series(groups, dtype=pl.String),
            "margin": pl.Series(margins, dtype=pl.Float32),
            "code": pl.Series(codes or [None] * len(groups), dtype=pl.String),
            "known": [False] * len(groups),
            "refused": [False] * len(groups),
            "fit": values,
        }
    )


def _without_misfits(placed: pl.DataFrame) -> pl.DataFrame:
    """The rows with the group of what fits none moved to the column ``nearest``."""
    import polars as pl

    return placed.with_columns(
        pl.when("fits").then("group").alias("group"),
        pl.when("fits").then("margin").alias("margin"),
        pl.when(~pl.col("fits")).then("group").alias("nearest"),
    )


def _vectors(
    atlas: Atlas, run: Run, conversations: pl.DataFrame, transcripts: pl.DataFrame, ask: Asking
) -> tuple[NDArray[np.float32], NDArray[np.float16]]:
    """Vectors of new conversations: by the stages of a build as far as a conversation stands for itself, then in the
    geometry of the atlas. The second ones are those before centring and smoothing."""
    from clioscope.vectors.neighbours import nearest
    from clioscope.vectors.smoothing import smooth

    run.take(conversations=conversations, transcripts=transcripts)
    run.do(raw_texts)
    raw = run.array(TEXTS)
    run.take(asked=_asked(conversations["conversation"], raw, ask, run.settings.seed))
    run.do(facets)
    answers, settings = run.table("answers"), run.settings.facets
    asked = [facet.name for facet in run.facets if facet.asked]
    said = said_texts(answers, transcripts, asked, settings.embed or () if asked else (), settings.combine)
    plain = place(said, raw, Encoding(run.embedder, run.store), atlas.path)
    languages = languages_of(answers, {facet.name: facet.type for facet in run.facets})
    centred = atlas.means.centre(plain.astype(np.float32), languages)
    near = nearest(centred, atlas.vectors, run.settings.embedding.smooth_neighbours)
    return smooth(centred, near.indices, atlas.vectors, run.settings.embedding.smooth), plain


def _asked(conversations: pl.Series, raw: NDArray[np.float16], ask: Asking, seed: int) -> pl.DataFrame:
    """Which of the new conversations the model is asked about."""
    import polars as pl

    from clioscope.prediction.order import spread_order

    chosen = np.full(len(raw), ask == "all")
    if isinstance(ask, int):
        chosen[spread_order(raw, None, seed)[:ask]] = True
    return pl.DataFrame({"conversation": conversations, "asked": chosen})
