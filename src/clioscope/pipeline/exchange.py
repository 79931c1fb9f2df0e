"""The end of a build: the analyst's edits are replayed, and the new atlas takes its place."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

from clioscope.edits.log import editing
from clioscope.edits.replay import replay
from clioscope.files.folders import is_atlas
from clioscope.pipeline.folder import BuildFolder


def put_in_place(place: BuildFolder, edits: Path, *, model: bool) -> None:
    """Replay the edits of the atlas ``edits`` over the one in the folder of a build, and put that in its place.

    From the copy of the edits to the exchange nobody can edit the atlas that is replaced, since such an edit would be
    lost with it. With ``model`` names are made as ``replay`` says. Raises AtlasError if a folder cannot be written.
    """
    with editing(place.out, wait=True) if is_atlas(place.out) else nullcontext():
        replay(place.folder, edits, model=model)
        place.exchange()
