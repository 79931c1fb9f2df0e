"""Read a JSON answer: strictly first, then forgivingly, and hold it against its schema."""

from __future__ import annotations

import json
import re
from typing import Any

_FENCE = re.compile(r"```(?:json)?\s*\n?(.*?)```", re.DOTALL | re.IGNORECASE)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_STARTS = 50  # places in the text where JSON may begin that are tried


def parse_json(text: str, schema: dict[str, Any] | None = None) -> Any:
    """The JSON value in ``text`` that meets ``schema``.

    Strict first: the whole text is JSON. Else a fenced block, else the first object or array inside the text that meets
    the schema; trailing commas are ignored. Values are changed as little as possible: a string longer than
    ``maxLength`` is cut at a word, ``"3"`` counts as 3 and ``"Yes"`` as ``"yes"`` where the schema says so, unknown
    properties are dropped. Raises ValueError with the reason, naming the field.
    """
    reason = "the answer is empty" if not text.strip() else "the answer holds no JSON"
    for value in _candidates(text):
        try:
            return value if schema is None else conform(value, schema)
        except ValueError as error:
            reason = str(error)
    raise ValueError(reason)


def _candidates(text: str) -> list[Any]:
    text = text.strip().removeprefix("\ufeff")
    try:
        return [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        pass
    values: list[Any] = []
    for body in [*_FENCE.findall(text), text]:
        body = _TRAILING_COMMA.sub(r"\1", body)
        position, tries = 0, 0
        decoder = json.JSONDecoder(strict=False)
        while tries < _STARTS:
            start = min((p for p in (body.find("{", position), body.find("[", position)) if p >= 0), default=-1)
            if start < 0:
                break
            tries += 1
            try:
                value, position = decoder.raw_decode(body, start)
                values.append(value)
            except (ValueError, RecursionError):
                position = start + 1
    return values


def conform(value: Any, schema: dict[str, Any]) -> Any:
    """``value`` as ``schema`` wants it, or ValueError. Knows the keywords that pydantic models make."""
    return _conform(value, schema, schema, "")


def _conform(value: Any, schema: dict[str, Any], root: dict[str, Any], where: str) -> Any:
    while "$ref" in schema:
        schema = _resolve(schema["$ref"], root)
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            return _any_of(value, schema[keyword], root, where)
    for part in schema.get("allOf", ()):
        value = _conform(value, part, root, where)
    name = where or "the answer"
    if "const" in schema:
        schema = {**schema, "enum": [schema["const"]]}
    if "enum" in schema:
        return _choice(value, schema["enum"], name)
    kinds = schema.get("type")
    if kinds is None:
        kinds = "object" if "properties" in schema else None
    if isinstance(kinds, list):
        return _any_of(value, [{**schema, "type": kind} for kind in kinds], root, where)
    if kinds == "object":
        return _object(value, schema, root, where)
    if kinds == "array":
        return _array(value, schema, root, where)
    if kinds == "string":
        return _string(value, schema, name)
    if kinds in ("integer", "number"):
        return _number(value, schema, kinds, name)
    if kinds == "boolean":
        return _boolean(value, name)
    if kinds == "null" and value is not None:
        raise ValueError(f"{name} is not null")
    return value


def _resolve(reference: str, root: dict[str, Any]) -> dict[str, Any]:
    node: Any = root
    for part in reference.removeprefix("#").strip("/").split("/"):
        if part:
            node = node[part.replace("~1", "/").replace("~0", "~")]
    if not isinstance(node, dict):
        raise ValueError(f"the schema's reference {reference} leads nowhere")
    return node


def _any_of(value: Any, options: list[dict[str, Any]], root: dict[str, Any], where: str) -> Any:
    reason = f"{where or 'the answer'} fits no allowed form"
    for option in options:
        try:
            return _conform(value, option, root, where)
        except ValueError as error:
            reason = str(error)
    raise ValueError(reason)


def _object(value: Any, schema: dict[str, Any], root: dict[str, Any], where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{where or 'the answer'} is not an object")
    properties: dict[str, Any] = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            raise ValueError(f"{_at(where, name)} is missing")
    result = {
        name: _conform(value[name], part, root, _at(where, name)) for name, part in properties.items() if name in value
    }
    extra = schema.get("additionalProperties", not properties)
    if isinstance(extra, dict):
        result |= {n: _conform(v, extra, root, _at(where, n)) for n, v in value.items() if n not in properties}
    elif extra:
        result |= {n: v for n, v in value.items() if n not in properties}
    return result


def _array(value: Any, schema: dict[str, Any], root: dict[str, Any], where: str) -> list[Any]:
    name = where or "the answer"
    if not isinstance(value, list):
        raise ValueError(f"{name} is not a list")
    items = schema.get("items", {})
    result = [_conform(item, items, root, f"{name}[{index}]") for index, item in enumerate(value)]
    least, most = schema.get("minItems", 0), schema.get("maxItems")
    if len(result) < least:
        raise ValueError(f"{name} has {len(result)} items, fewer than {least}")
    return result if most is None else result[:most]


def _string(value: Any, schema: dict[str, Any], name: str) -> str:
    text = str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value
    if not isinstance(text, str):
        raise ValueError(f"{name} is not text")
    most: int | None = schema.get("maxLength")
    if most is not None and len(text) > most:
        text = cut(text, most)
    if len(text) < schema.get("minLength", 0):
        raise ValueError(f"{name} is shorter than {schema['minLength']} characters")
    pattern = schema.get("pattern")
    if pattern is not None and re.search(pattern, text) is None:
        raise ValueError(f"{name} does not match {pattern}")
    return text


def cut(text: str, most: int) -> str:
    """``text`` shortened to at most ``most`` characters, at a word where one ends in the last third."""
    head = text[:most]
    space = head.rfind(" ")
    if space > most * 2 // 3 and not text[most].isspace():
        return head[:space].rstrip(" ,;:")
    return head.rstrip()


def _number(value: Any, schema: dict[str, Any], kind: str, name: str) -> Any:
    if isinstance(value, str):
        try:
            value = float(value.strip())
        except ValueError:
            raise ValueError(f"{name} is not a number") from None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
        raise ValueError(f"{name} is not a number")
    if kind == "integer":
        if value in (float("inf"), float("-inf")) or value != int(value):
            raise ValueError(f"{name} is not a whole number")
        value = int(value)
    for keyword, bad in (
        ("minimum", value < schema.get("minimum", value)),
        ("maximum", value > schema.get("maximum", value)),
    ):
        if bad:
            raise ValueError(f"{name} is {value}, beyond its {keyword} {schema[keyword]}")
    if value <= schema.get("exclusiveMinimum", float("-inf")) or value >= schema.get("exclusiveMaximum", float("inf")):
        raise ValueError(f"{name} is {value}, out of its range")
    return value


def _boolean(value: Any, name: str) -> bool:
    if isinstance(value, str) and value.strip().lower() in ("true", "yes", "false", "no"):
        return value.strip().lower() in ("true", "yes")
    if not isinstance(value, bool):
        raise ValueError(f"{name} is neither true nor false")
    return value


def _choice(value: Any, allowed: list[Any], name: str) -> Any:
    for option in allowed:
        if value == option and isinstance(value, bool) == isinstance(option, bool):
            return option
    said = str(value).strip().lower()
    for option in allowed:
        if str(option).lower() == said and not isinstance(option, bool):
            return option
    raise ValueError(f"{name} is {json.dumps(value, ensure_ascii=False)[:60]}, none of the allowed values")


def _at(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
