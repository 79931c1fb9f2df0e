"""Tokens counted by a tokenizer that the test makes."""

import pytest

from clioscope.errors import ModelError
from clioscope.experiments.token_counter import token_counter


def test_a_tokenizer_counts_without_marks_and_limits(tmp_path):
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    tokenizer = Tokenizer(models.WordLevel({"a": 0, "b": 1, "[CLS]": 2, "[UNK]": 3}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A", special_tokens=[("[CLS]", 2)])
    tokenizer.enable_truncation(2)
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    assert token_counter(str(tmp_path), None).count("a b a b c") == 5
    with pytest.raises(ModelError, match="no tokenizer of this name"):
        token_counter("hash", None)
