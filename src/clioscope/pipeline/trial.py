"""Facets tried on a few conversations, before many are paid for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clioscope.errors import SettingsError
from clioscope.pipeline.estimate import Estimate
from clioscope.pipeline.facet_flaws import Flaw
from clioscope.progress import Progress, Silent, on_pause
from clioscope.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from clioscope.embedding.embedder import Embedder
    from clioscope.facets.facet import Facet
    from clioscope.models.account import Cost
    from clioscope.models.store import Store
    from clioscope.prediction.same_values import Encoded

TRIED = 10  # conversations, unless told otherwise
MOST_ENCODED = 2000  # conversations that are encoded to choose among them
_STAGE = "facets"  # what the questions are called; the same as in a build


@dataclass(frozen=True, slots=True)
class TriedConversation:
    """One conversation: its id in the input, what the user wrote (the beginning), and the value of each facet."""

    record: str
    text: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TriedFacet:
    """One facet. ``answers``: of how many conversations there is a value. ``failed``: of how many the model had no
    usable answer. ``values``: the distinct values with how often each occurs. ``flaws``: what is wrong with it."""

    name: str
    type: str
    answers: int
    failed: int
    values: list[tuple[Any, int]]
    flaws: list[Flaw]


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a trial. ``cost``: of its questions. ``estimate``: of a build with the same settings."""

    conversations: list[TriedConversation]
    facets: list[TriedFacet]
    cost: Cost
    estimate: Estimate

    @property
    def warnings(self) -> list[str]:
        """The findings about all facets, each with the name of its facet."""
        return [f"{facet.name}: {flaw.sentence}" for facet in self.facets for flaw in facet.flaws]

    def as_dict(self) -> dict[str, Any]:
        """The same as plain lists and objects, for JSON."""
        return asdict(self) | {"estimate": self.estimate._asdict()}


def try_facets(
    paths: str | Path | Sequence[str | Path],
    settings: Settings | None = None,
    *,
    facets: Sequence[Facet] = (),
    sample: int = TRIED,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Trial:
    """Ask the facets about ``sample`` conversations, and say what is wrong with each facet. Nothing is built.

    The conversations cover all regions and languages of the input, in the order in which a build would ask about them,
    if the encoder is on this machine; else they are drawn by their hash. ``facets`` are further facets beside those of
    the settings. With ``out``, the folder of an atlas that is there or will be built, the answers are kept, so that its
    build does not ask the same questions again.

    Raises InputError, SettingsError, ModelError or AtlasError, each with one sentence that says what to do.

    >>> import clioscope
    >>> trial = clioscope.try_facets("chats.jsonl", clioscope.load_settings("demo.toml"), sample=5)  # doctest: +SKIP
    >>> trial.warnings  # doctest: +SKIP
    """
    from clioscope.conversations import collect_conversations
    from clioscope.embedding.open import ready_embedder
    from clioscope.facets.selection import facets_of
    from clioscope.pipeline.checks import check
    from clioscope.pipeline.encoder import with_encoder
    from clioscope.pipeline.resolve import resolve

    settings = settings or Settings()
    given = [Path(paths)] if isinstance(paths, str | Path) else [Path(path) for path in paths]
    tell = progress or Silent()
    check(settings, facets, contact=False)
    chosen = facets_of(settings, facets)
    tried = _to_try(chosen, settings)
    settings = resolve(settings, chosen)
    if sample < 1:
        raise SettingsError(f"sample: {sample} conversations cannot be tried; give 1 or more.")
    tell.begin("reading")
    found = collect_conversations(
        list(given), settings.input, settings.seed, None, lambda done, total: tell.step("reading", done, total)
    )
    settings = with_encoder(settings, found.transcripts["text"].to_list()).settings
    with _answers(out, given) as store:
        embedder = ready_embedder(settings.embedding)
        rows = _picked(found.transcripts, sample, settings, embedder, store, tell)
        some = found.transcripts[rows]
        table, failed, cost = _asked(found.conversations[rows], some, tried, settings, store, tell)
        estimate = _estimate(found, settings, chosen, store)
    records = dict(found.occurrences.select("conversation", "record").reverse().iter_rows())
    return Trial(
        [
            TriedConversation(str(records[row["conversation"]]), text or "", _shown(tried, row))
            for row, text in zip(table.iter_rows(named=True), some["text"], strict=True)
        ],
        _judged(tried, table, failed, some, settings, embedder),
        cost,
        estimate,
    )


def _to_try(chosen: Sequence[Facet], settings: Settings) -> list[Facet]:
    """The facets that are asked, and the user's own that are computed. Raises SettingsError if there are none."""
    from clioscope.facets.selection import ALWAYS

    if settings.model.name is None:
        raise SettingsError("There is no language model to try facets with; give --model (or set model.name).")
    tried = [one for one in chosen if one.asked or (one.type == "computed" and one.name not in ALWAYS)]
    if not tried:
        raise SettingsError("There is no facet to try; name some in facets.use, or define your own (docs/facets.md).")
    return tried


@contextmanager
def _answers(out: str | Path | None, files: Sequence[Path]) -> Iterator[Store]:
    """The store of answers: that of the atlas or of its build, or one that is forgotten."""
    from clioscope.files.folders import is_atlas
    from clioscope.models.store import Store
    from clioscope.pipeline.folder import ANSWERS, BuildFolder

    if out is None:
        with Store(":memory:") as store:
            yield store
        return
    place = Path(out)
    if is_atlas(place) and not place.with_name(place.name + ".building").exists():
        with Store(place / ANSWERS) as store:
            yield store
        return
    with BuildFolder(place, files) as work, Store(work.folder / ANSWERS) as store:
        yield store


def _picked(
    transcripts: pl.DataFrame,
    sample: int,
    settings: Settings,
    embedder: Embedder | None,
    store: Store,
    tell: Progress,
) -> NDArray[np.integer[Any]]:
    """The rows of the conversations to ask about, spread over the input."""
    from clioscope.embedding.plain import plain_vectors
    from clioscope.facets.language import identify_languages
    from clioscope.prediction.order import spread_order
    from clioscope.vectors.spaced import evenly_spaced

    if embedder is None or transcripts.height <= sample:  # the rows stand in the order of a hash
        return evenly_spaced(transcripts.height, sample)
    tell.begin("texts")
    rows = evenly_spaced(transcripts.height, max(MOST_ENCODED, sample))
    texts = [text or "" for text in transcripts["text"][rows]]
    kept = None if len(rows) < transcripts.height else store  # then a build finds the vectors of all
    made = plain_vectors([texts], embedder, kept, None, lambda done, total: tell.step("texts", done, total))
    order = spread_order(made.rows, identify_languages(texts), settings.seed)
    picked: NDArray[np.integer[Any]] = rows[order[:sample]]
    return picked


def _asked(
    conversations: pl.DataFrame,
    transcripts: pl.DataFrame,
    tried: Sequence[Facet],
    settings: Settings,
    store: Store,
    tell: Progress,
) -> tuple[pl.DataFrame, dict[str, int], Cost]:
    """The table of values, of how many conversations each facet has none because the model failed, and the cost."""
    from clioscope.facets.extract import extract_facets
    from clioscope.models.account import Cost
    from clioscope.pipeline.askers import Askers

    askers = Askers(settings, lambda: store, tell.step, on_pause(tell))
    tell.begin(_STAGE)
    try:
        table = extract_facets(
            conversations,
            transcripts,
            tried,
            ask=askers.ask(_STAGE, "chat") if any(one.asked for one in tried) else None,
            language=settings.facets.language,
            calls=settings.facets.calls,
            with_examples=settings.facets.examples,
        )
    finally:
        askers.close()
    items = {failure.item for failure in askers.ledger.failures}
    nulls = table.filter(table["conversation"].is_in(list(items)))
    failed = {one.name: nulls[one.name].null_count() if one.asked else 0 for one in tried}
    return table, failed, askers.account.stages.get(_STAGE, Cost())


def _estimate(found: Any, settings: Settings, chosen: Sequence[Facet], store: Store) -> Estimate:
    from clioscope.pipeline.estimate import estimate_build

    return estimate_build(found.transcripts, settings, chosen, found.read, found.rejected, store)


def _shown(tried: Sequence[Facet], row: dict[str, Any]) -> dict[str, Any]:
    from clioscope.pipeline.facet_flaws import shown_value

    return {one.name: shown_value(one, row[one.name]) for one in tried}


def _judged(
    tried: Sequence[Facet],
    table: pl.DataFrame,
    failed: dict[str, int],
    transcripts: pl.DataFrame,
    settings: Settings,
    embedder: Embedder | None,
) -> list[TriedFacet]:
    from clioscope.embedding.encode import encode_texts
    from clioscope.facets.language import identify_languages
    from clioscope.pipeline.facet_flaws import distinct_values, facet_flaws

    languages = identify_languages(transcripts["text"].to_list())
    encode: Encoded | None = None if embedder is None else lambda texts: encode_texts(texts, embedder, None)
    judged = []
    for one in tried:
        values = table[one.name].to_list()
        flaws = facet_flaws(
            one,
            values,
            failed=failed[one.name],
            language=settings.facets.language,
            languages=languages,
            encode=encode,
        )
        given = sum(value is not None for value in values)
        judged.append(
            TriedFacet(one.name, one.type, given, failed[one.name], distinct_values(one, values, encode), flaws)
        )
    return judged
