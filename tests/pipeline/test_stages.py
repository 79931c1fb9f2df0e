"""What runs again: every setting, every prompt and every stage's code in turn, with the stages that hang on it."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from conftest import make_records, write_jsonl

import clioscope
from clioscope import prompts
from clioscope.embedding.hashing import HashEmbedder
from clioscope.embedding.registry import embedders
from clioscope.pipeline.stage import every_setting
from clioscope.pipeline.stages import STAGES
from clioscope.pipeline.stages.predict import predict
from clioscope.settings import Settings, load_settings

pytestmark = pytest.mark.slow  # many builds

BASE = {
    "input__keep_transcripts": True,  # or the input is read again by every build
    "model__name": "fake",
    "facets__screen": "Is it about anything at all, yes or no?",
    "embedding__model": "hash",
    "clustering__clusters": 6,
    "hierarchy__top": 2,
    "layout__method": "pca",
}
NOTHING = set()
AUDIT = {"audit"}
DISTINCT = {"distinct", *AUDIT}
TREE = {"tree", *DISTINCT}
NAMES = {"names", *TREE}
INFER = {"infer", "shares", *NAMES}
CLUSTERS = {"clusters", "second", "shares", *NAMES}
LAYOUT = {"layout"}
VECTORS = {"vectors", *CLUSTERS, *LAYOUT}
PREDICT = {"predict", *VECTORS}
FACETS = {"facets", "infer", *PREDICT}
ASKED = {"asked", *FACETS}
SCREEN = {"screen", "texts", "fit", *ASKED}
ALL = {"conversations", "copies", *SCREEN}

# Another value of every setting, and the stages that run again for it with the input above: those that may see the
# setting, and those after them that read something that came out otherwise.
SETTINGS = {
    "seed": (1, {"conversations", "asked", *VECTORS}),
    "input.format": ("clioscope", {"conversations"}),
    "input.text_column": ("messages", {"conversations"}),
    "input.encoding": ("utf-8", {"conversations"}),
    "input.id_column": ("id", {"conversations"}),
    "input.user_column": ("user_id", {"conversations"}),
    "input.date_column": ("created_at", {"conversations"}),
    "input.metadata": (("plan",), {"conversations"}),
    "input.sample": (20, ALL),
    "input.sampling": ("completions", {"conversations"}),
    "input.transcript_tokens": (64, {"conversations"}),
    "input.tools": (True, {"conversations"}),
    "input.cut_shared": (False, {"conversations"}),
    "input.keep_transcripts": (False, NOTHING),
    "segments.split": (True, {"conversations", "facets", "second", *NAMES, "shares"}),
    "model.name": ("fake:twin", {"screen", "facets", "second", *NAMES}),
    "model.concurrency": (2, NOTHING),
    "model.retries": (0, {"screen", "facets", "second", *NAMES}),
    "model.timeout": (5.0, NOTHING),
    "model.temperature": (0.5, SCREEN),
    "model.thinking_tokens": (64, {"screen", "facets", "second", *NAMES}),
    "model.price_in": (1.0, NOTHING),
    "model.price_out": (1.0, NOTHING),
    "model.confirm_above": (1.0, NOTHING),
    "model.confirm_questions": (1, NOTHING),
    "facets.use": (("request", "field", "activity"), {"facets", "predict", "second", *INFER}),
    "facets.ask": (20, ASKED),
    "facets.ask_per_group": (9, {"second"}),  # all were asked
    "facets.examples": (False, {"facets", "second"}),
    "facets.define": (
        ({"name": "mood", "question": "mood", "type": "category", "categories": ("a", "b")},),
        {"facets", "predict", "second", *INFER},
    ),
    "facets.embed": (("text",), PREDICT),
    "facets.combine": ("join", PREDICT - {"second", "shares"}),
    "facets.calls": ("each", {"facets", "second"}),
    "facets.language": ("ru", {"facets", "second", *NAMES}),
    "facets.modules": ("mine.py", {"facets", "predict", "second", *INFER}),
    "facets.screen": ("Does it name a thing?", {"screen"}),
    "embedding.model": ("hash64", {"texts", "fit", "asked", "infer", *PREDICT}),
    "embedding.batch_size": (8, NOTHING),
    "embedding.centre": (False, VECTORS),
    "embedding.centre_by_language": (False, {"vectors"}),
    "embedding.smooth": (0.2, VECTORS),
    "embedding.smooth_neighbours": (4, VECTORS),
    "codebook.file": ("sharegpt", {"categories", "facets", "predict", "infer", *CLUSTERS}),
    "codebook.categories": (
        ({"code": "a", "name": "A", "description": "", "examples": (), "parent": None, "rest": False},),
        {"categories", "facets", "predict", "infer", *CLUSTERS},
    ),
    "codebook.false_refusals": (0.2, NOTHING),
    "clustering.method": ("kmeans", CLUSTERS),
    "clustering.clusters": (5, CLUSTERS),
    "clustering.size": (4, {"clusters"}),
    "clustering.resolution": (1.5, {"clusters"}),
    "clustering.most": (4, {"clusters"}),
    "clustering.neighbours": (5, {"clusters"}),
    "clustering.rare": (0.1, {"clusters"}),
    "clustering.set_apart": (0.3, CLUSTERS | {"fit"}),
    "clustering.options": ({"mutual": 2.0}, {"clusters"}),
    "naming.model": ("fake:slow", NAMES),
    "naming.show": (("field",), NAMES),
    "naming.support": (2, NAMES),
    "naming.members": (4, NAMES),
    "naming.contrast": (2, NAMES),
    "naming.candidates": (2, NAMES),
    "naming.max_words": (6, NAMES),
    "naming.ready_names": ("never", {"names", "tree", "distinct"}),  # with an encoder of words there are none
    "naming.duplicate": (0.8, {"tree", *DISTINCT}),
    "hierarchy.builder": ("clio", {"shares", *TREE}),
    "hierarchy.top": (3, {"shares", *TREE}),
    "hierarchy.levels": (2, {"tree"}),
    "hierarchy.neighbourhood": (10, {"tree"}),
    "privacy.min_conversations": (3, NOTHING),
    "privacy.min_users": (2, NOTHING),
    "privacy.each_a_user": (True, NOTHING),
    "privacy.rounding": (1, NOTHING),
    "privacy.bursts": (False, NOTHING),
    "privacy.word_users": (2, AUDIT),
    "privacy.audit": (False, AUDIT),
    "privacy.auditor": ("scale", AUDIT),
    "privacy.recognisers": ((), {"facets", "second", *AUDIT}),
    "privacy.topic_people": (3, {"facets", "second", *AUDIT}),
    "privacy.accept": (5, AUDIT),
    "privacy.keep_raw_days": (30, NOTHING),
    "layout.method": ("flat", LAYOUT),
    "layout.neighbours": (5, LAYOUT),
    "layout.min_dist": (0.2, LAYOUT),
    "cluster.on": ("ray", NOTHING),
    "cluster.folder": ("elsewhere", NOTHING),
    "cluster.actors": (2, NOTHING),
    "cluster.batch": (8, NOTHING),
    "cluster.engine": ({"max_model_len": 4096}, NOTHING),
    "cluster.accelerator": ("H100", NOTHING),
    "cluster.encoders": (2, NOTHING),
    "cluster.encoder_gpus": (0.5, NOTHING),
}
PROMPTS = {
    "screen": {"screen"},
    "facets": {"facets", "second"},
    "examples.toml": {"facets", "second", *NAMES},
    "name": {"names"},
    "name_again": {"names", "tree"},
    "name_parent": {"tree"},
    "name_parent_again": {"tree"},
    "propose": {"tree"},
    "dedupe": {"tree"},
    "assign": {"tree"},
    "rename": {"distinct"},
    "audit": AUDIT,
    "redact": AUDIT,
    "audit_scale": AUDIT,
    "answer_as_json": {
        "screen",
        "facets",
        "second",
        *NAMES,
    },  # what a server without JSON schemas is told, at every question
    "facets_ru": NOTHING,  # of an experiment
}


class Diary:
    """Which stages ran."""

    def __init__(self):
        self.ran, self.kept = set(), set()

    def begin(self, stage):
        pass

    def step(self, stage, done, total):
        pass

    def end(self, stage, seconds, fresh):
        (self.ran if fresh else self.kept).add(stage)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A finished atlas with a screener, and the file it is of."""
    folder = tmp_path_factory.mktemp("base")
    path = write_jsonl(folder / "chats.jsonl", make_records(40))
    return path, clioscope.build(path, folder / "atlas", load_settings(**BASE))


@pytest.fixture
def again(base, tmp_path):
    """Builds a copy of the atlas again with other settings; what ran, and the atlas."""
    path, atlas = base
    shutil.copytree(atlas.path, tmp_path / "atlas")

    def build(**changes):
        diary = Diary()
        made = clioscope.build(path, tmp_path / "atlas", load_settings(**BASE | changes), progress=diary)
        own = {stage.name for stage in STAGES if stage.when(Settings.model_validate(made.manifest["settings"]))}
        assert diary.ran | diary.kept == own == set(made.manifest["stages"])
        return diary.ran, made

    return build


def test_the_tables_name_every_setting_and_every_prompt_of_a_build() -> None:
    assert list(every_setting()) == list(SETTINGS)
    from importlib.resources import files

    there = {one.name.removesuffix(".txt") for one in files(prompts).iterdir() if one.name.endswith((".txt", ".toml"))}
    assert {one for one in there if not one.startswith("judge_")} == set(PROMPTS)
    assert {stage.name for stage in STAGES} == {*ALL, "before", "categories"}


def test_nothing_changed_runs_nothing(again) -> None:
    assert again()[0] == NOTHING


@pytest.fixture(autouse=True)
def others(monkeypatch):
    """A second model, encoder and projection, as other packages might offer them; and Ray counts as installed."""
    from clioscope.layout import projectors
    from clioscope.models import fake

    monkeypatch.setattr(fake, "BEHAVIOURS", (*fake.BEHAVIOURS, "twin"))
    monkeypatch.setitem(embedders._parts, "hash64", lambda settings: HashEmbedder(64))
    monkeypatch.setitem(projectors._parts, "flat", lambda vectors, settings, seed: vectors[:, :2] * 0)
    monkeypatch.setattr("clioscope.cluster.place.require", lambda: None)  # nothing is sent to a cluster here


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_changed_setting_runs_what_hangs_on_it(setting, again, tmp_path) -> None:
    value, expected = SETTINGS[setting]
    if setting == "facets.modules":
        (tmp_path / value).write_text("from clioscope import facet\n@facet\ndef asks(row):\n    return 1\n")
        value = (str(tmp_path / value),)
    ran, made = again(**{setting.replace(".", "__"): value})
    assert ran == expected
    section, _, name = setting.rpartition(".")
    told = made.manifest["settings"]
    assert (told[section] if section else told)[name] == json.loads(json.dumps(value))


@pytest.mark.parametrize("prompt", PROMPTS)
def test_a_changed_prompt_runs_the_stages_that_ask_it(prompt, again, monkeypatch) -> None:
    before = prompts.prompt_hash
    monkeypatch.setattr(prompts, "prompt_hash", lambda name: "other" if name == prompt else before(name))
    assert again()[0] == PROMPTS[prompt]


def test_another_threshold_asks_the_auditor_only_what_it_was_not_asked(again) -> None:
    made = again(privacy__auditor="scale", privacy__accept=1)[1]
    scores = dict(made.tree.select("group", "score").iter_rows())
    assert set(made.tree["action"]) == {"accepted"} and len(set(scores.values())) > 1
    ran, made = again(privacy__auditor="scale", privacy__accept=2)
    assert ran == AUDIT
    low = made.tree.filter(made.tree["first_score"] < 2)
    assert 0 < low.height < made.tree.height and set(low["action"]) <= {"rewritten", "withheld"}
    cost = made.manifest["stages"]["audit"]["cost"]
    assert cost["cached"] == made.tree.height and 0 < cost["calls"] <= 2 * low.height


@pytest.mark.parametrize("stage", [one for one in STAGES if one.name != "categories"], ids=lambda stage: stage.name)
def test_after_an_upgrade_a_changed_stage_runs_again(stage, again, monkeypatch) -> None:
    newer = [replace(one, version=one.version + 1) if one is stage else one for one in STAGES]
    monkeypatch.setattr("clioscope.pipeline.build.STAGES", newer)
    monkeypatch.setattr("clioscope.pipeline.job.__version__", "9.9")
    monkeypatch.setattr("clioscope.pipeline.manifest.__version__", "9.9")
    ran, made = again()
    assert ran == {stage.name}, "it makes the same as before, so that nothing hangs on it"
    stamps = {name: record["clioscope"] for name, record in made.manifest["stages"].items()}
    assert {name for name, version in stamps.items() if version == "9.9"} == ran
    assert set(stamps.values()) == {"9.9", clioscope.__version__}
    assert made.manifest["clioscope"] == "9.9"


def test_after_an_upgrade_what_comes_out_otherwise_runs_what_reads_it(again, monkeypatch) -> None:
    def other(job):
        predict.make(job)
        job.write_array("plain", np.roll(np.load(job.folder / "plain.npy"), 1, axis=1))

    newer = [replace(one, version=one.version + 1, make=other) if one is predict else one for one in STAGES]
    monkeypatch.setattr("clioscope.pipeline.build.STAGES", newer)
    assert again()[0] == PREDICT


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_stage_that_may_see_a_setting_runs_again_for_it(setting) -> None:
    seeing = {stage.name for stage in STAGES if stage.sees(setting)}
    assert seeing - {"categories"} <= SETTINGS[setting][1]


def test_what_a_setting_is_seen_by_is_one_stage_or_told_here() -> None:
    """A setting that several stages see costs several stages: each is on purpose."""
    shared = {name for name in every_setting() if sum(stage.sees(name) for stage in STAGES) > 1}
    shown = ("show", "support", "members", "contrast", "candidates")
    naming = {f"naming.{name}" for name in (*shown, "max_words", "ready_names", "duplicate")} | {"embedding.model"}
    asking = {f"facets.{name}" for name in ("language", "calls", "examples")}
    people = {"privacy.recognisers", "privacy.topic_people"}
    assert shared == {"seed", "facets.embed", "codebook.categories", *asking, *naming, *people}
