"""Measuring an atlas: figures, report card, and an atlas that stays as it was."""

import fcntl
import hashlib
import json

import numpy as np
import polars as pl
import pytest
from conftest import TOPICS, make_records, two_languages, write_jsonl

import clioscope
from clioscope.clustering import cluster
from clioscope.errors import AtlasError, InputError
from clioscope.measure.labels_file import read_labels
from clioscope.measure.levels import Levels, levels_of
from clioscope.measure.measured import measure_atlas
from clioscope.measure.record import stored
from clioscope.measure.rows import Rows
from clioscope.measure.sections import stability_section
from clioscope.measure.stability import best_match, refits
from clioscope.settings import Settings
from clioscope.vectors.centring import centre
from clioscope.vectors.neighbours import knn
from clioscope.vectors.shaping import shape
from clioscope.vectors.smoothing import smooth
from clioscope.vectors.unit import unit_rows

NEW = ("measures.parquet", "measures.json", "report-card")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """An atlas of 60 conversations on five topics, and the topic of each record."""
    folder = tmp_path_factory.mktemp("measured")
    settings = clioscope.load_settings(
        model__name="fake",
        embedding__model="hash",
        naming__show=("request",),
        clustering__clusters=6,
        layout__method="pca",
    )
    chats = write_jsonl(folder / "chats.jsonl", make_records(60))
    atlas = clioscope.build(chats, folder / "atlas", settings)
    return atlas, {f"r{number}": list(TOPICS)[number % 5] for number in range(60)}


@pytest.fixture
def atlas(built, tmp_path):
    """A copy of it, to be written to."""
    import shutil

    shutil.copytree(built[0].path, tmp_path / "atlas")
    return clioscope.open(tmp_path / "atlas")


def digests(folder):
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.iterdir()
        if not file.name.startswith(NEW)
    }


def value(table, metric, **where):
    found = table.filter(pl.col("group").is_null() & (pl.col("metric") == metric))
    for name, wanted in where.items():
        found = found.filter(pl.col(name) == wanted)
    return found["value"].item()


def test_figures_of_every_family_are_written_beside_the_atlas(atlas, built):
    before = digests(atlas.path)
    found = clioscope.measure(atlas, labels=built[1])
    assert digests(atlas.path) == before
    assert set(found.table["family"]) == {
        "geometry",
        "coherence",
        "stability",
        "map",
        "labels",
        "names",
        "tree",
        "privacy",
        "reading",
        "shares",
    }
    assert found.table.equals(stored(clioscope.open(atlas.path)).table)
    assert found.facts["labels"]["conversations"] == 60
    assert not list(atlas.path.glob("*.part")) and not (atlas.path / ".measuring").exists()
    base = found.table.filter((pl.col("metric") == "stability_jaccard") & pl.col("group").is_not_null())
    assert set(base["group"]) == set(atlas.tree.filter(pl.col("level") == 0)["group"])


def test_the_figures_are_those_of_the_arrays(atlas, built):
    found = measure_atlas(atlas, built[1], stability=False, write=False).table
    assert not (atlas.path / "measures.parquet").exists()
    labels = atlas.clusters["label"].to_numpy()
    records = dict(atlas.occurrences.select("conversation", "record").iter_rows())
    truth = np.array([built[1][records[one]] for one in atlas.facets["conversation"]])
    assert value(found, "ami", level=0) == pytest.approx(clioscope.measure.against_labels(labels, truth)["ami"])
    figures = clioscope.measure.label_free(atlas.vectors, labels)
    for name in ("silhouette", "knn_purity", "misplaced", "modularity"):
        assert value(found, name, level=0) == pytest.approx(figures[name].value), name
    curve = found.filter(pl.col("metric") == "reconstruction_curve").with_columns(
        who=pl.col("part").str.split(": ").list.first(), k=pl.col("part").str.split(": ").list.last().cast(pl.Int64)
    )
    points = {who: dict(rows.select("k", "value").iter_rows()) for (who,), rows in curve.group_by("who")}
    assert points["ceiling"].keys() == points["encoder"].keys() == {2, 3, 4, 5, 6}
    assert points["encoder"][6] == pytest.approx(
        value(found.filter(pl.col("part").is_null()), "reconstruction_accuracy", level=0)
    )
    assert points["ceiling"][6] == pytest.approx(value(found, "purity", level=0))
    assert all(points["encoder"][k] <= points["ceiling"][k] for k in points["ceiling"])
    spoken = found.filter((pl.col("metric") == "reconstruction_accuracy") & pl.col("part").is_not_null())
    assert spoken["n"].sum() == 60 * found.filter(pl.col("metric") == "ami").height


@pytest.mark.slow
def test_of_too_many_conversations_a_sample_is_measured_and_it_is_said(atlas, monkeypatch):
    whole = measure_atlas(atlas, stability=False, write=False)
    monkeypatch.setattr("clioscope.measure.sections.MOST", 45)
    sampled = measure_atlas(atlas, stability=False, write=False)
    assert value(sampled.table, "knn_purity", level=0) == value(whole.table, "knn_purity", level=0), "of all"
    assert value(sampled.table, "silhouette", level=0) == pytest.approx(
        value(whole.table, "silhouette", level=0), abs=0.1
    )
    groups = sampled.table.filter((pl.col("metric") == "silhouette") & (pl.col("level") == 0))["group"]
    assert set(groups.drop_nulls()) == set(atlas.manifest["base_groups"])
    assert any("45 conversations, drawn at random" in note for note in sampled.facts["notes"])


def test_rows_left_out_leave_no_mark_on_stability(atlas):
    """Blobs that overlap look stabler if smoothing has seen all rows; so refits start from the plain vectors."""
    generator = np.random.default_rng(0)
    plain = unit_rows(generator.normal(size=(12, 64))[np.arange(300) % 12] + 3 * generator.normal(size=(300, 64)))
    settings = Settings.model_validate(atlas.manifest["settings"])
    settings = settings.model_copy(update={"clustering": settings.clustering.model_copy(update={"clusters": 12})})
    vectors = shape(plain, settings.embedding)[0]
    labels = cluster(vectors, settings.clustering, 0).labels
    levels = Levels([labels], [[f"g{number}" for number in range(labels.max() + 1)]])

    def measured():
        rows, notes = Rows(), []
        stability_section(rows, clioscope.open(atlas.path), levels, 0, notes)
        return value(rows.table(), "stability_jaccard"), notes

    (atlas.path / "smooth_near.npy").unlink()  # as the first builds kept them
    np.save(atlas.path / "vectors.npy", vectors)
    np.save(atlas.path / "plain.npy", plain)
    honest, none = measured()
    (atlas.path / "plain.npy").unlink()
    leaked, note = measured()
    assert none == [] and "upper bound" in note[0]
    assert leaked > honest + 0.05
    drawn = refits(plain, labels, lambda rows, count, seed: by_hand(rows, settings, count, seed)).drawn
    by_draw = [np.nanmean(best_match(labels[rows], found, len(levels.groups[0]))) for rows, found in drawn]
    assert honest == pytest.approx(np.mean(by_draw))


def by_hand(plain, settings, count, seed):
    """What a refit should do: centre, smooth and group the sample's rows alone."""
    centred, _ = centre(plain)
    near = knn(centred, settings.embedding.smooth_neighbours).indices
    wanted = settings.clustering.model_copy(update={"clusters": count})
    return cluster(smooth(centred, near, centred, settings.embedding.smooth), wanted, seed).labels


@pytest.mark.slow
def test_in_several_languages_a_sample_is_centred_by_the_means_of_all(fake, tmp_path):
    embed = fake.facets.model_copy(update={"embed": ("text",)})
    path = write_jsonl(tmp_path / "chats.jsonl", two_languages(120))
    atlas = clioscope.build(path, tmp_path / "atlas", fake.model_copy(update={"facets": embed}))
    languages = atlas.facets["language"].to_list()
    assert set(atlas.means.languages) == {"en", "ru"} == set(languages)
    for tag in atlas.means.languages:
        rows = [one == tag for one in languages]
        assert np.linalg.norm(atlas.unsmoothed[rows].mean(axis=0)) < 0.1
    rows, levels = Rows(), levels_of(atlas)
    stability_section(rows, atlas, levels, 0, [])
    labels, settings = levels.labels[0], Settings.model_validate(atlas.manifest["settings"])

    def refit(vectors, count, seed):
        moved = shape(vectors, settings.embedding.model_copy(update={"centre": False}), seed)[0]
        return cluster(moved, settings.clustering.model_copy(update={"clusters": count}), seed).labels

    arrays = {"vectors": atlas.unsmoothed, "labels": labels, "refit": refit, "seed": 0}
    by_hand = clioscope.measure.evaluate(arrays, ["stability_jaccard"])["stability_jaccard"].value
    assert value(rows.table(), "stability_jaccard") == pytest.approx(by_hand)


@pytest.mark.slow
def test_measuring_twice_gives_the_same(atlas):
    assert measure_atlas(atlas).table.equals(measure_atlas(atlas).table)


def test_what_a_method_called_noise_is_said(chats, fake, tmp_path):
    changes = {"method": "dbscan", "options": {"share": 0.1}}
    settings = fake.model_copy(update={"clustering": fake.clustering.model_copy(update=changes)})
    atlas = clioscope.build(chats, tmp_path / "noisy", settings)
    found = measure_atlas(atlas, stability=False, write=False).table
    stage = atlas.manifest["stages"]["clusters"]
    assert stage["noise"] > 0
    assert value(found, "grouped_by_method") == pytest.approx(1 - stage["noise"] / stage["distinct"])
    whole = found.filter((pl.col("metric") == "silhouette") & pl.col("group").is_null())
    assert whole["n"].min() == 60


@pytest.mark.slow
def test_noise_is_scored_three_ways_against_labels(chats, fake, tmp_path):
    changes = {"method": "dbscan", "options": {"share": 0.1}}
    settings = fake.model_copy(update={"clustering": fake.clustering.model_copy(update=changes)})
    atlas = clioscope.build(chats, tmp_path / "noisy", settings)
    records = dict(atlas.occurrences.select("conversation", "record").iter_rows())
    topics = {record: list(TOPICS)[int(record[1:]) % 5] for record in records.values()}
    found = measure_atlas(atlas, topics, stability=False, write=False).table
    noise = atlas.clusters["noise"].to_numpy()
    assert 0 < noise.sum() < len(noise)
    truth = np.array([topics[records[one]] for one in atlas.facets["conversation"]])
    labels = atlas.clusters["label"].to_numpy()
    expected = clioscope.measure.against_labels(np.where(noise, -1, labels), truth)
    base = found.filter((pl.col("level") == 0) & (pl.col("family") == "labels"))
    apart, placed = base.filter(pl.col("part") == "noise apart"), base.filter(pl.col("part").is_null())
    for name in ("ami", "ari", "bcubed_f", "purity"):
        assert value(apart, name) == pytest.approx(expected[name]), name
        assert value(placed, name) == pytest.approx(clioscope.measure.against_labels(labels, truth)[name]), name
    assert value(found, "coverage") == pytest.approx(expected["coverage"]) == 1 - noise.mean()


def test_rows_without_a_label_are_counted(atlas, built):
    some = {record: topic for record, topic in built[1].items() if int(record[1:]) < 30}
    found = measure_atlas(atlas, some, stability=False, write=False).table
    assert value(found, "labelled") == 0.5
    assert found.filter((pl.col("metric") == "ami") & (pl.col("level") == 0))["n"].item() == 30


def test_labels_that_fit_nothing_are_an_error(atlas, tmp_path):
    with pytest.raises(InputError, match="None of the 1 labelled ids"):
        measure_atlas(atlas, {"nobody": "x"})
    (tmp_path / "two.csv").write_text("id,kind,other\nr1,a,b\n")
    with pytest.raises(InputError, match="--label-column one of: kind, other"):
        read_labels(tmp_path / "two.csv")
    assert read_labels(tmp_path / "two.csv", "kind") == {"r1": "a"}
    with pytest.raises(InputError, match="has no column"):
        (tmp_path / "none.csv").write_text("a,b\n1,2\n")
        read_labels(tmp_path / "none.csv")
    with pytest.raises(InputError, match="cannot be read"):
        read_labels(tmp_path / "absent.csv")


def test_the_report_card_says_what_to_do_and_shows_no_withheld_name(atlas):
    tree = atlas.tree
    secret = tree["name"][0]
    changed = tree.with_columns(
        pl.when(pl.col("group") == tree["group"][0])
        .then(pl.lit("withheld"))
        .otherwise(pl.col("action"))
        .alias("action"),
        pl.when(pl.col("group") == tree["group"][1])
        .then(pl.lit("<script>alert(1)</script> | x"))
        .otherwise(pl.when(pl.col("group") == tree["group"][0]).then(pl.lit("Secret of Jane Doe")).otherwise("name"))
        .alias("name"),
    )
    changed.write_parquet(atlas.path / "tree.parquet")
    measure_atlas(clioscope.open(atlas.path))
    page = (atlas.path / "report-card.html").read_text()
    text = (atlas.path / "report-card.md").read_text()
    assert secret != "Secret of Jane Doe"
    for shown in (page, text):
        assert "Jane Doe" not in shown
        assert "All figures" in shown and "Groups to look at" in shown
    assert "<script" not in page and "http" not in page.replace("http://www.w3.org/2000/svg", "")
    assert page.count("<svg") >= 2
    assert "<td>" in page


def test_a_published_atlas_has_figures_of_its_tree(atlas, tmp_path):
    public = clioscope.publish(
        atlas,
        tmp_path / "public",
        clioscope.Settings().privacy.model_copy(update={"min_conversations": 1, "min_users": 1}),
    )
    found = measure_atlas(public)
    assert set(found.table["family"]) <= {"names", "tree", "privacy"}
    assert found.card.exists()
    with pytest.raises(AtlasError, match="published"):
        measure_atlas(public, {"r1": "x"})


def test_figures_of_an_earlier_build_are_not_taken_for_those_of_this_one(atlas):
    with pytest.raises(AtlasError, match="has not been measured"):
        stored(atlas)
    measure_atlas(atlas, stability=False)
    manifest = json.loads((atlas.path / "manifest.json").read_text())
    manifest["finished"] = "2030-01-01T00:00:00+00:00"
    (atlas.path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(AtlasError, match="was built or edited after it was measured"):
        stored(clioscope.open(atlas.path))
    with pytest.raises(AtlasError, match="built or edited while"):
        measure_atlas(atlas, stability=False)


def test_two_at_a_time_are_one_too_many(atlas):
    with (atlas.path / ".measuring").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(AtlasError, match="measured by another process"):
            measure_atlas(atlas, stability=False)
    assert not (atlas.path / "measures.parquet").exists()
