"""From vectors to places on a map."""

from clioscope.layout.project import project
from clioscope.layout.registry import Projector, projectors

__all__ = ["Projector", "project", "projectors"]
