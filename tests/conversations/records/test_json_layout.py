"""Which layout of JSON a file has."""

import pytest

from clioscope.conversations.records.json_layout import json_layout


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        ('{"a": 1}\n{"a": 2}', "lines"),
        ('\ufeff{"a": 1}', "lines"),
        ('{"a": \n{"a": 2}\n', "lines"),
        ('{\n  "a": [\n    {"b": 1}\n  ]\n}\n', "values"),
        ('{"a": 1, "b": "long', "values"),
        ('[{"a": 1}]', "array"),
        ('[\n{"a": 1},\n{"a": 2}\n]', "lines"),
        ('{"a": 1},\n{"a": 2},\n', "lines"),
        ('[{"a": 1},\n{"a": 2}]', "lines"),
        ('[\n  {\n    "a": 1\n  }\n]', "array"),
        ('[\n{"role": "user", "content": "x"},\n{"role": "assistant", "content": "y"}\n]', "values"),
        ('a": 1}\n{"a": 2}\n{"a": 3}\n', "lines"),
        ("[]", "array"),
        ('[{"role": "user", "content": "x"}]', "values"),
        ('[{"role": "user", "content": "x"}]\n[{"role": "user", "content": "y"}]\n', "lines"),
        ("id,text\n1,[x]\n", None),
        ("", None),
    ],
)
def test_layouts(text: str, layout: str | None) -> None:
    assert json_layout(text.encode()) == layout
