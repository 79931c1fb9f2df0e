"""A stage is a declaration: what it may see, in which order stages come, what makes a key."""

import pytest
from pydantic import BaseModel

from clioscope.pipeline.stage import digest, every_setting, in_order, stage, subset, values
from clioscope.settings import Settings, load_settings


def declared(name, reads=(), writes=(), **more):
    def make(job):
        """Makes something.

        More of it.
        """

    return stage(name, reads=reads, writes=writes, **more)(make)


def test_stages_come_after_those_whose_tables_they_read() -> None:
    last = declared("last", ("b.column", "a"), ("c",))
    first, second = declared("first", (), ("a",)), declared("second", ("a",), ("b",))
    for stages in ([last, second, first], [first, second, last]):
        assert [one.name for one in in_order(stages)] == ["first", "second", "last"]


def test_a_table_that_nobody_writes_and_a_circle_are_errors() -> None:
    with pytest.raises(KeyError, match="nothing"):
        in_order([declared("a", ("nothing",), ("x",))])
    with pytest.raises(ValueError, match="cycle"):
        in_order([declared("a", ("y",), ("x",)), declared("b", ("x",), ("y",))])


def test_columns_are_declared_one_by_one_or_all() -> None:
    assert declared("a", ("t.one", "u", "t.two")).tables == {"t": ("one", "two"), "u": None}
    assert declared("a").about == "Makes something."


def test_a_stage_is_handed_the_settings_that_it_declares_and_no_others() -> None:
    settings = load_settings(seed=3, naming__support=4, clustering__clusters=7)
    handed = subset(settings, ("naming.support", "clustering", "seed"))
    assert isinstance(handed, Settings)
    assert (handed.seed, handed.naming.support, handed.clustering) == (3, 4, settings.clustering)
    for forbidden in (lambda: handed.naming.show, lambda: handed.layout, lambda: handed.model):
        with pytest.raises(AttributeError):
            forbidden()
    assert settings.naming.show == Settings().naming.show, "the settings themselves are untouched"


def test_values_and_names_of_settings() -> None:
    settings = load_settings(naming__support=4)
    assert values(settings, ("naming.support", "seed")) == {"naming.support": 4, "seed": 0}
    names = list(every_setting())
    assert {"seed", "naming.support", "input.format"} <= set(names) and len(names) == len(set(names))
    for name in names:
        section, _, field = name.partition(".")
        held = getattr(settings, section)
        assert isinstance(held, BaseModel) is bool(field) and (not field or hasattr(held, field))


def test_a_stage_sees_its_sections_and_single_settings() -> None:
    seeing = declared("a", settings=("naming.support", "clustering"))
    assert seeing.sees("naming.support") and seeing.sees("clustering.rare")
    assert not seeing.sees("naming.show") and not seeing.sees("seed")


@pytest.mark.parametrize(
    ("one", "other"),
    [((1,), ("1", 1)), (("a", "b"), ("ab",)), (({"x": 1},), ({"x": 2},)), ((None,), ("",)), (([1, 2],), ([2, 1],))],
)
def test_other_parts_have_another_digest(one, other) -> None:
    assert digest(*one) != digest(*other)
    assert digest(*one) == digest(*one)


def test_a_digest_takes_settings_and_any_text() -> None:
    assert digest(load_settings()) == digest(load_settings(seed=0)) != digest(load_settings(seed=1))
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert len(digest("\ud83d half of a pair")) == 24
