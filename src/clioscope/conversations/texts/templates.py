"""What most texts share and nobody asked: preambles, prompts with a slot, headings, signatures; cut from each text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from clioscope.conversations.conversation import Message
from clioscope.conversations.texts.neutral import tidy
from clioscope.conversations.texts.pieces import Piece, is_heading, label_of, masked, pieces

if TYPE_CHECKING:
    import polars as pl

LONG = 80  # characters that a shared part has at least, unless it is a heading or a signature
SENTENCE = 30  # of a part made of several sentences, one has at least so many
LAST = 4  # pieces looked at for a signature
KINDS = ("head", "tail", "piece", "label", "edge")


@dataclass(frozen=True)
class Templates:
    """What is cut from the user's messages.

    ``head`` and ``tail``: how messages begin and end, digits as 0; ``piece``: keys of sentences and lines, cut where
    they make up a run of 80 characters; ``label``: keys of headings ("question:"); ``edge``: keys of last lines.
    """

    head: frozenset[str] = frozenset()
    tail: frozenset[str] = frozenset()
    piece: frozenset[str] = frozenset()
    label: frozenset[str] = frozenset()
    edge: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return any(getattr(self, kind) for kind in KINDS)

    @cached_property
    def _heads(self) -> list[str]:
        return sorted(self.head, key=lambda part: (-len(part), part))

    @cached_property
    def _tails(self) -> list[str]:
        return sorted(self.tail, key=lambda part: (-len(part), part))

    def only(self, parts: Set[tuple[str, str]]) -> Templates:
        """Those templates that are among ``parts`` (kind, text)."""
        return Templates(*(frozenset(part for part in getattr(self, kind) if (kind, part) in parts) for kind in KINDS))

    def without(self, parts: Set[tuple[str, str]]) -> Templates:
        """Those templates that are not among ``parts`` (kind, text)."""
        return self.only({(kind, part) for kind in KINDS for part in getattr(self, kind)} - parts)

    def cut(self, messages: Sequence[Message]) -> Sequence[Message]:
        """The messages, those of the user without what the templates hold.

        Nothing is cut where no words of the user would be left: a text that is only a template keeps it. The same
        object comes back where nothing is cut.
        """
        cut_messages = [self._message(message) if message.role == "user" else message for message in messages]
        if all(old is new for old, new in zip(messages, cut_messages, strict=True)):
            return messages
        asked = (message.content for message in cut_messages if message.role == "user")
        says = any(character.isalnum() for content in asked for character in content)
        return tuple(cut_messages) if says else messages

    def _message(self, message: Message) -> Message:
        text = tidy(message.content)
        rest, _ = self.rest(text)
        return message if rest == text else replace(message, content=rest)

    def lost(self, message: Message) -> tuple[str, str]:
        """The longest part that a message loses: (kind, as the templates have it)."""
        return max(self.rest(tidy(message.content))[1], key=lambda part: len(part[1]), default=("", ""))

    def rest(self, text: str) -> tuple[str, list[tuple[str, str]]]:
        """A tidy text without what the templates hold, and what was cut: (kind, what it is in the templates)."""
        cut: list[tuple[str, str]] = []
        text = self._without_ends(text, cut)
        spans = self._runs(pieces(text), cut) if self.piece else []
        long = bool(cut)
        text = "".join(_kept(text, spans))
        text = self._without_labels(text, long, cut) if self.label else text
        text = self._without_edges(text, cut) if self.edge else text
        return (tidy(text) if cut else text), cut

    def _without_ends(self, text: str, cut: list[tuple[str, str]]) -> str:
        plain = masked(text)
        for head in self._heads:
            if plain.startswith(head):
                cut.append(("head", head))
                text, plain = text[len(head) :], plain[len(head) :]
                break
        for tail in self._tails:
            if plain.endswith(tail):
                cut.append(("tail", tail))
                return text[: len(text) - len(tail)]
        return text

    def _runs(self, whole: Sequence[Piece], cut: list[tuple[str, str]]) -> list[tuple[int, int]]:
        """Runs of shared pieces that are long enough to be nobody's own words."""
        spans: list[tuple[int, int]] = []
        run: list[Piece] = []
        for piece in [*whole, None]:
            if piece is not None and piece.key in self.piece:
                run.append(piece)
                continue
            if run and run[-1].end - run[0].start >= LONG and max(len(part.key) for part in run) >= SENTENCE:
                spans.append((run[0].start, run[-1].end))
                cut.extend(("piece", part.key) for part in run)
            run = []
        return spans

    def _without_labels(self, text: str, long: bool, cut: list[tuple[str, str]]) -> str:
        """Without headings: those that programs write, and any in a text that lost a long part."""
        lines = text.split("\n")
        for number, line in enumerate(lines):
            label = label_of(line.strip())
            if label is not None and label[0] in self.label and (long or is_heading(label[0])):
                cut.append(("label", label[0]))
                lines[number] = line.strip()[label[1] :]
        return "\n".join(lines)

    def _without_edges(self, text: str, cut: list[tuple[str, str]]) -> str:
        """Without closing lines, the first piece of a text never being one."""
        whole = pieces(text)
        end = len(text)
        for last in reversed(whole[1:][-LAST:]):
            if last.key not in self.edge:
                break
            cut.append(("edge", last.key))
            end = last.start
        return text[:end]

    def frame(self) -> pl.DataFrame:
        """The templates as a table: kind, text."""
        import polars as pl

        rows = [(kind, text) for kind in KINDS for text in sorted(getattr(self, kind))]
        return pl.DataFrame(rows, schema={"kind": pl.String, "text": pl.String}, orient="row")


def templates_of(table: pl.DataFrame) -> Templates:
    """Templates from their table."""
    rows: Iterable[tuple[str, str]] = table.select("kind", "text").iter_rows()
    kinds: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for kind, text in rows:
        kinds[kind].add(text)
    return Templates(**{kind: frozenset(texts) for kind, texts in kinds.items()})


def _kept(text: str, spans: Iterable[tuple[int, int]]) -> Iterable[str]:
    place = 0
    for start, end in spans:
        yield text[place:start]
        place = end
    yield text[place:]
