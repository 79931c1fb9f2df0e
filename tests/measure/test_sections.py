"""The parts of a report on an atlas."""

import numpy as np
import polars as pl

from clioscope.measure.sections import coordinates_of


def test_coordinates_are_in_the_order_of_the_conversations(finished) -> None:
    found = coordinates_of(finished)
    assert found.shape == (finished.clusters.height, 2) and found.dtype == np.float64
    first = finished.layout.filter(pl.col("conversation") == finished.clusters["conversation"][0])
    assert found[0].tolist() == [first["x"][0], first["y"][0]]
