"""The nine kinds, and trials of parts."""

import clioscope.testing
from clioscope.settings import EmbeddingSettings
from clioscope.testing import KINDS, registries, registry_of, trial


def test_there_are_nine_and_each_has_its_check() -> None:
    assert (
        *("facets", "sources", "models", "embedders", "recognisers"),
        *("clusterers", "projectors", "metrics", "experiments"),
    ) == KINDS
    for kind, registry in registries().items():
        assert registry.group == f"clioscope.{kind}"
        assert registry.shipped()
        assert callable(getattr(clioscope.testing, f"check_{kind[:-1]}"))


def test_what_a_trial_registers_is_forgotten() -> None:
    embedders = registry_of("embedders")
    with trial():
        embedders.register("mine")(lambda settings: "an embedder")
        assert embedders.get("mine")(EmbeddingSettings()) == "an embedder"
    assert "mine" not in embedders
