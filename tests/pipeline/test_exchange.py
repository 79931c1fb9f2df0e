"""The end of a build: what the analyst edits while it runs."""

import polars as pl
import pytest
from conftest import make_records, write_jsonl

import clioscope
from clioscope.errors import AtlasError
from clioscope.pipeline import exchange
from clioscope.settings import Settings


def test_an_edit_during_a_build_is_kept_or_refused_but_never_lost(tmp_path, fake, monkeypatch) -> None:
    settings = Settings.model_validate(fake.model_dump() | {"clustering": {"method": "kmeans", "clusters": 6}})
    chats = write_jsonl(tmp_path / "chats.jsonl", make_records(60))
    atlas = clioscope.build(chats, tmp_path / "atlas", settings)
    first, second = atlas.tree.filter(pl.col("level") == 0)["group"].to_list()[:2]
    atlas.edit.note(first, "before the replay")
    replay, put = exchange.replay, exchange.put_in_place

    def edited_during_the_replay(*given, **more):
        made = replay(*given, **more)
        with pytest.raises(AtlasError, match="is being edited by another process"):
            atlas.edit.note(second, "between the copy and the exchange")
        return made

    def edited_before(*given, **more):
        atlas.edit.pin(second)
        put(*given, **more)

    monkeypatch.setattr(exchange, "replay", edited_during_the_replay)
    monkeypatch.setattr("clioscope.pipeline.build.put_in_place", edited_before)
    after = clioscope.build(chats, tmp_path / "atlas", settings)
    assert [(one["op"], one["state"]) for one in after.edit.history()] == [("note", "applied"), ("pin", "applied")]
    assert not (after.path / ".editing").exists()
    noted = after.edit.note(second, "afterwards")
    assert noted.tree.filter(pl.col("group") == second)["note"].item() == "afterwards"


def test_a_build_waits_for_an_edit_that_is_being_made(tmp_path) -> None:
    from threading import Thread

    from clioscope.edits.log import editing

    order = []

    def wait() -> None:
        with editing(tmp_path, wait=True):
            order.append("build")

    with editing(tmp_path):
        thread = Thread(target=wait)
        thread.start()
        thread.join(0.2)
        order.append("edit")
    thread.join(10)
    assert order == ["edit", "build"] and not list(tmp_path.iterdir())
