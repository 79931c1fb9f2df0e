"""The page of all settings, made from their declarations: ``python -m clioscope.settings_page docs/settings.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo

from clioscope.settings import Section, Settings

_PREAMBLE = """# Settings

A build reads its settings from a TOML file (`--settings FILE`) with one table per section. `--set SECTION.NAME=VALUE` on
the command line goes before the file. `make docs` makes this page from the program.
"""
_OF_KIND = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true, false",
    tuple: "list",
    dict: "table",
}
_SIGNS = ((Ge, "ge", "≥"), (Gt, "gt", ">"), (Le, "le", "≤"), (Lt, "lt", "<"))


def settings_page(stages: Mapping[str, Sequence[str]] | None = None) -> str:
    """The page as Markdown: one table per section with default, allowed values, and what each setting is for.

    ``stages`` maps a setting (``section.name``) to the stages that run again when it changes, for a column of its own.
    """
    parts = [_PREAMBLE, "## General\n", _table(_rows({"seed": Settings.model_fields["seed"]}, ""), stages)]
    for section, model in sections():
        parts += [f"## {section}\n", _table(_rows(model.model_fields, f"{section}."), stages)]
    return "\n".join(parts)


def sections() -> Iterator[tuple[str, type[Section]]]:
    """The sections by name, in their order."""
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            yield name, field.annotation


def _rows(fields: Mapping[str, FieldInfo], prefix: str) -> Iterator[tuple[str, str, str, str]]:
    """Dotted name, default, allowed values, and what it is for."""
    for name, field in fields.items():
        yield f"{prefix}{name}", _shown(field.get_default(call_default_factory=True)), _allowed(field), _purpose(field)


def _table(rows: Iterator[tuple[str, str, str, str]], stages: Mapping[str, Sequence[str]] | None) -> str:
    head = ["setting", "default", "allowed", "what it is for"] + ([] if stages is None else ["stages that run again"])
    lines = [head, ["---"] * len(head)]
    for setting, *cells in rows:
        again = [] if stages is None else [", ".join(stages.get(setting, ()))]
        lines.append([f"`{setting}`", *cells, *again])
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def _shown(value: Any) -> str:
    """A default as it stands in TOML."""
    if value is None:
        return "unset"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, str):
        return f'`"{value}"`'
    if isinstance(value, tuple):
        return "`[" + ", ".join(_shown(item).strip("`") for item in value) + "]`"
    return "`{}`" if value == {} else f"`{value}`"


def _allowed(field: FieldInfo) -> str:
    """The values that it may have, in words."""
    annotation: Any = field.annotation
    parts = get_args(annotation)
    if type(None) in parts:
        annotation = next(part for part in parts if part is not type(None))
        parts = get_args(annotation)
    if parts and all(isinstance(part, str) for part in parts):
        return ", ".join(f"`{part}`" for part in parts)
    kind = _OF_KIND[getattr(annotation, "__origin__", annotation)]
    if parts and annotation is not dict and kind == "list":
        kind = "list of tables" if get_args(parts[0]) else "list of text"
    bounds = [
        f"{sign} {getattr(mark, name):g}" for mark in field.metadata for of, name, sign in _SIGNS if type(mark) is of
    ]
    return " ".join([kind, *([", ".join(bounds)] if bounds else [])])


def _purpose(field: FieldInfo) -> str:
    return field.description or ""


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(settings_page(), encoding="utf-8")
