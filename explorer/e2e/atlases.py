"""The atlases that the end-to-end tests look at, made by the real pipeline and the real writers.

    python e2e/atlases.py FOLDER

full: 240 conversations with dates, users, metadata and transcripts, and markup in names and metadata, with what
Python says explains some changes (explain.json); mine: the same with the names of the build, to be edited; published:
full, published; one: a single conversation; bare: without layout and dates; few: 60 of 240 conversations asked, with
few.json, which holds the ids of its groups and its table of shares; thin: published, with withheld values and a
withheld group, and thin.json, which holds what `clioscope show` prints of it and of its groups, and its counts of
values; segments: 121 conversations, some of which are cut, with segments.json, which holds what `clioscope show` prints
of it and of one of its groups; tongues: 80 in Arabic and Russian, named without a model. PYTHONPATH must hold tests/,
whose conversations these are.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import polars as pl
from commands import run_cli
from conftest import make_records, two_languages, write_jsonl
from segments.test_divide import FAST
from segments.test_divide import records as of_several_topics

import clioscope
from clioscope.atlas.files import write_table
from clioscope.explorer import export_html
from clioscope.settings import PrivacySettings, Settings, load_settings

TONGUES = (
    "كيف أخبز خبز القمح في فرن البيت",
    "اكتب رسالة إلى مدير المدرسة عن الرحلة",
    "Как испечь ржаной хлеб в домашней печи",
    "Составь письмо директору школы о поездке",
)
MARKUP = "<img src=x onerror=window.broken=1></script><script>window.broken=2</script>"


def tongues(folder: Path) -> None:
    """An atlas of conversations in Arabic and Russian, named without a model, as a page."""
    records = [
        {"id": f"t{number}", "messages": [{"role": "user", "content": f"{TONGUES[number % 4]}، {number}"}]}
        for number in range(80)
    ]
    settings = load_settings(
        model__name="none", embedding__model="hash", clustering__clusters=4, hierarchy__top=2, layout__method="pca"
    )
    made = clioscope.build(write_jsonl(folder / "tongues.jsonl", records), folder / "tongues", settings)
    export_html(made, folder / "tongues.html")


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tongues(folder)
    settings = load_settings(
        model__name="fake",
        embedding__model="hash",
        naming__show=("request",),
        clustering__clusters=10,
        hierarchy__levels=2,
        hierarchy__top=4,
        input__metadata=("plan", "error", "cost"),
        input__keep_transcripts=True,
    )
    records = make_records(200)
    records += [dict(record, id=f"copy-{record['id']}") for record in records[:40]]
    for number, record in enumerate(records):
        record["metadata"] = {"plan": MARKUP if number == 5 else "paid" if number % 5 in (0, 1) else "free"}
        record["metadata"] |= outcome(number % 200, late=record["created_at"] >= "2026-03-15")
    full = clioscope.build(write_jsonl(folder / "chats.jsonl", records), folder / "full", settings)
    shutil.copytree(full.path, folder / "mine")
    tree = full.tree.with_columns(
        pl.when(pl.int_range(pl.len()) == 0).then(pl.lit(MARKUP)).otherwise(pl.col("name")).alias("name"),
        pl.when(pl.int_range(pl.len()) == 1).then(pl.lit("withheld")).otherwise(pl.lit("accepted")).alias("action"),
    ).with_columns(description=pl.lit(f"About {MARKUP}."))
    write_table(full.path / "tree.parquet", tree)
    (full.path / "public_names.parquet").unlink()  # it counts who wrote the words of the names before
    full = clioscope.open(full.path)
    public = clioscope.publish(full, folder / "published", PrivacySettings(min_conversations=4, min_users=2))
    one = clioscope.build(write_jsonl(folder / "one.jsonl", records[1:2]), folder / "one", settings)
    shutil.copytree(full.path, folder / "bare", ignore=shutil.ignore_patterns("layout.parquet"))
    undated = full.conversations.with_columns(first_at=pl.lit(None, pl.Datetime("us", "UTC")))
    write_table(folder / "bare" / "conversations.parquet", undated)
    write_explanations(full, folder / "explain.json")
    few = clioscope.build(
        write_jsonl(folder / "few.jsonl", two_languages(240)),
        folder / "few",
        settings.model_copy(
            update={
                "facets": settings.facets.model_copy(update={"ask": 60}),
                "input": settings.input.model_copy(update={"metadata": ("plan",)}),
            }
        ),
    )
    shares = {"groups": few.tree["group"].to_list(), "shares": few.table("shares").to_dicts()}
    (folder / "few.json").write_text(json.dumps(shares), encoding="utf-8")
    thin = publish_thin(folder, settings)
    cut = clioscope.build(
        write_jsonl(folder / "cut.jsonl", of_several_topics()),
        folder / "segments",
        load_settings(**FAST, segments__split=True),
    )
    group = cut.tree.filter(pl.col("level") == 0)["group"][0]
    shown = {
        "whole": run_cli("show", cut.path, "--ids", check=True).stdout,
        "group": group,
        "inside": run_cli("show", cut.path, "--ids", "--group", group, check=True).stdout,
    }
    (folder / "segments.json").write_text(json.dumps(shown), encoding="utf-8")
    for atlas in (full, public, one, few, thin, cut, clioscope.open(folder / "bare")):
        export_html(atlas, folder / f"{atlas.path.name}.html")


def publish_thin(folder: Path, settings: Settings) -> clioscope.Atlas:
    """A published atlas that withholds values and a group, of which half was asked; and what is printed of it."""
    records = make_records(240)
    for number, record in enumerate(records):
        if number % 8 < 2:  # some conversations are longer than the others, in each group too few to show
            record["messages"][0]["content"] = " ".join([record["messages"][0]["content"]] * (60 if number % 8 else 7))
    asked = settings.facets.model_copy(update={"ask": 120})
    plain = settings.input.model_copy(update={"metadata": ()})
    made = settings.model_copy(update={"facets": asked, "input": plain})
    atlas = clioscope.build(write_jsonl(folder / "long.jsonl", records), folder / "long", made)
    children = atlas.tree.filter(pl.col("parent").is_not_null())
    hidden = children.filter(pl.len().over("parent") > 2).sort("count")["group"][0]
    verdict = pl.when(pl.col("group") == hidden).then(pl.lit("withheld")).otherwise(pl.col("action")).alias("action")
    write_table(atlas.path / "tree.parquet", atlas.tree.with_columns(verdict))
    low = PrivacySettings(min_conversations=8, min_users=5, rounding=1)
    thin = clioscope.publish(clioscope.open(atlas.path), folder / "thin", low)
    groups = thin.tree["group"].to_list()
    told = {
        "whole": run_cli("show", thin.path, "--ids", check=True).stdout,
        "groups": {group: run_cli("show", thin.path, "--group", group, check=True).stdout for group in groups},
        "cells": thin.facet_counts.to_dicts(),
    }
    (folder / "thin.json").write_text(json.dumps(told), encoding="utf-8")
    return thin


def outcome(number: int, late: bool) -> dict[str, object]:
    """Errors in one topic rise; every tenth record has no cost. A copy (by its number) has that of its original."""
    failed = number * 7 % 20 < (12 if late and number % 5 == 0 else 2)
    return {"error": failed} | ({"cost": 1 + number * 37 % 101 / 10} if number % 10 else {})


def write_explanations(atlas: clioscope.Atlas, path: Path) -> None:
    """What Python says explains changes of the atlas, for the page's numbers to be compared with."""
    found = []
    for metric in ("error=true", "cost", "turns", "language=en"):
        inner = atlas.tree.filter(pl.col("level") == 0)["parent"].drop_nulls()[0]
        for group, level in ((None, None), (inner, None), (None, 0)):
            periods = ("2026-03-01..2026-03-14", "2026-03-15..")
            made = clioscope.explain_change(atlas, metric, *periods, group=group, level=level)
            parts = made.groups.select("group", "before", "after", "mix", "rate", "part_low", "part_high").to_dicts()
            about = {"metric": metric, "inside": group, "level": level, "known": made.known, "records": made.records}
            found.append({**about, **made.whole._asdict(), "groups": parts})
    path.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
