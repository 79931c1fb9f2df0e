"""The tree grows by either builder, whatever the model says."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from clioscope.hierarchy.grow import grow_tree
from clioscope.hierarchy.tree import memberships
from clioscope.models.fake import FakeModel
from clioscope.naming.context import NamingContext
from clioscope.naming.support import Support
from clioscope.settings import Category, HierarchySettings, NamingSettings


@pytest.fixture
def grow(groups, encode):
    def run(ask=None, given=None, **settings):
        support = Support(groups.texts, 3)
        context = NamingContext(groups.texts, support, groups.vectors, NamingSettings(), encode, ask)
        settings = HierarchySettings(**settings)
        return grow_tree(context, groups.base, groups.labels, groups.centroids, settings, **(given or {}))

    return run


def check(levels, named, groups):
    """Every level is smaller than the one below, every number in use, every group named."""
    below = len(groups.base)
    assert [len(one) for one in named] == [below, *(int(level.parent_of.max()) + 1 for level in levels)]
    for level in levels:
        assert len(level.parent_of) == below
        count = int(level.parent_of.max()) + 1
        assert set(level.parent_of.tolist()) == set(range(count))
        assert count < below
        below = count
    assert all(label.name for one in named for label in one)


@pytest.mark.parametrize("builder", ["linkage", "clio"])
@pytest.mark.parametrize("behaviour", [None, "", "nonsense", "empty"])
@pytest.mark.parametrize(("top", "depth"), [(5, 2), (2, 3), (None, None), (1, 2)])
def test_a_tree_is_a_tree_whatever_the_model(grow, groups, asker, builder, behaviour, top, depth) -> None:
    ask = None if behaviour is None else asker(FakeModel(behaviour), retries=0)
    levels, named = grow(ask, builder=builder, top=top, levels=depth)
    check(levels, named, groups)
    assert levels, "thirty groups do not stand alone"
    if depth is not None and (builder == "linkage" or behaviour != ""):
        assert len(levels) == depth - 1


def test_a_linkage_finds_the_subjects(grow, groups) -> None:
    levels, named = grow(top=5, levels=2)
    assert adjusted_rand_score(groups.subject, levels[0].parent_of) == 1
    assert all(len(label.phrases) for label in named[1])


def test_the_papers_loop_finds_them_with_a_good_model_and_names_them(grow, groups, asker, librarian) -> None:
    levels, named = grow(asker(librarian), builder="clio", top=5, levels=2)
    assert adjusted_rand_score(groups.subject, levels[0].parent_of) == 1
    for parent, label in enumerate(named[1]):
        subject = groups.subject[levels[0].parent_of == parent][0]
        assert groups.base[subject].name.split()[0].lower() in " ".join(label.phrases)


def test_the_papers_loop_works_within_given_categories(grow, groups, asker, librarian) -> None:
    book = (Category(code="a", name="All but one", description=""),)
    given = {"categories": book, "place": np.where(groups.subject < 4, 0, -1)}
    levels, named = grow(asker(librarian), given, builder="clio", top=1, levels=2)
    assert adjusted_rand_score(groups.subject, levels[0].parent_of) == 1
    assert [label.code for label in named[2]] in (["a", None], [None, "a"])
    above = levels[1].parent_of[levels[0].parent_of]
    assert len(set(above[groups.subject < 4].tolist())) == 1 and len(set(above.tolist())) == 2
    assert any("names" in request.schema["properties"] for request in librarian.requests)


def test_without_a_model_the_papers_loop_is_the_linkage(grow) -> None:
    one, other = grow(builder="clio", top=4), grow(builder="linkage", top=4)
    assert one[1] == other[1]
    assert all((a.parent_of == b.parent_of).all() for a, b in zip(one[0], other[0], strict=True))


def test_where_the_model_makes_no_level_the_vectors_do(grow, groups, asker) -> None:
    levels, named = grow(asker(FakeModel("nonsense"), retries=0), builder="clio", top=5, levels=2)
    assert adjusted_rand_score(groups.subject, levels[0].parent_of) == 1
    check(levels, named, groups)


def test_few_groups_stand_alone(grow) -> None:
    levels, named = grow(levels=1)
    assert levels == [] and len(named) == 1


def test_conversations_stay_together_on_the_way_up(grow, groups) -> None:
    levels, _ = grow(top=3, levels=3)
    base, middle, top = memberships(groups.labels, levels)
    for below, above in ((base, middle), (middle, top)):
        assert all(len(np.unique(above[below == group])) == 1 for group in np.unique(below))
