"""One level of the paper's loop: a good model decides, a bad one does no harm."""

import json

import numpy as np
import pytest

from clioscope.hierarchy.clio import propose_parents
from clioscope.models.chat import ChatAnswer
from clioscope.models.fake import FakeModel
from clioscope.naming.candidates import Label
from clioscope.naming.context import NamingContext
from clioscope.naming.support import Support
from clioscope.settings import NamingSettings


class Says(FakeModel):
    """Gives one answer to lists, another to choices."""

    def __init__(self, names, category=None):
        super().__init__()
        self.names, self.category = names, category

    async def complete(self, request):
        self.requests.append(request)
        if "category" in request.schema["properties"]:
            return ChatAnswer(json.dumps({"category": self.category}))
        return ChatAnswer(json.dumps({"names": self.names}))


@pytest.fixture
def propose(groups, encode, asker):
    def run(model, target=5, base=None, neighbourhood=12, words=10, seed=0):
        settings = NamingSettings(max_words=words)
        ask = asker(model, retries=0)
        context = NamingContext(groups.texts, Support(groups.texts, 3), groups.vectors, settings, encode, ask)
        return propose_parents(context, base or groups.base, target, neighbourhood, seed)

    return run


def test_a_good_model_files_every_group_under_its_subject(propose, groups, librarian) -> None:
    parents = propose(librarian)
    assert parents.dtype == np.int32
    assert len(set(zip(parents.tolist(), groups.subject.tolist(), strict=True))) == 5
    choices = [request for request in librarian.requests if "category" in request.schema["properties"]]
    assert len(choices) == 30
    assert {request.item for request in choices} == {group.name for group in groups.base}


def test_neighbourhoods_are_asked_one_by_one_with_some_groups_outside(propose, librarian) -> None:
    propose(librarian, neighbourhood=10)
    lists = [request for request in librarian.requests if request.item.startswith("neighbourhood")]
    assert len(lists) == 3
    assert sum(request.messages[-1][1].count("- ") for request in lists) == 30 + 3 * 5


@pytest.mark.parametrize("model", [FakeModel(), FakeModel(nonsense_every=2), FakeModel(fail_every=3)])
@pytest.mark.parametrize("target", [1, 2, 8])
def test_the_level_is_smaller_and_its_numbers_are_all_in_use(propose, model, target) -> None:
    parents = propose(model, target)
    if parents is not None:
        count = len(set(parents.tolist()))
        assert sorted(set(parents.tolist())) == list(range(count))
        assert count < 30
        assert count <= max(1, int(1.5 * target))


@pytest.mark.parametrize("behaviour", ["nonsense", "empty"])
def test_a_model_of_no_use_leaves_the_level_to_the_vectors(propose, behaviour) -> None:
    assert propose(FakeModel(behaviour)) is None


def test_a_choice_that_was_not_offered_is_made_by_the_vectors(propose, groups) -> None:
    subjects = ["Bread baking", "Sea poetry", "Excel formulas", "Mountain travel", "Python errors"]
    parents = propose(Says(subjects, "Gardening"))
    assert len(set(zip(parents.tolist(), groups.subject.tolist(), strict=True))) == 5


def test_more_names_than_wanted_are_spread_out_by_the_vectors(propose, groups) -> None:
    every = [group.name for group in groups.base]
    parents = propose(Says(every), 5, neighbourhood=40)
    assert 1 <= len(set(parents.tolist())) <= 7


def test_as_many_names_as_groups_make_no_level(propose, groups) -> None:
    two = groups.base[:2]
    assert propose(Says([group.name for group in two]), 2, two) is None


def test_names_that_differ_in_case_only_are_one(propose) -> None:
    parents = propose(Says(["Bread", "BREAD", "bread"], "Bread"))
    assert set(parents.tolist()) == {0}


def test_groups_that_are_all_alike_have_one_parent(propose) -> None:
    alike = [Label("Same", "Same.", ())] * 30
    assert set(propose(Says(["Same thing"], "Same thing"), base=alike, neighbourhood=5).tolist()) == {0}


def test_the_order_of_the_answers_offered_changes_with_the_seed(propose, librarian) -> None:
    propose(librarian)
    first = [request.schema for request in librarian.requests if "category" in request.schema["properties"]]
    librarian.requests.clear()
    propose(librarian, seed=1)
    assert first != [request.schema for request in librarian.requests if "category" in request.schema["properties"]]
