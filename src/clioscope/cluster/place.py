"""The cluster of a build: one connection and one folder for all that is worked on there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.cluster.connect import Connection, require
from clioscope.errors import SettingsError
from clioscope.models.open import is_address, is_vllm
from clioscope.progress import Step
from clioscope.settings import ClusterSettings, EmbeddingSettings, InputSettings, ModelSettings, Settings

if TYPE_CHECKING:
    from clioscope.cluster.encoding import RayEmbedder
    from clioscope.cluster.model import RayModel
    from clioscope.conversations.collect import Collected
    from clioscope.embedding.embedder import Embedder

FOLDER = "cluster"  # within the folder of a build


def check_cluster(settings: Settings) -> None:
    """Raise SettingsError or ModelError for what cannot be worked on at ``cluster.on``, or not without it; Ray is
    looked for and not started."""
    name = settings.model.name
    if settings.cluster.on is None:
        if is_vllm(name) or is_vllm(settings.naming.model):
            raise SettingsError(f"{name if is_vllm(name) else settings.naming.model}: needs a cluster; give --on ray.")
        return
    require()
    for one in (name, settings.naming.model):
        if is_vllm(one):
            from clioscope.cluster.vllm import vllm_model

            vllm_model(one.removeprefix("vllm:").strip())  # type: ignore[union-attr]


class ClusterPlace:
    """Where a build in ``folder`` has its work done by the settings of the cluster. Nothing is started before it is
    used; ``close`` ends what was."""

    def __init__(self, settings: ClusterSettings, folder: Path) -> None:
        if settings.on is None:
            raise ValueError("a build without cluster.on has no cluster")
        self._settings = settings
        self.folder = (settings.folder or str(folder / FOLDER)).rstrip("/")
        self.connection = Connection(settings.on, max(settings.actors, settings.encoders))

    def bulk_model(self, model: ModelSettings) -> RayModel | None:
        """The bulk model for an address or ``vllm:NAME``; None for a model that answers in this process."""
        if not (is_address(model.name) or is_vllm(model.name)):
            return None
        from clioscope.cluster.model import RayModel

        return RayModel(model, self._settings, self.connection, self.folder)

    def embedder(self, inner: Embedder, settings: EmbeddingSettings) -> RayEmbedder:
        """The embedder whose many texts are encoded on the cluster."""
        from clioscope.cluster.encoding import RayEmbedder

        return RayEmbedder(inner, settings, self._settings, self.connection, self.folder)

    def collect(
        self, urls: Sequence[str], settings: InputSettings, rejected: Path | None, on_progress: Step | None
    ) -> Collected:
        """Read the input at URLs on the cluster (``collect_urls``)."""
        from clioscope.cluster.reading import collect_urls
        from clioscope.cluster.urls import list_url

        files = [file.url for url in urls for file in list_url(url)]
        return collect_urls(files, settings, rejected, self.connection, on_progress)

    def close(self) -> None:
        """Leave the cluster."""
        self.connection.close()
