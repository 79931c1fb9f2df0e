"""The built page, and how an atlas gets into it."""

from __future__ import annotations

import base64
import re
import zlib
from hashlib import sha256
from importlib.resources import files

from clioscope.errors import ClioscopeError

# The page holds this element, empty. In a page with an atlas, the element holds the atlas.
_PLACE = '<script type="application/octet-stream" id="view"></script>'
_POLICY = re.compile(r'(http-equiv="Content-Security-Policy"\s+content=")[^"]*"')
_SCRIPT = re.compile(r'<script type="module">(.*?)</script>', re.DOTALL)
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def page(connect: str = "'none'") -> str:
    """The page without an atlas: one HTML file with its script and style inside.

    A browser runs this script and no other: the policy of the page names it by its hash. ``connect`` is the source of
    the policy that the script may ask: nothing, or ``'self'`` for the server. Raises ClioscopeError.
    """
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
    return with_policy(text, connect)


def with_policy(text: str, connect: str) -> str:
    """The page with a policy that allows its own script and style, by their hashes, and no network but ``connect``.

    regl, which draws the map, makes functions of text in the script itself (``unsafe-eval``). Nothing that is not part
    of the script can: neither markup nor another script runs.
    """
    script, style = (
        " ".join(
            f"'sha256-{base64.b64encode(sha256(one.encode()).digest()).decode()}'" for one in pattern.findall(text)
        )
        for pattern in (_SCRIPT, _STYLE)
    )
    policy = (
        f"default-src 'none'; script-src {script} 'unsafe-eval'; style-src {style}; img-src data: blob:; "
        f"connect-src {connect}; worker-src blob:; base-uri 'none'; form-action 'none'"
    )
    return _POLICY.sub(lambda match: f'{match[1]}{policy}"', text, count=1)


def page_with(view: bytes) -> str:
    """The page with ``view`` in it, compressed (zlib) and in base64, so that it contains no markup."""
    data = base64.b64encode(zlib.compress(view, 9)).decode("ascii")
    return page().replace(_PLACE, _PLACE.replace("></script>", f">{data}</script>"))
