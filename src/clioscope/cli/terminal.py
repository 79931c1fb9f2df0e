"""The one place through which commands print. What a model or a user wrote is data: it never controls a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from clioscope.files.plain import plain

if TYPE_CHECKING:
    from rich.console import Console

WIDE = 160  # columns of a table that goes to a file or a pipe


def say(text: object = "", *, end: str = "\n", err: bool = False, flush: bool = False) -> None:
    """Print a text to standard output, or with ``err`` to standard error. Control characters are left out."""
    stream = sys.stderr if err else sys.stdout
    print(_fitting(plain(str(text)), stream.encoding), end=end, file=stream, flush=err or flush)


def console(*, err: bool = False, wide: int | None = WIDE, **options: Any) -> Console:
    """A console of rich that leaves control characters out of all that it shows.

    Where the output is no terminal its lines are ``wide`` columns, so that nothing is cut; None leaves rich's choice.
    ``options`` are those of ``rich.console.Console``. Texts are shown as they are: neither ``[bold]`` nor ``:bomb:``
    means anything in them. Give styles as ``style=`` or in a ``rich.text.Text``.
    """
    from rich.console import Console
    from rich.segment import Segment

    class PlainConsole(Console):
        def render(self, renderable: Any, options: Any = None) -> Any:
            for segment in super().render(renderable, options):
                yield segment if segment.control else Segment(plain(segment.text), segment.style)

    options = {"markup": False, "emoji": False, "highlight": False, "stderr": err} | options
    made = PlainConsole(**options)
    if wide is not None and not made.is_terminal:
        made = PlainConsole(**options, width=wide)
    return made


def _fitting(text: str, encoding: str | None) -> str:
    """The text as the stream can show it."""
    return text.encode(encoding or "utf-8", "backslashreplace").decode(encoding or "utf-8")
