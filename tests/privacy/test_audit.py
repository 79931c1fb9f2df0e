"""The auditor."""

import json

import pytest

from clioscope.models.asker import Asker
from clioscope.models.chat import ChatAnswer
from clioscope.models.store import Store
from clioscope.naming.ready import without_ready_name
from clioscope.privacy.audit import audit_labels, quoted_score
from clioscope.settings import PrivacySettings


class Auditor:
    """Quotes the name it is told to look for; rewrites as told."""

    id, concurrency = "auditor", 1

    def __init__(self, secret, rewrite):
        self.secret, self.rewrite = secret, rewrite

    async def complete(self, request):
        system, text = request.messages[0][1], request.messages[-1][1]
        if "Write it again" in system:
            return ChatAnswer(json.dumps({"name": self.rewrite, "description": "Users asked for help."}))
        found = [self.secret] if self.secret in text else []
        return ChatAnswer(json.dumps({"private_people": found, "small_organisations": []}))

    def close(self):
        pass


def audit(labels, model, tmp_path, **settings):
    with Store(tmp_path / "a.sqlite") as store:
        return audit_labels(labels, PrivacySettings(**settings), ask=Asker(model, store))


def test_harmless_labels_are_accepted(tmp_path):
    verdict = audit([("Write code", "Users asked for code.")], Auditor("Jane Doe", "x"), tmp_path)[0]
    assert (verdict.action, verdict.score, verdict.name) == ("accepted", 5, "Write code")


def test_a_label_that_identifies_someone_is_rewritten(tmp_path):
    label = ("Write letters to Jane Doe", "Users asked for letters.")
    verdict = audit([label], Auditor("Jane Doe", "Write letters"), tmp_path)[0]
    assert (verdict.action, verdict.first, verdict.score, verdict.name) == ("rewritten", 1, 5, "Write letters")


def test_a_rewrite_that_still_identifies_is_withheld(tmp_path):
    label = ("Write letters to Jane Doe", "Users asked for letters.")
    verdict = audit([label], Auditor("Jane Doe", "Mail Jane Doe"), tmp_path)[0]
    assert (verdict.action, verdict.score) == ("withheld", 1)


def test_a_rewritten_name_is_whole_and_a_description_too(tmp_path):
    model = Auditor("Jane Doe", "write letters and emails to a")
    verdict = audit([("Write letters to Jane Doe", "Users asked for letters.")], model, tmp_path)[0]
    assert (verdict.action, verdict.name) == ("rewritten", "Write letters and emails")
    longer = Auditor("Jane Doe", "one two three four five six seven eight nine ten eleven twelve")
    longer.id = "longer"  # else the store has the answer already
    verdict = audit([("Write letters to Jane Doe", "Users asked for letters.")], longer, tmp_path)[0]
    assert verdict.name == "One two three four five six seven eight nine ten"

    async def cut(request):
        if "Write it again" not in request.messages[0][1]:
            return await Auditor.complete(model, request)
        return ChatAnswer(json.dumps({"name": "Write letters", "description": "Users asked for letters. They also"}))

    model.complete, model.id = cut, "cut"
    verdict = audit([("Write letters to Jane Doe", "Users asked for letters.")], model, tmp_path)[0]
    assert verdict.description == "Users asked for letters."


def test_a_rewritten_name_is_no_other_groups_name(tmp_path):
    model = Auditor("Jane Doe", "Write letters")
    other = ("Write letters.", "Users asked for many letters.")
    label = ("Letters to Jane Doe", "Users asked for letters.")
    assert [one.action for one in audit([other, label], model, tmp_path)] == ["accepted", "withheld"]
    with Store(tmp_path / "b.sqlite") as store:
        ask = Asker(model, store)
        (verdict,) = audit_labels([label], PrivacySettings(), ask=ask, taken=["Write letters"])
        assert verdict.action == "withheld", "a group that is not audited here has the name"
        (verdict,) = audit_labels([label], PrivacySettings(), ask=ask, taken=["Write letters in C++"])
        assert verdict.action == "rewritten"
    # Of two groups that would get the same new name the first has it. The same group one level up has it as well.
    further = ("Notes to Jane Doe", "Users asked for notes.")
    assert [one.action for one in audit([label, further, label], model, tmp_path)] == [
        "rewritten",
        "withheld",
        "rewritten",
    ]


@pytest.mark.parametrize("name", ["Write poems and songs", "Улучшение резюме и профилей"])
def test_a_ready_made_name_stays_and_only_its_description_goes(tmp_path, name):
    assert not without_ready_name(name)
    model = Auditor("Jane Doe", "Compose verse")
    good, bad = audit([(name, "Set apart by: rhyme."), (name, "Set apart by: Jane Doe.")], model, tmp_path)
    assert (good.action, good.name, good.description) == ("accepted", name, "Set apart by: rhyme.")
    assert (bad.action, bad.first, bad.score, bad.name) == ("rewritten", 1, 5, name)
    assert name in bad.description and "Jane" not in bad.description and "Users asked" not in bad.description


def test_a_ready_made_name_needs_no_answer_of_the_auditor(tmp_path):
    model = Auditor("Jane Doe", "Compose verse")

    async def silent(request):
        return ChatAnswer("no JSON")

    model.complete = silent
    ready, other = audit([("Write poems and songs", "Set apart by: x."), ("Sing", "Users sang.")], model, tmp_path)
    assert (ready.action, ready.score, ready.first, ready.name) == ("rewritten", 5, None, "Write poems and songs")
    assert other.action == "withheld" and "x" not in ready.description.split()


def test_the_model_is_asked_only_about_what_a_recogniser_lets_pass(tmp_path):
    labels = [("Letters to Imogen", "Users asked for letters."), ("Bake bread", "Users asked for bread.")]
    model, read = Auditor("Jane Doe", "Write letters"), []
    complete = model.complete

    async def noted(request):
        read.append(request.messages[-1][1])
        return await complete(request)

    model.complete = noted
    with Store(tmp_path / "a.sqlite") as store:
        verdicts = audit_labels(
            labels,
            PrivacySettings(),
            ask=Asker(model, store),
            recognise=lambda some: [1 if "Imogen" in name else 5 for name, _ in some],
        )
    assert [(one.action, one.first, one.score, one.name) for one in verdicts] == [
        ("rewritten", 1, 5, "Write letters"),
        ("accepted", 5, 5, "Bake bread"),
    ]
    audited = [text for text in read if text.startswith("Text:")]
    assert [text for text in audited if "Imogen" in text] == []


def test_without_a_model_every_verdict_says_so(tmp_path):
    verdict = audit_labels([("a", "b")], PrivacySettings(), ask=None)[0]
    assert (verdict.action, verdict.score) == ("unaudited", None)


@pytest.mark.parametrize(
    ("people", "organisations", "score"),
    [
        (["Jane Doe"], [], 1),
        ([], ["Miller & Sons"], 2),
        (["John Smith"], [], 5),  # made up: it does not stand in the text
        (["letters"], [], 5),  # not a name
        ([], [], 5),
    ],
)
def test_quotes_count_when_they_stand_in_the_text(people, organisations, score):
    text = "Write letters to Jane Doe of Miller & Sons."
    assert quoted_score(text, {"private_people": people, "small_organisations": organisations}) == score
