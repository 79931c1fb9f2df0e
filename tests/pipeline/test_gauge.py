"""How much memory a piece of work takes."""

import threading

import numpy as np

from clioscope.pipeline.gauge import Gauge


def test_the_peak_is_seen_even_if_the_memory_is_free_again() -> None:
    with Gauge() as small:
        pass
    with Gauge() as large:
        np.ones(40_000_000, dtype=np.uint8).sum()
        np.ones(40_000_000, dtype=np.uint8).sum()
    assert small.peak is not None and large.peak is not None
    assert large.peak >= small.peak
    with Gauge() as held:
        block = np.ones(60_000_000, dtype=np.uint8)
    assert held.peak is not None and held.peak >= small.peak + 30_000_000
    assert block.size


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
