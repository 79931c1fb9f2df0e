"""clioscope notes: a codebook made of an analyst's notes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clioscope.cli import completing
from clioscope.cli.document import AsJson, say_json

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)


@app.command()
def notes(
    file: Annotated[Path, typer.Argument(help="CSV or JSON Lines with `note` and `conversation`, `text` or both.")],
    to: Annotated[Path | None, typer.Option("--to", "-o", help="Write the codebook to this .toml file.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Write the curve of new kinds to this .svg file.")] = None,
    kinds: Annotated[int | None, typer.Option(min=2, help="How many codes (default: chosen from the notes).")] = None,
    embedder: Annotated[
        str | None,
        typer.Option(help="Sentence encoder: name, folder or address.", autocompletion=completing.encoders),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the random orders and folds.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Group an analyst's notes on conversations into the codes of a codebook, for `clioscope build --codebook`.

    It also prints how many kinds of notes appear with the number of notes read, the chance that the next note is of a
    new kind, and how well codes made of some notes are found again in the others.
    """
    from clioscope.cli.terminal import say
    from clioscope.codebook.notes import codebook_of_notes
    from clioscope.codebook.notes_file import read_notes
    from clioscope.codebook.saturation import plot as drawn
    from clioscope.codebook.write import as_toml
    from clioscope.embedding.encode import encode_texts
    from clioscope.embedding.open import open_embedder
    from clioscope.errors import ClioscopeError
    from clioscope.files.replacing import saving
    from clioscope.pipeline.encoder import with_encoder
    from clioscope.settings import load_settings

    for given, suffix in ((to, ".toml"), (plot, ".svg")):
        if given is not None and given.suffix != suffix:
            raise ClioscopeError(f"{given}: give a file that ends in {suffix}.")
    read = read_notes(file)
    settings = with_encoder(load_settings(embedding__model=embedder), [note.note for note in read]).settings
    encoder = open_embedder(settings.embedding)
    made = codebook_of_notes(read, lambda texts: encode_texts(list(texts), encoder, None), kinds, seed)
    text = as_toml(made.categories, f"Codes of the notes in {file.name}")
    if to is not None:
        with saving(to) as part:
            part.write_text(text, encoding="utf-8")
    if plot is not None:
        with saving(plot) as part:
            part.write_text(drawn(made.curve), encoding="utf-8")
    if as_json:
        found = {
            "codes": made.categories,
            "notes": [
                {"conversation": note.conversation, "code": made.categories[label].code}
                for note, label in zip(read, made.labels.tolist(), strict=True)
            ],
            "curve": made.curve,
            "next_new": made.next,
            "agreement": made.agreement,
        }
        say_json(found)
        return
    if to is None:
        say(text, end="")
    chance, low, high = (f"{100 * value:.0f}" for value in made.next)
    say(f"{len(read):,} notes, {len(made.categories)} codes.", err=True)
    for step in made.curve:
        say(f"  {step.read:>6,} notes read: {step.kinds:.1f} kinds ({step.low:.0f}–{step.high:.0f})", err=True)
    say(f"The next note is of a new kind with a chance of {chance} % ({low}–{high} %).", err=True)
    if made.agreement is not None:
        say(
            f"Codes made without a note are found again for {100 * made.agreement.right:.0f} % of "
            f"{made.agreement.notes} notes, by the {made.agreement.by} (kappa {made.agreement.kappa:.2f}).",
            err=True,
        )
