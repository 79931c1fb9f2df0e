"""The atlases that the end-to-end tests look at, made by the real pipeline and the real writers.

    python e2e/atlases.py FOLDER

full: 240 conversations with dates, users, metadata and transcripts, and markup in names and metadata; mine: the same
with the names of the build, to be edited; published: full, published; one: a single conversation; bare: without layout and dates. PYTHONPATH must hold tests/, whose
conversations these are.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import polars as pl
from conftest import make_records, write_jsonl

import clioscope
from clioscope.atlas.files import write_table
from clioscope.explorer import export_html
from clioscope.settings import PrivacySettings, load_settings

MARKUP = "<img src=x onerror=window.broken=1></script><script>window.broken=2</script>"


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    settings = load_settings(
        model__name="fake",
        embedding__model="hash",
        naming__show=("request",),
        clustering__clusters=10,
        hierarchy__levels=2,
        hierarchy__top=4,
        input__metadata=("plan",),
        input__keep_transcripts=True,
    )
    records = make_records(200)
    records += [dict(record, id=f"copy-{record['id']}") for record in records[:40]]
    for number, record in enumerate(records):
        record["metadata"] = {"plan": MARKUP if number == 5 else "paid" if number % 5 in (0, 1) else "free"}
    full = clioscope.build(write_jsonl(folder / "chats.jsonl", records), folder / "full", settings)
    shutil.copytree(full.path, folder / "mine")
    tree = full.tree.with_columns(
        pl.when(pl.int_range(pl.len()) == 0).then(pl.lit(MARKUP)).otherwise(pl.col("name")).alias("name"),
        pl.when(pl.int_range(pl.len()) == 1).then(pl.lit("withheld")).otherwise(pl.lit("accepted")).alias("action"),
    ).with_columns(description=pl.lit(f"About {MARKUP}."))
    write_table(full.path / "tree.parquet", tree)
    full = clioscope.open(full.path)
    public = clioscope.publish(full, folder / "published", PrivacySettings(min_conversations=4, min_users=2))
    one = clioscope.build(write_jsonl(folder / "one.jsonl", make_records(1)), folder / "one", settings)
    shutil.copytree(full.path, folder / "bare", ignore=shutil.ignore_patterns("layout.parquet"))
    undated = full.conversations.with_columns(first_at=pl.lit(None, pl.Datetime("us", "UTC")))
    write_table(folder / "bare" / "conversations.parquet", undated)
    for atlas in (full, public, one, clioscope.open(folder / "bare")):
        export_html(atlas, folder / f"{atlas.path.name}.html")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
