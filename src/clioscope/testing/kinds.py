"""The nine kinds of parts that can be added to Clioscope, and their registries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Any

from clioscope.registry import Registry

_HOMES = {
    "facets": "clioscope.facets.known:facets",
    "sources": "clioscope.conversations.formats:formats",
    "models": "clioscope.models.registry:models",
    "embedders": "clioscope.embedding.registry:embedders",
    "recognisers": "clioscope.recognisers.recogniser:recognisers",
    "clusterers": "clioscope.clustering.clusterer:clusterers",
    "projectors": "clioscope.layout.registry:projectors",
    "metrics": "clioscope.measure.metric:metrics",
    "experiments": "clioscope.experiments.experiment:experiments",
}
KINDS = tuple(_HOMES)  # the entry-point group of a kind is ``clioscope.KIND``


def registry_of(kind: str) -> Registry[Any]:
    """The registry of one of ``KINDS``."""
    module, _, name = _HOMES[kind].partition(":")
    registry: Registry[Any] = getattr(import_module(module), name)
    return registry


def registries() -> dict[str, Registry[Any]]:
    """All registries by their kind."""
    return {kind: registry_of(kind) for kind in KINDS}


@contextmanager
def trial() -> Iterator[None]:
    """A block after which the parts of all kinds that were registered in it are forgotten."""
    from clioscope.conversations.formats import all_formats

    all_formats()  # they are looked for once per process, so what is found must not be forgotten
    with ExitStack() as stack:
        for registry in registries().values():
            stack.enter_context(registry.temporarily())
        yield
