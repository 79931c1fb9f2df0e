"""What the server says of edits, and what the page says in Russian, have the same keys and fields."""

import re
from pathlib import Path

from clioscope.edits.sentences import SENTENCES, NotApplicable, Refused, Said

WORDS = Path(__file__).parents[2] / "explorer" / "src" / "words" / "refusals.ts"


def fields(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_every_sentence_is_there_in_russian_with_its_fields() -> None:
    russian = dict(re.findall(r'^  (\w+):\s+"(.*)",$', WORDS.read_text(encoding="utf-8"), re.MULTILINE))
    own = {key for key in russian if key.startswith("page_")}  # what the page itself finds out
    assert set(russian) - own == set(SENTENCES)
    left_out = {"cannot": {"op"}, "no_group": {"atlas"}}
    for key, text in SENTENCES.items():
        assert fields(russian[key]) == fields(text) - left_out.get(key, set()), key
        assert re.search("[а-я]", russian[key]) and not russian[key].endswith(".")


def test_a_sentence_holds_others() -> None:
    error = NotApplicable("gone", group="g1", why=Said("was_split", {"n": 2}))
    assert str(error) == "its group g1 is gone: it was split into 2"
    refused = Refused("cannot", Path("atlas"), op="rename", why=error.said)
    assert str(refused) == "atlas: rename cannot be done: its group g1 is gone: it was split into 2."
    inner = {"key": "was_split", "fields": {"n": 2}}
    assert error.said.record() == {"key": "gone", "fields": {"group": "g1", "why": inner}}


def test_a_field_may_hold_braces() -> None:
    assert str(NotApplicable("no_facet", facet="{x}", facets="a, b")) == "there is no facet '{x}'; there are a, b"
