"""Checks for the parts that you add to Clioscope: one function per kind, to be called from your own tests.

Each raises AssertionError with one sentence that says which promise of the protocol is broken. They need no test
framework. ``trial`` is a block after which what was registered in it is forgotten.
"""

from clioscope.testing.clusterers import check_clusterer
from clioscope.testing.embedders import check_embedder
from clioscope.testing.experiments import check_experiment
from clioscope.testing.facets import check_facet
from clioscope.testing.kinds import KINDS, registries, registry_of, trial
from clioscope.testing.metrics import check_metric
from clioscope.testing.models import check_model
from clioscope.testing.projectors import check_projector
from clioscope.testing.recognisers import check_recogniser
from clioscope.testing.sources import check_source

__all__ = [
    "KINDS",
    "check_clusterer",
    "check_embedder",
    "check_experiment",
    "check_facet",
    "check_metric",
    "check_model",
    "check_projector",
    "check_recogniser",
    "check_source",
    "registries",
    "registry_of",
    "trial",
]
