"""The analyst's layer over an atlas: the files that a replay of the edits made, in the folder ``edited``.

A file of the layer stands for the file of its name in the atlas, which is never changed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from clioscope.errors import AtlasError

EDITS = "edits.jsonl"  # the operations, beside the tables
FOLDER = "edited"
NEXT, LAST = f"{FOLDER}.part", f"{FOLDER}.old"  # the layer that takes the place of the one before, and that one
RECORD = "edited.json"
PENDING = ".pending"  # an empty file, there while an operation is in the file of edits and not yet in the layer


class Overlay(NamedTuple):
    """``folder`` with the files of the layer, ``files`` their names; ``record`` is what edited.json says.

    The record has: of (when the build that was edited was finished), base_groups, counts, structure (a hash of groups
    and members), operations, applied, no_longer, vouched.
    """

    folder: Path
    files: frozenset[str]
    record: Mapping[str, Any]

    def changes(self) -> dict[str, Any]:
        """What the layer changes in the manifest."""
        record = self.record
        return {
            "base_groups": record["base_groups"],
            "counts": record["counts"],
            "edited": {name: record[name] for name in ("operations", "structure", "vouched")},
        }


def build_of(manifest: Mapping[str, Any]) -> str:
    """A text that differs between builds of an atlas."""
    return str(manifest.get("finished") or manifest.get("counts"))


def layer_of(folder: Path) -> Path:
    """Where the layer of the atlas in ``folder`` lies, if it has one.

    That is not its usual place if an edit was killed while it exchanged the layers. The last one is put aside when the
    next one is whole, so then the next one counts; if there is none, the edit left no layer.
    """
    place = folder / FOLDER
    return folder / NEXT if not place.exists() and (folder / LAST).exists() else place


def read_overlay(folder: Path, manifest: Mapping[str, Any]) -> Overlay | None:
    """The layer of the atlas in ``folder``; None where there is none, or only one over an earlier build.

    Raises AtlasError for a record that cannot be read.
    """
    path = layer_of(folder) / RECORD
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["of"] != build_of(manifest):
            return None
        return Overlay(path.parent, frozenset(record["files"]), record)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AtlasError(
            f"{path}: cannot be read ({error}); remove the folder, and the next edit makes it anew."
        ) from error
