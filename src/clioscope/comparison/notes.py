"""What a reader of a comparison must know, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clioscope.atlas.guarantee import said_of_protection
from clioscope.comparison.pairs import By
from clioscope.comparison.sides import Side

if TYPE_CHECKING:
    import polars as pl

_MATCHED: dict[By, str] = {
    "groups": "Both periods are of one atlas, so their groups are the same.",
    "members": "Groups were matched by the conversations that both atlases have.",
    "vectors": "The atlases have few conversations in common or none, so groups were matched by the vectors of what "
    "they hold (and by their ids, where an atlas was built after the other). Each atlas drew its own borders between "
    "groups, so a difference may also come from where a border lies.",
    "names": "Groups were matched by their names and descriptions, with one encoder. A difference may also come from "
    "how groups were cut and named.",
    "exact names": "The encoder of the atlas cannot be opened here, so only groups with the same id, or exactly the "
    "same name and description, were matched.",
}


def notes_of(before: Side, after: Side, by: By, groups: pl.DataFrame, facets: pl.DataFrame) -> list[str]:
    """The sentences: how groups were matched, what is withheld, who counts as a person, what was inferred."""
    notes = [_MATCHED[by]]
    sides = [before, after] if before.atlas is not after.atlas else [after]
    published = [side for side in sides if side.atlas.published]
    if published:
        notes.append(
            "A published atlas shows only what is large enough: a group or a value that it does not show may be too "
            "small and not gone, so it has no number here."
        )
        if len(published) < len(sides):
            notes.append("One of the atlases is not published, so this comparison is not for others' eyes either.")
        notes += [f"{side.name}: {said}" for side in published for said in said_of_protection(side.atlas.manifest)]
        if any(side.noisy for side in published):
            notes.append("Counts of a release with a guarantee hold noise, which the intervals do not allow for.")
        else:
            notes.append(
                "A published atlas does not tell who wrote what, so its intervals take every conversation as another "
                "person's."
            )
    for side in (before, after):
        if side.rows is not None and (unknown := side.rows.filter(side.rows["user"].is_null())["number"].n_unique()):
            whole = "No record has" if unknown == side.rows["number"].n_unique() else f"{unknown:,} records have no"
            who = "a user id" if whole.startswith("No ") else "user id"
            notes.append(f"{side.name}: {whole} {who}; each distinct text of these counts as another person.")
    if facets.height and facets["asked"].is_not_null().any():
        notes.append(
            "A model was asked about a part of the conversations only; the intervals of these facets allow for what "
            "was inferred of the others."
        )
    if alone := groups.filter(groups["change"].is_null() & ~groups["kind"].is_in(["split", "merged"])).height:
        notes.append(
            f"{alone:,} groups have no counterpart on the other side; they have no share there and are not tested."
        )
    return notes
