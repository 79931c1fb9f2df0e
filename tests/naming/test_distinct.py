"""No two names of an atlas are near-duplicates."""

import json
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clioscope.embedding.hashing import HashEmbedder
from clioscope.models.asker import Asker
from clioscope.models.chat import ChatAnswer
from clioscope.models.fake import FakeModel
from clioscope.models.store import Store
from clioscope.naming.candidates import Label
from clioscope.naming.context import NamingContext
from clioscope.naming.distinct import distinct_tree, make_distinct, near_duplicates
from clioscope.naming.support import Support
from clioscope.settings import NamingSettings

SETTINGS = NamingSettings()


def encode(texts):
    return HashEmbedder().encode(list(texts))


def labels_of(names):
    return [Label(name, "", (f"alpha{index}", f"beta{index}", f"gamma{index}")) for index, name in enumerate(names)]


def made_distinct(labels, ranks, ask):
    """Each label is that of a group with one conversation."""
    texts = ["member"] * len(labels)
    context = NamingContext(texts, Support(texts, 1), encode(texts), SETTINGS, encode, ask)
    return make_distinct(context, labels, [np.array([row]) for row in range(len(labels))], ranks)


def distinct(names, ask):
    return [label.name for label in made_distinct(labels_of(names), range(len(names), 0, -1), ask)]


def test_near_duplicates_are_found_by_words_and_by_vector():
    names = ["Write code", "code write", "Bake bread"]
    assert near_duplicates(names, encode(names), 0.99) == [[0, 1]]
    assert near_duplicates(["a"], encode(["a"]), 0.9) == []


def test_the_largest_keeps_its_name_and_phrases_tell_the_rest_apart():
    assert distinct(["Write code", "Write code", "Bake bread"], ask=None) == [
        "Write code",
        "Write code: alpha1",
        "Bake bread",
    ]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["Write code", "code write", "Bake", "Bake bread", "Write codes"]), max_size=9))
def test_never_two_alike_whatever_the_names(names):
    found = distinct(names, ask=None)
    assert near_duplicates(found, encode(found), SETTINGS.duplicate) == []


def test_the_model_renames_first(tmp_path):
    with Store(tmp_path / "s.sqlite") as store:
        model = FakeModel()
        found = distinct(["Write code", "Write code"], ask=Asker(model, store))
    assert model.calls >= 1
    assert near_duplicates(found, encode(found), SETTINGS.duplicate) == []


def test_hundreds_of_the_same_name_end():
    names = ["Same"] * 60
    labels = [Label("Same", "", ()) for _ in names]
    found = [label.name for label in made_distinct(labels, [1] * 60, ask=None)]
    assert len(set(found)) == 60
    assert found[0] == "Same" and found[1] == "Same: the second largest part"
    assert found[59] == "Same: the sixtieth largest part"
    assert not any(character.isdigit() for name in found for character in name), "no number, ever"


def test_a_number_tells_no_two_names_apart():
    names = ["Write code", "Write code (2)", "Write code 3", "Write code II"]
    assert near_duplicates(names, encode(names), 0.99) == [[0, 1, 2, 3]]
    assert distinct(names, ask=None) == ["Write code", "Write code: alpha1", "Write code: alpha2", "Write code: alpha3"]


TWINS = ["sort a long list"] * 4 + ["sort a short queue"] * 3


def told_apart(texts, sizes, traits=None, language="English"):
    """The names of groups that were all called "Sort data"."""
    rows = np.split(np.arange(len(texts)), np.cumsum(sizes)[:-1])
    context = NamingContext(
        texts, Support(texts, 3), encode(texts), SETTINGS, encode, None, language, traits=traits or {}
    )
    labels = [Label("Sort data", "", ()) for _ in sizes]
    return [label.name for label in make_distinct(context, labels, rows, sizes)]


def test_what_a_group_has_and_its_twin_has_not_tells_them_apart():
    assert told_apart(TWINS, (4, 3)) == ["Sort data", "Sort data: short queue"]


def test_then_a_trait_does_and_the_place_by_size_is_the_last_resort():
    texts = ["sort a long list"] * 7
    fields = {"field": ["statistics"] * 4 + ["botany"] * 3}
    assert told_apart(texts, (4, 3), fields) == ["Sort data", "Sort data: botany"]
    assert told_apart(texts, (4, 3), {"field": ["statistics"] * 7}) == ["Sort data", "Sort data: the smaller part"]
    assert told_apart(texts, (4, 3), language="Russian")[1] == "Sort data: меньшая часть"
    two_people = {"field": ["statistics"] * 4 + ["botany", None, None]}
    assert told_apart(texts, (4, 3), two_people)[1] == "Sort data: the smaller part", "too few have the trait"


def test_in_a_tree_only_an_only_child_shares_its_parents_name():
    texts = ["bake bread", "bake rye bread", "write poems", "write odes"]
    context = NamingContext(texts, Support(texts, 1), encode(texts), SETTINGS, encode, None)
    named = [
        [Label("Bake", "", ("rye",)), Label("Write", "", ("poems",)), Label("Write", "", ("odes",))],
        [Label("Bake", "", ("rye",)), Label("Write", "", ("verse",))],
    ]
    member = [np.array([0, 0, 1, 2]), np.array([0, 0, 1, 1])]
    base, top = [[label.name for label in level] for level in distinct_tree(context, named, member)]
    assert base == ["Bake", "Write: poems", "Write: odes"], "what only the group has"
    assert top == ["Bake", "Write"], "the larger group keeps its name"


def test_a_new_name_that_few_members_support_is_not_used(tmp_path):
    class Says(FakeModel):
        async def complete(self, request):
            return ChatAnswer(json.dumps({"names": ["Write to Zanzibar", "Write odes"]}))

    texts = ["write", "write odes", "letters from Zanzibar"]
    context = NamingContext(texts, Support(texts, 1), encode(texts), SETTINGS, encode, None)
    with Store(tmp_path / "s.sqlite") as store:
        asked = replace(context, ask=Asker(Says(), store))
        found = make_distinct(asked, labels_of(["Write", "Write"]), [np.array([0]), np.array([1])], [2, 1])
    assert [label.name for label in found] == ["Write", "Write odes"]
