"""Logged requests without an id of their conversation: which request is an earlier part of which."""

from __future__ import annotations

from collections import defaultdict
from hashlib import blake2b
from typing import Any

from clioscope.conversations.messages.turns import Turns
from clioscope.conversations.sources.parts.joined import spoken_turns


class Request:
    """A request, and a hash of each beginning of it; ``free`` are those that no other request has been found for."""

    def __init__(self, turns: Turns, record: dict[str, Any]) -> None:
        self.turns, self.record = turns, record
        self.hashes = beginnings(turns)
        self.free = set(self.hashes[:-1])
        self.held = True


class Longest:
    """Takes requests one by one and keeps those that are no earlier part of another. ``repeats`` counts the rest.

    For each beginning of a request only one other request counts as an earlier part of it, so that several people who
    ask the same question are still several. Equal requests are all kept.
    """

    def __init__(self) -> None:
        self.repeats = 0
        self._all: list[Request] = []
        self._ends: defaultdict[int, list[Request]] = defaultdict(list)
        self._free: defaultdict[int, list[Request]] = defaultdict(list)

    def add(self, request: Request) -> None:
        if not request.hashes:
            self._all.append(request)
            return
        end = request.hashes[-1]
        if self._is_earlier(end):
            self.repeats += 1
            return
        for beginning in reversed(request.hashes[:-1]):
            if beginning in request.free and self._ends[beginning]:
                earlier = self._ends[beginning].pop()
                earlier.held = False
                request.free -= {beginning, *earlier.hashes} - earlier.free
                self.repeats += 1
        self._all.append(request)
        self._ends[end].append(request)
        for beginning in request.free:
            self._free[beginning].append(request)

    def kept(self) -> list[Request]:
        """The requests that are kept, in the order in which they came."""
        return [request for request in self._all if request.held]

    def _is_earlier(self, end: int) -> bool:
        later = self._free[end]
        while later:
            request = later.pop()
            if request.held and end in request.free:
                request.free.remove(end)
                return True
        return False


def beginnings(turns: Turns) -> list[int]:
    """A hash of the first turn, of the first two, and so on, of what was said (not by the system)."""
    rolling = blake2b(digest_size=8)
    hashes = []
    for role, text in spoken_turns(turns):
        rolling.update(f"{role}\0{text}\0".encode("utf-8", "surrogatepass"))
        hashes.append(int.from_bytes(rolling.digest()))
    return hashes
