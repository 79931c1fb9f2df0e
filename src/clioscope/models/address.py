"""The address of a server, as people paste it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

_ENDPOINTS = ("/chat/completions", "/completions", "/embeddings", "/responses", "/models")
_VERSION = re.compile(r"/v\d+[a-z0-9]*(/|$)")
_DEPLOYMENT = re.compile(r"/deployments/([^/]+)$")
_PLACES = ("/v1", "/api/v1", "/openai/v1")  # where servers keep their API: most, OpenRouter, Groq and Azure


@dataclass(frozen=True, slots=True)
class Address:
    """``base`` is the URL that endpoint paths are appended to, without a slash at its end; ``query`` is sent with every
    request.

    ``deployment`` is the model's name if it is part of the address (Azure), else empty.
    """

    base: str
    query: dict[str, str] = field(default_factory=dict)
    deployment: str = ""

    @property
    def azure(self) -> bool:
        """Whether the server wants its key in the header ``api-key``."""
        host = (urlsplit(self.base).hostname or "").lower()
        return bool(self.deployment) or "api-version" in self.query or host.endswith((".azure.com", ".azure-api.net"))

    def elsewhere(self) -> list[Address]:
        """Where else the API may be, in case the version was forgotten; empty if the address has a version."""
        if self.deployment or _VERSION.search(urlsplit(self.base).path):
            return []
        return [replace(self, base=self.base + place) for place in _PLACES]


def read_address(text: str) -> Address:
    """Parse ``http://host/v1``, with or without an endpoint at its end, a query, or an Azure deployment."""
    parts = urlsplit(text.strip())
    path = parts.path.rstrip("/")
    for endpoint in _ENDPOINTS:
        if path.endswith(endpoint):
            path = path.removesuffix(endpoint).rstrip("/")
            break
    deployment = _DEPLOYMENT.search(path)
    base = urlunsplit((parts.scheme, parts.netloc, path, "", ""))
    return Address(base, dict(parse_qsl(parts.query)), unquote(deployment[1]) if deployment else "")
