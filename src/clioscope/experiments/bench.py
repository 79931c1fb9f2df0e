"""What an experiment works with: its data, its encoders and its language models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.data import Labelled, LabelledAtlas, clinc150, labelled_atlas

if TYPE_CHECKING:
    from clioscope.embedding.embedder import Embedder
    from clioscope.models.account import Account
    from clioscope.models.asker import Asker
    from clioscope.models.chat import ChatModel
    from clioscope.models.store import Store

T = TypeVar("T")
DEFAULT = "all-MiniLM-L6-v2"
CONVERSATIONS = "sharegpt-labelled"  # the data that are an atlas


@dataclass
class Bench:
    """``data``: the name of the data set. ``quick``: whether a small slice is enough. ``seeds``: how many seeds.
    ``embedders`` and ``models``: names, the first is the default. ``atlas``: an atlas of labelled conversations.
    ``most``: how many of its conversations are used (None: all). ``cache``: the folder that keeps vectors and answers
    between runs (None: they are not kept)."""

    data: str = "clinc150"
    quick: bool = False
    seeds: int = 3
    embedders: tuple[str, ...] = (DEFAULT,)
    models: tuple[str, ...] = ()
    atlas: Path | None = None
    most: int | None = None
    cache: Path | None = None
    _store: Store | None = None
    _encoders: dict[str, Embedder] = field(default_factory=dict)
    _models: dict[tuple[str, bool], ChatModel] = field(default_factory=dict)

    def few(self, quick: T, full: T) -> T:
        """``quick`` in a quick run, else ``full``."""
        return quick if self.quick else full

    # -- data ----------------------------------------------------------------------------------------------

    def utterances(self, split: str = "test") -> Labelled:
        """CLINC150; in a quick run 20 intents with 12 utterances each."""
        return clinc150(split, *self.few((20, 12), (None, None)))

    def conversations(self) -> LabelledAtlas:
        """The atlas of labelled conversations: ``most`` of them, or 90 in a quick run."""
        return labelled_atlas(self.atlas, self.most or self.few(90, None))

    # -- vectors -------------------------------------------------------------------------------------------

    def encoder(self, name: str | None = None) -> Embedder:
        """The encoder of this name, by default the first one given. Each is opened once."""
        from clioscope.embedding.open import open_embedder
        from clioscope.settings import EmbeddingSettings

        name = name or self.embedders[0]
        if name not in self._encoders:
            self._encoders[name] = open_embedder(EmbeddingSettings(model=name))
        return self._encoders[name]

    def encode(self, texts: Sequence[str], name: str | None = None) -> NDArray[np.float32]:
        """Unit vectors (n, d) of texts. The store keeps them, so that each text is encoded once."""
        from clioscope.embedding.encode import encode_texts

        return encode_texts(list(texts), self.encoder(name), self.store)

    # -- language models -----------------------------------------------------------------------------------

    @property
    def store(self) -> Store:
        """Vectors and answers of earlier runs."""
        from clioscope.models.store import Store

        if self._store is None:
            self._store = Store(":memory:" if self.cache is None else self.cache / "experiments.sqlite")
        return self._store

    def account(self) -> Account:
        """An account that also counts stored answers, at what they cost when they were given. So a repeated run reports
        the same costs."""
        from clioscope.models.account import Account

        return Account(with_stored=True)

    def ask(
        self, account: Account, name: str | None = None, temperature: float | None = None, *, completion: bool = False
    ) -> Asker:
        """An asker of the language model of this name, by default the first one given. ``account`` counts its costs.
        ``completion``: whether it is asked without its chat template (``as_completion``)."""
        from clioscope.models.asker import Asker

        return Asker(self.model(name, completion=completion), self.store, account, temperature=temperature)

    def model(self, name: str | None = None, *, completion: bool = False) -> ChatModel:
        """The language model of this name, by default the first one given. It is open until another one is asked
        for."""
        from clioscope.models.open import open_model
        from clioscope.settings import ModelSettings

        name = name or self.models[0]
        key = (name, completion)
        if key not in self._models:
            for other in list(self._models):  # one engine at a time: two would not fit, or fight for the cores
                self._models.pop(other).close()
            model = open_model(ModelSettings(name=name))
            self._models[key] = as_completion(model) if completion else model
        return self._models[key]

    def close(self) -> None:
        """Stop models and close the store."""
        for model in self._models.values():
            model.close()
        self._models.clear()
        if self._store is not None:
            self._store.close()
            self._store = None


def as_completion(model: ChatModel) -> ChatModel:
    """The same model, asked without its chat template: the turns become one text with headings, which the model
    continues. Its answers are stored apart from those with the template.

    Raises ModelError for a plug-in model, which decides about its template itself.
    """
    from dataclasses import replace

    from clioscope.errors import ModelError
    from clioscope.models.client import OpenAIClient
    from clioscope.models.fake import FakeModel
    from clioscope.models.in_process import InProcessModel

    client = getattr(model, "_client", None)  # of an engine
    if isinstance(model, InProcessModel):
        model.place = replace(model.place, profile=replace(model.place.profile, endpoint="completion"))
    elif isinstance(client, OpenAIClient) or isinstance(client := model, OpenAIClient):
        client.habits.endpoint = "completion"
    elif not isinstance(model, FakeModel):  # which has no template
        raise ModelError(f"{model.id}: cannot be asked without its chat template.")
    model.id += " completion"
    return model
