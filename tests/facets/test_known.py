"""Facets by name: how users and other packages add their own."""

import pytest

from clioscope.errors import SettingsError
from clioscope.facets.known import choose_facets, facet, load_modules


def test_the_decorator_makes_computed_and_asked_facets():
    @facet
    def questions(row):
        return row["text"].count("?")

    @facet(question="How frustrated is the user?", type="score", minimum=1, maximum=5)
    def frustration(answer):
        return answer

    computed, asked = choose_facets(["questions", "frustration"])
    assert (computed.type, asked.type, asked.maximum) == ("computed", "score", 5)
    assert computed.compute({"text": "a? b?"}) == 2


def test_own_facets_come_after_those_chosen_and_unknown_ones_are_named():
    chosen = choose_facets(["request"], [{"name": "mood", "question": "the user's mood"}])
    assert [one.name for one in chosen] == ["request", "mood"]
    with pytest.raises(SettingsError, match=r"no facet 'nothing'.*request"):
        choose_facets(["nothing"])


def test_facets_are_loaded_from_a_file(tmp_path):
    good = tmp_path / "mine.py"
    good.write_text("from clioscope import facet\n@facet\ndef shouting(row):\n    return row['text'].isupper()\n")
    assert load_modules([good]) == ("shouting",)
    assert load_modules([good]) == ("shouting",), "a file is run once as it stands"
    assert choose_facets(["shouting"])[0].compute({"text": "HELP"}) is True
    bad = tmp_path / "bad.py"
    bad.write_text("1 / 0")
    with pytest.raises(SettingsError, match=r"bad\.py: failed while loading facets"):
        load_modules([bad])
    bad.write_text("count = 1")
    with pytest.raises(SettingsError, match="registers no facet"):
        load_modules([bad])
    with pytest.raises(SettingsError, match="not a Python file"):
        load_modules([tmp_path / "absent.py"])
