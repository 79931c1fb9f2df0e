"""The model that obeys the data, from the benchmark."""

import importlib.util
from pathlib import Path

import pytest

from clioscope.models.registry import models
from clioscope.settings import load_settings

OBEYING = Path(__file__).parents[2] / "benchmarks" / "obeying.py"


@pytest.fixture(scope="session")
def obeying():
    """Settings of a build whose model obeys every order in the data."""
    spec = importlib.util.spec_from_file_location("benchmark_obeying", OBEYING)
    module = importlib.util.module_from_spec(spec)
    with models.temporarily():
        spec.loader.exec_module(module)
        yield load_settings(
            model__name="obeying", embedding__model="hash", facets__ask="all", layout__method="pca",
            clustering__neighbours=10,
        )  # fmt: skip
