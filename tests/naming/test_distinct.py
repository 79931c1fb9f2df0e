"""No two names of an atlas are near-duplicates."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clioscope.embedding.hashing import HashEmbedder
from clioscope.models.asker import Asker
from clioscope.models.fake import FakeModel
from clioscope.models.store import Store
from clioscope.naming.candidates import Label
from clioscope.naming.distinct import make_distinct, near_duplicates
from clioscope.settings import NamingSettings

SETTINGS = NamingSettings()


def encode(texts):
    return HashEmbedder().encode(list(texts))


def labels_of(names):
    return [Label(name, "", (f"alpha{index}", f"beta{index}", f"gamma{index}")) for index, name in enumerate(names)]


def distinct(names, **given_):
    labels = labels_of(names)
    return [
        label.name
        for label in make_distinct(
            labels, [["member"]] * len(names), list(range(len(names), 0, -1)), SETTINGS, encode=encode, **given_
        )
    ]


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
    found = make_distinct(labels, [[]] * 60, [1] * 60, SETTINGS, encode=encode, ask=None)
    assert len({label.name for label in found}) == 60
    assert np.all([label.name.startswith("Same") for label in found])
