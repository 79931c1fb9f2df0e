"""The atlas: a folder of open files, and the class that reads it."""

from clioscope.atlas.atlas import Atlas, open_atlas

__all__ = ["Atlas", "open_atlas"]
