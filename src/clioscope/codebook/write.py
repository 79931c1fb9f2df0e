"""A codebook as a TOML file that ``--codebook`` takes."""

from __future__ import annotations

import json
from collections.abc import Sequence

from clioscope.files.plain import escaped_toml
from clioscope.settings import Category


def as_toml(categories: Sequence[Category], title: str = "") -> str:
    """The file as text: one table per category, with a ``parent`` where it has one."""
    lines = [f"title = {_quoted(title)}", ""] if title else []
    for one in categories:
        lines += ["[[categories]]", f"code = {_quoted(one.code)}", f"name = {_quoted(one.name)}"]
        if one.description:
            lines.append(f"description = {_quoted(one.description)}")
        if one.examples:
            lines += ["examples = [", *(f"  {_quoted(text)}," for text in one.examples), "]"]
        if one.parent is not None:
            lines.append(f"parent = {_quoted(one.parent)}")
        if one.rest:
            lines.append("rest = true")
        lines.append("")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """A basic string: JSON's escapes are TOML's. Control and unseen characters that JSON leaves are escaped too."""
    return escaped_toml(json.dumps(text, ensure_ascii=False))
