"""What runs again: every setting, every prompt and every stage's code in turn, with the stages that hang on it."""

import json
import shutil

import pytest
from conftest import make_records, write_jsonl
from pydantic import BaseModel

import clioscope
from clioscope import prompts
from clioscope.embedding.hashing import HashEmbedder
from clioscope.embedding.registry import embedders
from clioscope.pipeline.stages import VERSIONS
from clioscope.settings import Settings, load_settings

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
TREE = {"tree", *AUDIT}
NAMES = {"names", *TREE}
CLUSTERS = {"clusters", *NAMES}
LAYOUT = {"layout"}
VECTORS = {"vectors", *CLUSTERS, *LAYOUT}
FACETS = {"facets", *VECTORS}
SCREEN = {"screen", *FACETS}
ALL = {"conversations", *SCREEN}

# Another value of every setting, and the stages that run again for it.
SETTINGS = {
    "seed": (1, ALL),
    "input.format": ("clioscope", ALL),
    "input.text_column": ("messages", ALL),
    "input.encoding": ("utf-8", ALL),
    "input.id_column": ("id", ALL),
    "input.user_column": ("user_id", ALL),
    "input.date_column": ("created_at", ALL),
    "input.metadata": (("plan",), ALL),
    "input.sample": (20, ALL),
    "input.sampling": ("completions", ALL),
    "input.transcript_tokens": (64, ALL),
    "input.keep_transcripts": (False, NOTHING),
    "model.name": ("fake:twin", SCREEN),
    "model.concurrency": (2, NOTHING),
    "model.retries": (0, SCREEN),
    "model.timeout": (5.0, NOTHING),
    "model.temperature": (0.5, SCREEN),
    "model.thinking_tokens": (64, SCREEN),
    "model.price_in": (1.0, NOTHING),
    "model.price_out": (1.0, NOTHING),
    "model.confirm_above": (1.0, NOTHING),
    "model.confirm_questions": (1, NOTHING),
    "facets.use": (("request", "field", "activity"), FACETS),
    "facets.examples": (False, FACETS),
    "facets.define": (({"name": "mood", "question": "mood", "type": "category", "categories": ("a", "b")},), FACETS),
    "facets.embed": (("text",), VECTORS),
    "facets.combine": ("join", VECTORS),
    "facets.calls": ("each", FACETS),
    "facets.language": ("ru", FACETS),
    "facets.modules": ("mine.py", FACETS),
    "facets.screen": ("Does it name a thing?", SCREEN),
    "embedding.model": ("hash64", VECTORS),
    "embedding.batch_size": (8, NOTHING),
    "embedding.centre": (False, VECTORS),
    "embedding.centre_by_language": (False, VECTORS),
    "embedding.smooth": (0.2, VECTORS),
    "embedding.smooth_neighbours": (4, VECTORS),
    "clustering.method": ("kmeans", CLUSTERS),
    "clustering.clusters": (5, CLUSTERS),
    "clustering.size": (4, CLUSTERS),
    "clustering.resolution": (1.5, CLUSTERS),
    "clustering.neighbours": (5, CLUSTERS),
    "clustering.rare": (0.1, CLUSTERS),
    "clustering.options": ({"mutual": 2.0}, CLUSTERS),
    "naming.model": ("fake:slow", NAMES),
    "naming.show": (("field",), NAMES),
    "naming.support": (2, NAMES),
    "naming.members": (4, NAMES),
    "naming.contrast": (2, NAMES),
    "naming.candidates": (2, NAMES),
    "naming.max_words": (6, NAMES),
    "naming.duplicate": (0.8, TREE),
    "hierarchy.builder": ("clio", TREE),
    "hierarchy.top": (3, TREE),
    "hierarchy.levels": (2, TREE),
    "hierarchy.neighbourhood": (10, TREE),
    "privacy.min_conversations": (3, NOTHING),
    "privacy.min_users": (2, NOTHING),
    "privacy.each_a_user": (True, NOTHING),
    "privacy.rounding": (1, NOTHING),
    "privacy.audit": (False, AUDIT),
    "privacy.auditor": ("scale", AUDIT),
    "privacy.accept": (5, AUDIT),
    "layout.method": ("flat", LAYOUT),
    "layout.neighbours": (5, LAYOUT),
    "layout.min_dist": (0.2, LAYOUT),
}
PROMPTS = {
    "screen": SCREEN,
    "facets": FACETS,
    "examples.toml": FACETS,
    "name": NAMES,
    "name_parent": TREE,
    "propose": TREE,
    "dedupe": TREE,
    "assign": TREE,
    "rename": TREE,
    "audit": AUDIT,
    "redact": AUDIT,
    "audit_scale": NOTHING,  # as long as privacy.auditor is "quotes"
    "answer_as_json": SCREEN,  # what a server without JSON schemas is told, at every question
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
        assert diary.ran | diary.kept == set(VERSIONS) == set(made.manifest["stages"])
        return diary.ran, made

    return build


def every_setting(section: type[BaseModel], above: str = "") -> list[str]:
    found = []
    for name, field in section.model_fields.items():
        inner = isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
        found += every_setting(field.annotation, f"{name}.") if inner else [above + name]
    return found


def test_the_tables_name_every_setting_and_every_prompt_of_a_build() -> None:
    assert every_setting(Settings) == list(SETTINGS)
    from importlib.resources import files

    there = {one.name.removesuffix(".txt") for one in files(prompts).iterdir() if one.name.endswith((".txt", ".toml"))}
    assert {one for one in there if not one.startswith("judge_")} == set(PROMPTS)
    assert set(VERSIONS) == ALL


def test_nothing_changed_runs_nothing(again) -> None:
    assert again()[0] == NOTHING


@pytest.fixture(autouse=True)
def others(monkeypatch):
    """A second model, encoder and projection, as other packages might offer them."""
    from clioscope.layout import projectors
    from clioscope.models import fake

    monkeypatch.setattr(fake, "BEHAVIOURS", (*fake.BEHAVIOURS, "twin"))
    monkeypatch.setitem(embedders._parts, "hash64", lambda settings: HashEmbedder(64))
    monkeypatch.setitem(projectors._parts, "flat", lambda vectors, settings, seed: vectors[:, :2] * 0)


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


def test_the_prompt_of_the_scale_counts_where_it_is_asked(again, monkeypatch) -> None:
    assert again(privacy__auditor="scale")[0] == AUDIT
    before = prompts.prompt_hash
    monkeypatch.setattr(prompts, "prompt_hash", lambda name: "other" if name == "audit_scale" else before(name))
    assert again(privacy__auditor="scale")[0] == AUDIT
    monkeypatch.setattr(prompts, "prompt_hash", lambda name: "new" if name == "audit" else before(name))
    again(privacy__auditor="scale")
    monkeypatch.setattr(prompts, "prompt_hash", lambda name: "newer" if name == "audit" else before(name))
    assert again(privacy__auditor="scale")[0] == NOTHING


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


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        ("conversations", ALL),
        ("screen", SCREEN),
        ("facets", FACETS),
        ("vectors", VECTORS),
        ("clusters", CLUSTERS),
        ("names", NAMES),
        ("tree", TREE),
        ("audit", AUDIT),
        ("layout", LAYOUT),
    ],
)
def test_after_an_upgrade_a_changed_stage_and_those_after_it_run_again(stage, expected, again, monkeypatch) -> None:
    monkeypatch.setitem(VERSIONS, stage, VERSIONS[stage] + 1)
    monkeypatch.setattr(clioscope, "__version__", "9.9")
    monkeypatch.setattr("clioscope.pipeline.run.__version__", "9.9")
    ran, made = again()
    assert ran == expected
    assert {name for name, one in made.manifest["stages"].items() if one["clioscope"] == "9.9"} == expected
    assert {one["clioscope"] for one in made.manifest["stages"].values()} <= {"9.9", "0.1.0"}
    assert made.manifest["clioscope"] == "9.9"
