"""The atlas: a folder of open files, and how it is read."""

from clioscope.atlas.atlas import Atlas, open_atlas

__all__ = ["Atlas", "open_atlas"]
