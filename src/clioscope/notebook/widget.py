"""The widget: a frame that holds the page, and the rows that the page says are chosen.

An anywidget is JavaScript beside a class, with values that both sides see. It runs where widgets of Jupyter run:
JupyterLab, the notebook, Colab and VS Code.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import anywidget
import traitlets

from clioscope.explorer.export import html_page

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from clioscope.atlas import Atlas


class Explorer(anywidget.AnyWidget):  # type: ignore[misc]
    """The explorer's page in a notebook; ``clioscope.explore`` makes it.

    >>> import clioscope
    >>> explorer = clioscope.explore("atlas/")
    >>> explorer.on_selection(lambda rows: print(rows.height))
    """

    _esm = Path(__file__).parent / "widget.js"
    _page = traitlets.Unicode().tag(sync=True)
    _height = traitlets.Int(640).tag(sync=True)
    _rows = traitlets.CBytes(b"").tag(sync=True)  # uint32, little-endian: places in ``atlas.shown_rows``
    group = traitlets.Unicode(None, allow_none=True, help="The id of the group that is chosen.").tag(sync=True)

    def __init__(self, atlas: Atlas, *, title: str | None = None, texts: bool = False, height: int = 640) -> None:
        self.atlas = atlas
        super().__init__(_page=html_page(atlas, title=title, texts=texts, embedded=True), _height=height)

    @property
    def conversations(self) -> pl.Series:
        """The ids of the conversations that are chosen and pass the filters; of segments, those of the segments."""
        if self.atlas.published:
            return self.atlas.tree["group"].head(0).alias("conversation")
        ids = self.atlas.clusters["conversation"].gather(self.atlas.shown_rows)
        return ids.gather(self._places())

    @property
    def selection(self) -> pl.DataFrame:
        """The records of what is chosen, with the columns of ``clioscope.table``; none where nothing is chosen.

        What is chosen is a group, or the points within a line, or without both what passes the filters. Raises
        AtlasError for a published atlas, which holds no conversations; ``group`` says which group is chosen there.
        """
        table = self.atlas.table()
        key = "segment" if "segment" in table.columns else "conversation"
        return table.filter(table[key].is_in(self.conversations.implode()))

    def on_selection(self, tell: Callable[[pl.DataFrame], None]) -> None:
        """Call ``tell`` with the new ``selection`` whenever another one is made."""
        self.observe(lambda change: tell(self.selection), "_rows")

    def _places(self) -> NDArray[np.uint32]:
        import numpy as np

        places = np.frombuffer(self._rows, "<u4")
        return places[places < len(self.atlas.shown_rows)]
