"""Updates: what is new is added at its own cost, and the atlas stays itself."""

import json
import random
import shutil
import signal
import subprocess
import sys

import numpy as np
import polars as pl
import pytest
from conftest import write_jsonl
from streams import TOPICS, stream, tables

import clioscope
from clioscope.errors import AtlasError, InputError
from clioscope.settings import load_settings

SIX = tuple(TOPICS)[:6]
PLAIN = {"embedding__model": "hash", "layout__method": "pca", "clustering__clusters": 6, "hierarchy__top": 2}


def without_model(**settings):
    return load_settings(model__name="none", **PLAIN | settings)


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    """180 conversations on six topics, without a model."""
    folder = tmp_path_factory.mktemp("before")
    return clioscope.build(write_jsonl(folder / "old.jsonl", stream(1, SIX, 30)), folder / "atlas", without_model())


@pytest.fixture(scope="module")
def updated(atlas, tmp_path_factory):
    """The atlas with 30 more conversations on three topics, 5 that it had, and 20 on a new topic."""
    folder = tmp_path_factory.mktemp("updated")
    again = [dict(record, id=f"again{number}") for number, record in enumerate(stream(1, SIX, 30)[:5])]
    records = [*again, *stream(2, SIX[:3], 10), *stream(2, ("chess",), 20)]
    before = {path.name: path.read_bytes() for path in atlas.path.iterdir() if path.is_file()}
    made = clioscope.update(atlas, write_jsonl(folder / "new.jsonl", records), folder / "atlas")
    assert {path.name: path.read_bytes() for path in atlas.path.iterdir() if path.is_file()} == before
    return made


def topic(atlas) -> pl.DataFrame:
    """conversation and topic, told by the records' order in the stream."""
    import itertools

    names = {}
    for number, (name, _) in enumerate(itertools.product(SIX, range(30))):
        names[f"w1-{number}"] = name
    for number, (name, _) in enumerate(itertools.product(SIX[:3], range(10))):
        names[f"w2-{number}"] = name
    rows = atlas.occurrences.filter(pl.col("record").is_in(list(names))).select("conversation", "record")
    return rows.with_columns(topic=pl.col("record").replace_strict(names)).unique("conversation")


def test_counts_users_and_sources_are_right(atlas, updated) -> None:
    assert updated.conversations.height == updated.clusters.height == updated.facets.height == 230
    assert updated.conversations["count"].sum() == 235
    base = updated.tree.filter(pl.col("level") == 0)
    assert base["count"].sum() == 235 and base["conversations"].sum() == 230
    counts = updated.manifest["counts"]
    assert (counts["records"], counts["analysed"], counts["conversations"]) == (235, 235, 230)
    assert counts["groups"] == updated.tree.height
    assert len(updated.manifest["sources"]) == 2
    assert updated.manifest["updates"][0] | {"finished": ""} == {
        "finished": "",
        "fresh": 50,
        "known": 5,
        "unfitting": updated.manifest["updates"][0]["unfitting"],
        "candidates": 1,
        "promoted": 0,
        "split": 0,
        "merged": 0,
    }
    users = updated.occurrences["user"]
    assert users.n_unique() == 13, "the thirteen users of both files are the same people"
    both = updated.occurrences.group_by("user").agg(pl.col("record").str.slice(0, 2).n_unique())
    assert both["record"].min() == 2 or both["record"].max() >= 2
    known = updated.conversations.join(atlas.conversations, on="conversation", suffix="_before")
    assert (known["count"] - known["count_before"]).sum() == 5


def test_rows_are_in_order_and_arrays_fit_them(updated) -> None:
    ids = updated.conversations["conversation"]
    assert ids.is_sorted()
    for name in ("facets", "clusters", "layout", "answers", "asked", "probabilities"):
        assert updated.table(name)["conversation"].equals(ids), name
    vectors = updated.vectors
    assert vectors.shape[0] == 230
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    for name in ("texts", "text_keys", "plain", "smooth_near", "smooth_weights", "chances", "said"):
        assert len(updated.array(name)) == 230, name
    assert updated.array("smooth_near").max() < 230
    assert np.isfinite(updated.layout.select("x", "y").to_numpy()).all()


def test_old_conversations_have_the_vectors_that_they_had(atlas, updated) -> None:
    rows = updated.clusters["conversation"].is_in(atlas.clusters["conversation"].implode()).to_numpy()
    np.testing.assert_allclose(updated.vectors[rows], atlas.vectors, atol=1e-6)
    old, new = atlas.clusters, updated.clusters.filter(pl.Series(rows))
    assert old.select("conversation", "group", "margin").equals(new.select("conversation", "group", "margin"))


def test_what_fits_is_assigned_and_names_stay(atlas, updated) -> None:
    names = dict(atlas.tree.select("group", "name").iter_rows())
    now = dict(updated.tree.select("group", "name").iter_rows())
    assert names.items() <= now.items()
    told = updated.clusters.join(topic(updated), on="conversation")
    usual = told.filter(pl.col("record").str.starts_with("w1")).group_by("group").agg(pl.col("topic").mode().first())
    new = told.filter(pl.col("record").str.starts_with("w2")).join(usual, on="group", suffix="_of_group")
    assert new.height >= 26 and (new["topic"] == new["topic_of_group"]).mean() > 0.9


def test_a_new_topic_becomes_a_candidate_and_is_told_as_new(updated) -> None:
    candidate = updated.tree.filter("candidate")
    assert candidate.height == 1
    assert candidate["conversations"].item() >= 18
    assert any(word in candidate["name"].item().lower() for word in ("pawn", "chess", "opening", "queen"))
    changes = clioscope.changes(updated)
    assert candidate["group"].item() in changes.filter(pl.col("kind") == "new")["group"].to_list()


def test_shares_hold_every_group(updated) -> None:
    shares = updated.table("shares")
    assert set(updated.tree["group"]) <= set(shares["group"])
    whole = shares.filter(pl.col("group") == "", pl.col("facet") == "language")
    assert whole["count"].unique().to_list() == [235]


def test_assign_and_readers_work_on_it(updated, tmp_path) -> None:
    again = write_jsonl(tmp_path / "again.jsonl", stream(2, SIX[:1], 3))
    table = updated.assign(again).table
    assert table["known"].all()
    new = updated.assign(write_jsonl(tmp_path / "next.jsonl", stream(3, SIX[:2], 5))).table
    assert new.height == 10 and not new["known"].any()


def test_the_same_file_once_more_changes_nothing(updated, tmp_path) -> None:
    source = updated.manifest["sources"][1]["path"]
    again = clioscope.update(updated, source, tmp_path / "again")
    assert again.manifest["updates"][-1]["fresh"] == 0
    mine, old = tables(again.path), tables(updated.path)
    assert {name for name in old if mine[name] != old[name]} == set()
    assert set(again.table("lineage")["fate"]) == {"continued"}


KILLED = """
import os, signal, sys
import clioscope, clioscope.pipeline.updating.work as work

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def half(source, target, rename=os.rename):
    rename(source, target)
    if str(target).endswith(".replaced"):
        die()

atlas, new, stage = sys.argv[1:]
if stage == "exchange":
    os.rename = half
elif stage == "map":
    work.Work._write_layout = die
else:
    setattr(work, stage, die)
clioscope.update(atlas, new)
"""


@pytest.mark.parametrize(
    "stage",
    [
        "exchange",
        pytest.param("read_arrivals", marks=pytest.mark.slow),
        pytest.param("map", marks=pytest.mark.slow),
        "write_tree",
        pytest.param("finish_update", marks=pytest.mark.slow),
    ],
)
def test_killed_at_any_stage_the_old_atlas_is_whole_and_the_next_update_goes_on(
    atlas, updated, tmp_path, stage
) -> None:
    folder, work = tmp_path / "atlas", tmp_path / "atlas.building"
    shutil.copytree(atlas.path, folder)
    new = updated.manifest["sources"][1]["path"]
    killed = subprocess.run([sys.executable, "-c", KILLED, str(folder), new, stage], check=False)
    assert killed.returncode == -signal.SIGKILL and work.exists()
    assert tables(work / ".replaced" if stage == "exchange" else folder) == tables(atlas.path)
    made = clioscope.update(folder, new)
    assert tables(made.path) == tables(updated.path)
    assert not work.exists() and not (folder / ".replaced").exists()


RUSSIAN = (
    "Подскажи рецепт ужина на кухне для семьи: борщ со свёклой и сметаной",
    "Подскажи рецепт ужина на кухне для семьи: пирог с яблоками и корицей",
    "Исправь ошибку в программе на питоне: цикл по списку выходит за границы",
    "Исправь ошибку в программе на питоне: файл с настройками не читается",
    "Как ухаживать за растениями на даче летом: томаты в теплице желтеют",
    "Как ухаживать за растениями на даче летом: розы у забора не цветут",
    "Какие документы нужны по закону для суда: залог за квартиру не вернули",
    "Какие документы нужны по закону для суда: работодатель задержал зарплату",
)
CHESS = "Цикл по списку шахматных дебютов: ферзевая пешка, слон и ответ чёрных конём"
WORDS = ("утром", "вечером", "срочно", "кратко", "подробно", "вчера", "завтра", "снова", "просто", "наконец")


def russian(texts, count: int, week: int) -> list[dict]:
    rng = random.Random(week)
    return [
        {"id": f"{week}-{text[:30]}-{number}", "messages": [{"role": "user", "content": content}]}
        for text in texts
        for number in range(count)
        for content in [f"{text} {' '.join(rng.sample(WORDS, 2))} {week}{number}"]
    ]


def test_a_group_that_falls_in_two_is_split_named_and_placed_and_the_rest_stays(tmp_path) -> None:
    settings = without_model(clustering__clusters=8, hierarchy__top=4, facets__language="ru")
    old = clioscope.build(write_jsonl(tmp_path / "old.jsonl", russian(RUSSIAN, 12, 1)), tmp_path / "old", settings)
    new = write_jsonl(tmp_path / "new.jsonl", russian((CHESS,), 20, 2))
    made = clioscope.update(old, new, tmp_path / "made", false_refusals=0)
    done = made.manifest["updates"][-1]
    assert (done["fresh"], done["unfitting"], done["candidates"]) == (20, 0, 0) and done["split"] >= 1
    [group] = set(made.manifest["base_groups"]) - set(old.manifest["base_groups"])
    row = made.tree.filter(pl.col("group") == group)
    assert row["conversations"].item() >= 18 and not row["candidate"].item()
    assert any(
        word in row["name"].item().lower() for word in ("шахмат", "дебют", "пешк", "ферз", "чёрн", "кон", "слон")
    )
    names, now = (dict(one.tree.select("group", "name").iter_rows()) for one in (old, made))
    parents = dict(old.tree.select("group", "parent").iter_rows())
    changed = {one for one in names if now.get(one) != names[one]}
    assert changed <= {parents[one] for one in parents} and len(changed) <= 1
    assert made.tree.filter(pl.col("level") == 0)["count"].sum() == 116
    above = made.tree.filter(pl.col("parent").is_null())
    assert above["count"].sum() == 116
    again = clioscope.update(made, new, tmp_path / "again", false_refusals=0)
    assert tables(again.path) == tables(made.path)


def test_rebuild_builds_all_after_the_atlas(atlas, updated, tmp_path) -> None:
    new = updated.manifest["sources"][1]["path"]
    made = clioscope.update(atlas, new, tmp_path / "rebuilt", rebuild=True)
    assert made.conversations.height == 230 and "updates" not in made.manifest
    lineage = made.table("lineage").filter(pl.col("overlap") > 0.8, pl.col("fate") != "born")
    assert lineage.height >= 3 and lineage["kept_name"].all()
    later = clioscope.update(
        updated, write_jsonl(tmp_path / "w3.jsonl", stream(3, SIX, 2)), tmp_path / "l", rebuild=True
    )
    assert later.conversations.height == 242 and len(later.manifest["sources"]) == 3


def test_users_count_as_unknown_where_the_old_files_are_gone(atlas, tmp_path) -> None:
    shutil.copytree(atlas.path, tmp_path / "atlas")
    manifest = json.loads((tmp_path / "atlas" / "manifest.json").read_text())
    manifest["sources"][0]["path"] = str(tmp_path / "gone.jsonl")
    (tmp_path / "atlas" / "manifest.json").write_text(json.dumps(manifest))
    made = clioscope.update(tmp_path / "atlas", write_jsonl(tmp_path / "new.jsonl", stream(2, SIX, 2)))
    new = made.occurrences.filter(pl.col("record").str.starts_with("w2"))
    assert new.height == 12 and new["user"].null_count() == 12
    assert made.occurrences["user"].n_unique() == 14
    with pytest.raises(InputError, match="without --rebuild"):
        clioscope.update(made, tmp_path / "new.jsonl", tmp_path / "other", rebuild=True)


@pytest.mark.slow
def test_with_a_model_only_new_groups_are_named_and_nothing_is_asked_twice(tmp_path) -> None:
    from clioscope.models import fake

    settings = load_settings(**PLAIN | {"model__name": "fake"})
    old = clioscope.build(write_jsonl(tmp_path / "old.jsonl", stream(1, SIX, 12)), tmp_path / "old", settings)
    asked: list[str] = []
    complete = fake.FakeModel.complete

    async def noted(self, request):
        asked.append(request.item)
        return await complete(self, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fake.FakeModel, "complete", noted)
        new = write_jsonl(tmp_path / "new.jsonl", [*stream(2, SIX[:2], 6), *stream(2, ("chess",), 12)])
        made = clioscope.update(old, new, tmp_path / "made")
        groups = set(made.tree["group"]) - set(old.tree["group"])
        assert len(asked) <= 6 * len(groups)
        first = len(asked)
        clioscope.update(old, new, tmp_path / "made2", ask="all")
        assert len(asked) - first >= 24, "the new conversations are asked about"
    assert made.facets.height == old.facets.height + 24
    assert made.facets.filter(pl.col("asked")).height == old.facets.filter(pl.col("asked")).height
    all_asked = clioscope.open(tmp_path / "made2")
    assert all_asked.facets["asked"].all() and len(all_asked.array("chances")) == all_asked.facets.height


def test_a_published_atlas_takes_nothing(atlas, tmp_path) -> None:
    privacy = without_model().privacy.model_copy(update={"min_conversations": 1, "min_users": 1})
    clioscope.publish(atlas, tmp_path / "public", privacy, unaudited=True)
    with pytest.raises(AtlasError, match="published atlas"):
        clioscope.update(tmp_path / "public", atlas.manifest["sources"][0]["path"])
