"""Asking the judges: which models may judge, and what becomes of their answers."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from clioscope.embedding.embedder import Encode
from clioscope.errors import InputError, SettingsError
from clioscope.measure.evaluate import evaluate
from clioscope.measure.judges.author import authors_of, is_author
from clioscope.measure.judges.evidence import Evidence, evidence_of
from clioscope.measure.judges.judgement import Judgement
from clioscope.measure.judges.misfits import calibration_curve
from clioscope.measure.judges.validation import agreement
from clioscope.measure.metric import metrics
from clioscope.measure.privacy import BY_AUTHOR, audit_score, private_share, score_shares
from clioscope.settings import ModelSettings

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from clioscope.atlas import Atlas
    from clioscope.measure.rows import Rows

TASKS = (
    "faithfulness",
    "name_fit",
    "intrusion",
    "assign_back",
    "codebook",
    "tree_edges",
    "misfits",
    "privacy",
    "reconstruction",
)
_OF_LEVELS = ("assign_back", "codebook")  # tasks whose questions are asked at every level of the tree
_OF_LEVELS = ("assign_back", "codebook")  # tasks whose questions are asked at every level of the tree
_MODULES = {"privacy": "private", "reconstruction": "relabel"}
ITEMS = 30  # questions per task, about; a judge on a CPU takes a few seconds per question

Judge = Callable[[Evidence, Any, int, int], list[Judgement]]


class Heard(NamedTuple):
    """``said``: the judgements of each judge, by its id; ``failed``: the ledger of questions without an answer;
    ``notes`` for the report card; ``own``: ids of the judges that made the atlas."""

    said: dict[str, list[Judgement]]
    failed: pl.DataFrame
    notes: list[str]
    own: frozenset[str]


def ask_panel(
    atlas: Atlas,
    names: Sequence[str],
    encode: Encode | None,
    *,
    tasks: Sequence[str] = TASKS,
    items: int = ITEMS,
    labels: Mapping[str, str] | None = None,
    seed: int = 0,
    author_may_judge: bool = False,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> Heard:
    """Ask every judge all questions of the tasks. ``labels`` maps each label to its meaning; the task of reconstruction
    needs it.

    Judges are opened one after another, so that two models in this process never share the memory. Answers are kept in
    the atlas's answer store, so the same question costs nothing the second time.

    Raises SettingsError for an unknown task, for a judge named twice, and for one that wrote the atlas (unless
    ``author_may_judge``); ModelError when a judge cannot be opened or reached.
    """
    import polars as pl

    from clioscope.models.asker import Asker
    from clioscope.models.ledger import Ledger
    from clioscope.models.open import open_model
    from clioscope.models.store import Store

    for task in tasks:
        if task not in TASKS:
            raise SettingsError(f"There is no judge task {task!r}; choose among: {', '.join(TASKS)}.")
    if len(set(names)) != len(names):
        raise SettingsError("A judge is named twice; give each --judge once (a second opinion needs another model).")
    authors = authors_of(atlas)
    evidence, notes = evidence_of(atlas, encode)
    evidence = evidence._replace(labels=labels or {})
    settings = atlas.manifest["settings"]["model"]
    said: dict[str, list[Judgement]] = {}
    failed, own = [Ledger().frame()], set()
    with Store(atlas.path / "answers.sqlite") as store:
        for name in names:
            model = open_model(ModelSettings.model_validate(settings | {"name": name, "temperature": None}))
            try:
                wrote = is_author(model.id, authors) or is_author(name, authors)
                if wrote:
                    if not author_may_judge:
                        raise SettingsError(
                            f"{name} wrote facets or names of {atlas.path}, and no model judges its own work "
                            "fairly; give another --judge, or --author-may-judge to insist (the report card says so)."
                        )
                    notes.append(
                        f"{name} judged its own work: it wrote facets or names. Read its figures with that in mind."
                    )
                ask = Asker(model, store, on_progress=on_progress)
                judgements: list[Judgement] = []
                for task in tasks:
                    judge: Judge = import_module(f"clioscope.measure.judges.{_MODULES.get(task, task)}").judge
                    if on_progress is not None:
                        ask.on_progress = _named(task, on_progress)
                    judgements += judge(evidence, ask, items, seed)
                judge_id = model.id if model.id not in said else name
                said[judge_id] = judgements
                own |= {judge_id} if wrote else set()
                failed.append(ask.ledger.frame().with_columns(pl.lit(model.id).alias("judge")))
            finally:
                model.close()
    return Heard(said, pl.concat(failed, how="diagonal"), notes, frozenset(own))


def _named(task: str, report: Callable[[str, int, int], None]) -> Callable[[str, int, int], None]:
    return lambda _, done, total: report(task, done, total)


def add_judged(
    rows: Rows, said: dict[str, list[Judgement]], people: Iterable[Judgement] = (), own: Container[str] = ()
) -> None:
    """Add the figures of each judge (its id is the part), of the judges' agreement, and of their agreement with
    ``people``.

    ``own``: the judges that judge their own work. What they say about privacy is marked as said by the author.
    """
    names = [name for name, metric in metrics.usable().items() if "judgements" in metric.needs]
    for judge, judgements in said.items():
        levelled = [judgement for judgement in judgements if judgement.task in _OF_LEVELS]
        flat = [judgement for judgement in judgements if judgement.task not in _OF_LEVELS]
        for level in sorted({judgement.level for judgement in levelled if judgement.level is not None}):
            here = [judgement for judgement in levelled if judgement.level == level]
            for name, figure in evaluate({"judgements": here}, [n for n in names if _of_level(n)]).items():
                rows.add(metrics.get(name).family, name, figure, level=level, part=judge)
        for name, figure in evaluate({"judgements": flat}, [n for n in names if not _of_level(n)]).items():
            if metrics.get(name).family != "validation":
                rows.add(metrics.get(name).family, name, figure, part=judge)
        whole = [n for n in names if metrics.get(n).family == "validation"]
        for name, figure in evaluate({"judgements": judgements}, whole).items():
            rows.add("validation", name, figure, part=judge)
        for spoilt, figure in calibration_curve(judgements).items():
            rows.add("validation", "calibration_curve", figure, part=f"{judge}: {spoilt:g}")
        _private(rows, f"{BY_AUTHOR}{judge}" if judge in own else judge, judgements)
    for metric, task, figure in agreement(said):
        rows.add("validation", metric, figure, part=f"{task}: judges")
    persons = list(people)
    for judge, judgements in said.items() if persons else ():
        for metric, task, figure in agreement({"people": persons, judge: judgements}):
            rows.add("validation", metric, figure, part=f"{task}: {judge} and people")


def _of_level(name: str) -> bool:
    return name.startswith(_OF_LEVELS)


def _private(rows: Rows, judge: str, judgements: Sequence[Judgement]) -> None:
    for stage in ("conversation", "facets", "name shown"):
        here = [judgement for judgement in judgements if (judgement.task, judgement.variant) == ("privacy", stage)]
        scores = [int(judgement.answer) for judgement in here if judgement.answer]
        if not scores:
            continue
        rows.add("privacy", "private_share", private_share(scores), part=f"{stage}, by {judge}")
        rows.add("privacy", "audit_score", audit_score(scores), part=f"{stage}, by {judge}")
        for score, figure in score_shares(scores).items():
            rows.add("privacy", "audit_share", figure, part=f"{stage}, by {judge}: {score}")


def judgement_table(said: dict[str, list[Judgement]]) -> pl.DataFrame:
    """All judgements: the judge, then the fields of a judgement. People answer the questions of the same table."""
    import polars as pl

    kinds: dict[str, Any] = {
        "task": pl.String,
        "item": pl.String,
        "variant": pl.String,
        "answer": pl.String,
        "truth": pl.String,
        "order": pl.Int64,
        "repeat": pl.Int64,
        "level": pl.Int64,
    }
    frames = [
        pl.DataFrame([judgement._asdict() for judgement in judgements], schema=kinds).select(
            pl.lit(judge).alias("judge"), *kinds
        )
        for judge, judgements in said.items()
    ]
    return pl.concat(frames) if frames else pl.DataFrame(schema={"judge": pl.String, **kinds})


def read_people(path: Path) -> list[Judgement]:
    """Answers of people, from a CSV with the columns task, item, variant and answer, as in the table ``judgements``;
    order and level are optional. Raises InputError that names what is missing."""
    import polars as pl

    try:
        table = pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise InputError(f"{path}: cannot be read ({reason}).") from error
    missing = [name for name in ("task", "item", "variant", "answer") if name not in table.columns]
    if missing:
        raise InputError(
            f"{path}: lacks the columns {', '.join(missing)}; take them from judgements.parquet in the atlas."
        )
    return [
        Judgement(
            row["task"],
            row["item"],
            row["variant"],
            row["answer"],
            order=int(row.get("order") or 0),
            level=int(row["level"]) if row.get("level") else None,
        )
        for row in table.iter_rows(named=True)
        if row["answer"]
    ]
