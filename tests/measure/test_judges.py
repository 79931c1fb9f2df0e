"""Judges whose nature is known: one that knows, one that always says the same, one that answers at random."""

import hashlib
import json
import re

import numpy as np
import polars as pl
import pytest
from conftest import TOPICS, make_records, write_jsonl

import clioscope
from clioscope.errors import SettingsError
from clioscope.measure.evaluate import evaluate
from clioscope.measure.judges import (
    assign_back,
    codebook,
    faithfulness,
    intrusion,
    misfits,
    name_fit,
    private,
    relabel,
    tree_edges,
)
from clioscope.measure.judges.author import authors_of, is_author, model_name
from clioscope.measure.judges.evidence import evidence_of
from clioscope.measure.judges.judgement import Judgement
from clioscope.measure.judges.misfits import calibration_curve
from clioscope.measure.judges.panel import TASKS, add_judged, ask_panel, judgement_table, read_people
from clioscope.measure.judges.validation import agreement
from clioscope.measure.labelled import judged_reconstruction, truth_of
from clioscope.measure.measured import measure_atlas
from clioscope.measure.raters import krippendorff
from clioscope.measure.rows import Rows
from clioscope.measure.verdicts import verdicts
from clioscope.models.asker import Asker
from clioscope.models.catalogue import entries
from clioscope.models.chat import ChatAnswer
from clioscope.models.store import Store

_LINE = re.compile(r"^(\d+)\. (.*)$", re.M)


def topic_of(text):
    """The topic whose words a text holds most of."""
    words = set(re.findall(r"\w{4,}", text.lower()))
    return max(TOPICS, key=lambda topic: len(words & set(re.findall(r"\w{4,}", TOPICS[topic].lower()))))


class Knowing:
    """Answers by the topic; ``id`` tells it from other judges."""

    concurrency = 4

    def __init__(self, name="knowing"):
        self.id = name

    def answer(self, request):
        user = request.messages[-1][1]
        lines = dict(_LINE.findall(user))
        wanted = request.schema["properties"]
        if "supported" in wanted:
            talk, summary = user.split("</conversation>")
            return {"supported": "yes" if topic_of(talk) == topic_of(summary) else "no", "missed": "no"}
        if "misfits" in wanted:
            topics = {number: topic_of(text) for number, text in lines.items()}
            main = max(set(topics.values()), key=list(topics.values()).count)
            return {"misfits": [int(number) for number, topic in topics.items() if topic != main]}
        if "categories" in wanted:
            return {"categories": [f"{topic} {text[:40]}" for topic, text in TOPICS.items()]}
        if "private_people" in wanted:
            return {"private_people": [user.removeprefix("Text: ").split()[0]], "small_organisations": []}
        if "identifies" in wanted:
            return {"identifies": "nobody"}
        if user.startswith("Group") and "\n" not in user:
            labels = dict(_LINE.findall(request.messages[0][1]))
            return {"answer": next(n for n, text in labels.items() if text == topic_of(user))}
        if lines and not user.startswith("Request"):
            topics = {number: topic_of(text) for number, text in lines.items()}
            alone = [n for n, topic in topics.items() if list(topics.values()).count(topic) == 1]
            return {"answer": alone[0] if alone else "1"}
        if lines:
            request_topic = topic_of(user.splitlines()[0])
            return {"answer": next((n for n, text in lines.items() if topic_of(text) == request_topic), "1")}
        if user.startswith("Request"):
            categories = dict(_LINE.findall(request.messages[0][1]))
            return {"answer": next(n for n, text in categories.items() if topic_of(text) == topic_of(user))}
        first, second = user.split("\n", 1)
        return {"answer": "yes" if topic_of(first) == topic_of(second) else "no"}

    async def complete(self, request):
        return ChatAnswer(json.dumps(self.answer(request)))

    def close(self):
        pass


class Stubborn(Knowing):
    """Takes the first option, whatever is asked."""

    def answer(self, request):
        return {
            name: part["enum"][0] if "enum" in part else [1] if name == "misfits" else ["one thing", "another"]
            for name, part in request.schema["properties"].items()
        }


class Dice(Knowing):
    """Answers by a hash of the question."""

    def answer(self, request):
        draw = int(hashlib.sha256(repr(request.messages).encode()).hexdigest(), 16)
        answer = {}
        for name, part in request.schema["properties"].items():
            if "enum" in part:
                answer[name] = part["enum"][draw % len(part["enum"])]
            elif name == "misfits":
                answer[name] = [n for n in range(1, 9) if draw >> n & 1 and draw >> (n + 8) & 1]
            else:
                answer[name] = ["one thing", "another", "a third"]
        return answer


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    """100 conversations in five groups, one a topic, named by their words; two levels."""
    folder = tmp_path_factory.mktemp("judges")
    settings = clioscope.load_settings(
        model__name="fake",
        embedding__model="hash",
        naming__show=("request",),
        layout__method="pca",
        clustering__clusters=5,
        hierarchy__top=2,
        hierarchy__levels=2,
        input__keep_transcripts=True,
    )
    return clioscope.build(write_jsonl(folder / "chats.jsonl", make_records(100)), folder / "atlas", settings)


@pytest.fixture(scope="module")
def material(atlas):
    """What judges are shown, with groups by topic and names that say it."""
    found, notes = evidence_of(atlas, None)
    assert notes == []
    return found


def asked(module, material, model, items=20):
    with Store(":memory:") as store:
        return module.judge(material, Asker(model, store), items, 0)


def figures(module, material, model, items=20):
    return evaluate({"judgements": asked(module, material, model, items)})


def test_the_groups_of_this_atlas_are_the_topics(atlas, material):
    topics = [topic_of(text) for text in material.texts]
    assert clioscope.measure.against_labels(material.levels.labels[0], np.array(topics))["ami"] == pytest.approx(1)
    assert len(material.transcripts) == 100


def test_transcripts_come_from_the_input_where_the_atlas_has_none(atlas, material, tmp_path):
    import shutil

    shutil.copytree(atlas.path, tmp_path / "atlas")
    (tmp_path / "atlas" / "transcripts.parquet").unlink()
    again, notes = evidence_of(clioscope.open(tmp_path / "atlas"), None)
    assert (again.transcripts, notes) == (material.transcripts, [])
    manifest = json.loads((tmp_path / "atlas" / "manifest.json").read_text())
    manifest["sources"][0]["path"] = str(tmp_path / "gone.jsonl")
    (tmp_path / "atlas" / "manifest.json").write_text(json.dumps(manifest))
    gone, notes = evidence_of(clioscope.open(tmp_path / "atlas"), None)
    assert gone.transcripts is None and "--keep-transcripts" in notes[0]
    assert asked(faithfulness, gone, Knowing()) == []


def test_who_knows_is_right(material):
    found = figures(intrusion, material, Knowing())
    assert found["intrusion_random"].value == found["intrusion_nearest"].value == 1
    assert found["intrusion_nearest_both"].value == 1
    assert found["position_flips"].value == 0
    found = figures(misfits, material, Knowing())
    assert found["misfits"].value == 0
    assert found["calibration"].value == pytest.approx(1)
    assert found["calibration_recall"].value == 1
    found = figures(faithfulness, material, Knowing())
    assert found["faithfulness"].value > 0.9 > 0.5 > found["faithfulness_foreign"].value
    assert found["missed_requests"].value == 0


def test_who_always_says_the_same_is_seen_through(material):
    found = figures(intrusion, material, Stubborn())
    assert found["intrusion_nearest_both"].value == 0
    assert found["intrusion_nearest"].value < 0.2
    assert found["position_flips"].value == 1
    found = figures(misfits, material, Stubborn())
    assert found["calibration"].value == 0
    assert found["misfits"].value == pytest.approx(1 / 8)
    found = figures(faithfulness, material, Stubborn())
    assert found["faithfulness"].value == found["faithfulness_foreign"].value == 1
    found = figures(name_fit, material, Stubborn())
    assert found["name_fit"].value == found["name_fit_nearest"].value == 1


def test_who_guesses_is_at_chance(material):
    found = figures(intrusion, material, Dice(), items=150)
    assert found["intrusion_random"].value == pytest.approx(0, abs=0.12)
    assert found["intrusion_nearest"].value == pytest.approx(0, abs=0.12)
    assert found["position_flips"].value == pytest.approx(0.8, abs=0.1)
    assert figures(misfits, material, Dice(), items=150)["calibration"].value == pytest.approx(0, abs=0.15)


def test_assign_back_at_every_level_beside_baselines(material):
    found = asked(assign_back, material, Dice(), 60)
    assert {one.level for one in found} == {0, 1}
    for level, count in ((0, 5), (1, 2)):
        here = [one for one in found if one.level == level]
        assert evaluate({"judgements": here})["assign_back"].value == pytest.approx(1 / count, abs=0.17)
        assert evaluate({"judgements": here})["assign_back_words"].n == 60
    # every candidate list holds the right group, in both orders
    assert all(one.truth in material.groups for one in found)


def test_the_codebook_of_who_knows_agrees_with_the_groups(material):
    found = asked(codebook, material, Knowing(), 20)
    base = [one for one in found if one.level == 0]
    assert evaluate({"judgements": base})["codebook_ami"].value == pytest.approx(1)
    shallow = evaluate({"judgements": [one for one in asked(codebook, material, Stubborn(), 20) if one.level == 0]})
    assert shallow["codebook_none"].value == 1  # the first option is "0"
    assert shallow["codebook_largest"].value == 1
    assert abs(shallow["codebook_ami"].value) < 1e-9


def test_who_knows_gives_every_group_its_label(atlas, material):
    assert asked(relabel, material, Knowing()) == []  # without labels there is nothing to ask
    topics = {topic: topic for topic in TOPICS}
    found = asked(relabel, material._replace(labels=topics), Knowing())
    assert [one.item for one in found] == material.levels.groups[0]
    assert {(one.item, one.answer) for one in found} == {
        (group, topic_of(material.groups[group].text)) for group in material.levels.groups[0]
    }
    truth = truth_of(atlas, [topic_of(text) for text in material.texts], {})
    rows = Rows()
    judged_reconstruction(
        rows, atlas, material.levels, truth, {"knowing": found, "mute": [found[0]._replace(answer=None)]}
    )
    values = {(row["metric"], row["part"]): row["value"] for row in rows.table().iter_rows(named=True)}
    given = {one.item: one.answer for one in found}
    told = [given[group] == topic_of(text) for group, text in zip(atlas.clusters["group"], material.texts, strict=True)]
    assert values["reconstruction_accuracy", "by knowing"] == pytest.approx(np.mean(told))
    assert np.mean(told) > 0.9
    assert values["reconstruction_accuracy", "by mute"] == 0


def test_the_codebook_question_fits_a_small_context(material):
    class Long(Stubborn):
        longest = 0

        async def complete(self, request):
            self.longest = max(self.longest, sum(len(text) for _, text in request.messages))
            return await super().complete(request)

    model = Long()
    asked(codebook, material._replace(texts=[text * 20 for text in material.texts]), model, 10)
    assert 7000 < model.longest < 9500


def test_edges_have_a_control(material):
    found = asked(tree_edges, material, Stubborn())
    assert sorted({one.variant for one in found}) == ["other", "own"]
    assert all((material.groups[one.item].parent is not None) for one in found)


def test_privacy_of_conversations_facets_and_names(material):
    first, *rest = sorted(material.groups)
    hidden = material.groups[first]._replace(action="withheld")
    found = asked(private, material._replace(groups=material.groups | {first: hidden}), Knowing())
    assert {(one.variant, one.answer) for one in found} == {("conversation", "5"), ("facets", "5"), ("name shown", "1")}
    assert sorted(one.item for one in found if one.variant == "name shown") == rest


def test_questions_without_a_usable_answer_are_counted(material):
    class Mute(Knowing):
        async def complete(self, request):
            return ChatAnswer("I would rather not say.")

    with Store(":memory:") as store:
        ask = Asker(Mute(), store, retries=0)
        found = name_fit.judge(material, ask, 10, 0)
    assert evaluate({"judgements": found})["answered"].value == 0
    assert "name_fit" not in evaluate({"judgements": found})
    assert len(ask.ledger) == len(found)


@pytest.mark.slow
def test_judges_that_know_agree_and_dice_do_not(material):
    said = {name: asked(intrusion, material, model, 30) for name, model in (("a", Knowing("a")), ("b", Knowing("b")))}
    found = {metric: figure for metric, _, figure in agreement(said)}
    assert found["krippendorff_alpha"].value == found["cohen_kappa"].value == 1
    said["dice"] = asked(intrusion, material, Dice(), 30)
    found = {metric: figure for metric, _, figure in agreement(said)}
    assert set(found) == {"krippendorff_alpha", "fleiss_kappa"}
    assert 0.1 < found["krippendorff_alpha"].value < 0.7


@pytest.mark.slow
def test_one_item_in_two_orders_is_no_two_items():
    """Answers in both orders that always hang together leave the interval as it was."""
    generator = np.random.default_rng(0)
    first, second = generator.integers(3, size=(2, 60))
    second = np.where(generator.random(60) < 0.6, first, second)

    def said(answers, orders):
        return [
            Judgement("intrusion", f"c{item}", variant, str(answer), order=order)
            for item, answer in enumerate(answers)
            for order in range(orders)
            for variant in ("random", "nearest")[:orders]
        ]

    def alpha(orders):
        found = agreement({"a": said(first, orders), "b": said(second, orders)})
        return {metric: figure for metric, _, figure in found}["krippendorff_alpha"]

    once, twice = alpha(1), alpha(2)
    assert once.n == twice.n == 60
    assert twice.value == pytest.approx(once.value, abs=0.01)
    assert twice.high - twice.low == pytest.approx(once.high - once.low, rel=0.1)


def test_scores_of_privacy_are_compared_as_a_scale():
    def said(scores):
        return [Judgement("privacy", f"c{item}", "facets", str(score)) for item, score in enumerate(scores)]

    scores = [1, 2, 3, 4, 5] * 6
    beside, far = [min(5, score + 1) for score in scores], [6 - score for score in scores]
    found = [list(agreement({"a": said(scores), "b": said(other)})) for other in (beside, far)]
    assert [[metric for metric, _, _ in one] for one in found] == [["krippendorff_alpha"]] * 2
    assert found[0][0][2].value == pytest.approx(krippendorff([scores, beside], "ordinal"))
    assert found[0][0][2].value > 0.6 > 0 > found[1][0][2].value


def test_a_judge_is_never_the_author():
    author = ["smollm2-135m@0011", "qwen2.5-coder-1.5b@cc324af070c2"]
    assert is_author("qwen2.5-coder-1.5b@0123456789ab", author)
    assert is_author("http://localhost:8000/v1 Qwen/qwen2.5-coder-1.5B temperature=0", author)
    assert not is_author("qwen2.5-coder-0.5b@cc324af070c2", author)
    assert not is_author("anything", [])


@pytest.mark.parametrize(
    "name",
    [
        "Qwen/Qwen2.5-Coder-1.5B-Instruct",
        "http://localhost:8000/v1 Qwen/Qwen2.5-Coder-1.5B-Instruct-AWQ",
        "http://localhost:11434/v1 qwen2.5-coder:1.5b",
        "qwen2.5-coder:1.5b-instruct-q8_0",
        "models/Qwen2.5-Coder-1.5B-Instruct-Q8_0.gguf",
        "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        "Qwen2.5-Coder-1.5B-Instruct.IQ4_XS.gguf",
        "Qwen/Qwen2.5-Coder-1.5B-Instruct-GPTQ-Int4",
        "unsloth/qwen2.5-coder-1.5b-instruct-bnb-4bit",
        "qwen2.5_coder-1.5b-fp16-00001-of-00002.gguf",
    ],
)
def test_the_author_is_known_by_any_of_its_names(name):
    assert is_author(name, ["qwen2.5-coder-1.5b@cc324af070c2"])
    assert is_author("qwen2.5-coder-1.5b@cc324af070c2", [name])
    assert not is_author(name, ["qwen2.5-coder-0.5b", "Qwen/Qwen2.5-1.5B-Instruct", "qwen2.5-coder-14b"])


def test_names_of_the_catalogue_are_one_model():
    assert model_name("fast") == model_name("Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF")
    assert model_name("ruadapt-qwen3-4b") == model_name("RuadaptQwen3-4B-Instruct.Q4_K_M.gguf")
    assert model_name("Qwen/Qwen3-4B") != model_name("Qwen/Qwen3-4B-Thinking-2507")
    assert len({model_name(one.name) for one in entries() if one.kind == "chat"}) == sum(
        one.kind == "chat" for one in entries()
    )


def test_a_file_of_weights_is_known_by_its_name(atlas, monkeypatch):
    """Its id is a hash; the author's name stands in the settings."""
    monkeypatch.setitem(atlas.manifest, "models", {"chat": "0123456789ab", "naming": None})
    monkeypatch.setitem(atlas.manifest, "settings", {"model": {"name": "weights/Some-Model-7B-Q8_0.gguf"}})
    assert is_author("http://localhost/v1 org/some-model-7b-instruct", authors_of(atlas))
    assert not is_author("http://localhost/v1 org/some-model-8b-instruct", authors_of(atlas))


@pytest.mark.slow
def test_measuring_with_a_judge(atlas, tmp_path):
    import shutil

    shutil.copytree(atlas.path, tmp_path / "atlas")
    copy = clioscope.open(tmp_path / "atlas")
    with pytest.raises(SettingsError, match="no model judges its own work fairly"):
        measure_atlas(copy, judges=["fake"], stability=False)
    with pytest.raises(SettingsError, match="no judge task 'taste'"):
        measure_atlas(copy, judges=["fake"], judge_tasks=["taste"], stability=False)
    with pytest.raises(SettingsError, match="named twice"):
        measure_atlas(copy, judges=["fake", "fake"], stability=False)
    assert not (copy.path / "measures.parquet").exists()
    found = measure_atlas(copy, judges=["fake"], author_may_judge=True, judge_items=8, stability=False)
    assert any("judged its own work" in note for note in found.facts["notes"])
    judged = found.table.filter(pl.col("part") == "fake")
    assert {"intrusion_nearest", "name_fit", "assign_back", "edge_fit", "misfits", "position_flips"} <= set(
        judged["metric"]
    )
    kept = pl.read_parquet(copy.path / "judgements.parquet")
    assert set(kept["task"]) == set(TASKS) - {"reconstruction"} and set(kept["judge"]) == {"fake"}
    shown = found.table.filter((pl.col("metric") == "private_share") & pl.col("part").str.starts_with("name shown"))
    assert shown["part"].to_list() == ["name shown, by its author fake"]
    assert shown["n"].item() == copy.tree.filter(pl.col("action") != "withheld").height
    privacy = [one for one in verdicts(found.table) if one.rule.metric == "private_share"]
    assert [(one.state, one.judge) for one in privacy] == [("doubtful", None)]
    page = (copy.path / "report-card.html").read_text()
    assert "by the model that wrote them" in page
    assert "judged its own work" in page and "Calibration" in page
    # asked again, nothing is asked: the answers are in the store
    again = measure_atlas(copy, judges=["fake"], author_may_judge=True, judge_items=8, stability=False)
    assert again.table.equals(found.table)


def test_reconstruction_by_a_judge_needs_labels(atlas):
    options = {"judges": ["fake"], "judge_tasks": ["reconstruction"], "author_may_judge": True}
    with pytest.raises(SettingsError, match="needs labels"):
        measure_atlas(atlas, stability=False, write=False, **options)
    labels = {str(record): list(TOPICS)[number % 2] for number, record in enumerate(atlas.occurrences["record"])}
    found = measure_atlas(atlas, labels, stability=False, write=False, **options).table
    by_judge = found.filter((pl.col("metric") == "reconstruction_accuracy") & (pl.col("part") == "by fake"))
    assert by_judge["level"].to_list() == [0]
    judge = [one for one in verdicts(found) if one.rule.metric == "reconstruction_accuracy" and one.judge]
    assert [one.value for one in judge] == by_judge["value"].to_list()
    whole = found.filter((pl.col("metric") == "reconstruction_curve") & pl.col("part").str.starts_with("fake: "))
    assert whole["value"].to_list()[-1] == pytest.approx(by_judge["value"].item())


def test_answers_of_people(material, tmp_path):
    judged = asked(name_fit, material, Knowing(), 12)
    table = judgement_table({"a": judged})
    people = table.filter(pl.col("repeat") == 0).with_columns(answer=pl.col("truth"))
    people.select("task", "item", "variant", "order", "level", "answer").write_csv(tmp_path / "people.csv")
    rows = Rows()
    add_judged(rows, {"a": judged}, read_people(tmp_path / "people.csv"))
    found = rows.table().filter(pl.col("part") == "name_fit: a and people")
    assert set(found["metric"]) == {"krippendorff_alpha", "cohen_kappa"}
    assert found["n"].to_list() == [people["item"].n_unique()] * 2


def test_the_calibration_curve_of_who_knows_is_the_diagonal(material):
    curve = calibration_curve(asked(misfits, material, Knowing()))
    assert {spoilt: figure.value for spoilt, figure in curve.items()} == pytest.approx(
        {0: 0, 1 / 8: 1 / 8, 0.25: 0.25, 3 / 8: 3 / 8}
    )


def test_judges_come_from_settings_of_the_atlas(atlas, tmp_path):
    heard = ask_panel(atlas, ["fake"], None, tasks=["intrusion"], items=6, author_may_judge=True)
    assert heard.failed.is_empty()
    assert heard.own == {"fake"}
    assert len(heard.said["fake"]) == 6 * 2 * 2 + 10
