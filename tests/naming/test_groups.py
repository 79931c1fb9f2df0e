"""Base groups get names that are theirs, from the model or from their words."""

import json

import numpy as np
import pytest

from clioscope.models.asker import Asker
from clioscope.models.chat import ChatAnswer
from clioscope.models.fake import FakeModel
from clioscope.naming.candidates import Label, Proposal
from clioscope.naming.context import NamingContext
from clioscope.naming.groups import best_label, name_groups, vetted
from clioscope.naming.support import Support
from clioscope.settings import NamingSettings

WORDS = ("bread", "poem", "excel")


class Says(FakeModel):
    """Answers every question with the same proposal."""

    def __init__(self, description, *names):
        super().__init__()
        self.answer = json.dumps({"description": description, "names": names})

    async def complete(self, request):
        self.requests.append(request)
        return ChatAnswer(self.answer)


@pytest.fixture
def name(texts, support, vectors, labels, centroids, encode):
    def run(ask, **settings):
        given = NamingSettings(ready_names="never", **settings)
        return name_groups(NamingContext(texts, support, vectors, given, encode, ask), labels, centroids)

    return run


def test_without_a_model_the_groups_own_words_name_it(name) -> None:
    for label, word in zip(name(None), WORDS, strict=True):
        assert word in label.name.lower()
        assert word in " ".join(label.phrases)
        assert not any(other in label.name.lower() for other in WORDS if other != word)


def test_a_model_names_each_group_from_its_own_members(name, store) -> None:
    found = name(Asker(FakeModel(), store))
    assert len({label.name for label in found}) == 3
    for label, word in zip(found, WORDS, strict=True):
        assert word in label.name.lower()


def test_the_question_shows_members_and_the_nearest_outsiders(name, store, texts, labels) -> None:
    model = FakeModel()
    name(Asker(model, store), members=2, contrast=3, candidates=2)
    assert [request.item for request in model.requests] == ["group 0", "group 1", "group 2"]
    for group, request in enumerate(model.requests):
        inside, outside = request.messages[-1][1].split("Close, but not members:")
        own = {text for text, label in zip(texts, labels, strict=True) if label == group}
        shown = {line[2:] for line in inside.splitlines() if line.startswith("- ")}
        near = {line[2:] for line in outside.splitlines() if line.startswith("- ")}
        assert len(shown) == 2 and shown <= own
        assert len(near) == 3 and not near & own
        assert request.schema["properties"]["names"]["maxItems"] == 2


def test_no_contrast_asks_without_outsiders(name, store) -> None:
    model = FakeModel()
    name(Asker(model, store), contrast=0)
    assert all("Close, but not members" not in request.messages[-1][1] for request in model.requests)


def test_nonsense_leaves_the_words_and_stands_in_the_ledger(name, store) -> None:
    asker = Asker(FakeModel("nonsense"), store, retries=0)
    assert name(asker) == name(None)
    assert len(asker.ledger) == 3


class Scripted(FakeModel):
    """Gives one proposal after another to the questions about each group."""

    def __init__(self, *proposals):
        super().__init__()
        self.proposals = [json.dumps({"description": said, "names": names}) for said, *names in proposals]
        self.asked = {}

    async def complete(self, request):
        self.requests.append(request)
        number = self.asked[request.item] = self.asked.get(request.item, -1) + 1
        return ChatAnswer(self.proposals[min(number, len(self.proposals) - 1)])


def test_a_detail_of_few_people_is_taken_out_by_asking_again(name, store) -> None:
    model = Scripted(
        ("Users asked Zanzibar Ltd for it. They also wanted food.", "Letters to Zanzibar", "Bake rye"),
        ("Users asked firms for it. They wanted food as well.", "Write letters"),
    )
    found = name(Asker(model, store), candidates=1)
    assert {label.description for label in found} == {"Users asked firms for it. They wanted food as well."}
    assert [len(model.requests), *model.asked.values()] == [6, 1, 1, 1]
    again = model.requests[3].messages[-1][1]
    assert again.startswith(model.requests[0].messages[-1][1]), "the question stands first: it is known already"
    assert "details that only few members share" in again and "Do not use these words: Zanzibar, Ltd." in again


def test_a_detail_that_stays_leaves_two_whole_sentences(name, store) -> None:
    model = Scripted(("Users asked Zanzibar Ltd for it. They also wanted food.", "Letters to Zanzibar", "Bake rye"))
    found = name(Asker(model, store), candidates=2)
    assert [label.name for label in found] == ["Bake rye"] * 3
    first = "Users wanted food. Set apart by: "
    assert all(label.description.startswith(first) and label.description.endswith(".") for label in found)


@pytest.mark.parametrize(
    "said", ["Bake bread with salt and", "Bake bread for all the people of the whole wide old world"]
)
def test_a_name_that_breaks_off_is_asked_for_again(name, store, said) -> None:
    whole = "Users asked for bread. They wanted salt."
    model = Scripted((whole, said), (whole, "Bake salty bread"))
    assert {label.name for label in name(Asker(model, store), candidates=1)} == {"Bake salty bread"}
    assert "the titles break off" in model.requests[3].messages[-1][1]


def test_what_breaks_off_twice_is_repaired(name, store) -> None:
    model = Scripted(("Users asked for bread and", "Bake bread with salt and"))
    for label in name(Asker(model, store), candidates=1):
        assert label.name == "Bake bread with salt"
        assert label.description.startswith("Users asked for bread. Set apart by: ")


def test_a_copy_of_one_member_gives_way(name, store, texts) -> None:
    whole = "Users asked for bread. They wanted salt."
    model = Scripted((whole, texts[0], "Bake it"), (whole, "Bake bread", "Bake"))
    assert name(Asker(model, store), candidates=2)[0].name != texts[0].capitalize()


def test_a_good_answer_is_not_asked_for_again(name, store) -> None:
    model = Scripted(("Users asked for bread. They wanted salt.", "Bake bread and", "Bake bread"))
    assert {label.name for label in name(Asker(model, store), candidates=2)} == {"Bake bread"}
    assert len(model.requests) == 3, "one whole name is enough"


def test_the_question_says_how_many_members_there_are(name, store) -> None:
    model = FakeModel()
    name(Asker(model, store), members=2)
    assert "Members, 2 of 6 conversations:\n" in model.requests[0].messages[-1][1]


def test_without_a_supported_name_there_is_no_proposal() -> None:
    support = Support(["letters to you", "letters", "from Zanzibar"], 3)
    assert vetted(Proposal("x", ("Letters to Zanzibar",)), support, np.arange(3)) is None
    assert vetted(Proposal("x", ("Letters", "To Zanzibar")), support, np.arange(3)) == Proposal("x", ("Letters",))
    assert vetted(None, support, np.arange(3)) is None


def test_of_the_candidates_the_one_near_its_own_group_wins(name, store) -> None:
    found = name(Asker(Says("Users want it.", "Bake rye bread", "Write a poem", "Sum an excel column"), store))
    assert [label.name for label in found] == ["Bake rye bread", "Write a poem", "Sum an excel column"]


def test_no_proposal_takes_the_spare_label(encode) -> None:
    spare = Label("Bread, rye", "Set apart by: bread.", ("bread",))
    own, others = encode(["bread"])[0], encode(["poem"])
    assert best_label(None, spare, own, others, encode) == spare
    kept = best_label(Proposal("", ("Bake bread",)), spare, own, others, encode)
    assert kept == Label("Bake bread", "Set apart by: bread.", ("bread",))
