"""Every setting with its default, what it may be, why it is so, and what a build does again when it changes."""

from __future__ import annotations

from types import NoneType
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from clioscope.pipeline.stages import STAGES
from clioscope.settings import Settings

_KINDS = {"str": "text", "bool": "`true`, `false`", "int": "whole number", "float": "number"}
_BOUNDS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}


class SettingRow(NamedTuple):
    """``name`` is dotted, as for ``--set``; ``section`` is its first part, empty for ``seed``.

    ``value`` is the default; ``default`` and ``allowed`` are texts in Markdown for readers. ``again`` names the stages
    that run again."""

    name: str
    section: str
    value: Any
    default: str
    allowed: str
    why: str
    again: tuple[str, ...]


def setting_rows(word: str = "") -> list[SettingRow]:
    """Every setting, or those whose name or reason holds ``word`` in any case."""
    rows: list[SettingRow] = []
    for name, field in Settings.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            rows += [_row(name, own, about) for own, about in inner.model_fields.items()]
        else:
            rows.append(_row("", name, field))
    wanted = word.casefold()
    return [row for row in rows if wanted in row.name.casefold() or wanted in row.why.casefold()]


def _row(section: str, own: str, field: FieldInfo) -> SettingRow:
    name = f"{section}.{own}" if section else own
    decided = _of_models(name)
    again = tuple(stage.name for stage in STAGES if stage.sees(name) or stage.name in decided)
    value = field.get_default(call_default_factory=True)
    allowed = " ".join(filter(None, [_kind(field.annotation), _bounds(field)]))
    return SettingRow(name, section, value, _default(value), allowed, field.description or "", again)


def _of_models(setting: str) -> tuple[str, ...]:
    """Stages whose key holds what decides a model's answer, or the encoder."""
    if setting in ("model.name", "model.temperature", "model.thinking_tokens", "model.retries"):
        return tuple(stage.name for stage in STAGES if stage.role is not None)
    if setting == "naming.model":
        return tuple(stage.name for stage in STAGES if stage.role == "naming")
    if setting == "embedding.model":
        return tuple(stage.name for stage in STAGES if "embedder" in stage.given)
    if setting in ("facets.use", "facets.define", "facets.modules"):
        return tuple(stage.name for stage in STAGES if "facets" in stage.given)
    return ()


def _default(value: Any) -> str:
    if value is None:
        return "unset"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple | list):
        return "`[" + ", ".join(f'"{item}"' for item in value) + "]`"
    return f"`{value}`" if not isinstance(value, dict) or value else "`{}`"


def _bounds(field: FieldInfo) -> str:
    bounds = [
        f"{sign} {getattr(limit, name):,}"
        for limit in field.metadata
        for name, sign in _BOUNDS.items()
        if getattr(limit, name, None) is not None
    ]
    return " and ".join(bounds)


def _kind(annotation: Any) -> str:
    origin, inner = get_origin(annotation), [part for part in get_args(annotation) if part is not NoneType]
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in inner)
    if origin is tuple:
        return "tables" if get_origin(inner[0]) is dict else "list of texts"
    if origin is dict:
        return "table"
    if origin is Annotated:
        return " ".join(filter(None, [_kind(inner[0]), *map(_bounds, inner[1:])]))
    if inner:
        return ", ".join(map(_kind, inner))
    return _KINDS.get(getattr(annotation, "__name__", ""), str(annotation))
