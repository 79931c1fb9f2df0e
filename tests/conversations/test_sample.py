"""The draw does not depend on the order, is fair, and holds no more than it must."""

from __future__ import annotations

import random
import tracemalloc
from collections import Counter
from collections.abc import Iterator

import pytest

from clioscope.conversations import Conversation, Message, Rejected, sample_completions, sample_conversations


def chat(name: str, replies: int = 1, content: str | None = None) -> Conversation:
    turns = [(Message("user", f"{content or name} {n}"), Message("assistant", f"re {n}")) for n in range(replies)]
    return Conversation(name, tuple(message for pair in turns for message in pair))


RECORDS = [chat(f"c{n}", replies=1 + n % 4) for n in range(60)] + [chat("same", content="x") for _ in range(20)]


def test_shuffled_input_gives_the_same_sample() -> None:
    for draw in (sample_conversations, sample_completions):
        drawn = list(draw(RECORDS, 25, seed=3))
        for order in range(5):
            shuffled = RECORDS.copy()
            random.Random(order).shuffle(shuffled)
            assert list(draw(shuffled, 25, seed=3)) == drawn
        assert list(draw(RECORDS, 25, seed=4)) != drawn


def test_equal_contents_of_different_users_are_drawn_by_who_they_are() -> None:
    records = [Conversation(f"r{n}", chat("x").messages, user_id=f"u{n % 7}") for n in range(40)]
    drawn = {
        record.source_id for record in sample_conversations(records, 10, seed=0) if isinstance(record, Conversation)
    }
    again = sample_conversations(records[::-1], 10, seed=0)
    assert {record.source_id for record in again if isinstance(record, Conversation)} == drawn


def test_the_size_and_who_passes_through() -> None:
    rejected = Rejected("f", 1, "broken")
    drawn = list(sample_conversations([rejected, *RECORDS, rejected], 10, seed=0))
    assert drawn[:2] == [rejected, rejected]
    assert len(drawn) == 12
    assert len(list(sample_conversations(RECORDS, 1000, seed=0))) == len(RECORDS)


def test_each_record_has_the_same_chance_duplicates_too() -> None:
    counts: Counter[str] = Counter()
    for seed in range(400):
        counts.update(one.source_id for one in sample_conversations(RECORDS, 20, seed) if isinstance(one, Conversation))
    # 20 of 80 drawn: 100 of 400 seeds for each of 60 records, 2000 for the 20 that are equal.
    assert 1850 < counts["same"] < 2150
    singles = [counts[f"c{n}"] for n in range(60)]
    assert min(singles) > 65
    assert max(singles) < 140


def test_completions_weigh_long_conversations_more() -> None:
    records = [chat(f"short{n}") for n in range(100)] + [chat(f"long{n}", replies=9) for n in range(100)]
    share = Counter[str]()
    for seed in range(60):
        for record in sample_completions(records, 50, seed):
            assert isinstance(record, Conversation)
            share[record.source_id.rstrip("0123456789")] += 1
    # Nine of ten completions belong to long conversations; a few of those are drawn twice.
    assert 0.85 < share["long"] / share.total() < 0.91


def test_a_completion_brings_the_conversation_up_to_it() -> None:
    long = chat("c", replies=8)
    lengths = Counter[int]()
    for seed in range(200):
        (record,) = sample_completions([long], 2, seed)
        assert isinstance(record, Conversation)
        assert record.messages == long.messages[: len(record.messages)]
        assert record.messages[-1].role == "assistant"
        lengths[len(record.messages)] += 1
    # The later of two turns out of eight is never the first, and is the last in a quarter of the draws.
    assert 2 not in lengths
    assert 30 < lengths[16] < 70


def test_without_an_answer_to_the_user_nothing_is_drawn() -> None:
    greeting = Conversation("g", (Message("assistant", "Welcome"), Message("user", "hi")))
    assert list(sample_completions([greeting], 5, seed=0)) == []


def test_texts_that_are_not_drawn_are_not_held() -> None:
    def stream(count: int) -> Iterator[Conversation]:
        for n in range(count):
            yield Conversation(str(n), (Message("user", f"{n} " * 2000),))

    def peak(count: int) -> int:
        tracemalloc.start()
        assert len(list(sample_conversations(stream(count), 20, seed=0))) == 20
        high = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return high

    few, many = peak(200), peak(2000)
    assert many - few < 200 * 1800  # the count of each distinct record; its text has some 8,000 characters


@pytest.mark.slow
@pytest.mark.parametrize("draw", [sample_conversations, sample_completions])
def test_memory_is_bounded_by_the_sample(draw) -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        assert len(list(draw((chat(f"c{n}") for n in range(count)), 20, seed=0))) == 20
        high = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return high

    assert peak(16_000) - peak(2000) < 200_000  # a dict of the counts takes 1.4 MB more
