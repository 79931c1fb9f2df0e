"""Names in context: the experiment on a slice with the fake model."""

import pytest

from clioscope.experiments import experiments
from clioscope.experiments.questions.context import LADDER


@pytest.mark.parametrize("data", ["clinc150", "sharegpt-labelled"])
def test_context(clinc_there, labelled, quick, data):
    folder = labelled / "data" if data != "clinc150" else None
    found = quick("context", data=data, models=("fake",), atlas=labelled / "atlas", folder=folder, seeds=1)
    (part,) = found.parts()
    assert set(LADDER) < set(found.variants(part))
    assert found.mean("+ parent", "questions", part) > found.mean("members", "questions", part)
    said = experiments.get("context").conclude(found)
    assert "reconstruction accuracy" in said and "retrieval by the second encoder" in said
