"""Pictures of an atlas for papers and slides, drawn by matplotlib."""

from clioscope.pictures.map import FORMATS, Look, can_draw, export_picture

__all__ = ["FORMATS", "Look", "can_draw", "export_picture"]
