"""What a function does, as text: so that an edited facet is computed again."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

MODULE = "clioscope_facets_"  # the names of modules made from files of ``--facets`` begin with this


def code_of(function: Callable[..., Any]) -> str:
    """The function's name and source. For a file of ``--facets`` it is the whole file, since a facet may use words and
    helpers beside it. If there is no source (an interactive session, a lambda built by a library), it is the compiled
    code."""
    home = getattr(function, "__module__", None) or ""
    name = f"{home}.{getattr(function, '__qualname__', type(function).__qualname__)}"
    try:
        if home.startswith(MODULE):
            return name + "\n" + Path(inspect.getsourcefile(function) or "").read_text(encoding="utf-8")
        return name + "\n" + inspect.getsource(function)
    except (OSError, TypeError, UnicodeDecodeError):
        code = getattr(function, "__code__", None)
        return name if code is None else f"{name}\n{_code(code)}"


def _code(code: CodeType) -> list[Any]:
    constants = [_code(value) if isinstance(value, CodeType) else _constant(value) for value in code.co_consts]
    return [code.co_code.hex(), code.co_names, constants]


def _constant(value: Any) -> str:
    # The order of a set of words differs between processes.
    return repr(sorted(map(repr, value))) if isinstance(value, frozenset) else repr(value)
