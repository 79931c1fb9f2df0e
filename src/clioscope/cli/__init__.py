"""The command line: one small file per command. Errors are one sentence."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import typer
from click import ClickException
from typer.core import TyperCommand, TyperGroup

from clioscope.files.plain import plain
from clioscope.registry import suggestion

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
    "forget": ("forget", "Remove every trace of a user, a conversation or all raw text from an atlas."),
    "redteam": ("redteam", "Attack a copy of your data: can a secret be drawn out of what is published?"),
    "measure": ("measure", "Measure how good an atlas is, and write a report card."),
    "ladder": ("ladder", "Compare different numbers of groups for an atlas."),
    "explain-change": ("explain_change", "Say which groups explain that a rate or a mean changed."),
    "coverage": ("coverage", "Compare a test set with the traffic: what no test covers, and what no traffic needs."),
    "compare": ("compare", "Compare what two atlases or periods hold: what is new, gone, grew and shrank."),
    "mcp": ("mcp", "Serve an atlas to an agent (Model Context Protocol)."),
    "experiment": ("experiment", "Run one of the project's experiments."),
    "codebooks": ("codebooks", "List the codebooks of given categories that come with Clioscope."),
    "notes": ("notes", "Make a codebook of an analyst's notes, and say whether more notes are needed."),
    "questions": ("questions", "Write the questions of a build into batch files, and read the answers back."),
    "models": ("models", "List the models of the catalogue, and download them."),
    "settings": ("settings", "List every setting, with its default, its reason and what it changes."),
}


_COMPLETING = "_CLIOSCOPE_COMPLETE"  # set by a shell that wants to know how a command may go on


class LazyGroup(TyperGroup):
    """A group of commands that imports a command's module when it is needed."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        module, line = COMMANDS[cmd_name]
        overview = "--help" in sys.argv[1:2] or len(sys.argv) < 2
        if overview and _COMPLETING not in os.environ:  # it needs names and lines only
            return TyperCommand(cmd_name, short_help=line, help=line)
        command = typer.main.get_command(import_module(f"clioscope.cli.{module}").app)
        command.name = cmd_name
        return command

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that was typed; for one that does not exist, the error says which was meant."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS and not ctx.resilient_parsing:
            hint = suggestion(args[0], COMMANDS)
            ctx.fail(f"There is no command {plain(args[0])!r}{hint}.")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Call the command. What was typed comes back in errors of usage, and a file's name may hold anything."""
        try:
            return super().invoke(ctx)
        except ClickException as error:
            vars(error)["message"] = plain(error.message)
            raise


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
        from clioscope.cli.terminal import say
        from clioscope.version import __version__

        say(__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    pass


def main() -> None:
    """Run the command line. Every expected error is one sentence on standard error, with exit status 1."""
    from clioscope.cli.terminal import say
    from clioscope.errors import ClioscopeError
    from clioscope.files.plain import line

    _print_warnings()
    sys.excepthook = _print_traceback
    try:
        app()
    except ClioscopeError as error:
        say(f"clioscope: {line(str(error))}", err=True)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        say("clioscope: stopped; finished work is kept, and the same command continues from there.", err=True)
        raise SystemExit(130) from None
    except BrokenPipeError:
        raise SystemExit(0) from None


def _print_warnings() -> None:
    """Print each warning about a plug-in that was left out once, in one line, and other warnings as Python does."""
    import warnings

    from clioscope.cli.terminal import say
    from clioscope.errors import PluginWarning

    printed = set[str]()

    def print_once(
        message: Warning | str, category: type[Warning], filename: str, lineno: int, file: Any = None, line: Any = None
    ) -> None:
        if not issubclass(category, PluginWarning):
            say(warnings.formatwarning(message, category, filename, lineno, line), end="", err=True)
        elif str(message) not in printed:
            printed.add(str(message))
            say(f"clioscope: {message}", err=True)

    warnings.simplefilter("always", PluginWarning)
    warnings.showwarning = print_once


def _print_traceback(kind: type[BaseException], error: BaseException, trace: Any) -> None:
    """Print an error that nobody expected as Python does."""
    import traceback

    from clioscope.cli.terminal import say

    say("".join(traceback.format_exception(kind, error, trace)), end="", err=True)
