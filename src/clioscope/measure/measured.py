"""All figures of an atlas: what ``clioscope measure`` runs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.atlas import Atlas
from clioscope.atlas.opening import opened
from clioscope.errors import AtlasError, SettingsError
from clioscope.facets.people import said_of_hidden
from clioscope.measure.labelled import Truth, judged_reconstruction, labels_section, truth_of
from clioscope.measure.levels import levels_of
from clioscope.measure.own import own_section
from clioscope.measure.prediction import prediction_section
from clioscope.measure.record import Measured, state_of, write_record
from clioscope.measure.rows import Rows
from clioscope.measure.sections import (
    encoder_of,
    groups_section,
    map_section,
    privacy_section,
    reading_section,
    stability_section,
    tree_section,
)
from clioscope.vectors.distinct import distinct_rows
from clioscope.version import __version__

if TYPE_CHECKING:
    from clioscope.measure.judges.judgement import Judgement
    from clioscope.progress import Progress


def measure_atlas(
    atlas: Atlas | str | Path,
    labels: str | Path | Mapping[str, str] | None = None,
    *,
    label_column: str | None = None,
    label_names: Mapping[str, str] | None = None,
    stability: bool = True,
    judges: Sequence[str] = (),
    judge_tasks: Sequence[str] = (),
    judge_items: int | None = None,
    author_may_judge: bool = False,
    people: str | Path | None = None,
    seed: int = 0,
    write: bool = True,
    progress: Progress | None = None,
) -> Measured:
    """Measure an atlas, and write the figures and a report card into its folder.

    ``labels``: a file (see ``read_labels``) or a mapping from the id of a record or conversation to its label;
    ``label_names``: a longer description of each label, for reconstruction. ``stability``: whether samples of the
    data are grouped again, which takes most of the time. The same call gives the same figures.

    ``judges``: models, as in a build (a catalogue name, a GGUF file, an address and a name); ``judge_tasks``: what
    they judge (all of ``judges.panel.TASKS`` by default); ``judge_items``: about how many questions per task. The
    model that made the atlas is refused as a judge, unless ``author_may_judge``. ``people``: a CSV of people's answers
    to the same questions (see ``read_people``). All answers are kept in ``judgements.parquet``.

    The atlas's own files do not change. ``measures.parquet``, ``measures.json``, ``report-card.md`` with its plots,
    ``report-card.html`` and, with judges, ``judgements.parquet`` are put beside them, each whole or not at all. A
    published atlas has only the figures of names, tree and privacy.

    Raises InputError for labels that cannot be read or fit no conversation, SettingsError for an unknown task or a
    judge that is refused, AtlasError when the atlas is measured or built at the same time, or its folder cannot be
    written.

    >>> import clioscope
    >>> measured = clioscope.measure("atlas/", stability=False, write=False)
    >>> measured.table.columns[:3]  # doctest: +SKIP
    """
    from clioscope.measure.labels_file import label_rows, read_labels
    from clioscope.privacy.bursts import bursts, least_users, said_of_bursts
    from clioscope.progress import Silent

    atlas, progress = opened(atlas), progress or Silent()
    rows, notes = Rows(), []
    truth: Truth | None = None
    if labels is not None:
        if atlas.published:
            raise AtlasError(
                f"{atlas.path}: a published atlas holds no conversations that labels could fit; measure the atlas that "
                "it was made from."
            )
        named = labels if isinstance(labels, Mapping) else read_labels(labels, label_column)
        truth = truth_of(atlas, label_rows(atlas, named), label_names or {})
    if truth is None and "reconstruction" in judge_tasks:
        raise SettingsError("The judge task reconstruction needs labels; give --labels FILE.")
    encode, problem = encoder_of(atlas)
    if problem:
        notes.append(problem)
    if hidden := said_of_hidden(atlas.manifest.get("stages", {})):
        notes.append(hidden)
    levels = None if atlas.published else levels_of(atlas)
    if levels is not None:
        with _stage(progress, "groups"):
            distinct = distinct_rows(atlas.vectors)
            groups_section(rows, atlas, levels, distinct, seed, notes)
        with _stage(progress, "map"):
            map_section(rows, atlas, distinct, seed, notes)
        del distinct  # as large as the vectors
        if stability:
            with _stage(progress, "stability"):
                stability_section(rows, atlas, levels, seed, notes)
        if truth is not None:
            with _stage(progress, "labels"):
                labels_section(rows, atlas, levels, truth, encode, notes)
    said: dict[str, list[Judgement]] = {}
    if judges:
        from clioscope.measure.judges.panel import ITEMS, TASKS, add_judged, ask_panel, read_people

        if atlas.published:
            raise AtlasError(
                f"{atlas.path}: a published atlas holds nothing to judge; measure the atlas that it was made from."
            )
        with _stage(progress, "judges"):
            answers = [] if people is None else read_people(Path(people))
            heard = ask_panel(
                atlas,
                judges,
                encode,
                tasks=judge_tasks or TASKS,
                items=judge_items or ITEMS,
                labels=None if truth is None else truth.classes,
                seed=seed,
                author_may_judge=author_may_judge,
                on_progress=progress.step,
            )
            said = heard.said
            notes += heard.notes
            add_judged(rows, said, answers, heard.own)
            if truth is not None and levels is not None:
                judged_reconstruction(rows, atlas, levels, truth, said)
            if not heard.failed.is_empty():
                notes.append(f"{heard.failed.height:,} questions to judges got no usable answer (judgements.parquet).")
    with _stage(progress, "names and tree"):
        tree_section(rows, atlas, encode, seed)
        privacy_section(rows, atlas)
        if sentence := said_of_bursts(bursts(atlas, least_users(atlas))):
            notes.append(sentence)
        prediction_section(rows, atlas)
        reading_section(rows, atlas)
    own_section(rows, atlas, levels, truth, encode, seed, notes)
    table = rows.table()
    facts = {
        "clioscope": __version__,
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "of": state_of(atlas),
        "seed": seed,
        "labels": None if truth is None else {"file": _name(labels), "conversations": len(truth.codes)},
        "judges": list(said),
        "notes": notes,
    }
    card = write_record(atlas, table, facts, said) if write else None
    return Measured(table, facts, card)


def _name(labels: object) -> str:
    return str(labels) if isinstance(labels, str | Path) else "given as a mapping"


@contextmanager
def _stage(progress: Progress, name: str) -> Iterator[None]:
    began = time.monotonic()
    progress.begin(name)
    yield
    progress.end(name, time.monotonic() - began, True)
