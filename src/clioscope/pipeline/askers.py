"""Who answers the questions of a build: the model, or a second one for names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from clioscope.models.account import Account
from clioscope.models.asker import Asker
from clioscope.models.ledger import Ledger
from clioscope.pipeline.stage import Role
from clioscope.settings import ModelSettings, Settings

if TYPE_CHECKING:
    from clioscope.cluster.place import ClusterPlace
    from clioscope.models.batch.waits import Waits
    from clioscope.models.bulk import BulkModel
    from clioscope.models.chat import ChatModel
    from clioscope.models.store import Store

_RETRIES = 2  # of an answer of no use; more seldom help


class Askers:
    """Opens the model of a stage when its first question comes, one model at a time.

    ``store`` gives the store of answers; ``report`` gets (stage, done, total), and stage ``weights`` while a model
    is fetched; ``on_pause`` gets (stage, seconds, why) when a server wants to be left alone. Costs and failures of all
    models stand in one ``account`` and one ``ledger``. Where ``waits`` is set, models at an address are not asked.
    ``cluster`` gives where questions are asked in bulk, if they are: those about conversations, and all that only
    engines there can answer.
    """

    def __init__(
        self,
        settings: Settings,
        store: Callable[[], Store],
        report: Callable[[str, int, int | None], None],
        on_pause: Callable[[str, float, str], None] = lambda stage, seconds, why: None,
        cluster: Callable[[], ClusterPlace | None] = lambda: None,
    ) -> None:
        self._settings, self._store, self._report, self._on_pause = settings, store, report, on_pause
        self._cluster = cluster
        self._stage = ""
        self._model: ChatModel | BulkModel | None = None
        self._open: tuple[str, bool] | None = None  # its name, and whether it is asked in bulk
        self.account = Account(settings.model.price_in, settings.model.price_out)
        self.ledger = Ledger()
        self.waits: Waits | None = None
        self.ids: dict[str, str] = {}  # role (chat, naming) to the identity of the model that was opened for it

    def key(self, role: Role) -> list[Any] | None:
        """What of the model of a role decides an answer; None when there is none."""
        from clioscope.prompts import prompt_hash

        model = self._settings.model
        if model.name is None:
            return None
        form = prompt_hash("answer_as_json")  # for servers that know no schemas
        return [self._name(role), model.temperature, model.thinking_tokens, min(model.retries, _RETRIES), form]

    def ask(self, stage: str, role: Role) -> Asker | None:
        """The model of a role, ready to be asked by a stage; None for a build without one. Raises ModelError."""
        from clioscope.models.open import is_vllm

        self._stage, name = stage, self._name(role)
        if name is None:
            return None
        settings = self._settings.model.model_copy(update={"name": name})
        bulk = is_vllm(name) or (role == "chat" and self.waits is None)  # questions for a batch wait here
        place = self._cluster() if bulk else None
        wanted = name, place is not None
        if self._model is None or self._open != wanted:
            self.close()
            self._model = (None if place is None else place.bulk_model(settings)) or self._opened(settings)
            self._open = wanted
            self.ids["chat" if name == self._settings.model.name else "naming"] = self._model.id
        return Asker(
            self._model,
            self._store(),
            self.account,
            self.ledger,
            concurrency=settings.concurrency,
            retries=min(settings.retries, _RETRIES),
            temperature=settings.temperature,
            on_progress=lambda _, done, total: self._report(stage, done, total),
            waits=self.waits,
        )

    def _opened(self, settings: ModelSettings) -> ChatModel:
        from clioscope.models.open import is_address, open_model

        if self.waits is not None and is_address(settings.name):
            return self.waits.model(settings)
        return open_model(
            settings,
            on_progress=lambda done, total: self._report("weights", done, total),
            on_pause=lambda seconds, why: self._on_pause(self._stage, seconds, why),
        )

    def models(self, answered: Mapping[str, str]) -> dict[str, str | None]:
        """The models of these settings by role, as the manifest has them: by identity where one has ``answered``."""
        first, naming = self._settings.model.name, self._name("naming")
        found = {"chat": answered.get("chat", first) if first else None}
        return found if naming == first else found | {"naming": answered.get("naming", naming)}

    def close(self) -> None:
        """Stop the model that is open."""
        if self._model is not None:
            self._model.close()
        self._model = None

    def _name(self, role: Role) -> str | None:
        first = self._settings.model.name
        return (self._settings.naming.model or first) if first is not None and role == "naming" else first
