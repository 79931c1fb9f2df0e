"""A bulk model on a cluster: questions that the store lacks, one dataset for those that are alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from math import ceil
from typing import Any

from clioscope.cluster.connect import Connection
from clioscope.cluster.rows import QUESTION, outcomes_of
from clioscope.cluster.shape import alike
from clioscope.cluster.shards import Shards
from clioscope.cluster.work import block_rows, do_work, left_over
from clioscope.errors import ModelError
from clioscope.models.chat import ChatRequest
from clioscope.models.outcome import Outcome
from clioscope.settings import ClusterSettings, ModelSettings

VLLM = "vllm:"  # before the name of a model that engines on the cluster load
QUESTIONS = "questions-"  # begins the names of this work among the shards


class RayModel:
    """A ``BulkModel`` of the model that ``settings`` name: an address, or ``vllm:NAME``.

    ``id`` is that of the same model behind an address, so both find each other's answers. What came back for an earlier
    run that was killed is taken first; questions that are answered by it are not asked.
    """

    def __init__(self, settings: ModelSettings, cluster: ClusterSettings, connection: Connection, folder: str) -> None:
        self.settings, self._cluster, self._connection, self._folder = settings, cluster, connection, folder
        self._name = (settings.name or "").strip()
        if self._name.startswith(VLLM):
            from clioscope.cluster.vllm import vllm_model

            self.id, _ = vllm_model(self._name.removeprefix(VLLM).strip())
            if settings.temperature is not None:
                self.id += f" temperature={settings.temperature:g}"
        else:
            from clioscope.models.open import open_model

            client = open_model(settings)
            self.id = client.id
            if " " not in self._name:  # the server's one model: actors need not ask which
                self.settings = settings.model_copy(update={"name": f"{self._name} {getattr(client, 'model', '')}"})
            client.close()

    def answer_all(self, questions: Mapping[str, ChatRequest]) -> Iterator[list[Outcome]]:
        """Outcomes as they come, see ``BulkModel``."""
        shards = Shards(self._folder)
        settled: set[str] = set()
        for name, table in left_over(shards):
            if name.startswith(QUESTIONS):
                outcomes = [one for one in outcomes_of(table) if one.answer is not None or one.kind == "own"]
                settled.update(one.key for one in outcomes)
                yield outcomes
        for name in shards.works():
            if name.startswith(QUESTIONS):
                shards.remove(name)
        left = {key: request for key, request in questions.items() if key not in settled}
        for group in alike(left):
            size = block_rows(len(group.rows), self._cluster.batch)
            actors = min(self._cluster.actors, ceil(len(group.rows) / size))
            cluster = self._cluster.model_copy(update={"actors": actors})
            work = do_work(
                self._connection,
                shards,
                QUESTIONS + group.name,
                group.rows,
                QUESTION,
                size,
                partial(_process, self.settings, cluster, group.form),
            )
            for table in work:
                yield list(outcomes_of(table))
        shards.close()

    def close(self) -> None:
        """Nothing is open between two calls."""


def _process(settings: ModelSettings, cluster: ClusterSettings, form: ChatRequest, dataset: Any) -> Any:
    """A dataset of questions of one form, turned into one of outcomes."""
    name = (settings.name or "").strip()
    try:
        if name.startswith(VLLM):
            from clioscope.cluster.vllm import vllm_processor

            return vllm_processor(name.removeprefix(VLLM).strip(), settings, form, cluster)(dataset)
        from clioscope.cluster.http import http_processor

        address = name.partition(" ")[0]
        return http_processor(settings, form, address, cluster.actors, cluster.batch)(dataset)
    except ImportError as error:
        raise ModelError(f"{name}: Ray's processor cannot be made ({error}).") from error
