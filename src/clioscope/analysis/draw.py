"""A balanced new test set, drawn from the conversations of an atlas."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from clioscope.analysis.coverage import Coverage, rows_by_group
from clioscope.analysis.levels import groups_at
from clioscope.errors import ClioscopeError
from clioscope.files.replacing import saving
from clioscope.settings import Settings

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas

Kind = Literal["full", "condensed", "ids"]


def draw_tests(atlas: Atlas, found: Coverage, number: int, *, level: int | None = 0, seed: int = 0) -> pl.DataFrame:
    """``number`` conversations that no test is: conversation, group, name.

    Each group has as many as its share of the traffic says, and at least one, if the number allows. Within a group they
    are spread over all that it holds (``spread_order``). Groups without a test come first, then those with few, so the
    first rows fill the largest gaps. ``level`` is that of ``found``. Fewer rows come where there are no more
    conversations. Raises ClioscopeError for a number below 1.
    """
    import polars as pl

    from clioscope.prediction.order import spread_order

    if number < 1:
        raise ClioscopeError(f"{number} tests cannot be drawn; give a number from 1 on.")
    fresh = ~atlas.clusters["conversation"].is_in(found.tested.implode()).to_numpy()
    held = {group: rows[fresh[rows]] for group, rows in rows_by_group(atlas, groups_at(atlas, level)).items()}
    groups = found.groups.filter(pl.col("traffic") > 0)
    limits = np.array([len(held[group]) for group in groups["group"]])
    sizes = quotas(groups["traffic"].to_numpy().astype(float), limits, number)
    vectors, ids = atlas.unsmoothed, atlas.clusters["conversation"]
    drawn = []
    for (group, name), size in zip(groups.select("group", "name").iter_rows(), sizes.tolist(), strict=True):
        if size:
            rows = held[group][spread_order(vectors[held[group]], None, seed)[:size]]
            drawn.append(pl.DataFrame({"conversation": ids[rows.tolist()], "group": group, "name": name}))
    schema = dict.fromkeys(("conversation", "group", "name"), pl.String)
    return pl.concat(drawn) if drawn else pl.DataFrame(schema=schema)


def quotas(weights: NDArray[np.float64], limits: NDArray[np.int64], number: int) -> NDArray[np.int64]:
    """``number`` divided in proportion to ``weights`` (k,), none above its limit, by the largest remainders.

    Each gets at least one if there are enough for that. Equal remainders go to the first.
    """
    number = int(min(number, limits.sum()))
    open_ = (limits > 0) & (weights > 0)
    sizes = open_.astype(np.int64) if number >= open_.sum() else np.zeros(len(weights), np.int64)
    while (rest := number - int(sizes.sum())) > 0:
        open_ = sizes < limits
        wished = number * np.where(open_, weights, 0) / max(weights[open_].sum(), 1e-300)
        gap = np.where(open_, np.maximum(wished - sizes, 0), 0.0)
        if gap.sum() == 0:
            gap = np.where(open_, 1.0, 0.0)
        share = rest * gap / gap.sum()
        step = np.minimum(np.floor(share).astype(np.int64), limits - sizes)
        if not step.sum():
            order = np.argsort(-np.where(open_, share, -1.0), kind="stable")[: min(rest, int(open_.sum()))]
            step[order] = 1
        sizes = sizes + step
    return sizes


def write_tests(atlas: Atlas, drawn: pl.DataFrame, to: str | Path) -> Kind:
    """Write drawn conversations as JSONL of our own format (id, messages, metadata with group and group_name).

    ``full``: whole conversations, read from the input files of the atlas again. ``condensed``: where these are gone or
    changed, the shortened transcripts, if the atlas keeps them. ``ids``: without either, one line per conversation
    with its id and group. Returns which of these it is. Raises ClioscopeError if the file cannot be written.
    """
    messages = _from_sources(atlas, drawn["conversation"].to_list())
    kind: Kind = "full"
    if len(messages) < drawn.height:
        kind, messages = ("condensed", _from_transcripts(atlas)) if _keeps(atlas) else ("ids", {})
    with saving(Path(to)) as part, part.open("w", encoding="utf-8") as file:
        for conversation, group, name in drawn.select("conversation", "group", "name").iter_rows():
            about: dict[str, Any] = {"group": group, "group_name": name}
            if kind == "ids":
                line = {"conversation": conversation, **about}
            else:
                line = {"id": conversation, "messages": messages[conversation], "metadata": about}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return kind


def _keeps(atlas: Atlas) -> bool:
    return (atlas.path / "transcripts.parquet").exists()


def _from_sources(atlas: Atlas, wanted: Sequence[str]) -> dict[str, list[dict[str, str]]]:
    """The messages of conversations, from the input files as far as these are still there."""
    from clioscope.conversations import Conversation
    from clioscope.conversations.collect import read_options
    from clioscope.conversations.read import read_many

    files = [Path(source["path"]) for source in atlas.manifest.get("sources", [])]
    if not files or not all(file.exists() for file in files):
        return {}
    options = read_options(Settings.model_validate(atlas.manifest["settings"]).input)
    missing, found = set(wanted), {}
    try:
        for record in read_many(files, options):
            if isinstance(record, Conversation) and (one := record.content_id) in missing:
                missing.remove(one)
                found[one] = [{"role": message.role, "content": message.content} for message in record.messages]
            if not missing:
                break
    except ClioscopeError:
        return {}
    return found


def _from_transcripts(atlas: Atlas) -> dict[str, list[dict[str, str]]]:
    """The messages of condensed transcripts, of all conversations."""
    from clioscope.conversations.transcript import turns_of

    return {
        conversation: [{"role": role, "content": text} for role, text in turns_of(transcript)]
        for conversation, transcript in atlas.transcripts.select("conversation", "transcript").iter_rows()
    }
