"""A release with a guarantee, from an atlas to a folder: what is in it, and nothing else."""

import json
import shutil

import numpy as np
import polars as pl
import pytest
from commands import run_cli
from conftest import make_records, write_jsonl
from extras import needs

import clioscope
from clioscope.atlas.export import as_json, export, markdown
from clioscope.errors import AtlasError, InputError
from clioscope.privacy.guarantee import Guarantee
from clioscope.privacy.guarantee.ledger import LEDGER
from clioscope.settings import ModelSettings, load_settings

pytestmark = [needs("opendp", "dp"), pytest.mark.slow]

# Everything that a release may hold. What is new must be shown to be private before it is added here.
FILES = {"facet_counts.parquet", "manifest.json", "tree.parquet"}
TREE = {"group", "level", "parent", "name", "description", "phrases", "mixed", "code", "count", "score", "action"}
COUNTS = {"group", "facet", "value", "count"}
MANIFEST = {
    *("format", "version", "clioscope", "published", "users", "each_a_user", "models", "facets", "settings", "counts"),
    "guarantee",
}
GUARANTEE = {
    *("unit", "epsilon", "delta", "spent", "conversations", "words", "groups", "steps", "releases", "library"),
}
ENOUGH = Guarantee(50.0, groups=5, budget=1000.0)  # hardly any noise: what is shown would be seen


def plain():
    """Settings of a build without a language model."""
    settings = load_settings(
        embedding__model="hash", layout__method="pca", clustering__method="kmeans", clustering__clusters=4
    )
    return settings.model_copy(update={"model": ModelSettings(name=None)})


@pytest.fixture(scope="session")
def peopled(tmp_path_factory):
    """An atlas of 300 conversations of 99 people, each of whom also wrote words that hardly anybody else did."""
    folder = tmp_path_factory.mktemp("peopled")
    records = make_records(300)
    for number, record in enumerate(records):
        record["user_id"] = f"person-{number % 99:03d}"  # each writes about three topics
        record["messages"][0]["content"] += f" zq{'abcdefghij'[number % 10]}{'klmnopqrst'[number // 10 % 10]}xw"
    settings = load_settings(
        model__name="fake",
        embedding__model="hash",
        layout__method="pca",
        clustering__method="kmeans",
        clustering__clusters=6,
        facets__use=("concern",),
        facets__ask="all",
        input__cut_shared=False,
    )
    return clioscope.build(write_jsonl(folder / "chats.jsonl", records), folder / "atlas", settings)


@pytest.fixture
def atlas(peopled, tmp_path):
    """A copy with a ledger of its own."""
    return clioscope.open(shutil.copytree(peopled.path, tmp_path / "atlas"))


@pytest.fixture(scope="session")
def release(peopled, tmp_path_factory):
    """A release that tests only read."""
    home = tmp_path_factory.mktemp("release")
    atlas = clioscope.open(shutil.copytree(peopled.path, home / "atlas"))
    return clioscope.publish_with_guarantee(atlas, home / "public", ENOUGH)


def test_it_holds_what_the_list_allows_and_nothing_else(release):
    assert {path.name for path in release.path.iterdir()} == FILES
    assert set(release.tree.columns) == TREE
    assert set(release.facet_counts.columns) == COUNTS
    assert set(release.manifest) == MANIFEST
    assert set(release.manifest["guarantee"]) == GUARANTEE
    assert set(release.manifest["counts"]) == {"analysed", "groups"}
    assert set(release.manifest["models"]) == {"chat", "embedder"}
    assert set(release.manifest["settings"]) == {"privacy"}
    assert set(release.manifest["settings"]["privacy"]) == {"min_conversations", "each_a_user"}
    assert {facet["name"] for facet in release.manifest["facets"]} == {"concern", "language", "length"}
    assert set(release.facet_counts["facet"]) <= {"concern", "language", "length"}


def test_it_holds_groups_of_the_corpus(release):
    told = {word for words in release.tree["phrases"] for word in words}
    assert {"sourdough", "python", "excel"} <= told
    sizes = dict(release.tree.filter(pl.col("level") == 0).select("group", "count").iter_rows())
    assert 200 < sum(sizes.values()) < 340
    assert release.manifest["counts"]["analysed"] == pytest.approx(sum(sizes.values()), abs=60)


def test_nothing_of_one_person_is_in_it(peopled, release):
    whole = b"".join(path.read_bytes() for path in release.path.iterdir())
    texts = json.dumps(release.tree.to_dicts()) + json.dumps(release.facet_counts.to_dicts())
    texts += json.dumps(release.manifest)
    for number in range(100):
        assert f"person-{number:03d}" not in texts
    for conversation in peopled.conversations["conversation"]:
        assert conversation.encode() not in whole
    assert "zqak" not in texts and "xw" not in texts
    assert str(peopled.path.parent) not in texts


def test_the_account_adds_up(release):
    said = release.manifest["guarantee"]
    assert said["spent"]["epsilon"] <= said["epsilon"] == 50
    assert said["spent"]["delta"] <= said["delta"] == 1e-6
    assert {step["step"] for step in said["steps"]} == {"people", "seeds", "centres", "sizes", "words", "facets"}
    assert all(step["noise"] > 0 for step in said["steps"])
    assert said["releases"] == {"number": 1, "epsilon": 50, "delta": 1e-6}


def test_readers_are_told_in_one_sentence(release, tmp_path):
    sentence = "Differential privacy for every person (epsilon 50, delta 1e-06)"
    assert sentence in run_cli("show", release.path, check=True).stdout
    assert sentence in markdown(release) and "made of words that many people used" in markdown(release)
    assert sentence in json.loads(as_json(release))["note"]
    for name in ("tree.csv", "tree.parquet", "tree.md", "tree.json"):
        assert export(release, tmp_path / name).exists()


def test_the_page_says_it_too(release):
    from clioscope.explorer.view import make_view

    view = make_view(release)
    assert b'"guarantee"' in view and b'"epsilon"' in view


def test_each_release_is_booked_and_has_its_own_noise(atlas, tmp_path):
    first = clioscope.publish_with_guarantee(atlas, tmp_path / "one", Guarantee(4.0, groups=5))
    second = clioscope.publish_with_guarantee(atlas, tmp_path / "two", Guarantee(4.0, groups=5))
    assert first.tree["count"].to_list() != second.tree["count"].to_list()
    assert second.manifest["guarantee"]["releases"] == {"number": 2, "epsilon": 8.0, "delta": 2e-6}
    assert "epsilon 8, delta 2e-06" in markdown(second)
    with pytest.raises(AtlasError, match="budget of 10"):
        clioscope.publish_with_guarantee(atlas, tmp_path / "three", Guarantee(4.0))
    assert not (tmp_path / "three").exists()


def test_a_release_that_shows_nothing_costs_all_the_same(atlas, tmp_path):
    with pytest.raises(AtlasError, match=r"no group stands out of the noise at epsilon 0\.01"):
        clioscope.publish_with_guarantee(atlas, tmp_path / "public", Guarantee(0.01))
    assert len(json.loads((atlas.path / LEDGER).read_text())["releases"]) == 1


def test_the_categories_of_a_codebook_are_groups(atlas, tmp_path):
    book = tmp_path / "book.toml"
    book.write_text(
        '[[categories]]\nname = "Bread"\ndescription = "bake sourdough bread with rye flour in the oven"\n'
        '[[categories]]\nname = "Programs"\ndescription = "fix a python function, list index error, loop"\n'
    )
    made = clioscope.publish_with_guarantee(atlas, tmp_path / "public", Guarantee(9.0, codebook=str(book)))
    assert set(made.tree["name"]) == {"Bread", "Programs"}
    assert made.manifest["guarantee"]["groups"] == "given"
    assert {step["step"] for step in made.manifest["guarantee"]["steps"]} == {"sizes", "words", "facets"}


def test_answers_that_hang_on_other_conversations_are_left_out(finished, tmp_path):
    """The model was asked about some only, and what texts share was cut: its answers are not private."""
    home = shutil.copytree(finished.path, tmp_path / "atlas")
    wanted = Guarantee(90.0, groups=3, budget=100.0)
    made = clioscope.publish_with_guarantee(clioscope.open(home), tmp_path / "public", wanted, min_conversations=3)
    assert {facet["name"] for facet in made.manifest["facets"]} == {"language", "length"}


def test_without_user_ids_there_is_no_person_to_protect(tmp_path):
    records = [{name: value for name, value in record.items() if name != "user_id"} for record in make_records(60)]
    atlas = clioscope.build(write_jsonl(tmp_path / "in.jsonl", records), tmp_path / "atlas", plain())
    with pytest.raises(AtlasError, match="no user ids"):
        clioscope.publish_with_guarantee(atlas, tmp_path / "public", Guarantee(1.0))
    assert not (atlas.path / LEDGER).exists()
    made = clioscope.publish_with_guarantee(
        atlas, tmp_path / "public", Guarantee(60.0, groups=3, budget=60.0), each_a_user=True
    )
    assert made.manifest["each_a_user"] and "another person" in markdown(made)


def test_input_that_was_moved_must_be_shown(atlas, tmp_path):
    manifest = json.loads((atlas.path / "manifest.json").read_text())
    source = manifest["sources"][0]["path"]
    moved = shutil.copy(source, tmp_path / "moved.jsonl")
    manifest["sources"][0]["path"] = str(tmp_path / "gone.jsonl")
    (atlas.path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(InputError, match=r"gone\.jsonl: is not there .* --input"):
        clioscope.publish_with_guarantee(clioscope.open(atlas.path), tmp_path / "public", ENOUGH)
    run = ("publish", atlas.path, tmp_path / "public", "--epsilon", "9", "--input", moved)
    said = run_cli(*run, check=True).stdout
    assert "groups published" in said and "epsilon 9" in said


def test_options_that_have_no_place_are_refused(atlas, tmp_path):
    run = ("publish", atlas.path, tmp_path / "public")
    for more, said in (
        (["--delta", "1e-7"], "--delta belongs to a release with a guarantee"),
        (["--epsilon", "1", "--rounding", "5"], "--rounding has no place beside --epsilon"),
    ):
        done = run_cli(*run, *more)
        assert done.returncode == 1 and said in done.stderr
    with pytest.raises(AtlasError, match="exists already"):
        clioscope.publish_with_guarantee(atlas, atlas.path, ENOUGH)


def test_a_release_cannot_be_released_again(release, tmp_path):
    with pytest.raises(AtlasError, match="published atlas already"):
        clioscope.publish_with_guarantee(release, tmp_path / "again", ENOUGH)


def test_the_ledger_stays_when_the_atlas_is_built_again(atlas, tmp_path):
    clioscope.publish_with_guarantee(atlas, tmp_path / "public", Guarantee(9.0, groups=5))
    source = atlas.manifest["sources"][0]["path"]
    again = clioscope.build(source, atlas.path, plain())
    assert json.loads((again.path / LEDGER).read_text())["releases"][0]["epsilon"] == 9
    assert np.isfinite(again.tree["count"].to_numpy()).all()
