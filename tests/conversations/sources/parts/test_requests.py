"""Which requests are earlier parts of which."""

from __future__ import annotations

import random

from clioscope.conversations.messages.turns import Turns
from clioscope.conversations.sources.parts.requests import Longest, Request


def turns(texts: list[str]) -> Turns:
    return Turns([("system", "S"), *((("user", "assistant")[place % 2], text) for place, text in enumerate(texts))])


def test_every_agents_run_is_kept_once_in_whatever_order_its_requests_come() -> None:
    runs = [["same question", f"answer {n}", f"more {n}", "yes", f"end {n}"] for n in range(5)]
    requests = [run[:size] for run in runs for size in range(1, 6)]
    for seed in range(20):
        random.Random(seed).shuffle(requests)
        longest = Longest()
        for one in requests:
            longest.add(Request(turns(one), {}))
        assert sorted(request.turns[-1][1] for request in longest.kept()) == [f"end {n}" for n in range(5)]
        assert longest.repeats == 20
