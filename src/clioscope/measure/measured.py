"""All figures of an atlas: the stage that ``clioscope measure`` runs."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope import __version__
from clioscope.atlas import Atlas, read_manifest, write_json, write_table
from clioscope.errors import AtlasError, ModelError
from clioscope.measure.evaluate import evaluate
from clioscope.measure.figure import Figure
from clioscope.measure.levels import Levels, levels_of, parents_of
from clioscope.measure.metric import metrics
from clioscope.measure.neighbours import sampled_neighbours
from clioscope.measure.rows import Rows
from clioscope.settings import Settings

if TYPE_CHECKING:
    import polars as pl

    from clioscope.measure.judges.judgement import Judgement
    from clioscope.progress import Progress

TABLE, FACTS = "measures", "measures.json"


class Measured(NamedTuple):
    """``table``: one row a figure (see ``rows.py``); ``facts``: when, how and on what it was measured, and notes
    on what could not be; ``card``: the report card's HTML file, None if nothing was written."""

    table: pl.DataFrame
    facts: dict[str, Any]
    card: Path | None


def measure_atlas(
    atlas: Atlas,
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
    ``label_names``: a longer description of each label, for reconstruction. ``stability`` groups samples of
    the data anew, which takes most of the time. The same call gives the same figures.

    ``judges``: models, as in a build (a catalogue name, a GGUF file, an address and a name); ``judge_tasks``: what
    they judge (all of ``judges.panel.TASKS`` by default); ``judge_items``: questions a task, about. The model
    that made the atlas is refused as a judge, unless ``author_may_judge``. ``people``: a CSV of people's answers
    to the same questions (see ``read_people``). All answers are kept in ``judgements.parquet``.

    The atlas's own files are not touched: four more are put beside them (``measures.parquet``,
    ``measures.json``, ``report-card.md``, ``report-card.html``), each whole or not at all. A published atlas
    has the figures of names, tree and privacy only.

    Raises InputError for labels that cannot be read or fit no conversation, AtlasError when the atlas is
    measured or built anew at the same time, or its folder cannot be written.
    """
    from clioscope.measure.labels_file import label_rows, read_labels
    from clioscope.progress import Silent

    progress = progress or Silent()
    rows, notes = Rows(), []
    truth: list[str | None] | None = None
    if labels is not None:
        if atlas.published:
            raise AtlasError(f"{atlas.path}: a published atlas holds no conversations that labels could fit.")
        named = labels if isinstance(labels, Mapping) else read_labels(labels, label_column)
        truth = label_rows(atlas, named)
    encode, problem = _encoder(atlas)
    if problem:
        notes.append(problem)
    if not atlas.published:
        levels = levels_of(atlas)
        with _stage(progress, "groups"):
            _groups(rows, atlas, levels, seed)
        with _stage(progress, "map"):
            _map(rows, atlas, seed, notes)
        if stability:
            with _stage(progress, "stability"):
                _stability(rows, atlas, levels, seed)
        if truth is not None:
            with _stage(progress, "labels"):
                _labels(rows, atlas, levels, truth, label_names or {}, encode, notes)
    said: dict[str, list[Judgement]] = {}
    failed: pl.DataFrame | None = None
    if judges:
        from clioscope.measure.judges.panel import ITEMS, TASKS, add_judged, ask_panel, read_people

        if atlas.published:
            raise AtlasError(f"{atlas.path}: a published atlas holds nothing that could be judged.")
        with _stage(progress, "judges"):
            answers = [] if people is None else read_people(Path(people))
            said, failed, found = ask_panel(
                atlas,
                judges,
                encode,
                tasks=judge_tasks or TASKS,
                items=judge_items or ITEMS,
                seed=seed,
                author_may_judge=author_may_judge,
                on_progress=progress.step,
            )
            notes += found
            add_judged(rows, said, answers)
            if not failed.is_empty():
                notes.append(f"{failed.height:,} questions to judges got no usable answer (judgements.parquet).")
    with _stage(progress, "names and tree"):
        _tree(rows, atlas, encode, seed)
        _privacy(rows, atlas)
    table = rows.table()
    facts = {
        "clioscope": __version__,
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "of": state_of(atlas),
        "seed": seed,
        "labels": None
        if truth is None
        else {"file": _name(labels), "conversations": sum(t is not None for t in truth)},
        "judges": list(said),
        "notes": notes,
    }
    card = _write(atlas, table, facts, said) if write else None
    return Measured(table, facts, card)


def state_of(atlas: Atlas) -> str:
    """What tells one build of an atlas from the next."""
    return _state(atlas.manifest)


def stored(atlas: Atlas) -> Measured:
    """What was measured before. Raises AtlasError where nothing was, or the atlas has been built anew since."""
    import json

    try:
        facts = json.loads((atlas.path / FACTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise AtlasError(f"{atlas.path}: has not been measured; run: clioscope measure {atlas.path}") from None
    if facts.get("of") != state_of(atlas):
        raise AtlasError(f"{atlas.path}: was built anew since it was measured; run: clioscope measure {atlas.path}")
    return Measured(atlas.table(TABLE), facts, atlas.path / "report-card.html")


# -- the sections ---------------------------------------------------------------------------------------------


def _groups(rows: Rows, atlas: Atlas, levels: Levels, seed: int) -> None:
    """Geometry and local coherence at every level, over one sample of neighbours."""
    names = [name for name in metrics.names() if metrics.get(name).family in ("geometry", "coherence")]
    near = sampled_neighbours(atlas.vectors, strata=levels.labels[0], seed=seed)
    for level, (labels, ids) in enumerate(zip(levels.labels, levels.groups, strict=True)):
        arrays = {"vectors": atlas.vectors, "labels": labels, "near": near, "seed": seed}
        rows.add_all(evaluate(arrays, names), level=level, groups=ids)
    noise = atlas.manifest["stages"]["clusters"].get("noise")
    if noise is not None:  # such rows went to the nearest group, so every figure counts them
        distinct = int(atlas.manifest["stages"]["clusters"]["distinct"])
        rows.add("geometry", "grouped_by_method", Figure(1 - noise / distinct, n=distinct), level=0)


def _map(rows: Rows, atlas: Atlas, seed: int, notes: list[str]) -> None:
    import polars as pl

    if not (atlas.path / "layout.parquet").exists():
        notes.append("The atlas has no map, so there are no figures of it.")
        return
    placed = atlas.clusters.select("conversation").join(
        atlas.layout, on="conversation", how="left", maintain_order="left"
    )
    places = placed.select(pl.col("x", "y").cast(pl.Float64)).to_numpy()
    names = [name for name in metrics.names() if metrics.get(name).family == "map"]
    rows.add_all(evaluate({"vectors": atlas.vectors, "places": places, "seed": seed}, names))


def _stability(rows: Rows, atlas: Atlas, levels: Levels, seed: int) -> None:
    """The base groups, found anew on samples by the method that made them."""
    from clioscope.clustering import cluster

    settings = Settings.model_validate(atlas.manifest["settings"]).clustering

    def refit(vectors: NDArray[Any], count: int, seed: int) -> NDArray[np.integer[Any]]:
        wanted = {"clusters": count, "size": None, "resolution": None}
        return cluster(vectors, settings.model_copy(update=wanted), seed).labels

    arrays = {"vectors": atlas.vectors, "labels": levels.labels[0], "refit": refit, "seed": seed}
    names = [name for name in metrics.names() if metrics.get(name).family == "stability"]
    rows.add_all(evaluate(arrays, names), level=0, groups=levels.groups[0])


def _labels(
    rows: Rows,
    atlas: Atlas,
    levels: Levels,
    truth: Sequence[str | None],
    label_names: Mapping[str, str],
    encode: Encode | None,
    notes: list[str],
) -> None:
    """Every level, and the tree, against the labels."""
    from clioscope.measure.naming import name_coverage
    from clioscope.measure.reconstruction import by_part

    known = np.array([label is not None for label in truth])
    classes = sorted({label for label in truth if label is not None})
    codes = np.array([classes.index(label) for label in truth if label is not None])
    rows.add("labels", "labelled", name_coverage(known, np.ones(len(known))))
    flat = [name for name in metrics.names() if metrics.get(name).rows == ("labels", "truth")]
    languages = atlas.facets["language"].to_list() if "language" in atlas.facets.columns else None
    targets = None if encode is None else encode([f"{one}. {label_names.get(one, '')}".strip(". ") for one in classes])
    texts = _group_texts(atlas)
    for level, (labels, ids) in enumerate(zip(levels.labels, levels.groups, strict=True)):
        inside = labels[known]
        rows.add_all(evaluate({"labels": inside, "truth": codes}, flat), level=level)
        if encode is None or targets is None:
            continue
        # the encoder in the place of the paper's large model: which class is each name nearest to?
        nearest = (encode([texts[one] for one in ids]) @ targets.T).argmax(axis=1)
        given = nearest[inside]
        found = evaluate(
            {"given": given, "truth": codes},
            ("reconstruction_accuracy", "reconstruction_macro_f", "distribution_error"),
        )
        rows.add_all(found, level=level)
        if languages is not None:
            spoken = [language for language, one in zip(languages, known, strict=True) if one]
            for language, figure in by_part(given, codes, spoken).items():
                rows.add("labels", "reconstruction_accuracy", figure, level=level, part=language)
    if encode is None:
        notes.append("Reconstruction accuracy needs the encoder, which could not be opened.")
    inside_levels = [labels[known] for labels in levels.labels]
    rows.add_all(evaluate({"levels": inside_levels, "truth": codes}, ("dendrogram_purity", "best_node_f")))


def _tree(rows: Rows, atlas: Atlas, encode: Encode | None, seed: int) -> None:
    """Names and tree."""
    from clioscope.measure.naming import name_coverage

    tree, parents = atlas.tree, parents_of(atlas)
    names = tree["name"].to_list()
    arrays: dict[str, Any] = {"names": names, "parents": parents, "sizes": tree["count"].to_numpy(), "seed": seed}
    if encode is not None:
        arrays["name_vectors"] = encode(names)
    chosen = [name for name in metrics.names() if metrics.get(name).family in ("names", "tree")]
    rows.add_all(evaluate(arrays, chosen), groups=tree["group"].to_list())
    shown = (tree["action"] != "withheld").to_numpy()
    for level in sorted(set(tree["level"].to_list())):
        here = (tree["level"] == level).to_numpy()
        rows.add("names", "names_shown", name_coverage(shown[here], tree["count"].to_numpy()[here]), level=int(level))


def _privacy(rows: Rows, atlas: Atlas) -> None:
    """Audit scores that the build kept: of names as they were proposed, and of those that are shown."""
    from clioscope.measure.privacy import audit_score, private_share, score_shares

    stages = {"name shown": atlas.tree.filter(atlas.tree["action"] != "withheld")["score"].to_list()}
    if not atlas.published:
        stages["name proposed"] = atlas.table("audit")["first_score"].to_list()
    for stage, scores in stages.items():
        rows.add("privacy", "private_share", private_share(scores), part=stage)
        rows.add("privacy", "audit_score", audit_score(scores), part=stage)
        for score, figure in score_shares(scores).items():
            rows.add("privacy", "audit_share", figure, part=f"{stage}: {score}")


# -- helpers --------------------------------------------------------------------------------------------------

Encode = Callable[[Sequence[str]], NDArray[np.float32]]


def _encoder(atlas: Atlas) -> tuple[Encode | None, str | None]:
    """The encoder of the atlas, for names; and why there is none, if so. A failure to open it is no error."""
    from clioscope.embedding.encode import encode_texts
    from clioscope.embedding.open import open_embedder
    from clioscope.settings import EmbeddingSettings

    try:
        embedder = open_embedder(EmbeddingSettings.model_validate(atlas.manifest["settings"]["embedding"]))
    except ModelError as error:
        return None, f"Figures of the meaning of names are missing: {error}"
    return lambda texts: encode_texts(list(texts), embedder, None), None


def _group_texts(atlas: Atlas) -> dict[str, str]:
    """Name and description of each group."""
    rows = atlas.tree.select("group", "name", "description").iter_rows()
    return {group: f"{name}. {description}" for group, name, description in rows}


def _name(labels: object) -> str:
    return str(labels) if isinstance(labels, str | Path) else "given as a mapping"


@contextmanager
def _stage(progress: Progress, name: str) -> Iterator[None]:
    began = time.monotonic()
    progress.begin(name)
    yield
    progress.end(name, time.monotonic() - began, True)


def _write(atlas: Atlas, table: pl.DataFrame, facts: dict[str, Any], said: dict[str, list[Judgement]]) -> Path:
    """Put the table, the facts and the report card beside the atlas's own files."""
    from clioscope.measure.card import card_files

    cards = card_files(atlas, table, facts)
    lock = atlas.path / ".measuring"
    try:
        with lock.open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _state(read_manifest(atlas.path)) != facts["of"]:
                raise AtlasError(f"{atlas.path}: was built anew while it was measured; measure it again.")
            write_table(atlas.path / f"{TABLE}.parquet", table)
            write_json(atlas.path / FACTS, facts)
            if said:
                from clioscope.measure.judges.panel import judgement_table

                write_table(atlas.path / "judgements.parquet", judgement_table(said))
            for name, text in cards.items():
                part = atlas.path / f"{name}.part"
                part.write_text(text, encoding="utf-8")
                os.replace(part, atlas.path / name)
            lock.unlink(missing_ok=True)
            return atlas.path / "report-card.html"
    except BlockingIOError:
        raise AtlasError(f"{atlas.path}: is being measured by another process.") from None
    except OSError as error:
        raise AtlasError(
            f"{atlas.path}: the figures cannot be written ({error.strerror or error}); the atlas is as it was."
        ) from error


def _state(manifest: Mapping[str, Any]) -> str:
    return str(manifest.get("finished") or manifest.get("counts"))
