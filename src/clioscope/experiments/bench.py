"""What an experiment works with: its data, vectors that were made before, and language models."""

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
    """``data``: name of the data set; ``quick``: a small slice; ``seeds``: how many; ``embedders`` and ``models``: by
    name, the first is the default; ``atlas``: one of labelled conversations; ``most``: only so many
    of those; ``cache``: where vectors and answers
    are kept between runs (None: nowhere)."""

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
        """CLINC150; in a quick run 20 intents of 12."""
        return clinc150(split, *self.few((20, 12), (None, None)))

    def conversations(self) -> LabelledAtlas:
        """The atlas of labelled conversations: ``most`` of them, in a quick run 90."""
        return labelled_atlas(self.atlas, self.most or self.few(90, None))

    # -- vectors -------------------------------------------------------------------------------------------

    def encoder(self, name: str | None = None) -> Embedder:
        """The encoder of this name, opened once."""
        from clioscope.embedding.open import open_embedder
        from clioscope.settings import EmbeddingSettings

        name = name or self.embedders[0]
        if name not in self._encoders:
            self._encoders[name] = open_embedder(EmbeddingSettings(model=name))
        return self._encoders[name]

    def encode(self, texts: Sequence[str], name: str | None = None) -> NDArray[np.float32]:
        """Unit vectors (n, d) of texts, each text encoded once and for ever."""
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
        """One that books the answers of earlier runs too, at what they cost then, so that a run that is taken up
        again reports the same."""
        from clioscope.models.account import Account

        return Account(with_stored=True)

    def ask(
        self, account: Account, name: str | None = None, temperature: float | None = None, *, completion: bool = False
    ) -> Asker:
        """The language model of this name (the first one given), its costs booked in ``account``; ``completion``:
        without its chat template (``as_completion``)."""
        from clioscope.models.asker import Asker

        return Asker(self.model(name, completion=completion), self.store, account, temperature=temperature)

    def model(self, name: str | None = None, *, completion: bool = False) -> ChatModel:
        """The language model of this name (the first one given), open until another one is asked for."""
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
    """The model without its chat template: what is asked becomes one text with headings that it goes on with. Its
    answers are stored apart. Raises ModelError for a plug-in, whose templates are its own affair."""
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
