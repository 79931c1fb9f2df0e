"""clioscope publish: write a copy that holds only groups and counts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clioscope.cli.document import AsJson, say_json

if TYPE_CHECKING:
    from clioscope.atlas import Atlas

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)


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
    word_users: Annotated[
        int | None,
        typer.Option(min=1, help="Fewest users who wrote each word of a published name (default: as in the build, 7)."),
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
    epsilon: Annotated[
        float | None,
        typer.Option(
            help="Write a release with a guarantee instead: differential privacy for every person. The smaller, the "
            "stronger; 1 is strong, above 8 weak.",
            show_default=False,
        ),
    ] = None,
    delta: Annotated[
        float | None, typer.Option(help="The delta of the guarantee (default: 0.000001).", show_default=False)
    ] = None,
    per_person: Annotated[
        int | None,
        typer.Option(
            min=1, help="With --epsilon: conversations of a person that count (default: 4).", show_default=False
        ),
    ] = None,
    codebook: Annotated[
        str | None,
        typer.Option(
            help="With --epsilon: the categories of this codebook are the groups, so that finding them costs nothing.",
            show_default=False,
        ),
    ] = None,
    groups: Annotated[
        int | None,
        typer.Option(
            min=1, help="With --epsilon: groups to look for (default: as the noise allows).", show_default=False
        ),
    ] = None,
    budget: Annotated[
        float | None,
        typer.Option(
            help="With --epsilon: the most that all releases of this atlas may spend together (default: 10).",
            show_default=False,
        ),
    ] = None,
    input_: Annotated[
        list[Path] | None,
        typer.Option("--input", help="With --epsilon: where the input lies now, if it was moved.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a copy of an atlas that you can show to others.

    It holds groups above the thresholds, names that passed the audit, and counts, but no conversation, no user and no
    vector. What is withheld cannot be had by subtraction, also not from two copies of one atlas: the atlas keeps a
    record of what was published. It needs the user ids of the input (`build --user-column NAME`).

    With --epsilon the copy comes with a guarantee instead: groups are found anew, all figures hold noise, and names are
    words that many people used (docs/guarantee.md).
    """
    only: dict[str, Any] = {"--delta": delta, "--per-person": per_person, "--codebook": codebook}
    only |= {"--groups": groups, "--budget": budget, "--input": input_ or None}
    if epsilon is not None:
        other: dict[str, Any] = {"--min-users": min_users, "--rounding": rounding, "--word-users": word_users}
        other |= {"--unaudited": unaudited or None}
        _refuse(other, "has no place beside --epsilon, whose noise protects every person")
        said = {"delta": delta, "conversations": per_person}
        asked = {name: value for name, value in said.items() if value is not None}
        made = _with_guarantee(
            *(atlas, out, min_conversations, each_a_user, input_ or []),
            {"epsilon": epsilon, "codebook": codebook, "groups": groups, "budget": budget, **asked},
        )
        _say(made, f"{made.manifest['counts']['groups']:,} groups published.", as_json)
        return
    _refuse(only, "belongs to a release with a guarantee; give --epsilon too")
    from clioscope.atlas import Atlas
    from clioscope.privacy.publish import publish as write
    from clioscope.settings import PrivacySettings

    opened = Atlas(atlas)
    changes = {
        "min_conversations": min_conversations,
        "min_users": min_users,
        "rounding": rounding,
        "word_users": word_users,
        "bursts": bursts,
    }
    given = {name: value for name, value in changes.items() if value is not None}
    settings = None
    if given and not opened.published:
        settings = PrivacySettings.model_validate(opened.manifest["settings"]["privacy"] | given)
    made = write(opened, out, settings, unaudited=unaudited, each_a_user=each_a_user, anew=anew)
    counts = made.manifest["counts"]
    text = (
        f"{counts['groups']:,} groups published, {counts['withheld']:,} withheld "
        f"({counts['withheld_small']:,} too small, {counts['withheld_audit']:,} by the auditor)."
    )
    if counts["withheld_conversations"]:
        text += f"\n{counts['withheld_conversations']:,} of {counts['analysed']:,} conversations are in no group shown."
    _say(made, text, as_json)


def _say(made: Atlas, said: str, as_json: bool) -> None:
    """Print what was published, with the sentences on what protects people: as JSON from the copy's manifest."""
    from clioscope.atlas.guarantee import said_of_protection
    from clioscope.cli.terminal import say

    notes = said_of_protection(made.manifest)
    if as_json:
        facts = {name: made.manifest[name] for name in ("counts", "guarantee") if name in made.manifest}
        say_json({"atlas": made.path, **facts, "notes": notes})
        return
    say(f"{made.path}: {said}")
    for note in notes:
        say(note)


def _refuse(options: dict[str, Any], why: str) -> None:
    from clioscope.errors import SettingsError

    given = [name for name, value in options.items() if value is not None]
    if given:
        raise SettingsError(f"{given[0]} {why}.")


def _with_guarantee(
    atlas: Path, out: Path, least: int | None, each_a_user: bool, inputs: list[Path], asked: dict[str, Any]
) -> Atlas:
    from clioscope.atlas import Atlas
    from clioscope.privacy.guarantee.release import publish_with_guarantee
    from clioscope.privacy.guarantee.wanted import Guarantee

    return publish_with_guarantee(
        Atlas(atlas), out, Guarantee(**asked), each_a_user=each_a_user, min_conversations=least, inputs=inputs
    )
