"""The page with an atlas in it, in one file that needs nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.explorer.page import page_with
from clioscope.explorer.view import make_view
from clioscope.files.modes import mode_for
from clioscope.files.replacing import saving

if TYPE_CHECKING:
    from clioscope.atlas import Atlas


def export_html(atlas: Atlas, to: str | Path, *, title: str | None = None, texts: bool = False) -> Path:
    """Write ``atlas`` as one HTML file that opens from disk, without a network.

    It holds what ``make_view`` returns. For a full atlas that is one row per conversation, so only its owner may read
    the file; publish an atlas before you show it to others. ``texts`` adds facets that are sentences. Transcripts never
    go into a file.

    Raises ClioscopeError when the file cannot be written, AtlasError when the atlas cannot be read.
    """
    to = Path(to)
    text = page_with(make_view(atlas, title=title, texts=texts))
    with saving(to, mode_for(atlas.published)) as part:
        part.write_text(text, encoding="utf-8")
    return to
