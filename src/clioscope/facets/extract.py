"""From conversations to facets (Clio 2.1): the stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from clioscope.errors import SettingsError
from clioscope.facets.column import facet_column
from clioscope.facets.examples import answered_examples
from clioscope.facets.facet import Facet
from clioscope.facets.language import identify_languages, language_name
from clioscope.facets.questions import Value, facet_parser, facet_request

if TYPE_CHECKING:
    import polars as pl

    from clioscope.models.asker import Asker
    from clioscope.models.chat import ChatRequest

# Requests made and held at once: bounds memory, and costs nothing since answers are stored one by one …
_CHUNK = 4096
_MANY = 500_000  # … but a bulk model that starts engines for each of its rounds gets more (2 GB of long transcripts).


def extract_facets(
    conversations: pl.DataFrame,
    transcripts: pl.DataFrame,
    facets: Sequence[Facet],
    *,
    ask: Asker | None,
    language: str = "en",
    calls: Literal["one", "each"] = "one",
    with_examples: bool = True,
    chosen: Sequence[bool] | None = None,
    languages: Sequence[str | None] | None = None,
    kind: str = "facets",
) -> pl.DataFrame:
    """One row per conversation and one column per facet, in the order of ``conversations``.

    ``transcripts`` has the columns ``conversation``, ``transcript`` (what the model reads) and ``text`` (the user's
    turns, for language identification and computed facets). Without ``ask`` only facets that need no model are made. A
    value that the model did not give is null, and the ledger says why. ``chosen`` says which rows the model is asked
    about (if unset: all); the others have nulls. ``languages`` are those of the rows, where they are known already.
    ``kind`` is what the ledger and the account call the questions.

    Raises ModelError when the model cannot answer at all, SettingsError for an unknown answer language or a
    computed facet that fails.
    """
    import polars as pl

    rows = conversations.join(transcripts, on="conversation", how="left", maintain_order="left")
    columns: dict[str, list[Any]] = {}
    texts = rows["text"].to_list()
    for facet in facets:
        if facet.type == "language":
            columns[facet.name] = list(identify_languages(texts) if languages is None else languages)
        elif facet.type == "computed":
            columns[facet.name] = [_computed(facet, row) for row in rows.iter_rows(named=True)]
    asked = [facet for facet in facets if facet.asked]
    if ask is not None and asked:
        picked = range(rows.height) if chosen is None else [row for row, one in enumerate(chosen) if one]
        answers: list[Mapping[str, Value | None]] = [{}] * rows.height
        given = _answers(rows[list(picked)], asked, ask, language, calls, with_examples, kind)
        for row, answer in zip(picked, given, strict=True):
            answers[row] = answer
        columns |= {facet.name: [answer.get(facet.name) for answer in answers] for facet in asked}
    frame = {"conversation": rows["conversation"]}
    frame |= {facet.name: facet_column(facet, columns[facet.name]) for facet in facets if facet.name in columns}
    return pl.DataFrame(frame)


def _answers(
    rows: pl.DataFrame,
    asked: Sequence[Facet],
    ask: Asker,
    language: str,
    calls: Literal["one", "each"],
    with_examples: bool,
    kind: str,
) -> Iterator[Mapping[str, Value | None]]:
    groups = [list(asked)] if calls == "one" else [[facet] for facet in asked]
    with ask.together():
        for chunk in rows.iter_slices(_MANY if ask.bulk else _CHUNK):
            values: list[dict[str, Value | None]] = [{} for _ in range(chunk.height)]
            for group in groups:
                requests = facet_requests(
                    chunk, group, language, temperature=ask.temperature or 0.0, with_examples=with_examples
                )
                for row, answer in zip(values, ask.ask(kind, requests, facet_parser(group)), strict=True):
                    row.update(answer or {})
            yield from values


def facet_requests(
    transcripts: pl.DataFrame, facets: Sequence[Facet], language: str, *, temperature: float, with_examples: bool
) -> list[ChatRequest]:
    """The question about each row of ``transcripts`` (columns ``conversation`` and ``transcript``)."""
    spoken = language_name(language)
    shown = answered_examples(facets, spoken) if with_examples else []
    return [
        facet_request(transcript or "", facets, spoken, shown=shown, item=conversation, temperature=temperature)
        for conversation, transcript in transcripts.select("conversation", "transcript").iter_rows()
    ]


def _computed(facet: Facet, row: Mapping[str, Any]) -> Any:
    assert facet.compute is not None
    try:
        return facet.compute(row)
    except Exception as error:
        raise SettingsError(f"facet {facet.name!r} failed on conversation {row['conversation']}: {error!r}.") from error
