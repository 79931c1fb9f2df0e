"""The parts of ``docs/`` that follow from the code: the settings, and what each stage reads (``make docs``)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from clioscope.pipeline.stages import STAGES
from clioscope.pipeline.stages.vectors import VECTORS
from clioscope.settings import Settings

_BEGIN, _END = "<!-- made by `make docs` -->\n", "<!-- end of what `make docs` makes -->\n"
_KINDS = {"str": "text", "bool": "`true`, `false`", "int": "whole number", "float": "number"}
_GIVEN = {
    "files": "the input",
    "facets": "the facets' definitions",
    "embedder": "the encoder",
    "before": "the earlier atlas",
}
_BOUNDS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}


def settings_page() -> str:
    """``docs/settings.md``: every setting with its default, what it may be, why, and which stages run again for it."""
    lines = [
        "# Settings\n",
        "Every setting has a default. Change one with `--set naming.support=5`, or many in a TOML file with",
        "`--settings FILE`:\n",
        "```toml",
        "[naming]",
        "support = 5",
        "```\n",
        "The last column names the stages that run again when you build the same atlas with another value. A stage",
        "after them runs again only if something that it reads came out otherwise (see [method.md](method.md)).",
        "Answers of a model are kept, so no question is asked twice. This page is made from the code by `make docs`.\n",
    ]
    fields = Settings.model_fields
    lines += _table("", [(name, field) for name, field in fields.items() if not _section(field)])
    for name, field in fields.items():
        if section := _section(field):
            lines += [f"\n## {name}\n", *_table(f"{name}.", list(section.model_fields.items()))]
    return "\n".join(lines) + "\n"


def stages_table() -> str:
    """What each stage declares, in the order in which they run."""
    rows = ["| stage | makes | reads | settings | prompts | asks |", "|---|---|---|---|---|---|"]
    for stage in STAGES:
        tables = [name for name in stage.reads if not set(VECTORS) <= set(stage.reads) or name not in VECTORS]
        reads = [_GIVEN[name] for name in stage.given if name in _GIVEN]
        reads += ["the vectors"] if len(tables) < len(stage.reads) else []
        reads += _code(_merged(tables))
        settings = _code(_merged(stage.settings))
        rows.append(
            f"| {stage.name} | {stage.about.rstrip('.')} | {', '.join(reads)} | {', '.join(settings)} | "
            f"{', '.join(_code(stage.prompts))} | {stage.role or ''} |"
        )
    return "\n".join(rows) + "\n"


def write(docs: Path) -> None:
    """Bring the documents in the folder up to date."""
    (docs / "settings.md").write_text(settings_page(), encoding="utf-8")
    method = docs / "method.md"
    method.write_text(with_table(method.read_text(encoding="utf-8")), encoding="utf-8")


def with_table(page: str) -> str:
    """A page with the table of stages in the place that is marked for it. Raises ValueError without such a place."""
    before, begin, rest = page.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError("the page has no place for the table of stages")
    return f"{before}{_BEGIN}\n{stages_table()}\n{_END}{after}"


def _table(above: str, fields: Sequence[tuple[str, FieldInfo]]) -> list[str]:
    rows = ["| setting | default | may be | why | runs again |", "|---|---|---|---|---|"]
    for name, field in fields:
        again = [stage.name for stage in STAGES if stage.sees(above + name)] or _of_models(above + name)
        why = (field.description or "").replace("|", "\\|")
        rows.append(f"| `{above}{name}` | {_default(field)} | {_allowed(field)} | {why} | {', '.join(again)} |")
    return rows


def _of_models(setting: str) -> list[str]:
    """Stages whose key holds what decides a model's answer, or the encoder."""
    if setting in ("model.name", "model.temperature", "model.thinking_tokens", "model.retries"):
        return [stage.name for stage in STAGES if stage.role is not None]
    if setting == "naming.model":
        return [stage.name for stage in STAGES if stage.role == "naming"]
    if setting == "embedding.model":
        return [stage.name for stage in STAGES if "embedder" in stage.given]
    if setting in ("facets.use", "facets.define", "facets.modules"):
        return [stage.name for stage in STAGES if "facets" in stage.given]
    return []


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    if value is None:
        return "unset"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple | list):
        return "`[" + ", ".join(f'"{item}"' for item in value) + "]`"
    return f"`{value}`" if not isinstance(value, dict) or value else "`{}`"


def _allowed(field: FieldInfo) -> str:
    return " ".join(filter(None, [_kind(field.annotation), _bounds(field)]))


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


def _section(field: FieldInfo) -> type[BaseModel] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _code(names: Sequence[str]) -> list[str]:
    return [f"`{name}`" for name in names]


def _merged(names: Sequence[str]) -> list[str]:
    """Names of one table or section together: ``naming.show``, ``naming.support`` as ``naming.{show, support}``."""
    groups: dict[str, list[str]] = {}
    for name in names:
        head, _, tail = name.partition(".")
        groups.setdefault(head, []).append(tail)
    return [
        head if tails == [""] else f"{head}.{tails[0]}" if len(tails) == 1 else f"{head}.{{{', '.join(tails)}}}"
        for head, tails in groups.items()
    ]


if __name__ == "__main__":
    write(Path(sys.argv[1]))
