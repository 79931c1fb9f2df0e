"""Rows of a batch, each with a form and a chance of its own, without a model."""

import json

import pytest
from extras import needs
from tiny import SPECIAL, save_tiny

from clioscope.models.constrained import Chance, Choose, Ended, Forms, Row
from clioscope.models.problems import Unanswered

pytestmark = [pytest.mark.slow, needs("torch", "transformers"), needs("llguidance", "transformers")]

SCHEMA = {
    "type": "object",
    "properties": {"field": {"enum": ["law", "art"]}, "score": {"type": "integer", "minimum": 1, "maximum": 3}},
    "required": ["field", "score"],
    "additionalProperties": False,
}
WIDTH = 270  # scores of a model that pads its vocabulary


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(save_tiny(tmp_path_factory.mktemp("tiny"), special=SPECIAL))


@pytest.fixture(scope="module")
def forms(tokenizer):
    return Forms(tokenizer, WIDTH, [tokenizer.eos_token_id])


def rows_of(tokenizer, *matchers, **options):
    ends = frozenset([tokenizer.eos_token_id])
    return [Row(limit=60, ends=ends, decode=tokenizer.decode, matcher=one, **options) for one in matchers]


def grown(rows, steps=80):
    """Let random scores drive the rows, as ``generate`` would."""
    import torch

    choose, ended = Choose(rows), Ended(rows)
    generator = torch.Generator().manual_seed(0)
    tokens = torch.zeros(len(rows), 1, dtype=torch.long)
    for _ in range(steps):
        scores = choose(tokens, torch.randn(len(rows), WIDTH, generator=generator))
        tokens = torch.cat([tokens, scores.argmax(dim=-1, keepdim=True)], dim=1)
        if bool(ended(tokens, None).all()):
            break
    return rows


def test_whatever_a_model_prefers_the_form_is_met(tokenizer, forms):
    rows = grown(rows_of(tokenizer, forms.matcher(SCHEMA), forms.matcher(SCHEMA), None))
    for row in rows[:2]:
        value = json.loads(row.text)
        assert value["field"] in ("law", "art") and value["score"] in (1, 2, 3)
        assert row.text == json.dumps(value, separators=(",", ":"))
        assert row.done and not row.truncated and not row.problem
    assert not rows[2].text.startswith('{"field"')  # the row without a form is free


def test_a_row_at_its_limit_is_cut_off(tokenizer, forms):
    (row,) = rows_of(tokenizer, forms.matcher(SCHEMA))
    row.limit = 7
    grown([row])
    assert row.truncated and len(row.tokens) == 7


def test_a_row_that_nobody_waits_for_ends(tokenizer):
    (row,) = grown(rows_of(tokenizer, None, gone=lambda: True))
    assert row.done and row.tokens == []


def test_a_text_that_ends_an_answer_is_not_in_it(tokenizer):
    (row,) = rows_of(tokenizer, None, stop="\n### ")
    for token in tokenizer("An answer.\n### Input\nmore")["input_ids"]:
        row.take(token)
    assert row.done and row.text == "An answer."


def test_an_impossible_schema(forms):
    with pytest.raises(Unanswered, match="no answer can be held to this schema"):
        forms.matcher({"type": "string", "pattern": "("})


def test_chance_keeps_to_top_p_and_top_k_and_follows_the_shares():
    import torch

    scores = torch.log(torch.tensor([0.1, 0.6, 0.3]))

    def drawn(temperature=1.0, top_p=1.0, top_k=None):
        chance = Chance(temperature, top_p, top_k, 0)
        return [int(chance.draw(scores)) for _ in range(600)]

    free = drawn()
    assert [round(free.count(token) / 600, 1) for token in range(3)] == [0.1, 0.6, 0.3]
    assert set(drawn(top_p=0.5)) == {1} == set(drawn(top_k=1)) == set(drawn(temperature=0.01))
    assert set(drawn(top_p=0.7)) == {1, 2} == set(drawn(top_k=2))
    assert drawn() == free
