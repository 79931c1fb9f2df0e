"""The built page, and how an atlas gets into it."""

from __future__ import annotations

import base64
import zlib
from importlib.resources import files

from clioscope.errors import ClioscopeError

# The page holds this element, empty. In a page with an atlas, the element holds the atlas.
_PLACE = '<script type="application/octet-stream" id="view"></script>'


def page() -> str:
    """The page without an atlas: one HTML file with its script and style inside. Raises ClioscopeError."""
    built = files("clioscope.explorer") / "static" / "index.html"
    try:
        text = built.read_text(encoding="utf-8")
    except OSError as error:
        raise ClioscopeError(
            f"{built}: the built page is missing; build it with npm in the folder explorer."
        ) from error
    if text.count(_PLACE) != 1:
        raise ClioscopeError(
            f"{built}: is not the page of this version of Clioscope; build it again with npm in the folder explorer."
        )
    return text


def page_with(view: bytes) -> str:
    """The page with ``view`` in it, compressed (zlib) and in base64, so that it contains no markup."""
    data = base64.b64encode(zlib.compress(view, 9)).decode("ascii")
    return page().replace(_PLACE, _PLACE.replace("></script>", f">{data}</script>"))
