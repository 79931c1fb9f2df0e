"""clioscope build: make an atlas from files of conversations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from clioscope.cli import completing
from clioscope.cli.batches import Batch, WithoutFailed, telling_what_waits
from clioscope.cli.document import AsJson, say_json
from clioscope.cli.progress import Reporter
from clioscope.cli.reading import MODEL as _MODEL
from clioscope.cli.reading import PANEL as _INPUT
from clioscope.cli.reading import (
    Ask,
    DateColumn,
    Encoding,
    FacetFiles,
    Format,
    IdColumn,
    TextColumn,
    UserColumn,
    asked_of,
    facet_options,
    input_options,
    settings_of,
)
from clioscope.errors import SettingsError

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)

_GROUPS = "Groups and tree"


@app.command()
def build(
    files: Annotated[list[Path], typer.Argument(help="Files or folders of conversations.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write the atlas to.")] = Path("atlas"),
    settings: Annotated[
        Path | None,
        typer.Option("--settings", "-s", help="TOML file with settings. Options on the command line override it."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="Any other setting, for example --set clustering.neighbours=20 (`clioscope settings` lists them).",
            show_default=False,
            autocompletion=completing.settings,
        ),
    ] = None,
    format: Format = None,
    text_column: TextColumn = None,
    encoding: Encoding = None,
    id_column: IdColumn = None,
    user_column: UserColumn = None,
    date_column: DateColumn = None,
    metadata: Annotated[
        list[str] | None,
        typer.Option(
            "--metadata",
            help="Metadata field to keep as a facet, for example a plan or a product; give it once for each field.",
            rich_help_panel=_INPUT,
            show_default=False,
        ),
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option(min=1, help="Analyse only this many conversations, drawn at random.", rich_help_panel=_INPUT),
    ] = None,
    sampling: Annotated[
        str | None, typer.Option(help="What --sample draws: `conversations` or `completions`.", rich_help_panel=_INPUT)
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of all random steps (default: 0).")] = None,
    keep_transcripts: Annotated[
        bool,
        typer.Option("--keep-transcripts", help="Keep shortened transcripts in the atlas.", rich_help_panel=_INPUT),
    ] = False,
    segments: Annotated[
        bool,
        typer.Option(
            "--segments",
            help="Cut conversations where their topic changes, and group the segments.",
            rich_help_panel=_INPUT,
        ),
    ] = False,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            help="Language model: catalogue name, GGUF file, or 'http://host/v1 NAME'; `none` for no model.",
            rich_help_panel=_MODEL,
            autocompletion=completing.models,
        ),
    ] = None,
    no_llm: Annotated[
        bool, typer.Option("--no-llm", help="Use no language model (as --model none).", rich_help_panel=_MODEL)
    ] = False,
    embedder: Annotated[
        str | None,
        typer.Option(
            help="Sentence encoder: name, folder or address (default: by the language of the conversations).",
            rich_help_panel=_MODEL,
            autocompletion=completing.encoders,
        ),
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="Language of facets and names, for example en or ru.", rich_help_panel=_MODEL)
    ] = None,
    screen: Annotated[
        str | None,
        typer.Option(
            help="Yes/no question, asked about every conversation: only those with a yes are kept.",
            rich_help_panel=_MODEL,
        ),
    ] = None,
    ask: Ask = None,
    facets: FacetFiles = None,
    concurrency: Annotated[
        int | None, typer.Option(min=1, help="How many questions the model gets at once.", rich_help_panel=_MODEL)
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(
            help="Where questions and vectors are worked on: `ray`, or the address of a cluster `ray://HOST:10001`.",
            rich_help_panel=_MODEL,
            show_default=False,
        ),
    ] = None,
    batch: Batch = False,
    without_failed: WithoutFailed = False,
    codebook: Annotated[
        str | None,
        typer.Option(
            help="Given categories: a TOML, JSON or CSV file, or one of `clioscope codebooks`.",
            rich_help_panel=_GROUPS,
            autocompletion=completing.codebooks,
        ),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            help="How to group: leiden, kmeans, hdbscan, dbscan or agglomerative.",
            rich_help_panel=_GROUPS,
            autocompletion=completing.methods,
        ),
    ] = None,
    clusters: Annotated[int | None, typer.Option(min=1, help="Number of base groups.", rich_help_panel=_GROUPS)] = None,
    size: Annotated[
        int | None, typer.Option(min=1, help="Mean number of conversations per base group.", rich_help_panel=_GROUPS)
    ] = None,
    builder: Annotated[
        str | None,
        typer.Option(
            help="How to build the tree: linkage or clio.",
            rich_help_panel=_GROUPS,
            autocompletion=completing.builders,
        ),
    ] = None,
    after: Annotated[
        Path | None,
        typer.Option(
            help="Earlier atlas: groups that are the same keep its ids and names.",
            rich_help_panel=_GROUPS,
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Estimate the questions and their cost, and build nothing.")
    ] = False,
    canaries: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Test build: plant unique strings in copies of this many conversations, and prove that none is in "
            "what would be published.",
            show_default=False,
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an atlas that was built from other input.")
    ] = False,
    yes: Annotated[
        bool,
        typer.Option(
            "--yes", "-y", help="Do not ask for confirmation, before a costly build or one that removes something."
        ),
    ] = False,
    profile: Annotated[
        bool, typer.Option("--profile", help="Print what each stage took: time, rows, memory, bytes.")
    ] = False,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no progress.")] = False,
) -> None:
    """Build an atlas: facets, groups, names, a tree and a map.

    The atlas is built in OUT.building and moved to OUT when it is complete. If a build is interrupted, run the same
    command again: it continues where it stopped, and the model answers no question twice.
    """
    if no_llm and model is not None:
        raise SettingsError("--no-llm and --model contradict each other; give only one of them.")
    options: dict[str, Any] = {
        "seed": seed,
        **input_options(format, text_column, encoding, id_column, user_column, date_column),
        "input__metadata": tuple(metadata) if metadata else None,
        "input__sample": sample,
        "input__sampling": sampling,
        "input__keep_transcripts": keep_transcripts or None,
        "segments__split": segments or None,
        "model__name": "none" if no_llm else model,
        "model__concurrency": concurrency,
        "embedding__model": embedder,
        "facets__language": language,
        "facets__ask": asked_of(ask),
        "facets__screen": screen,
        **facet_options(facets or []),
        "cluster__on": on,
        "codebook__file": codebook,
        "clustering__method": method,
        "clustering__clusters": clusters,
        "clustering__size": size,
        "hierarchy__builder": builder,
    }
    chosen = settings_of(settings, set_, options)
    from clioscope.cli.built import built_facts, say_built
    from clioscope.cli.costs import say_costs
    from clioscope.cli.estimate import Confirm, ConfirmLoss, say_dry_run

    if dry_run:
        from clioscope.pipeline.estimate import estimate

        found = estimate(files, chosen, out)
        say_json(found) if as_json else say_dry_run(found)
        return
    if canaries is not None:
        _prove(files, out, chosen, canaries, overwrite, quiet, as_json)
        return
    from clioscope.explorer.stored import prepare_view
    from clioscope.pipeline.build import build as build_atlas

    with telling_what_waits(out, as_json=as_json), Reporter(quiet) as progress:
        confirm = Confirm(chosen, progress, yes=yes or batch, quiet=quiet)
        asking = ConfirmLoss(out, progress, yes=yes)
        atlas = build_atlas(
            files,
            out,
            chosen,
            overwrite=overwrite,
            after=after,
            progress=progress,
            confirm=confirm,
            on_loss=asking,
            batch=batch,
            without_failed=without_failed,
        )
    prepare_view(atlas)
    facts = built_facts(atlas, profile=profile)
    if as_json:
        say_json(facts)
        return
    if profile:
        say_costs(facts["stages"], err=True)
    if not quiet:
        say_built(facts)


def _prove(
    files: list[Path], out: Path, settings: Any, count: int, overwrite: bool, quiet: bool, as_json: bool
) -> None:
    """A test build with canaries: print what was searched, and end with exit status 1 if one was found."""
    from clioscope.canaries.prove import prove_canaries
    from clioscope.cli.built import say_proof

    with Reporter(quiet) as progress:
        proof = prove_canaries(files, out, settings, count, overwrite=overwrite, progress=progress)
    say_proof(proof, out, as_json=as_json)
    if proof.traces:
        raise typer.Exit(1)
