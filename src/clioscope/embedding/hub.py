"""Sentence-transformers names at the model hub: is there such a model, and is it on this machine already?"""

from __future__ import annotations

from pathlib import Path

from clioscope.errors import ModelError

_WAIT = 5.0  # seconds for the hub to answer
_WEIGHTS = ("*.safetensors", "*.bin", "*.gguf", "*.onnx")


def cached_folder(name: str) -> Path | None:
    """The folder of the model in the hub's own cache, with weights in it; used as it stands, without the network."""
    from huggingface_hub import try_to_load_from_cache

    try:
        config = try_to_load_from_cache(_repository(name), "config.json")
    except ValueError:  # no name of a repository
        return None
    if not isinstance(config, str):
        return None
    folder = Path(config).parent
    whole = (folder / "modules.json").exists() and any(next(folder.rglob(pattern), None) for pattern in _WEIGHTS)
    return folder if whole else None


def check_hub(name: str) -> None:
    """Raise ModelError, within seconds, for a name that is neither in the cache nor at the hub; nothing is fetched."""
    if cached_folder(name) is not None:
        return
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HFValidationError, OfflineModeIsEnabled, RepositoryNotFoundError

    from clioscope.models.catalogue import suggestion

    hint = suggestion(name, "encoder")
    try:
        HfApi().model_info(_repository(name), timeout=_WAIT)
    except (RepositoryNotFoundError, HFValidationError):
        why = "nor at the hub"
    except OfflineModeIsEnabled:
        why = "and the hub is switched off (HF_HUB_OFFLINE)"
    except Exception as error:  # no network, a proxy, a firewall: each has an error of its own
        why = f"and the hub does not answer ({type(error).__name__})"
    else:
        return
    raise ModelError(
        f"The encoder {name} is neither in the catalogue nor in the cache, {why}{hint}; give a catalogue name "
        f"(clioscope models), a sentence-transformers name or folder, or an address."
    )


def _repository(name: str) -> str:
    return name if "/" in name else f"sentence-transformers/{name}"
