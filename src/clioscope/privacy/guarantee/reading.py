"""From an atlas to records of people, each of which depends on one conversation alone.

An atlas looks at all conversations together: it cuts what many texts share, predicts facets, centres and smooths
vectors. Nothing of that is used. The input is read again, without cutting and without sampling, and vectors are made of
each text by public models and maps.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas import Atlas
from clioscope.atlas.people import Known, check_people
from clioscope.atlas.vectors import OWN, OWN_KEYS, TEXT_KEYS, TEXTS, read_known
from clioscope.conversations.collect import Collected, collect_conversations
from clioscope.conversations.texts.templates import Templates
from clioscope.errors import AtlasError, InputError
from clioscope.facets.computed import length
from clioscope.facets.language import identify_languages
from clioscope.facets.texts import RAW, embedded_texts
from clioscope.prediction.mixing import mix_asked, mix_others, usual_weights
from clioscope.prediction.ready import ReadyMap, ready_map
from clioscope.privacy.guarantee.people import Records
from clioscope.privacy.guarantee.words import telling_words
from clioscope.settings import EmbeddingSettings, InputSettings
from clioscope.vectors.unit import average

if TYPE_CHECKING:
    import polars as pl

    from clioscope.embedding.embedder import Embedder
    from clioscope.privacy.guarantee.wanted import Guarantee

COMPUTED = ("language", "length")
_CLOSED = ("score", "category")
_NAMING = ("request", "field")  # facets whose words may name a group


def each_alone(atlas: Atlas) -> bool:
    """Whether every answer of the model depends on its conversation alone. Settings say so, and no data: all are asked,
    none are sampled, and nothing that texts share is cut from them."""
    settings = atlas.manifest["settings"]
    return (
        settings["facets"].get("ask") == "all"
        and settings["input"].get("sample") is None
        and not settings["input"].get("cut_shared", True)
        and not settings.get("segments", {}).get("split", False)
        and settings["model"]["name"] is not None
    )


def facets_of(atlas: Atlas) -> list[dict[str, Any]]:
    """The definitions of the facets that are counted in a release: those that need no model, and the closed ones of the
    model where ``each_alone``."""
    kinds = _CLOSED if each_alone(atlas) else ()
    return [one for one in atlas.manifest["facets"] if one["name"] in COMPUTED or one["type"] in kinds]


def input_files(atlas: Atlas, given: Sequence[str | Path]) -> list[Path]:
    """The files that the atlas was built from, or those ``given``. Raises InputError for missing or changed ones."""
    if given:
        return [Path(one) for one in given]
    files = []
    for source in atlas.manifest["sources"]:
        path = Path(source["path"])
        if not path.is_file() or path.stat().st_size != source["bytes"]:
            raise InputError(
                f"{path}: is not there as when the atlas was built, and a release with a guarantee reads the input "
                "again; say where it is with --input."
            )
        files.append(path)
    return files


def read_records(
    atlas: Atlas, files: Sequence[Path], wanted: Guarantee, embedder: Embedder, *, each_a_user: bool
) -> Records:
    """The records of all people in ``files``. Conversations without a user id are left out; with ``each_a_user`` each
    counts as another person.

    Raises AtlasError if no conversation has a user id (unless ``each_a_user``), or if a screener left some out by what
    it read in an atlas whose conversations were not read alone; InputError for files that cannot be read.
    """
    import polars as pl

    alone = each_alone(atlas)
    settings = InputSettings.model_validate(atlas.manifest["settings"]["input"]).model_copy(update={"sample": None})
    seed = int(atlas.manifest["settings"]["seed"])
    collected = collect_conversations(files, settings, seed, None, templates=Templates())
    written = _let_in(atlas, collected, alone)
    unknown = written["user"].null_count()
    known: Known = "all" if unknown == 0 else "some" if unknown < written.height else "none"
    check_people(atlas, known, each_a_user)
    alone_or_nobody = pl.format("c{}", "conversation") if each_a_user else pl.lit(None, pl.String)
    person = pl.when(pl.col("user").is_not_null()).then(pl.format("u{}", "user")).otherwise(alone_or_nobody)
    pairs = written.select("conversation", person=person).drop_nulls("person").unique().sort("person", "conversation")
    rows = collected.conversations.join(pairs, on="conversation", how="semi").sort("conversation")
    vectors = text_vectors(atlas, rows, collected.transcripts, embedder, alone)
    answers = _answers(atlas, rows) if alone else None
    text = rows.join(collected.transcripts, on="conversation", how="left", maintain_order="left")["text"].to_list()
    words = [telling_words(one, wanted.words) for one in _told(answers, text)]
    values = _values(atlas, rows, text, answers)
    place = pairs["conversation"].replace_strict(rows["conversation"], range(rows.height), return_dtype=pl.Int64)
    at = place.to_numpy()
    return Records(
        pairs["person"].rank("dense").cast(pl.Int64).to_numpy() - 1,
        [f"{one}\t{conversation}".encode() for conversation, one in pairs.iter_rows()],
        vectors[at],
        [words[row] for row in at],
        {name: [column[row] for row in at] for name, column in values.items()},
    )


def text_vectors(
    atlas: Atlas, rows: pl.DataFrame, transcripts: pl.DataFrame, embedder: Embedder, alone: bool
) -> NDArray[np.float32]:
    """Unit vectors (n, d) of conversations, not centred: of the raw text, of what the ready-made map tells of it, and,
    where the answers are of each conversation ``alone``, of what the model said."""
    from clioscope.embedding.plain import plain_vectors

    columns = embedded_texts(rows, transcripts, ())
    raw = plain_vectors(columns, embedder, None, read_known(atlas.path, TEXTS, TEXT_KEYS)).rows.astype(np.float32)
    embed = [name for name in atlas.manifest["settings"]["facets"]["embed"] or () if name != RAW] if alone else []
    if not embed:
        return mixed(raw, None, ready_map(embedder.id))
    answers, known = _answers(atlas, rows), read_known(atlas.path, OWN, OWN_KEYS)
    parts = [
        plain_vectors(embedded_texts(answers, transcripts, [name]), embedder, None, known).rows.astype(np.float32)
        for name in embed
        if name in answers.columns
    ]
    return mixed(raw, average(parts) if parts else None, ready_map(embedder.id))


def mixed(raw: NDArray[np.float32], own: NDArray[np.float32] | None, ready: ReadyMap | None) -> NDArray[np.float32]:
    """One vector of each text (n, d), of its parts; the weights are those of short texts, where
    nothing is learnt. No words are read."""
    if ready is None:
        return raw if own is None else average([own, raw])
    told = ready.predict(raw)
    return mix_others(usual_weights(), told, raw) if own is None else mix_asked(usual_weights(), own, told, raw)


def encoder_of(atlas: Atlas) -> Embedder:
    """The encoder that the atlas was built with. Raises ModelError where it cannot be had."""
    from clioscope.embedding.open import open_embedder

    return open_embedder(EmbeddingSettings.model_validate(atlas.manifest["settings"]["embedding"]))


def _let_in(atlas: Atlas, collected: Collected, alone: bool) -> pl.DataFrame:
    import polars as pl

    if not (atlas.path / "screened.parquet").exists():
        return collected.occurrences
    if not alone:
        raise AtlasError(
            f"{atlas.path}: its screener read texts from which what many share was cut, which no guarantee covers; "
            "build it with --set input.cut_shared=false and --ask all."
        )
    kept = atlas.table("screened").filter(pl.col("kept"))
    return collected.occurrences.join(kept, on="conversation", how="semi", maintain_order="left")


def _answers(atlas: Atlas, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select("conversation").join(atlas.facets, on="conversation", how="left", maintain_order="left")


def _told(answers: pl.DataFrame | None, texts: Sequence[str | None]) -> list[str]:
    """What the words of each conversation are taken from: the model's answers, or its own text."""
    names = [name for name in _NAMING if answers is not None and name in answers.columns]
    if answers is None or not names:
        return [text or "" for text in texts]
    said = zip(*(answers[name].to_list() for name in names), texts, strict=True)
    return [". ".join(part for part in parts if part) or text or "" for *parts, text in said]


def _values(
    atlas: Atlas, rows: pl.DataFrame, texts: Sequence[str | None], answers: pl.DataFrame | None
) -> dict[str, Sequence[str | None]]:
    import polars as pl

    values: dict[str, Sequence[str | None]] = {}
    for facet in facets_of(atlas):
        name = facet["name"]
        if name == "language":
            values[name] = identify_languages(texts)
        elif name == "length":
            values[name] = [length({"characters": size}) for size in rows["characters"]]
        elif answers is not None and name in answers.columns:
            values[name] = answers[name].cast(pl.String).to_list()
    return values
