"""Embeddings from any OpenAI-compatible address."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.errors import ModelError
from clioscope.models.address import read_address
from clioscope.models.connection import LOOPBACK, api_key, key_headers
from clioscope.models.fault import Fault, read_fault
from clioscope.models.refusal import is_too_long
from clioscope.models.retry import backoff
from clioscope.vectors.unit import unit_rows

if TYPE_CHECKING:
    from openai import OpenAI

_AT_ONCE = 4  # batches in flight
_SHORTEST = 32  # characters below which a text is not cut any further


class AddressEmbedder:
    """An ``Embedder`` at ``address`` (``http://host/v1``), asking its ``/embeddings`` for ``model``.

    Without a model's name the deployment in the address is taken, or the server's first model. 408, 409, 5xx, time-outs
    and lost connections are retried with backoff and Retry-After; a rate limit (429) is waited for however long it
    lasts. A text too long for the model is cut in half until it fits. The key comes from CLIOSCOPE_API_KEY, then
    OPENAI_API_KEY. ``id`` is the model's name, not the address: the same model behind another port finds its stored
    vectors.
    """

    def __init__(
        self, address: str, model: str | None = None, *, batch_size: int = 64, retries: int = 5, timeout: float = 300.0
    ) -> None:
        self._address = read_address(address)
        self.address = self._address.base
        self._batch_size = batch_size
        self._retries = retries
        self._timeout = timeout
        self._client: OpenAI | None = None
        self._dimension: int | None = None
        self.model = model or self._address.deployment or self._first_model()
        self.id = self.model

    @property
    def dimension(self) -> int:
        """Length of a vector; asks the server once."""
        if self._dimension is None:
            self.encode(["dimension"])
        assert self._dimension is not None
        return self._dimension

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimension). Raises ModelError when the server has none."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        batches = [list(texts[i : i + self._batch_size]) for i in range(0, len(texts), self._batch_size)]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            rows = [row for batch in pool.map(self._embed, batches) for row in batch]
        try:
            vectors = np.asarray(rows, dtype=np.float64)
        except (TypeError, ValueError):
            vectors = np.zeros(0)
        if vectors.ndim != 2 or not np.isfinite(vectors).all():
            raise ModelError(f"{self.address}: {self.model} did not answer with vectors; is it an embedding model?")
        self._dimension = vectors.shape[1]
        return unit_rows(vectors)

    def _embed(self, texts: list[str]) -> list[list[float]]:
        import openai

        try:
            answer = self._patiently(texts)
        except (openai.BadRequestError, openai.UnprocessableEntityError, openai.InternalServerError) as error:
            if not is_too_long(str(error)):
                raise self._explain(error) from error
            if len(texts) > 1:
                return [row for text in texts for row in self._embed([text])]
            if len(texts[0]) <= _SHORTEST:
                raise self._explain(error) from error
            return self._embed([texts[0][: len(texts[0]) // 2]])
        except openai.OpenAIError as error:
            raise self._explain(error) from error
        except ValueError as error:  # a body that says it is JSON and is not
            raise ModelError(f"{self.address}: the reply is not JSON; is this an OpenAI-compatible address?") from error
        data = getattr(answer, "data", None) or []
        if len(data) != len(texts):
            raise ModelError(f"{self.address}: {len(data)} vectors came back for {len(texts)} texts.")
        return [item.embedding for item in sorted(data, key=lambda item: item.index or 0)]

    def _patiently(self, texts: list[str]) -> Any:
        """The server's answer; a rate limit alone never ends the wait for it."""
        import openai

        for attempt in count():
            try:
                return self._connect().embeddings.create(model=self.model, input=texts, encoding_format="float")
            except openai.RateLimitError as error:
                fault = _fault(error)
                if fault.kind != "busy":
                    raise
                time.sleep(fault.wait or backoff(attempt))
        raise AssertionError("unreachable")

    def _first_model(self) -> str:
        import openai

        try:
            for model in self._connect().models.list():
                return str(model.id)
        except (openai.OpenAIError, ValueError) as error:
            raise self._explain(error) from error
        raise ModelError(f"{self.address}: the server lists no model; write its name after the address.")

    def _connect(self) -> OpenAI:
        if self._client is None:
            from openai import DefaultHttpxClient, OpenAI

            self._client = OpenAI(
                base_url=self.address,
                api_key=api_key(),
                max_retries=self._retries,
                timeout=self._timeout,
                default_query=dict(self._address.query),
                default_headers=key_headers(self._address),
                http_client=DefaultHttpxClient(trust_env=not self.address.startswith(LOOPBACK)),
            )
        return self._client

    def _explain(self, error: Exception) -> ModelError:
        import openai

        if isinstance(error, openai.APITimeoutError):
            return ModelError(f"{self.address}: no vectors within {self._timeout:g} seconds.")
        if isinstance(error, openai.APIConnectionError):
            return ModelError(f"{self.address}: nobody answers ({error.__cause__ or error}); is the server running?")
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            return ModelError(f"{self.address}: the key was refused ({_fault(error)}); set CLIOSCOPE_API_KEY.")
        if isinstance(error, openai.NotFoundError):
            return ModelError(
                f"{self.address}: no /embeddings for {getattr(self, 'model', 'any model')} ({_fault(error)})."
            )
        if isinstance(error, openai.APIStatusError):
            return ModelError(
                f"{self.address}: no vectors ({_fault(error)}); run the same command again once this is fixed."
            )
        return ModelError(f"{self.address}: {error}.")


def _fault(error: Any) -> Fault:
    return read_fault(error.status_code, error.response.text, error.response.headers)
