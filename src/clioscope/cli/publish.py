"""clioscope publish: write a copy that holds only groups and counts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(pretty_exceptions_enable=False)


@app.command()
def publish(
    atlas: Annotated[Path, typer.Argument(help="Folder of the atlas.", show_default=False)],
    out: Annotated[Path, typer.Argument(help="New folder for the published copy.", show_default=False)],
    min_conversations: Annotated[
        int | None, typer.Option(min=1, help="Fewest conversations per group (default: as in the build, 15).")
    ] = None,
    min_users: Annotated[
        int | None, typer.Option(min=1, help="Fewest users per group (default: as in the build, 5).")
    ] = None,
    rounding: Annotated[
        int | None, typer.Option(min=1, help="Round counts to multiples of this (default: as in the build, 5).")
    ] = None,
    each_a_user: Annotated[
        bool,
        typer.Option(
            "--each-a-user",
            help="Count every conversation without a user id as a different person; the copy says so. Without this "
            "option they count together as one person, and an atlas without any user id is not published.",
        ),
    ] = False,
    bursts: Annotated[
        bool | None,
        typer.Option(
            "--bursts/--no-bursts",
            help="Let conversations of a burst count towards the thresholds (default: as in the build, they do).",
            show_default=False,
        ),
    ] = None,
    anew: Annotated[
        bool,
        typer.Option(
            "--anew",
            help="Forget what was published of this atlas before: right only if nobody has an earlier copy. Without "
            "it, a later copy agrees with the earlier ones.",
        ),
    ] = False,
    unaudited: Annotated[
        bool, typer.Option("--unaudited", help="Publish names that no auditor has checked, because you have read them.")
    ] = False,
) -> None:
    """Write a copy of an atlas that you can show to others.

    It holds groups above the thresholds, names that passed the audit, and counts, but no conversation, no user and no
    vector. What is withheld cannot be had by subtraction, also not from two copies of one atlas: the atlas keeps a
    record of what was published. It needs the user ids of the input (`build --user-column NAME`).
    """
    from clioscope.atlas import Atlas
    from clioscope.atlas.people import said_of_people
    from clioscope.privacy.publish import publish as write
    from clioscope.settings import PrivacySettings

    opened = Atlas(atlas)
    changes = {
        "min_conversations": min_conversations,
        "min_users": min_users,
        "rounding": rounding,
        "bursts": bursts,
    }
    given = {name: value for name, value in changes.items() if value is not None}
    settings = None
    if given and not opened.published:
        settings = PrivacySettings.model_validate(opened.manifest["settings"]["privacy"] | given)
    made = write(opened, out, settings, unaudited=unaudited, each_a_user=each_a_user, anew=anew)
    counts = made.manifest["counts"]
    print(
        f"{made.path}: {counts['groups']:,} groups published, {counts['withheld']:,} withheld "
        f"({counts['withheld_small']:,} too small, {counts['withheld_audit']:,} by the auditor)."
    )
    if counts["withheld_conversations"]:
        print(f"{counts['withheld_conversations']:,} of {counts['analysed']:,} conversations are in no group shown.")
    if note := said_of_people(made.manifest):
        print(note)
