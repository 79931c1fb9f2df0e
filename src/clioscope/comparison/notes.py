"""What a reader of a comparison must know, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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

_PUBLISHED = (
    "A published atlas shows only what is large enough: a group or a value that it does not show may be too small and "
    "not gone, so it has no number here."
)
_NOISE = "Counts of a release with a guarantee hold noise, which the intervals do not allow for."
_PEOPLE = (
    "A published atlas does not tell who wrote what, so its intervals take every conversation as another person's."
)
_INFERRED = (
    "A model was asked about a part of the conversations only; the intervals of these facets allow for what was "
    "inferred of the others."
)


class Note(NamedTuple):
    """A sentence, with a ``key`` by which another language says it; ``name`` of the side that it is about, and ``n``,
    are filled in."""

    key: str
    text: str
    name: str = ""
    n: int = 0


def notes_of(before: Side, after: Side, by: By, groups: pl.DataFrame, facets: pl.DataFrame) -> list[Note]:
    """The sentences: how groups were matched, what is withheld, who counts as a person, what was inferred."""
    notes = [Note(f"by_{by.replace(' ', '_')}", _MATCHED[by])]
    sides = [before, after] if before.atlas is not after.atlas else [after]
    published = [side for side in sides if side.atlas.published]
    if published:
        notes.append(Note("published", _PUBLISHED))
        if len(published) < len(sides):
            notes.append(
                Note("half", "One of the atlases is not published, so this comparison is not for others either.")
            )
        notes += [
            Note("protection", f"{side.name}: {said}", side.name)
            for side in published
            for said in said_of_protection(side.atlas.manifest)
        ]
        notes.append(Note("noise", _NOISE) if any(side.noisy for side in published) else Note("people", _PEOPLE))
    for side in (before, after):
        if side.rows is not None and (unknown := side.rows.filter(side.rows["user"].is_null())["number"].n_unique()):
            said = f"{unknown:,} records have no user id; each distinct text of these counts as another person."
            notes.append(Note("nobody", f"{side.name}: {said}", side.name, unknown))
    if facets.height and facets["asked"].is_not_null().any():
        notes.append(Note("inferred", _INFERRED))
    if alone := groups.filter(groups["change"].is_null() & ~groups["kind"].is_in(["split", "merged"])).height:
        who = "1 group has" if alone == 1 else f"{alone:,} groups have"
        said = f"{who} no counterpart on the other side, and so no share there; this is not tested."
        notes.append(Note("alone", said, "", alone))
    return notes
