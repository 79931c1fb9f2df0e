"""What a server serves."""

from __future__ import annotations

from clioscope.errors import ModelError


def served_models(address: str, timeout: float = 20.0) -> list[str]:
    """The names at ``GET address/models``. Raises ModelError when nobody answers or the key is refused."""
    import openai

    from clioscope.models.client import LOOPBACK, api_key

    http = openai.DefaultHttpxClient(trust_env=not address.startswith(LOOPBACK))
    wait = openai.Timeout(timeout, connect=min(10.0, timeout))
    with openai.OpenAI(base_url=address, api_key=api_key(), max_retries=1, timeout=wait, http_client=http) as client:
        try:
            reply = client.get("/models", cast_to=object)
        except openai.APIConnectionError as error:
            raise ModelError(f"{address}: nobody answers ({error.__cause__ or error}); is the server up?") from error
        except openai.APIStatusError as error:
            why = "the key is refused; set CLIOSCOPE_API_KEY" if error.status_code in (401, 403) else error.message
            raise ModelError(f"{address}: cannot list the models ({why}).") from error
        except ValueError as error:
            raise ModelError(f"{address}: not an OpenAI-compatible address ({error}).") from error
    data = reply.get("data") if isinstance(reply, dict) else None
    if not isinstance(data, list):
        raise ModelError(f"{address}: not an OpenAI-compatible address (no list of models); does it end in /v1?")
    return [str(entry["id"]) for entry in data if isinstance(entry, dict) and "id" in entry]
