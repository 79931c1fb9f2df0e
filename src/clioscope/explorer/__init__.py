"""The explorer: one page with the map, the tree, the facets and time, served on this machine or written to a file."""

from clioscope.explorer.export import export_html
from clioscope.explorer.server import explore
from clioscope.explorer.view import make_view

__all__ = ["explore", "export_html", "make_view"]
