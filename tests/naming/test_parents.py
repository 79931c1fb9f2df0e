"""Parents are named from their children and conversations of all of them; a list is no name."""

import json

import numpy as np
import pytest

from clioscope.models.asker import Asker
from clioscope.models.chat import ChatAnswer
from clioscope.models.fake import FakeModel
from clioscope.naming.candidates import Label
from clioscope.naming.context import NamingContext
from clioscope.naming.parents import name_parents
from clioscope.naming.support import Support
from clioscope.settings import NamingSettings

CHILDREN = [
    Label("Bake rye bread", "Users bake.", ("bread",)),
    Label("Bake apple cake", "Users bake.", ("cake",)),
    Label("Write sea poems", "Users write.", ("poem",)),
    Label("Write love poems", "Users write.", ("love",)),
    Label("Sum excel columns", "Users count.", ("excel",)),
]
PARENT_OF = np.array([0, 0, 1, 1, 2])


@pytest.fixture
def name(encode):
    def run(ask, sizes=(5, 9, 3, 8, 4), children=CHILDREN, language="English", **settings):
        labels = np.repeat(np.arange(len(CHILDREN)), sizes)
        texts = [CHILDREN[child].name.lower() for child in labels]
        support = Support(texts, 1)
        context = NamingContext(
            texts, support, encode(texts), NamingSettings(ready_names="never", **settings), encode, ask, language
        )
        return name_parents(context, children, PARENT_OF, labels)

    return run


def test_without_a_model_phrases_name_a_parent_and_an_only_child_itself(name) -> None:
    bake, write, count = name(None)
    assert {"bake apple cake", "rye bread"} <= set(bake.phrases) and bake.name == "Bake apple cake, rye bread"
    assert "love poems" in write.name.lower() and "bake" not in write.name.lower()
    assert count == CHILDREN[4]


def test_the_model_is_asked_about_parents_of_several_children_only(name, store) -> None:
    model = FakeModel()
    found = name(Asker(model, store), contrast=2)
    assert [request.item for request in model.requests] == ["parent 0", "parent 1"]
    first = model.requests[0].messages[-1][1]
    inside, outside = first.split("Close, but not members:")
    assert inside.index("Bake apple cake") < inside.index("Bake rye bread"), "the largest child stands first"
    assert outside.count("- ") == 2 and "Bake" not in outside
    assert found[2] == CHILDREN[4]
    assert found[0].name not in {label.name for label in found[1:]}
    assert [label.phrases for label in found[:2]] == [label.phrases for label in name(None)[:2]]


def test_nonsense_leaves_the_phrases(name, store) -> None:
    asker = Asker(FakeModel("nonsense"), store, retries=0)
    assert name(asker) == name(None)
    assert asker.ledger.frame().select("stage", "item").rows() == [("tree", "parent 0"), ("tree", "parent 1")]


def test_many_children_are_shown_up_to_twice_the_members(name, store) -> None:
    model = FakeModel()
    name(Asker(model, store), members=1, contrast=0)
    for request in model.requests:
        groups, members = request.messages[-1][1].split("Some of the requests, from all groups:")
        assert groups.count("\n- ") == 2 and members.count("\n- ") == 1


def test_the_question_says_how_many_and_shows_members_of_all_groups(name, store) -> None:
    model = FakeModel()
    name(Asker(model, store), sizes=(5, 30, 3, 8, 4))
    first, second = (request.messages[-1][1] for request in model.requests)
    assert first.startswith("35 requests in 2 groups:\n- Bake apple cake (30)\n- Bake rye bread (5)\n")
    shown = first.split("Some of the requests, from all groups:")[1].split("\n\n")[0]
    assert "- bake apple cake" in shown and "- bake rye bread" in shown
    assert second.startswith("11 requests in 2 groups:")


class Says(FakeModel):
    """Answers with the given names, one list per question; the last list counts for all further questions."""

    def __init__(self, *lists: list[str]) -> None:
        super().__init__(concurrency=1)
        self.lists = list(lists)

    async def complete(self, request):
        self.requests.append(request)
        names = self.lists.pop(0) if len(self.lists) > 1 else self.lists[0]
        return ChatAnswer(json.dumps({"description": "Users asked for help.", "names": (names * 3)[:3]}))


@pytest.mark.parametrize(
    "lists", [["Bread, cake and poems"], ["Bake rye bread and apple cake"], ["Bake apple cake"]], ids=str
)
def test_a_list_is_asked_for_again_and_an_idea_is_taken(name, store, lists) -> None:
    model = Says(lists, ["Poetry"], ["Baking"])
    found = name(Asker(model, store))
    assert [label.name for label in found] == ["Baking", "Poetry", "Sum excel columns"]
    remark = model.requests[2].messages[-1][1]
    assert remark.startswith(model.requests[0].messages[-1][1]) and lists[0] in remark.splitlines()[-1]


@pytest.mark.parametrize(("language", "end"), [("English", " and related topics"), ("Russian", " и близкие темы")])
def test_a_parent_that_gets_only_lists_is_called_by_its_largest_child(name, store, language, end) -> None:
    found = name(Asker(Says(["Bread, cake and poems"]), store), language=language)
    assert [label.name for label in found[:2]] == [f"Bake apple cake{end}", f"Write love poems{end}"]
    assert found[0].description == "Users asked for help."


def test_mixed_children_are_not_shown_and_a_parent_of_only_such_is_mixed(name, store) -> None:
    model = FakeModel()
    mixed = [CHILDREN[0]._replace(mixed=True), *(child._replace(mixed=True) for child in CHILDREN[2:4])]
    children = [mixed[0], CHILDREN[1], *mixed[1:], CHILDREN[4]]
    found = name(Asker(model, store), children=children)
    assert len(model.requests) == 1
    question = model.requests[0].messages[-1][1]
    assert "in 2 groups" in question and "- Bake rye bread" not in question.split("Some of")[0]
    assert found[1].mixed and found[1].name.startswith("Mixed topics: ")
    assert not found[0].mixed
