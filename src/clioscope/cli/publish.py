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
    unaudited: Annotated[
        bool, typer.Option("--unaudited", help="Publish names that no auditor has checked, because you have read them.")
    ] = False,
) -> None:
    """Write a copy of an atlas that you can show to others.

    It holds groups above the thresholds, names that passed the audit, and counts, but no conversation, no user and no
    vector. It needs the user ids of the input (`build --user-column NAME`).
    """
    from clioscope.atlas import Atlas
    from clioscope.atlas.people import said_of_people
    from clioscope.cli.terminal import say
    from clioscope.privacy.publish import publish as write
    from clioscope.settings import PrivacySettings

    opened = Atlas(atlas)
    changes = {
        "min_conversations": min_conversations,
        "min_users": min_users,
        "rounding": rounding,
    }
    given = {name: value for name, value in changes.items() if value is not None}
    settings = None
    if given and not opened.published:
        settings = PrivacySettings.model_validate(opened.manifest["settings"]["privacy"] | given)
    made = write(opened, out, settings, unaudited=unaudited, each_a_user=each_a_user)
    counts = made.manifest["counts"]
    say(
        f"{made.path}: {counts['groups']:,} groups published, {counts['withheld']:,} withheld "
        f"({counts['withheld_small']:,} too small, {counts['withheld_audit']:,} by the auditor)."
    )
    if note := said_of_people(made.manifest):
        say(note)
