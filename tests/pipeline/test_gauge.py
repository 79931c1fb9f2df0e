"""How much memory a piece of work takes."""

import subprocess
import sys
import threading

from clioscope.pipeline.gauge import Gauge

_CODE = """
import numpy as np
from clioscope.pipeline.gauge import Gauge

with Gauge() as small:
    pass
with Gauge() as freed:
    np.ones(60_000_000, dtype=np.uint8).sum()
with Gauge() as held:
    block = np.ones(90_000_000, dtype=np.uint8)
print(small.peak, freed.peak, held.peak)
"""


def test_the_peak_is_seen_even_if_the_memory_is_free_again() -> None:
    """In a process of its own: what other tests leave to be freed would hide what is taken here."""
    done = subprocess.run([sys.executable, "-c", _CODE], capture_output=True, text=True, check=True)
    small, freed, held = map(int, done.stdout.split())
    assert freed >= small + 50_000_000 and held >= small + 80_000_000


def test_no_thread_stays() -> None:
    before = threading.active_count()
    with Gauge():
        assert threading.active_count() == before + 1
    assert threading.active_count() == before


def test_a_system_that_does_not_tell(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr("clioscope.pipeline.gauge._STATM", tmp_path / "none")
    with Gauge() as gauge:
        pass
    assert gauge.peak is None
