"""What was read of conversations and groups, and where a reader sees it."""

import json
import shutil

import polars as pl
import pytest
from commands import run_cli
from conftest import TOPICS, make_records, write_jsonl

from clioscope.atlas import Atlas
from clioscope.atlas.export import as_json, markdown
from clioscope.atlas.reading import group_reading, poorly_read, read_shares, reading_line, said_of_reading
from clioscope.atlas.shown import groups_table
from clioscope.pipeline.build import build
from clioscope.settings import load_settings

WORDS = "ledger invoice voucher balance account credit debit audit payroll budget".split()  # noqa: SIM905


def log_paste(number: int) -> str:
    """A long paste, of which a model on this machine reads a few lines."""
    return " ".join(f"{WORDS[(number + place) % len(WORDS)]}{place}" for place in range(1500))


def settings(**more):
    return load_settings(
        model__name="fake",
        embedding__model="hash",
        layout__method="pca",
        clustering__method="kmeans",
        clustering__clusters=6,
        **more,
    )


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """An atlas of 50 short conversations and ten long pastes, which are a group of their own."""
    folder = tmp_path_factory.mktemp("read")
    records = make_records(50) + [
        {"id": f"p{number}", "messages": [{"role": "user", "content": log_paste(number)}]} for number in range(10)
    ]
    return build(write_jsonl(folder / "in.jsonl", records), folder / "atlas", settings(facets__embed=("text",)))


def pastes(atlas) -> set[str]:
    rows = atlas.occurrences.filter(pl.col("record").str.starts_with("p")).join(atlas.clusters, on="conversation")
    return set(rows["group"])


def test_each_conversation_tells_how_much_of_it_was_read(mixed) -> None:
    table = read_shares(mixed).join(mixed.occurrences.select("conversation", "record"), on="conversation")
    long = table.filter(pl.col("record").str.starts_with("p"))
    short = table.filter(~pl.col("record").str.starts_with("p"))
    assert short.select(pl.col("^(read|encoded)_.*$")).min().row(0) == (1.0,) * 4
    assert long["read_characters"].max() < 0.06
    assert 0.1 < long["encoded_characters"].max() < 0.25


def test_a_group_of_poorly_read_conversations_is_marked_and_no_other(mixed) -> None:
    (group,) = pastes(mixed)
    marked = poorly_read(mixed)
    above = {group}
    parents = dict(zip(mixed.tree["group"], mixed.tree["parent"], strict=True))
    while parents[group] is not None:
        group = parents[group]
        above.add(group)
    assert pastes(mixed) <= marked <= above
    row = group_reading(mixed).filter(pl.col("group").is_in(pastes(mixed))).row(0, named=True)
    assert reading_line(row).startswith("read (medians): the model got 2 % of what users wrote, 100 % of the turns; ")
    assert reading_line(row).endswith("; poorly read")


def test_show_and_exports_tell(mixed) -> None:
    (group,) = pastes(mixed)
    marked = len(poorly_read(mixed))
    assert said_of_reading(mixed).startswith(f"{marked} group{' is' if marked == 1 else 's are'} poorly read: in half")
    said = run_cli("show", mixed.path, check=True).stdout
    assert said_of_reading(mixed) in said
    assert sum("poorly read" in line for line in said.splitlines()[1:]) == marked
    assert "read (medians): the model got 2 %" in run_cli("show", mixed.path, "--group", group, check=True).stdout
    table = groups_table(mixed)
    assert table.filter("poorly_read").height == marked
    assert {"read_characters", "read_turns", "encoded_characters", "encoded_turns"} <= set(table.columns)
    assert markdown(mixed).count("(poorly read)") == marked
    assert as_json(mixed).count('"poorly_read": true') == marked


def test_the_report_card_lists_the_group(mixed, tmp_path) -> None:
    from clioscope import measure

    copy = shutil.copytree(mixed.path, tmp_path / "atlas")
    found = measure(Atlas(copy), stability=False)
    (group,) = pastes(mixed)
    own = found.table.filter((pl.col("group") == group) & (pl.col("metric") == "read_characters"))
    assert own["value"][0] < 0.06
    whole = found.table.filter(pl.col("group").is_null() & (pl.col("family") == "reading"))
    assert dict(whole.select("metric", "value").iter_rows())["read_characters"] == 1.0
    card = (copy / "report-card.md").read_text(encoding="utf-8")
    (line,) = [line for line in card.splitlines() if "is poorly read: in half of its conversations" in line]
    assert group in line


def test_the_page_gets_it(mixed) -> None:
    from clioscope.explorer.groups import group_rows

    (group,) = pastes(mixed)
    read = {row["id"]: row["read"] for row in group_rows(mixed)}
    assert read[group]["poor"] is True
    assert read[group]["read_characters"] < 0.06
    assert {one["poor"] for name, one in read.items() if name not in poorly_read(mixed)} == {False}


def test_without_a_model_only_the_encoder_counts(tmp_path) -> None:
    path = write_jsonl(tmp_path / "in.jsonl", make_records(30))
    plain = load_settings(model__name="none", embedding__model="hash", layout__method="pca")
    atlas = build(path, tmp_path / "atlas", plain)
    assert read_shares(atlas)["read_characters"].null_count() == 30
    assert poorly_read(atlas) == set()
    line = reading_line(group_reading(atlas).row(0, named=True))
    assert line == "read (medians): the encoder got 100 % of what users wrote, 100 % of the turns"


def test_an_older_atlas_and_a_published_one_say_nothing(mixed, tmp_path) -> None:
    copy = shutil.copytree(mixed.path, tmp_path / "atlas")
    table = pl.read_parquet(copy / "conversations.parquet")
    kept = ["conversation", "count", "users", "turns", "characters", "first_at", "last_at"]
    table.select(kept).write_parquet(copy / "conversations.parquet")
    (copy / "encoded.npy").unlink()
    old = Atlas(copy)
    assert read_shares(old) is None
    assert group_reading(old) is None
    assert said_of_reading(old) == ""
    assert "poorly" not in run_cli("show", copy, check=True).stdout
    assert "read_turns" not in groups_table(old).columns
    assert "poorly_read" not in json.dumps(json.loads(as_json(old)))


def test_a_preamble_that_many_share_does_not_count_as_unread(tmp_path) -> None:
    rules = "You are the helper of a shop for lamps. " + " ".join(f"Rule {n} says be kind." for n in range(150)) + "\n"
    texts = [text.format(number) for number in range(12) for text in TOPICS.values()]
    records = [{"id": f"s{n}", "messages": [{"role": "user", "content": rules + text}]} for n, text in enumerate(texts)]
    atlas = build(write_jsonl(tmp_path / "in.jsonl", records), tmp_path / "atlas", settings())
    assert atlas.conversations["read_characters"].min() == 1.0
    assert atlas.conversations["characters"].min() > 2000


def test_the_encoders_own_limit_counts(mixed, tmp_path, monkeypatch) -> None:
    from clioscope.embedding.hashing import HashEmbedder

    monkeypatch.setattr(
        HashEmbedder, "read_shares", lambda self, texts: [min(1.0, 40 / len(text)) for text in texts], raising=False
    )
    atlas = build(write_jsonl(tmp_path / "in.jsonl", make_records(40)), tmp_path / "atlas", settings())
    shares = read_shares(atlas)
    assert 0.3 < shares["encoded_characters"].max() < 0.7
    assert shares["read_characters"].min() == 1.0
    assert atlas.array("encoded").shape == (40,)
