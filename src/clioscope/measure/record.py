"""Measures in the folder of an atlas: writing the table, the facts and the report card, and reading them back."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from clioscope.atlas import Atlas
from clioscope.atlas.files import write_json, write_table
from clioscope.atlas.overlay import build_of
from clioscope.errors import AtlasError
from clioscope.files.replacing import replacing

if TYPE_CHECKING:
    import polars as pl

    from clioscope.measure.judges.judgement import Judgement

TABLE, FACTS = "measures", "measures.json"


class Measured(NamedTuple):
    """``table``: one row per figure (see ``rows.py``); ``facts``: when, how and on what it was measured, and notes on
    what could not be measured; ``card``: the report card's HTML file, None if nothing was written."""

    table: pl.DataFrame
    facts: dict[str, Any]
    card: Path | None


def state_of(atlas: Atlas) -> str:
    """A text that differs between builds of an atlas, and between edits that change the members of groups."""
    return _state(atlas.manifest)


def stored(atlas: Atlas) -> Measured:
    """The stored measures. Raises AtlasError if there are none, or if the atlas has been built again since."""
    try:
        facts = json.loads((atlas.path / FACTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise AtlasError(f"{atlas.path}: has not been measured; run: clioscope measure {atlas.path}") from None
    if facts.get("of") != state_of(atlas):
        raise AtlasError(
            f"{atlas.path}: was built or edited after it was measured; run: clioscope measure {atlas.path}"
        )
    return Measured(atlas.table(TABLE), facts, atlas.path / "report-card.html")


def write_record(atlas: Atlas, table: pl.DataFrame, facts: dict[str, Any], said: dict[str, list[Judgement]]) -> Path:
    """Put the table, the facts and the report card beside the atlas's own files. Returns the path of the HTML page.

    Raises AtlasError when the atlas was built again meanwhile, is being measured elsewhere, or cannot be written.
    """
    from clioscope.measure.card import card_files

    cards = card_files(atlas, table, facts)
    lock = atlas.path / ".measuring"
    try:
        with lock.open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _state(Atlas(atlas.path).manifest) != facts["of"]:
                raise AtlasError(f"{atlas.path}: was built or edited while it was measured; measure it again.")
            write_table(atlas.path / f"{TABLE}.parquet", table)
            write_json(atlas.path / FACTS, facts)
            if said:
                from clioscope.measure.judges.panel import judgement_table

                write_table(atlas.path / "judgements.parquet", judgement_table(said))
            for name, text in cards.items():
                with replacing(atlas.path / name) as part:
                    part.write_text(text, encoding="utf-8")
            lock.unlink(missing_ok=True)
            return atlas.path / "report-card.html"
    except BlockingIOError:
        raise AtlasError(
            f"{atlas.path}: is being measured by another process; try again when that has ended."
        ) from None
    except OSError as error:
        raise AtlasError(
            f"{atlas.path}: the figures cannot be written ({error.strerror or error}); the atlas has not changed."
        ) from error


def _state(manifest: Mapping[str, Any]) -> str:
    return "".join([build_of(manifest), *filter(None, [manifest.get("edited", {}).get("structure")])])
