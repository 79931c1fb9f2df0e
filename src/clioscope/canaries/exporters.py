"""Every way in which an atlas is written for others. A new one belongs into this list, or a test fails."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.atlas.export import SHARE_FORMATS, TREE_FORMATS, export, export_shares
from clioscope.explorer.export import export_html
from clioscope.interchange import to_duckdb
from clioscope.pictures import Look, can_draw, export_picture

if TYPE_CHECKING:
    from clioscope.atlas import Atlas

# Name -> the ending of the file, and the function that writes it.
EXPORTERS: dict[str, tuple[str, Callable[[Atlas, Path], object]]] = {
    **{f"tree{suffix}": (suffix, export) for suffix in TREE_FORMATS},
    **{f"shares{suffix}": (suffix, export_shares) for suffix in SHARE_FORMATS},
    "page": (".html", export_html),
    "page with facet texts": (".html", lambda atlas, to: export_html(atlas, to, texts=True)),
    "page with views": (".html", lambda atlas, to: export_html(atlas, to, views=True)),
    # Letters are drawn as outlines, but the description of the picture has them too, and SVG is not compressed.
    "picture": (".svg", lambda atlas, to: export_picture(atlas, to, Look(legend=True))),
    "database": (".duckdb", to_duckdb),  # of all that goes to other tools, this alone takes a published atlas
}


def export_everything(atlas: Atlas, folder: Path) -> list[Path]:
    """Write every export of an atlas into a folder; the files. Shares are left out of an atlas that has none, the
    picture of one without a map and where matplotlib is not installed, and the database where DuckDB is not.

    Raises ClioscopeError if a file cannot be written.
    """
    from clioscope.atlas.shares import shares_of

    made = []
    for name, (suffix, write) in EXPORTERS.items():
        if name.startswith("shares") and shares_of(atlas) is None:
            continue
        if name == "picture" and not can_draw(atlas):
            continue
        if name == "database" and find_spec("duckdb") is None:
            continue
        to = folder / f"{name.replace(' ', '-').removesuffix(suffix)}{suffix}"
        write(atlas, to)
        made.append(to)
    return made
