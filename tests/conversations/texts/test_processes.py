"""Work in several processes gives what work in one gives."""

import os

import pytest

from clioscope.conversations.texts import processes
from clioscope.conversations.texts.processes import in_processes
from clioscope.naming.held_phrases import Written, held_phrases
from clioscope.naming.support import Support


def whereabouts(items):
    """The items, and the process that saw them."""
    return os.getpid(), list(items)


def broken(items):
    raise ValueError(f"{items[0]} cannot be read")


@pytest.fixture
def few(monkeypatch):
    """Blocks of 10 items, and processes from 30 items on."""
    monkeypatch.setattr(processes, "BLOCK", 10)
    monkeypatch.setattr(processes, "_MANY", 30)


def test_few_items_stay_in_this_process(few) -> None:
    assert list(in_processes(whereabouts, range(15))) == [
        (os.getpid(), list(range(10))),
        (os.getpid(), list(range(10, 15))),
    ]
    assert list(in_processes(whereabouts, [])) == []


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two cores")
def test_many_items_are_seen_elsewhere_in_their_order(few) -> None:
    found = list(in_processes(whereabouts, range(95)))
    assert [item for _, items in found for item in items] == list(range(95))
    assert os.getpid() not in {process for process, _ in found}


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two cores")
def test_an_error_elsewhere_is_raised_here(few) -> None:
    with pytest.raises(ValueError, match="0 cannot be read"):
        list(in_processes(broken, range(40)))


def test_what_is_read_of_texts_is_the_same_in_blocks_and_processes(monkeypatch) -> None:
    texts = [f"Bake bread number {n} with Anna in Riga" if n % 3 else "Please fix the SQL query" for n in range(60)]
    plain = held_phrases([Written(text, "en") for text in texts], 100)
    support = Support(texts, 3)
    monkeypatch.setattr(processes, "BLOCK", 7)
    monkeypatch.setattr(processes, "_MANY", 20)
    parted = held_phrases([Written(text, "en") for text in texts], 100)
    assert plain.phrases == parted.phrases and (plain.presence != parted.presence).nnz == 0
    apart = Support(texts, 3)
    for label in ("Bread with Anna", "Baking in Paris", "SQL query", "Riga"):
        assert support.unsupported(label, range(60)) == apart.unsupported(label, range(60))
        assert support.unsupported(label, [1]) == apart.unsupported(label, [1])
