"""The page with an atlas in it, in one file that needs nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.atlas.opening import opened
from clioscope.atlas.segments import has_segments
from clioscope.errors import AtlasError
from clioscope.explorer.page import page_with
from clioscope.explorer.view import make_view
from clioscope.files.modes import mode_for
from clioscope.files.replacing import saving

if TYPE_CHECKING:
    from clioscope.atlas import Atlas

MOST_ROWS = 200_000  # in one file


def export_html(
    atlas: Atlas | str | Path, to: str | Path, *, title: str | None = None, texts: bool = False, views: bool = False
) -> Path:
    """Write ``atlas`` as one HTML file that opens from disk, without a network.

    It holds what ``make_view`` returns. For a full atlas that is one row per conversation, so only its owner may read
    the file; publish an atlas before you show it to others. ``texts`` adds facets that are sentences, ``views``
    the saved views with their notes. Transcripts never go into a file.

    Raises ClioscopeError when the file cannot be written, AtlasError when the atlas cannot be read, or has more than
    200,000 rows: a browser would read such a file for minutes.
    """
    atlas, to = opened(atlas), Path(to)
    text = html_page(atlas, title=title, texts=texts, views=views)
    with saving(to, mode_for(atlas.published)) as part:
        part.write_text(text, encoding="utf-8")
    return to


def html_page(
    atlas: Atlas, *, title: str | None = None, texts: bool = False, embedded: bool = False, views: bool = False
) -> str:
    """The page with the atlas in it. An ``embedded`` one tells the page around it which rows are chosen, if that page
    asks for it (docs/python.md).

    Raises AtlasError as ``export_html`` does.
    """
    rows = 0 if atlas.published else len(atlas.shown_rows)
    if rows > MOST_ROWS:
        what = "segments of conversations" if has_segments(atlas) else "distinct conversations"
        raise AtlasError(
            f"{atlas.path}: has {rows:,} {what}, and a page in one file holds at most {MOST_ROWS:,}. Look at it with "
            f"clioscope explore, which reads from disk what it shows; or publish it (clioscope publish), which leaves "
            f"the groups and their counts, and export that; or build it from fewer (--sample {MOST_ROWS})."
        )
    return page_with(make_view(atlas, title=title, texts=texts, embedded=embedded, views=views))
