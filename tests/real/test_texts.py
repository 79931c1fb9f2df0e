"""What is read of real texts, and where a conversation of two topics is cut."""

import random

import polars as pl
import pytest
from conftest import fake_settings, write_jsonl

import clioscope
from clioscope.atlas.reading import read_shares
from clioscope.atlas.segments import segments_of
from clioscope.settings import load_settings

pytestmark = pytest.mark.slow


def test_short_texts_are_read_whole_and_long_ones_in_part(real, tmp_path) -> None:
    short = [text for text in real.texts if len(text) < 200][:60]
    long = ["\n".join(real.texts[start : start + 60]) for start in range(0, 240, 60)]
    rows = [
        {"id": f"{kind}{number}", "messages": [{"role": "user", "content": text}]}
        for kind, texts in (("short", short), ("long", long))
        for number, text in enumerate(texts)
    ]
    settings = fake_settings(clustering__method="kmeans", clustering__clusters=4)
    atlas = clioscope.build(write_jsonl(tmp_path / "in.jsonl", rows), tmp_path / "atlas", settings)
    found = read_shares(atlas).join(atlas.occurrences.select("conversation", "record"), on="conversation")
    of_short, of_long = (
        found.filter(pl.col("record").str.starts_with(kind))["read_characters"] for kind in ("short", "long")
    )
    assert of_short.median() == 1.0 and of_short.min() > 0.9
    assert of_long.max() < 0.5


def test_joined_conversations_are_cut_near_the_join(real, tmp_path) -> None:
    """With words that are hashed, few changes are found; but where something is cut, a topic does change."""
    draw, rows = random.Random(0), []
    own = {topic: [] for topic in real.topics}
    for text, topic in zip(real.texts, real.topics, strict=True):
        own[topic].append(text[:400])
    topics = sorted(own)
    for number in range(90):
        first, second = draw.sample(topics, 2)
        texts = draw.sample(own[first], 3)
        if number % 3 == 0:
            texts += draw.sample(own[second], 3)
        messages = [
            message
            for text in texts
            for message in ({"role": "user", "content": text}, {"role": "assistant", "content": "OK"})
        ]
        rows.append({"id": f"{'joined' if number % 3 == 0 else 'one'}{number}", "messages": messages})
    settings = load_settings(model__name="none", embedding__model="hash", layout__method="pca", segments__split=True)
    atlas = clioscope.build(write_jsonl(tmp_path / "in.jsonl", rows), tmp_path / "atlas", settings)
    segments = segments_of(atlas)
    sums = segments.group_by("conversation").agg(pl.col("weight").sum())
    assert sums["weight"].to_list() == pytest.approx([1.0] * 90)
    records = atlas.occurrences.select("conversation", "record")
    cut = segments.filter(pl.col("part") > 1).join(records, on="conversation", how="left")
    assert cut["first_turn"].is_between(2, 6).all()
    parts = segments.join(records, on="conversation", how="left").group_by("record").agg(pl.col("parts").first())
    joined, alone = (
        (parts.filter(pl.col("record").str.starts_with(kind))["parts"] > 1).mean() for kind in ("joined", "one")
    )
    assert joined >= alone
