"""The labelled texts that auditors are measured on, and that rules keep what they have on them."""

import importlib.util
import json
from collections import Counter
from pathlib import Path

import pytest

from clioscope.recognisers import recogniser_for
from clioscope.recognisers.open import ready_recognisers

ROOT = Path(__file__).parents[2]
ROWS = [
    json.loads(line)
    for line in (ROOT / "tests" / "data" / "privacy" / "labelled.jsonl").read_text(encoding="utf-8").splitlines()
]


def shares(names, kinds=None):
    """(missed of the private, flagged of the harmless) of the test half."""
    rows = [row for row in ROWS if row["part"] == "test" and (kinds is None or row["kind"] in kinds)]
    flagged = [bool(parts) for parts in recogniser_for(names).find([row["text"] for row in rows])]
    wrong = Counter(row["private"] for row, flag in zip(rows, flagged, strict=True) if flag is not row["private"])
    return wrong[True] / len(rows) * 2, wrong[False] / len(rows) * 2


def test_they_are_made_by_the_script_as_they_stand():
    spec = importlib.util.spec_from_file_location("auditor_texts", ROOT / "benchmarks" / "auditor_texts.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert list(module.made_texts()) == ROWS


def test_pairs_differ_by_the_detail_alone():
    assert len(ROWS) >= 1000
    for private, harmless in zip(ROWS[::2], ROWS[1::2], strict=True):
        assert (private["private"], harmless["private"]) == (True, False)
        assert private["text"] != harmless["text"]
        same = ("pair", "kind", "style", "language", "part", "template")
        assert [private[name] for name in same] == [harmless[name] for name in same]


def test_templates_and_details_of_the_halves_are_different():
    for name in ("template", "detail"):
        halves = [{(row["language"], row[name]) for row in ROWS if row["part"] == part} for part in ("dev", "test")]
        assert not halves[0] & halves[1], name
    for language in ("en", "ru"):
        assert len({row["template"] for row in ROWS if row["language"] == language}) >= 40


def test_rules_find_addresses_and_identifiers():
    missed, flagged = shares(["patterns"], {"address", "contact"})
    assert missed <= 0.1
    assert flagged <= 0.03


@pytest.mark.slow
@pytest.mark.skipif(len(ready_recognisers()) < 3, reason="needs the extra people")
def test_with_recognisers_of_names_few_private_texts_are_missed():
    missed, _ = shares(["patterns", "slovnet", "spacy"])
    assert missed <= 0.1
