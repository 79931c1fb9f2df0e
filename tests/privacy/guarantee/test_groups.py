"""The tree of a release."""

import numpy as np
from made_people import DIMENSION, NAMES, topics

from clioscope.privacy.guarantee.groups import ACTION, tree_of
from clioscope.privacy.guarantee.made import Given, Made
from clioscope.settings import Category


def made(groups=20, words=True):
    centres = np.eye(len(NAMES), DIMENSION, dtype=np.float32)[np.arange(groups) % 6]
    centres = centres + np.random.default_rng(0).normal(scale=0.05, size=centres.shape).astype(np.float32)
    told = {group: {f"word{group}": 40, f"kind{group % 6}": 30} if words else {} for group in range(groups)}
    best = {group: [f"word{group}", f"kind{group % 6}"] if words else [] for group in range(groups)}
    values = {(group, "language", "en"): 50 for group in range(groups)}
    return Made(centres, {group: 60 + group for group in range(groups)}, best, told, values, 2000, None)


def test_counts_of_parents_are_the_sums_of_their_groups():
    tree, counts = tree_of(made(), topics(), None)
    base = tree.filter(tree["level"] == 0)
    assert base.height == 20 and tree.height > 20
    assert base["count"].to_list() == [60 + group for group in range(20)]
    children: dict[str, int] = {}
    for row in tree.iter_rows(named=True):
        if row["parent"] is not None:
            children[row["parent"]] = children.get(row["parent"], 0) + row["count"]
    sizes = dict(tree.select("group", "count").iter_rows())
    assert children and all(sizes[group] == count for group, count in children.items())
    assert dict(counts.filter(counts["group"] == "g0").select("value", "count").iter_rows()) == {"en": 50}
    assert tree["action"].unique().to_list() == [ACTION]
    assert tree["name"].n_unique() == tree.height


def test_groups_without_words_are_named_after_the_nearest_public_topic():
    tree, _ = tree_of(made(6, words=False), topics(), None)
    assert tree["name"].to_list() == [f"Near: {name}" for name in NAMES]
    assert tree["description"][0] == "Nearest public topic: Cooking."


def test_larger_groups_without_words_are_named_after_their_largest_groups():
    tree, _ = tree_of(made(20, words=False), topics(), None)
    above = tree.filter(tree["level"] > 0)
    assert above["name"].str.starts_with("Near: ").all()
    assert above["description"].str.starts_with("Nearest public topic").all()


def test_equal_names_are_told_apart():
    tree, _ = tree_of(made(12, words=False), topics(), None)
    assert {"Near: Cooking", "Near: Cooking (2)"} <= set(tree["name"])


def test_categories_keep_their_own_names():
    categories = [Category(code=name.lower(), name=name, description=f"About {name}.") for name in NAMES]
    tree, _ = tree_of(made(6), topics(), Given(categories, topics().vectors))
    assert tree["name"].to_list() == NAMES
    assert tree["code"].to_list() == [name.lower() for name in NAMES]
    assert tree["description"][1] == "About Travel."
    assert tree["phrases"][0].to_list() == ["word0", "kind0"]
