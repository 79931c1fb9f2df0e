"""The protocol of a clustering method, and the registry of methods."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from clioscope.errors import SettingsError
from clioscope.registry import Registry
from clioscope.settings import ClusteringSettings


class Partition(NamedTuple):
    """``labels`` (m,): a group for each vector, any non-negative numbers; -1 for what the method calls noise.
    ``info``: what the method found out (plain values), kept in the manifest."""

    labels: NDArray[np.integer[Any]]
    info: dict[str, Any]


class Clusterer(Protocol):
    """A clustering method.

    Gets distinct unit vectors (m, d), m at least 2, in an order that does not depend on the input's; the
    number of groups to aim at (2 to m - 1; a method that finds its own number may ignore it); the settings;
    and the seed. It must return the same for the same arguments.
    """

    def __call__(
        self, vectors: NDArray[np.float32], target: int, settings: ClusteringSettings, seed: int
    ) -> Partition: ...


_ROOM = "clioscope.clustering"
clusterers: Registry[Clusterer] = Registry(
    "clustering method",
    "clioscope.clusterers",
    {name: f"{_ROOM}.{name}" for name in ("agglomerative", "dbscan", "hdbscan", "kmeans", "leiden")},
)


class Options(BaseModel):
    """Base of a method's own options (``[clustering.options]``): unknown names are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


O = TypeVar("O", bound=Options)  # noqa: E741


def read_options(kind: type[O], settings: ClusteringSettings) -> O:
    """The method's options as its own class. Raises SettingsError that names the option."""
    try:
        return kind.model_validate(settings.options)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in ("clustering", "options", *first["loc"]))
        known = ", ".join(kind.model_fields) or "none"
        raise SettingsError(f"{name}: {first['msg']} (options of {settings.method}: {known}).") from error
