"""Drawing a sample from a stream, whatever its order: by conversation, or by what the assistant said.

Both draw the n smallest of a hash (bottom-k sampling): each record has the same chance, shuffled input gives
the same sample, and only the drawn conversations are held. The two strategies are Clio's (arXiv 2412.13678,
appendix G.1).
"""

from __future__ import annotations

import heapq
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import blake2b

from clioscope.conversations.conversation import Conversation, Rejected
from clioscope.errors import InputError

# (negated key, position drawn, conversation); the smallest of a heap of these has the largest key
_Drawn = tuple[int, int, Conversation]
_COUNT = "INSERT INTO seen VALUES (?, 0) ON CONFLICT (name) DO UPDATE SET number = number + 1 RETURNING number"


def sample_conversations(
    records: Iterable[Conversation | Rejected], n: int, seed: int
) -> Iterator[Conversation | Rejected]:
    """Draw ``n`` conversations, each with the same chance; duplicates count as often as they occur.

    The key is a hash of the seed, of all that the record holds, and of the number of equal records before it, so equal
    records are drawn independently. Rejected records pass through at once. The drawn records come at the end, in the
    order of their keys. Memory holds the ``n`` drawn records; equal records are counted in a temporary file of some 20
    bytes per distinct record.
    """
    drawn: list[_Drawn] = []
    counter = _Counter(seed)
    for record in records:
        if isinstance(record, Rejected):
            yield record
        else:
            _offer(drawn, n, (-_key(counter.occurrence(record)), 0, record))
    yield from (record for _, _, record in sorted(drawn, key=lambda entry: -entry[0]))


def sample_completions(
    records: Iterable[Conversation | Rejected], n: int, seed: int
) -> Iterator[Conversation | Rejected]:
    """Draw ``n`` assistant turns, each with the same chance, so that long conversations weigh more.

    A conversation comes once, up to and including its last drawn turn, so there are at most ``n``, each cut after an
    assistant turn. Answers before the user's first words are not drawn. The rest is as in ``sample_conversations``.
    """
    drawn: list[_Drawn] = []
    counter = _Counter(seed)
    for record in records:
        if isinstance(record, Rejected):
            yield record
            continue
        occurrence = counter.occurrence(record)
        asked = False
        for place, message in enumerate(record.messages):
            asked = asked or message.role == "user"
            if asked and message.role == "assistant":
                _offer(drawn, n, (-_key(occurrence, place), place, record))
    latest: dict[int, tuple[int, Conversation]] = {}
    for _, place, record in sorted(drawn, key=lambda entry: -entry[0]):
        latest[id(record)] = (max(place, latest.get(id(record), (0, record))[0]), record)
    for place, record in latest.values():
        yield replace(record, messages=record.messages[: place + 1])


class _Counter:
    """Numbers the occurrences of equal records: equal in content, id, user, date and metadata."""

    def __init__(self, seed: int) -> None:
        self.seed = f"{seed}:".encode()
        # No dict, which takes 100 bytes a record. Without a name it is a temporary file, gone with the connection.
        self.seen = sqlite3.connect("", isolation_level=None)
        self.seen.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA cache_size = -16000;"
            "CREATE TABLE seen (name INTEGER PRIMARY KEY, number INTEGER NOT NULL); BEGIN"
        )

    def occurrence(self, record: Conversation) -> bytes:
        """A name for this occurrence: equal records get the same names, in the order in which they come."""
        fields = [record.source_id, record.user_id, str(record.created_at), dict(record.metadata)]
        held = json.dumps(fields, sort_keys=True, default=str).encode()
        name = blake2b(self.seed + record.content_id.encode() + held, digest_size=8).digest()
        return name + self._count(int.from_bytes(name, signed=True)).to_bytes(8)

    def _count(self, name: int) -> int:
        """How often the name was counted before."""
        try:
            (number,) = self.seen.execute(_COUNT, (name,)).fetchone()
        except sqlite3.Error as error:
            raise InputError(
                f"A temporary file cannot be written ({error}); set TMPDIR to a folder with room."
            ) from error
        return int(number)


def _key(occurrence: bytes, place: int = 0) -> int:
    return int.from_bytes(blake2b(occurrence + place.to_bytes(8), digest_size=16).digest())


def _offer(drawn: list[_Drawn], n: int, entry: _Drawn) -> None:
    """Keep the ``n`` smallest keys. Keys of 128 bits are distinct, so the heap never compares further."""
    if len(drawn) < n:
        heapq.heappush(drawn, entry)
    elif entry[0] > drawn[0][0]:
        heapq.heapreplace(drawn, entry)
