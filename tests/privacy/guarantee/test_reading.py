"""Records of people: each depends on one conversation alone."""

import json
import shutil

import numpy as np
import polars as pl
import pytest
from conftest import write_jsonl

import clioscope
from clioscope.embedding.hashing import HashEmbedder
from clioscope.errors import AtlasError
from clioscope.privacy.guarantee import Guarantee
from clioscope.privacy.guarantee.reading import each_alone, facets_of, input_files, mixed, read_records

pytestmark = pytest.mark.slow


@pytest.fixture
def home(finished, tmp_path):
    return shutil.copytree(finished.path, tmp_path / "atlas")


def with_settings(home, **changes):
    manifest = json.loads((home / "manifest.json").read_text())
    for name, value in changes.items():
        section, _, key = name.partition("__")
        manifest["settings"][section][key] = value
    (home / "manifest.json").write_text(json.dumps(manifest))
    return clioscope.open(home)


ALONE = {"facets__ask": "all", "input__cut_shared": False}


def test_answers_count_only_where_settings_make_each_one_stand_alone(home):
    assert not each_alone(with_settings(home))
    atlas = with_settings(home, **ALONE)
    assert each_alone(atlas)
    assert {facet["name"] for facet in facets_of(atlas)} == {"concern", "language", "length"}
    for change in (
        {"facets__ask": 400},
        {"input__cut_shared": True},
        {"input__sample": 50},
        {"segments__split": True},
        {"model__name": None},
    ):
        assert not each_alone(with_settings(home, **ALONE | change)), change
        with_settings(home, input__sample=None, segments__split=False, model__name="fake")


def test_other_conversations_change_nothing_about_a_record(home, tmp_path):
    """The proof leans on it: records of the same person are the same with and without the others."""
    atlas = with_settings(home, **ALONE)
    file = input_files(atlas, ())[0]
    lines = file.read_text().splitlines()
    some = [json.loads(line) for line in lines if json.loads(line)["user_id"] in ("u1", "u2")]
    few = write_jsonl(tmp_path / "few.jsonl", some)
    embedder, wanted = HashEmbedder(), Guarantee(1.0)
    every = read_records(atlas, [file], wanted, embedder, each_a_user=False)
    part = read_records(atlas, [few], wanted, embedder, each_a_user=False)
    told = {name.split(b"\t")[1]: row for row, name in enumerate(every.names)}
    assert len(part.names) == len(some)
    for row, name in enumerate(part.names):
        there = told[name.split(b"\t")[1]]
        assert np.array_equal(part.vectors[row], every.vectors[there])
        assert part.words[row] == every.words[there]
        assert {facet: column[row] for facet, column in part.values.items()} == {
            facet: column[there] for facet, column in every.values.items()
        }


def test_conversations_without_a_user_are_left_out_or_people_of_their_own(home, tmp_path):
    atlas = with_settings(home)
    records = [json.loads(line) for line in input_files(atlas, ())[0].read_text().splitlines()]
    for record in records[:20]:
        del record["user_id"]
    file = write_jsonl(tmp_path / "some.jsonl", records)
    embedder, wanted = HashEmbedder(), Guarantee(1.0)
    known = read_records(atlas, [file], wanted, embedder, each_a_user=False)
    everyone = read_records(atlas, [file], wanted, embedder, each_a_user=True)
    assert len(known.people) == 40 and len(everyone.people) == 60
    assert len(np.unique(everyone.people)) == len(np.unique(known.people)) + 20
    assert np.unique(known.people).tolist() == list(range(len(np.unique(known.people))))


def test_a_person_who_repeats_a_conversation_has_it_once(home, tmp_path):
    atlas = with_settings(home)
    records = [json.loads(line) for line in input_files(atlas, ())[0].read_text().splitlines()]
    file = write_jsonl(tmp_path / "twice.jsonl", [*records, *({**one, "id": one["id"] + "x"} for one in records)])
    assert len(read_records(atlas, [file], Guarantee(1.0), HashEmbedder(), each_a_user=False).people) == 60


def test_a_screener_that_read_cut_texts_is_not_covered(home):
    atlas = with_settings(home)
    conversations = atlas.conversations["conversation"]
    kept = pl.DataFrame({"conversation": conversations, "kept": [row > 9 for row in range(60)]})
    kept.write_parquet(home / "screened.parquet")
    files, wanted, embedder = input_files(atlas, ()), Guarantee(1.0), HashEmbedder()
    with pytest.raises(AtlasError, match="screener"):
        read_records(atlas, files, wanted, embedder, each_a_user=False)
    alone = with_settings(home, **ALONE)
    assert len(read_records(alone, files, wanted, embedder, each_a_user=False).people) == 50


def test_vectors_without_a_ready_made_map_are_those_of_the_text():
    raw = HashEmbedder(32).encode(["bread", "python"])
    assert np.array_equal(mixed(raw, None, None), raw)
    assert np.linalg.norm(mixed(raw, raw[::-1].copy(), None), axis=1) == pytest.approx(1, abs=1e-5)
