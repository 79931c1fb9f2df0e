"""Parents are named from their children, the largest first; an only child gives its own name."""

import numpy as np
import pytest

from clioscope.models.asker import Asker
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
    def run(ask, sizes=(5, 9, 3, 8, 4), **settings):
        labels = np.repeat(np.arange(len(CHILDREN)), sizes)
        texts = [CHILDREN[child].name.lower() for child in labels]
        support = Support(texts, 1)
        context = NamingContext(texts, support, encode(texts), NamingSettings(**settings), encode, ask)
        return name_parents(context, CHILDREN, PARENT_OF, labels)

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
    assert all(request.messages[-1][1].count("\n- ") == 2 for request in model.requests)
