"""Which models a server offers."""

from __future__ import annotations

from clioscope.errors import ModelError
from clioscope.models.address import Address, read_address


def served_models(text: str, timeout: float = 20.0) -> list[str]:
    """The names at ``GET address/models``, or at ``address/v1/models`` if the version was forgotten; an Azure
    deployment has one name. Raises ModelError when nobody answers or the key is refused."""
    address = read_address(text)
    if address.deployment:
        return [address.deployment]
    problem: ModelError | None = None
    for place in (address, *address.elsewhere()):
        try:
            return _listed(place, timeout)
        except NoList as error:
            problem = problem or error
    assert problem is not None
    raise problem


class NoList(ModelError):
    """There is no list of models at this place."""


def _listed(place: Address, timeout: float) -> list[str]:
    import openai

    from clioscope.models.connection import LOOPBACK, api_key, key_headers

    address = place.base
    http = openai.DefaultHttpxClient(trust_env=not address.startswith(LOOPBACK))
    wait = openai.Timeout(timeout, connect=min(10.0, timeout))
    with openai.OpenAI(
        base_url=address,
        api_key=api_key(),
        max_retries=1,
        timeout=wait,
        default_query=dict(place.query),
        default_headers=key_headers(place),
        http_client=http,
    ) as client:
        try:
            reply = client.get("/models", cast_to=object)
        except openai.APIConnectionError as error:
            raise ModelError(f"{address}: nobody answers ({error.__cause__ or error}); is the server up?") from error
        except openai.APIStatusError as error:
            why = "the key is refused; set CLIOSCOPE_API_KEY" if error.status_code in (401, 403) else error.message
            problem = NoList if error.status_code in (404, 405) else ModelError
            raise problem(f"{address}: cannot list the models ({why}); name one after the address.") from error
        except ValueError as error:
            raise NoList(f"{address}: not an OpenAI-compatible address ({error}).") from error
    data = reply.get("data") if isinstance(reply, dict) else None
    if not isinstance(data, list):
        raise NoList(f"{address}: not an OpenAI-compatible address (no list of models); does it end in /v1?")
    return [str(entry["id"]) for entry in data if isinstance(entry, dict) and "id" in entry]
