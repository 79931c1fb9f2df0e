"""Atlases as people give them: opened, or as the path of a folder."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from clioscope.atlas.atlas import Atlas


def opened(atlas: Atlas | str | Path) -> Atlas:
    """The atlas itself, or the one in the folder. Raises AtlasError if the folder is no atlas."""
    return Atlas(atlas) if isinstance(atlas, (str, PathLike)) else atlas
