"""The command line: one small file per command. Errors are one sentence."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

# Command -> (module, one line of help). Modules are imported when their command is called or asked for help,
# so that `clioscope --help` answers at once.
COMMANDS = {
    "build": ("build", "Build an atlas from a file of conversations."),
    "inspect": ("inspect", "Show what a file holds, before anything is built."),
    "facets": ("facets", "Try facets on a few conversations, before anything is paid."),
    "show": ("show", "Print the tree of an atlas."),
    "explore": ("explore", "Open an atlas in the browser: map, tree, facets, time."),
    "edit": ("edit", "Correct the groups of an atlas: names, merges, splits, what is hidden."),
    "export": ("export", "Write an atlas as a page, Markdown, CSV, JSON or Parquet."),
    "assign": ("assign", "Put new conversations into an existing atlas."),
    "changes": ("changes", "Print what is new, gone, growing and shrinking since an earlier atlas."),
    "update": ("update", "Add new conversations to an atlas: its groups keep their names and ids."),
    "surprises": ("surprises", "List the conversations that are unlike the others of their group, with reasons."),
    "publish": ("publish", "Write a copy of an atlas to share: groups and counts, no conversations."),
    "redteam": ("redteam", "Attack a copy of your data: can a secret be drawn out of what is published?"),
    "measure": ("measure", "Measure how good an atlas is, and write a report card."),
    "ladder": ("ladder", "Compare different numbers of groups for an atlas."),
    "explain-change": ("explain_change", "Say which groups explain that a rate or a mean changed."),
    "coverage": ("coverage", "Compare a test set with the traffic: what no test covers, and what no traffic needs."),
    "compare": ("compare", "Compare the figures of several atlases."),
    "experiment": ("experiment", "Run one of the project's experiments."),
    "codebooks": ("codebooks", "List the codebooks of given categories that come with Clioscope."),
    "notes": ("notes", "Make a codebook of an analyst's notes, and say whether more notes are needed."),
    "models": ("models", "List the models of the catalogue, and download them."),
}


class LazyGroup(TyperGroup):
    """A group of commands that imports a command's module when it is needed."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        module, line = COMMANDS[cmd_name]
        if "--help" in sys.argv[1:2] or len(sys.argv) < 2:  # the overview needs names and lines only
            return TyperCommand(cmd_name, short_help=line, help=line)
        command = typer.main.get_command(import_module(f"clioscope.cli.{module}").app)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=LazyGroup,
    name="clioscope",
    help="See what thousands of conversations are about, without reading them.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        from clioscope.version import __version__

        print(__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    pass


def main() -> None:
    """Run the command line. Every expected error is one sentence on standard error, with exit status 1."""
    from clioscope.errors import ClioscopeError

    _print_plugin_warnings()
    try:
        app()
    except ClioscopeError as error:
        print(f"clioscope: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        print("clioscope: stopped; finished work is kept, and the same command continues from there.", file=sys.stderr)
        raise SystemExit(130) from None
    except BrokenPipeError:
        raise SystemExit(0) from None


def _print_plugin_warnings() -> None:
    """Print each warning about a plug-in that was left out once, in one line. Other warnings are not changed."""
    import warnings

    from clioscope.errors import PluginWarning

    show, printed = warnings.showwarning, set[str]()

    def print_once(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
        if not issubclass(category, PluginWarning):
            show(message, category, *place, **more)
        elif str(message) not in printed:
            printed.add(str(message))
            print(f"clioscope: {message}", file=sys.stderr)

    warnings.simplefilter("always", PluginWarning)
    warnings.showwarning = print_once
