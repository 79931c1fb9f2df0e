"""What is known without the data."""

import numpy as np
import pytest

from clioscope.codebook.read import read_codebook
from clioscope.embedding.hashing import HashEmbedder
from clioscope.privacy.guarantee.public import category_vectors, leaves, topic_names, topics_of
from clioscope.settings import Category


def test_topics_are_the_parts_of_the_shipped_codebooks():
    names = topic_names()
    assert {"Travel", "Poems", "Databases", "Accounting"} <= set(names)
    assert len(names) == len({name.casefold() for name in names}) > 200
    harms = {one.name for one in read_codebook("trust-and-safety")}
    assert not harms & set(names)
    assert all(3 < len(name) < 120 for name in names)


def test_vectors_are_centred_and_of_length_one():
    encode = HashEmbedder(64).encode
    topics = topics_of(encode)
    assert np.linalg.norm(topics.vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert topics.mean == pytest.approx(encode(topics.names).mean(axis=0), abs=1e-5)
    assert topics.centre(encode(topics.names[:3])) == pytest.approx(topics.vectors[:3], abs=1e-5)


def test_a_category_has_a_vector_near_its_own_words():
    encode = HashEmbedder(256).encode
    topics = topics_of(encode)
    categories = read_codebook("sharegpt")
    vectors = category_vectors(categories, topics, encode)
    told = topics.centre(encode(["Travel, recipes, health and fitness"]))
    assert categories[int((vectors @ told[0]).argmax())].code == "life"


def test_categories_that_hold_others_are_no_groups():
    home = Category(code="home", name="Home")
    kitchen = Category(code="kitchen", name="Kitchen", parent="home")
    work = Category(code="work", name="Work")
    assert leaves([home, kitchen, work]) == [kitchen, work]
