"""Conversations without the parts that many of them share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from clioscope.conversations.conversation import Message
from clioscope.conversations.table import TableBuilder
from clioscope.conversations.texts.neutral import neutralise
from clioscope.conversations.texts.read_share import ReadShare, read_share
from clioscope.conversations.texts.templates import Templates
from clioscope.conversations.transcript import condense, user_text

if TYPE_CHECKING:
    import polars as pl

TEXTS = ("transcript", "text")
_SHOWN = 60  # characters of a shared part that the sentence about it quotes


class Cutter:
    """Takes conversations as they are read, and keeps new texts of those that lose a part to ``templates``."""

    def __init__(self, templates: Templates) -> None:
        self.templates = templates
        self.count = 0  # distinct conversations that lost a part
        self._changed: pl.DataFrame | None = None
        self._seen: set[str] = set()
        self._lost: Counter[tuple[str, str]] = Counter()
        self._rows = TableBuilder(("conversation", *TEXTS, *ReadShare._fields))

    def add(self, content: str, messages: Sequence[Message], tokens: int) -> None:
        """Take a conversation, unless it was taken before. ``tokens`` is the budget of its transcript."""
        if not self.templates or content in self._seen:
            return
        self._seen.add(content)
        cut = self.templates.cut(messages)
        if cut is messages:
            return
        self.count += 1
        pairs = ((old, new) for old, new in zip(messages, cut, strict=True) if old is not new)
        self._lost.update({self.templates.lost(old) for old, _ in pairs})
        texts = condense(cut, tokens), user_text(cut)
        self._rows.add((content, *texts, *read_share(cut, *texts)))

    def take(self, other: Cutter) -> None:
        """Add what another one with the same templates kept of other conversations. A conversation that both took is
        kept once, though the parts that it lost are counted twice."""
        self._seen |= other._seen
        self._lost += other._lost
        self._rows.take(other._rows)
        self._changed = self._frame().unique("conversation", keep="any")
        self.count = self._changed.height

    def apply(self, table: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
        """A table with a row per conversation, in its order, with new values of ``columns`` (of ``TEXTS`` or
        ``ReadShare``) for those that lost a part."""
        import polars as pl

        if not self.count:
            return table
        if self._changed is None:
            self._changed = self._frame()
        changed = self._changed.select("conversation", *columns)
        joined = table.join(changed, on="conversation", how="left", suffix="_cut", maintain_order="left")
        return joined.select(
            pl.coalesce(f"{name}_cut", name).alias(name) if name in columns else pl.col(name) for name in table.columns
        )

    def _frame(self) -> pl.DataFrame:
        import polars as pl

        types = dict.fromkeys(("conversation", *TEXTS), pl.String()) | dict.fromkeys(ReadShare._fields, pl.Float32())
        return self._rows.frame(types)

    def sentence(self, total: int) -> str:
        """What was left out, of how many of ``total`` distinct conversations; "" where nothing was."""
        if not self.count:
            return ""
        kind, most = min(self._lost.items(), key=lambda pair: (-pair[1], pair[0]))[0]
        quoted = " ".join(neutralise(most).split())
        quoted = quoted if len(quoted) <= _SHOWN else quoted[:_SHOWN].rstrip() + " …"
        if len(self.templates.head | self.templates.tail) > 1:
            return (
                f"Parts that {self.count:,} of {total:,} texts have in common with others were left out of what is "
                f"compared, such as '{quoted}'."
            )
        what = "preamble" if kind == "head" else "part"
        return f"A {what} that {self.count:,} of {total:,} texts share was left out of what is compared: '{quoted}'."
