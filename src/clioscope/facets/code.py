"""What a function does, as text: so that an edited facet is computed again."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

MODULE = "clioscope_facets_"  # names of the modules that are made of the files of ``--facets`` begin so


def code_of(function: Callable[..., Any]) -> str:
    """The function's name and source; of a file of ``--facets`` the whole file, since a facet may rest on words and
    helpers beside it. Where there is no source (a prompt, a lambda built by a library) the code that Python made."""
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
    constants = [_code(one) if isinstance(one, CodeType) else _constant(one) for one in code.co_consts]
    return [code.co_code.hex(), code.co_names, constants]


def _constant(value: Any) -> str:
    # The order of a set of words is another one in every process.
    return repr(sorted(map(repr, value))) if isinstance(value, frozenset) else repr(value)
