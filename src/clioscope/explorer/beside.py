"""The comparison of the served atlas with another one, as the page gets it."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

from clioscope.errors import AtlasError
from clioscope.files.plain import plain

if TYPE_CHECKING:
    from clioscope.atlas import Atlas

_GROUP = ("level", "group", "name", "group_before", "name_before", "kind", "likeness", "parts_before", "parts", "q")
_ENDS = ("share_before", "low_before", "high_before", "share", "low", "high", "change", "change_low", "change_high")
_COUNTS = ("count_before", "count")
_FACET = ("group", "facet", "value", *_ENDS, "q", "differs")
_DIGITS = 6


class Beside:
    """An earlier atlas beside the one that is served. The comparison is made when the page asks for it first, and anew
    after an edit.

    Raises AtlasError if the two are the same folder.
    """

    def __init__(self, earlier: Atlas, atlas: Atlas) -> None:
        if earlier.path.resolve() == atlas.path.resolve():
            raise AtlasError(f"{atlas.path}: is compared with itself; give another atlas, or leave --compare out.")
        self._earlier, self._lock = earlier, Lock()
        self._made: tuple[str, dict[str, Any]] | None = None
        self.name = plain(earlier.path.resolve().name)

    def comparison(self, atlas: Atlas, state: str) -> dict[str, Any]:
        """What differs, for the state of the atlas that is shown: before, after, totals, matched_by, rate, groups (in
        the order of the report), facets, and notes. Raises ClioscopeError as ``comparison.compare`` does."""
        from clioscope.comparison.compare import compare

        with self._lock:
            if self._made is None or self._made[0] != state:
                found = compare(self._earlier, atlas)
                groups = [_kept(row, (*_GROUP, *_COUNTS, *_ENDS)) for row in found.groups.iter_rows(named=True)]
                facets = [_kept(row, _FACET) for row in found.facets.iter_rows(named=True)]
                about: dict[str, Any] = {"before": found.before, "after": found.after, "totals": list(found.totals)}
                about |= {
                    "matched_by": found.matched_by,
                    "rate": found.rate,
                    "notes": [note._asdict() for note in found.said],
                }
                self._made = state, {**about, "groups": groups, "facets": facets}
            return self._made[1]


def _kept(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: round(row[name], _DIGITS) if isinstance(row[name], float) else row[name] for name in names}
