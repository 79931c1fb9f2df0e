"""What a command prints with ``--json``: one document, made of the same objects as its text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Annotated, Any

import typer

from clioscope.cli.terminal import say
from clioscope.files.plain import json_text

_HELP = "Print one JSON document, for programs."
AsJson = Annotated[bool, typer.Option("--json", help=_HELP)]


def with_json(command: Any) -> Any:
    """A command of a group whose own option is ``--json``, with the same option: there it may come after the command,
    too. It sets ``json`` in the object of the context."""
    if command is not None and not any("--json" in option.opts for option in command.params):
        command.params += [option for option in typer.main.get_command(_kept).params if "--json" in option.opts]
    return command


def _keep(context: typer.Context, given: bool) -> bool:
    if given and context.obj is not None:
        context.obj["json"] = True
    return given


_kept = typer.Typer(add_completion=False)


@_kept.command()
def _keeping(
    as_json: Annotated[bool, typer.Option("--json", help=_HELP, callback=_keep, expose_value=False)] = False,
) -> None:
    pass


def say_json(value: Any) -> None:
    """Print a value as one JSON document on standard output.

    Control and unseen characters are escapes in it, so nothing of the value is lost and nothing controls a terminal.
    See ``as_values`` for what it may hold.
    """
    say(json_text(as_values(value), indent=1, allow_nan=False))


def as_values(value: Any) -> Any:
    """``value`` as objects, lists, texts, numbers, booleans and null, no number rounded.

    Named tuples, dataclasses and models of pydantic become objects, and tables of polars lists of objects, one per row.
    Paths become texts, dates texts as in ISO 8601, and a number that JSON lacks (NaN, infinity) null. Raises
    TypeError for anything else.
    """
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if isfinite(value) else None
        case Mapping():
            return {str(key): as_values(one) for key, one in value.items()}
        case Path():
            return str(value)
        case date():
            return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: as_values(getattr(value, one.name)) for one in fields(value)}
    for method, made in _FORMS.items():
        if hasattr(value, method):
            return as_values(made(value))
    if isinstance(value, list | tuple | set | frozenset):
        return [as_values(one) for one in (sorted(value) if isinstance(value, set | frozenset) else value)]
    raise TypeError(f"a {type(value).__name__} has no form in JSON")


def counted(counts: Counter[str], name: str) -> list[dict[str, Any]]:
    """Counts as objects with ``name`` and count, the most frequent first."""
    return [{name: key, "count": count} for key, count in counts.most_common()]


_FORMS: dict[str, Callable[[Any], Any]] = {
    "_asdict": lambda value: value._asdict(),  # a named tuple
    "model_dump": lambda value: value.model_dump(mode="json"),  # of pydantic
    "write_json": lambda value: json.loads(value.write_json()),  # a table of polars, whose float32 stay short
    "tolist": lambda value: value.tolist(),  # of NumPy
}
