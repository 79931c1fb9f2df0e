"""The stage ``texts``, and what it makes for others: which conversations there are, and in which languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clioscope.atlas.vectors import ENCODED, TEXT_KEYS, TEXTS, read_encoded, read_known
from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage

if TYPE_CHECKING:
    import polars as pl


@stage(
    "texts",
    version=2,
    reads=("conversations.conversation", "transcripts", "screened"),
    writes=(TEXTS, TEXT_KEYS, ENCODED),
    given=("embedder",),
)
def texts(job: Job) -> None:
    """Unit vectors of the raw text of the user's turns, of every conversation that the screener let in."""
    from clioscope.embedding.plain import plain_vectors
    from clioscope.embedding.reach import encoded_shares
    from clioscope.facets.texts import embedded_texts

    raw = embedded_texts(let_in(job, job.table("conversations")), job.table("transcripts"), ())
    known = read_known(job.folder, TEXTS, TEXT_KEYS)
    read = {} if known is None else read_encoded(job.folder, known.keys)
    made = plain_vectors(raw, job.embedder, job.store, known, job.report)
    (job.folder / f"{TEXT_KEYS}.npy").unlink(missing_ok=True)  # killed here, the folder holds no keys of other rows
    job.write_array(TEXTS, made.rows)
    job.write_array(ENCODED, encoded_shares(raw[0], job.embedder, made.keys, read))
    job.write_array(TEXT_KEYS, made.keys)


def let_in(job: Job, table: pl.DataFrame) -> pl.DataFrame:
    """The rows of conversations that the screener let in, for a stage that declares ``screened``."""
    import polars as pl

    if not job.has("screened"):
        return table
    kept = job.table("screened").filter("kept")["conversation"]
    return table.filter(pl.col("conversation").is_in(kept.implode()))


def told_languages(job: Job) -> list[str | None]:
    """The language of each conversation that was let in, for a stage that declares ``conversations.conversation``,
    ``transcripts`` and ``screened``."""
    from clioscope.facets.language import identify_languages

    def tell() -> list[str | None]:
        rows = let_in(job, job.table("conversations")).select("conversation")
        read = rows.join(job.table("transcripts"), on="conversation", how="left", maintain_order="left")
        return identify_languages(read["text"].to_list())

    return job.once("languages", tell)
