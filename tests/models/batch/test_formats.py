"""The rows of batch files, held against schemas of the forms that the services document."""

import json

import jsonschema
import pytest

from clioscope.models.batch.formats import FORMATS, line_of

MESSAGE = {
    "type": "object",
    "properties": {"role": {"enum": ["system", "user", "assistant"]}, "content": {"type": "string"}},
    "required": ["role", "content"],
    "additionalProperties": False,
}
BODY = {
    "type": "object",
    "properties": {
        "model": {"type": "string", "minLength": 1},
        "messages": {"type": "array", "items": MESSAGE, "minItems": 1},
        "max_tokens": {"type": "integer", "minimum": 1},
        "temperature": {"type": "number", "minimum": 0, "maximum": 2},
        "top_p": {"type": "number", "minimum": 0, "maximum": 1},
        "response_format": {
            "type": "object",
            "properties": {
                "type": {"const": "json_schema"},
                "json_schema": {
                    "type": "object",
                    "properties": {
                        "name": {"type": "string", "pattern": "^[a-zA-Z0-9_-]{1,64}$"},
                        "schema": {"type": "object"},
                        "strict": {"type": "boolean"},
                    },
                    "required": ["name", "schema"],
                    "additionalProperties": False,
                },
            },
            "required": ["type", "json_schema"],
        },
    },
    "required": ["model", "messages"],
}


def row_schema(url: str | None) -> dict:
    fields = {"custom_id": {"type": "string", "minLength": 1, "maxLength": 64}, "body": BODY}
    if url is not None:
        fields |= {"method": {"const": "POST"}, "url": {"const": url}}
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


PARAMS = {
    "type": "object",
    "properties": {
        "model": {"type": "string"},
        "max_tokens": {"type": "integer", "minimum": 1},
        "system": {"type": "string"},
        "messages": {
            "type": "array",
            "items": MESSAGE | {"properties": MESSAGE["properties"] | {"role": {"enum": ["user", "assistant"]}}},
        },
        "temperature": {"type": "number", "minimum": 0, "maximum": 1},
        "output_config": {
            "type": "object",
            "properties": {
                "format": {
                    "type": "object",
                    "properties": {"type": {"const": "json_schema"}, "schema": {"type": "object"}},
                    "required": ["type", "schema"],
                }
            },
            "additionalProperties": False,
        },
    },
    "required": ["model", "max_tokens", "messages"],
    "additionalProperties": False,
}
SCHEMAS = {
    "openai": row_schema("/v1/chat/completions"),
    "vllm": row_schema("/v1/chat/completions"),
    "azure": row_schema("/chat/completions"),
    "mistral": row_schema(None),
    "anthropic": {
        "type": "object",
        "properties": {"custom_id": {"type": "string", "pattern": "^[a-zA-Z0-9_-]{1,64}$"}, "params": PARAMS},
        "required": ["custom_id", "params"],
        "additionalProperties": False,
    },
}
FORM = {
    "type": "object",
    "properties": {
        "maxLength": {"type": "string", "minLength": 2, "maxLength": 40},
        "score": {"type": "integer", "minimum": 1, "maximum": 5},
        "names": {"type": "array", "items": {"type": "string", "maxLength": 9}, "minItems": 3, "maxItems": 3},
    },
    "required": ["maxLength", "score", "names"],
}
ASKED = {
    "model": "m",
    "max_tokens": 30,
    "temperature": 0.0,
    "messages": [{"role": "system", "content": "Kurz: ß"}, {"role": "user", "content": "Hello\n?"}],
    "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": FORM, "strict": True}},
}
KEY = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize("name", FORMATS)
def test_a_row_has_the_documented_form(name) -> None:
    line = line_of(FORMATS[name].row(KEY, "/chat/completions", ASKED))
    assert line.count(b"\n") == 1 and line.endswith(b"\n")
    row = json.loads(line)
    jsonschema.validate(row, SCHEMAS[name])
    assert row["custom_id"] == KEY
    assert "Kurz: ß".encode() in line


def test_every_format_has_a_schema_here() -> None:
    assert set(SCHEMAS) == set(FORMATS)


def test_anthropic_gets_no_keyword_that_it_refuses_and_keeps_the_names_of_fields() -> None:
    params = FORMATS["anthropic"].row(KEY, "/chat/completions", ASKED)["params"]
    schema = params["output_config"]["format"]["schema"]
    assert schema == {
        "type": "object",
        "properties": {
            "maxLength": {"type": "string"},
            "score": {"type": "integer"},
            "names": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["maxLength", "score", "names"],
        "additionalProperties": False,
    }
    assert (params["system"], params["messages"]) == ("Kurz: ß", ASKED["messages"][1:])
    assert ASKED["response_format"]["json_schema"]["schema"] is FORM and FORM["properties"]["score"]["minimum"] == 1


def test_the_limits_are_those_of_the_services() -> None:
    assert {name: (one.rows, one.size) for name, one in FORMATS.items()} == {
        "openai": (50_000, 200_000_000),
        "vllm": (None, None),
        "azure": (100_000, 200_000_000),
        "mistral": (1_000_000, 500_000_000),
        "anthropic": (100_000, 256_000_000),
    }


def test_a_service_is_asked_in_its_own_words() -> None:
    assert FORMATS["vllm"].habits().dialect == "vllm"
    one, other = FORMATS["mistral"].habits(), FORMATS["mistral"].habits()
    assert one.renamed == {"seed": "random_seed"}
    one.renamed["top_p"] = "p"
    assert other.renamed == {"seed": "random_seed"}
