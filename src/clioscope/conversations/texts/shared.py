"""Finding what most texts share: preambles, prompts with a slot, headings, signatures."""

from __future__ import annotations

import heapq
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import ceil
from statistics import median
from typing import NamedTuple

from clioscope.conversations.conversation import Message
from clioscope.conversations.texts.neutral import tidy
from clioscope.conversations.texts.pieces import is_signature, label_of, letters, masked, pieces
from clioscope.conversations.texts.templates import KINDS, LAST, LONG, SENTENCE, Templates

SAMPLE = 2048  # distinct conversations looked at
_HEAD, _TAIL = 16_000, 4_000  # characters of a message that are looked at
_MESSAGES = 4  # of the user's first ones, and as many of the last
_LEAST = 20  # texts that share a part
_SHARE = 0.05  # of all texts, at least
_MOST = 1 / 3  # of all texts, for headings
_NEARLY_ALL = 0.8  # of all texts, for last lines that do not read like a signature
_GOES_ON = 0.9  # of the texts with one beginning, that share what comes next
_DIFFERENT = 8  # rests of texts, at least, or the shared part is what was asked
_CLOSING = ".!?…,;:)]}\"'”»。！？，、；："
_NUMBER = re.compile("0+")
_SAYS = 12  # letters that the middle one of the rests has


class Start(NamedTuple):
    """The beginning of a message, or its end turned round. ``number``: that of its text. ``plain``: the message with
    digits as 0."""

    number: int
    plain: str
    text: str


class Sampler:
    """Keeps the user's messages of a few thousand distinct conversations: those with the smallest ids.

    Ids are hashes of the content, so this is a random sample that does not depend on the order. Memory is bounded:
    2,048 conversations of at most 160,000 characters each; for chats with a few short messages a few MB.
    """

    def __init__(self, size: int = SAMPLE) -> None:
        self._size = size
        self._heap: list[tuple[int, str, list[str]]] = []

    def add(self, content: str, messages: Iterable[Message]) -> None:
        """Take a conversation that was not seen before."""
        rank = -int(content, 16)
        if len(self._heap) == self._size and rank <= self._heap[0][0]:
            return
        texts = [_ends(message.content) for message in messages if message.role == "user"]
        texts = texts if len(texts) <= 2 * _MESSAGES else texts[:_MESSAGES] + texts[-_MESSAGES:]
        push = heapq.heappush if len(self._heap) < self._size else heapq.heappushpop
        push(self._heap, (rank, content, texts))

    def take(self, other: Sampler) -> None:
        """Add the conversations of another sample, each once."""
        known = {content for _, content, _ in self._heap}
        every = self._heap + [entry for entry in other._heap if entry[1] not in known]
        self._heap = heapq.nlargest(self._size, every)
        heapq.heapify(self._heap)

    def texts(self) -> list[list[str]]:
        """The messages of each conversation, in the order of their ids."""
        return [texts for _, _, texts in sorted(self._heap, reverse=True)]


def _ends(text: str) -> str:
    return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]}\n{text[-_TAIL:]}"


def find_templates(texts: Sequence[Sequence[str]]) -> Templates:
    """What the texts (the user's messages of each conversation) share and nobody asked.

    A part must be shared by at least 20 texts and 5 % of them, a heading by a third. It must be 80 characters long or
    read like a heading or a signature. The rests of the texts that have it must differ, or it would be what was asked.
    Fewer than 20 texts have no such part. Linear in the length of the texts but for sorting.
    """
    least = max(_LEAST, ceil(_SHARE * len(texts)))
    if len(texts) < least:
        return Templates()
    tidied = [[tidy(text) for text in messages] for messages in texts]
    head = frozenset(_prefixes(tidied, least))
    turned = _prefixes([[text[::-1] for text in messages] for messages in tidied], least)
    piece, label = _pieces(tidied, least), _labels(tidied, max(least, ceil(_MOST * len(texts))))
    tail = frozenset(part[::-1].lstrip(_CLOSING) for part in turned)  # which belongs to the sentence before
    templates = Templates(head, tail, piece, label)
    rests = [[templates.rest(text)[0] for text in messages] for messages in tidied]
    edge = _edges(rests, least, ceil(_NEARLY_ALL * len(texts)))
    return _checked(Templates(templates.head, templates.tail, piece, label, edge), tidied)


def _prefixes(texts: Sequence[Sequence[str]], least: int) -> Iterator[str]:
    """Beginnings of at least 80 characters that ``least`` texts share but for digits, up to where the texts part."""
    groups: defaultdict[str, list[Start]] = defaultdict(list)
    for number, messages in enumerate(texts):
        for text in messages:
            if len(text) > LONG:
                start = Start(number, masked(text), text)
                groups[start.plain[:LONG]].append(start)
    yield from _grown(groups.values(), LONG, least)


def _grown(groups: Iterable[list[Start]], length: int, least: int) -> Iterator[str]:
    """The longest common beginnings of groups that share ``length`` characters; each version of a prompt is one."""
    for group in groups:
        if len({start.number for start in group}) < least:
            continue
        low, high = length, max(len(start.plain) for start in group)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if _common(group, middle)[1] >= _GOES_ON * len(group) else (low, middle - 1)
        prefix = _common(group, low)[0]
        prefix = _whole_words(_before_slot(prefix, group), group)
        if len(prefix) >= LONG:
            yield prefix
        onward: defaultdict[str, list[Start]] = defaultdict(list)
        for start in group:
            if len(start.plain) > low + LONG:
                onward[start.plain[: low + LONG]].append(start)
        yield from _grown(onward.values(), low + LONG, least)


def _common(group: Sequence[Start], length: int) -> tuple[str, int]:
    counts = Counter(start.plain[:length] for start in group if len(start.plain) >= length)
    return min(counts.items(), key=lambda pair: (-pair[1], pair[0])) if counts else ("", 0)


def _before_slot(prefix: str, group: Sequence[Start]) -> str:
    """The prefix up to a number near its end that is not the same in all texts: it may be what they are about."""
    texts = [start.text for start in group if start.plain.startswith(prefix)]
    for match in reversed(list(_NUMBER.finditer(prefix))):
        if len(prefix) - match.end() >= SENTENCE:
            break
        if len({text[match.start() : match.end()] for text in texts}) > 1:
            prefix = prefix[: match.start()]
    return prefix


def _whole_words(prefix: str, group: Sequence[Start]) -> str:
    """The prefix, ended where no word of any text that has it is torn."""
    after = {start.plain[len(prefix) : len(prefix) + 1] for start in group if start.plain.startswith(prefix)}
    if not prefix[-1:].isalnum() or not any(character.isalnum() for character in after):
        return prefix
    end = len(prefix)
    while end > len(prefix) - 40 and prefix[end - 1].isalnum() and prefix[end - 1] < "\u0e00":
        end -= 1
    return prefix[:end] if end >= LONG else prefix


def _counted(keys: Iterable[set[str]], least: int) -> frozenset[str]:
    counts = Counter(key for of_text in keys for key in of_text)
    return frozenset(key for key, count in counts.items() if count >= least)


def _pieces(texts: Sequence[Sequence[str]], least: int) -> frozenset[str]:
    return _counted(({piece.key for text in messages for piece in pieces(text)} for messages in texts), least)


def _labels(texts: Sequence[Sequence[str]], least: int) -> frozenset[str]:
    def labels(messages: Sequence[str]) -> set[str]:
        of_lines = (label_of(line) for text in messages for line in text.split("\n"))
        return {label[0] for label in of_lines if label is not None}

    return _counted(map(labels, texts), least)


def _edges(texts: Sequence[Sequence[str]], least: int, nearly_all: int) -> frozenset[str]:
    """Last lines, and last sentences that read like a signature."""
    counts: Counter[str] = Counter()
    signed: set[str] = set()
    for messages in texts:
        keys = set()
        for text in messages:
            for last in pieces(text)[1:][-LAST:]:
                signature = is_signature(text[last.start : last.end])
                if signature or (last.line and any(map(str.isalpha, last.key)) and "```" not in last.key):
                    keys.add(last.key)
                if signature:
                    signed.add(last.key)
        counts.update(keys)
    return frozenset(key for key, count in counts.items() if count >= (least if key in signed else nearly_all))


def _checked(templates: Templates, texts: Sequence[Sequence[str]]) -> Templates:
    """The templates without parts that are what was asked (the rests of the texts that have them say little else), and
    without those that are never cut."""
    while True:
        rests: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for messages in texts:
            cut = [templates.rest(text) for text in messages]
            rest = "\n".join(text for text, _ in cut).casefold()
            for part in {part for _, parts in cut for part in parts}:
                rests[part].append(rest)
        asked = {part for part, those in rests.items() if not _differ(those)}
        if not asked:
            return templates.only(set(rests))
        # Beside a preamble, the sentence that many ask leaves first: without it the preamble's rests may differ.
        last = max(KINDS.index(kind) for kind, _ in asked)
        templates = templates.without({part for part in asked if part[0] == KINDS[last]})


def _differ(rests: Sequence[str]) -> bool:
    """Whether what is left of texts could be what their writers asked."""
    counts = Counter(rests)
    most = max(counts.values())
    return len(counts) >= _DIFFERENT and 2 * most <= len(rests) and median(map(letters, rests)) >= _SAYS
