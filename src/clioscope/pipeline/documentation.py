"""The parts of ``docs/`` that follow from the code: the settings, and what each stage reads (``make docs``)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from clioscope.pipeline.settings_list import SettingRow, setting_rows
from clioscope.pipeline.stages import STAGES
from clioscope.pipeline.stages.vectors import VECTORS

_BEGIN, _END = "<!-- made by `make docs` -->\n", "<!-- end of what `make docs` makes -->\n"
_GIVEN = {
    "files": "the input",
    "facets": "the facets' definitions",
    "embedder": "the encoder",
    "before": "the earlier atlas",
}


def settings_page() -> str:
    """``docs/settings.md``: every setting with its default, what it may be, why, and which stages run again for it."""
    lines = [
        "# Settings\n",
        "Every setting has a default. Change one with `--set naming.support=5`, or many in a TOML file with",
        "`--settings FILE`. `clioscope settings` prints this list on the terminal, and `clioscope settings WORD` the",
        "settings that have to do with a word:\n",
        "```toml",
        "[naming]",
        "support = 5",
        "```\n",
        "The last column names the stages that run again when you build the same atlas with another value. A stage",
        "after them runs again only if something that it reads came out otherwise (see [method.md](method.md)).",
        "Answers of a model are kept, so no question is asked twice. This page is made from the code by `make docs`.\n",
    ]
    for section, rows in groupby(setting_rows(), key=lambda row: row.section):
        lines += [*([f"\n## {section}\n"] if section else []), *_table(list(rows))]
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


def _table(rows: Sequence[SettingRow]) -> list[str]:
    lines = ["| setting | default | may be | why | runs again |", "|---|---|---|---|---|"]
    for row in rows:
        why = row.why.replace("|", "\\|")
        lines.append(f"| `{row.name}` | {row.default} | {row.allowed} | {why} | {', '.join(row.again)} |")
    return lines


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
