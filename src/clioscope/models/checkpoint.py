"""A checkpoint for ``transformers``: where its weights are, which weights they are, and how to load them."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from clioscope.errors import ModelError
from clioscope.models.catalogue import Entry, find, profile_for, suggestion
from clioscope.models.fingerprint import fingerprint
from clioscope.models.gguf import check_gguf, name_and_content
from clioscope.models.profile import Profile
from clioscope.progress import Step

INSTALL = 'pip install "clioscope[transformers]"'


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What ``from_pretrained`` takes: a folder or hub name, with options (``gguf_file``, ``revision``).

    ``identity`` names the weights for the answer store, ``profile`` the model's habits as far as the catalogue knows
    them.
    """

    path: str
    identity: str
    options: dict[str, str] = field(default_factory=dict)
    profile: Profile = field(default_factory=Profile)


def find_checkpoint(source: str, on_progress: Step | None = None) -> Checkpoint:
    """The checkpoint of a catalogue name (fetched on first use, from the hub if the catalogue has no weights), a GGUF
    file, a folder, or a name at the model hub. For a name at the hub, only the configuration is fetched here.

    Raises ModelError: nothing of that name, a broken GGUF file, a hub that cannot be reached.
    """
    path = Path(source).expanduser()
    if path.exists():
        return _local(path)
    entry = _entry(source)
    if entry is None:
        return _at_hub(source, profile_for(source))
    if not entry.fetchable:
        return _at_hub(entry.hub, entry.profile)
    from clioscope.models.fetch import pull

    file = pull(entry.name, on_progress)
    options = {"gguf_file": file.name}
    return Checkpoint(str(file.parent), f"{entry.name}@{entry.sha256[:12]}", options, entry.profile)


def check_source(source: str) -> bool:
    """Whether the weights are on this machine. Raises the errors of ``find_checkpoint``, but fetches and asks
    nothing."""
    path = Path(source).expanduser()
    if path.exists():
        _local(path)
        return True
    entry = _entry(source)
    if entry is None or not entry.fetchable:
        return False
    from clioscope.models.fetch import is_cached

    return is_cached(entry.name)


def _entry(source: str) -> Entry | None:
    """The catalogue's language model of this name, None for a name at the hub. Raises ModelError for other names."""
    try:
        entry = find(source)
    except ModelError:
        if source.startswith(("/", ".", "~")) or source.endswith(".gguf") or source.count("/") > 1:
            raise ModelError(f"{source}: no such file or folder.") from None
        return None
    if entry.kind != "chat":
        raise ModelError(f"{entry.name} is not a language model ({entry.kind}); `clioscope models` lists them.")
    return entry


def _local(path: Path) -> Checkpoint:
    profile = profile_for(path.stem if path.is_file() else path.resolve().name)
    if path.is_file():
        check_gguf(path)
        return Checkpoint(str(path.parent), name_and_content(path), {"gguf_file": path.name}, profile)
    files = sorted(file for ending in ("*.safetensors", "*.bin") for file in path.glob(ending))
    if not (path / "config.json").is_file() or not files:
        raise ModelError(f"{path}: not a transformers model (a folder with config.json and *.safetensors).")
    content = repr([(file.name, fingerprint(file)) for file in files])
    identity = f"{path.resolve().name}@{blake2b(content.encode(), digest_size=6).hexdigest()}"
    return Checkpoint(str(path), identity, {}, profile)


def _at_hub(name: str, profile: Profile) -> Checkpoint:
    """A name at the model hub, pinned to the commit that its configuration comes from."""
    import_transformers(name)
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import GatedRepoError, HFValidationError, RepositoryNotFoundError

    try:
        config = hf_hub_download(name, "config.json")
    except GatedRepoError as error:
        raise ModelError(f"{name}: accept its licence at the model hub and log in with `hf auth login`.") from error
    except (RepositoryNotFoundError, HFValidationError) as error:
        raise ModelError(
            f"{name}: no such model at the hub{suggestion(name, 'chat')}; give a catalogue name (`clioscope models`), "
            "a hub name (owner/model), a folder or a GGUF file."
        ) from error
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{name}: the model hub cannot be reached, and the model is not in its cache; give a folder or a GGUF "
            "file, or set HF_ENDPOINT to a hub that can be reached."
        ) from error
    commit = Path(config).parent.name
    return Checkpoint(name, f"{name}@{commit[:12]}", {"revision": commit}, profile)


def load_checkpoint(place: Checkpoint, dtype: str, **options: Any) -> tuple[Any, Any]:
    """(tokenizer, model in evaluation mode) with weights in ``dtype`` (``float32`` …); GGUF weights are unpacked.

    ``options`` go to the model's ``from_pretrained``. Raises ModelError: transformers, accelerate or gguf not
    installed, an architecture that is not known, not enough memory.
    """
    import_transformers(place.identity)
    try:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(place.path, **place.options)
        options = {**place.options, **options, "dtype": getattr(torch, dtype)}
        model = AutoModelForCausalLM.from_pretrained(place.path, **options).eval()
    except ImportError as error:  # accelerate or gguf, which transformers asks for when it needs them
        raise ModelError(f"{place.identity}: the model cannot be loaded ({_reason(error)}); {INSTALL}.") from error
    except (ValueError, OSError, KeyError) as error:
        raise ModelError(f"{place.identity}: transformers cannot load this model ({_reason(error)}).") from error
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise ModelError(
            f"{place.identity}: not enough memory for the weights; load them with fewer bits (8-bit, 4-bit), or take a "
            "smaller model."
        ) from error
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer, model


def import_transformers(source: str) -> None:
    """Import torch and transformers, quietly. Raises ModelError if they are not installed."""
    import os

    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("TQDM_DISABLE", "1")  # its progress bar would break those of the stages
    try:
        import torch  # noqa: F401
        import transformers
    except ImportError as error:
        raise ModelError(f"{source}: a model in this process needs transformers: {INSTALL}.") from error
    transformers.utils.logging.disable_progress_bar()


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the memory of the card or of the machine was too small."""
    if isinstance(error, MemoryError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and ("out of memory" in text or "can't allocate memory" in text)


def _reason(error: BaseException) -> str:
    text = str(error).strip()
    return text.splitlines()[0].rstrip(".") if text else type(error).__name__
