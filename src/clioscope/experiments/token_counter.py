"""How many tokens a text has for an encoder or a language model. Weights are not fetched if they can be avoided."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from clioscope.errors import ModelError


class TokenCounter(NamedTuple):
    """``count``: the tokens of a text, without the marks of its beginning and end. ``reads``: how many tokens the model
    reads at most, 0 where it reads all or the catalogue does not say."""

    count: Callable[[str], int]
    reads: int


def token_counter(name: str, cache: Path | None) -> TokenCounter:
    """The tokenizer of an encoder or model. ``name``: a name of the catalogue, a GGUF file, a folder, or a name at the
    hub, from which only ``tokenizer.json`` is fetched, into ``cache``.

    Raises ModelError where there is no tokenizer; the message is a reason without a full stop.
    """
    from clioscope.embedding.multilingual import NAME, MultilingualE5
    from clioscope.models.catalogue import find

    if name == NAME:
        return TokenCounter(MultilingualE5().tokens, 0)
    try:
        reads = find(name).context
    except ModelError:
        reads = 0
    path = _tokenizer_file(name, cache)
    return TokenCounter(_from_gguf(path) if path.suffix == ".gguf" else _from_json(path), reads)


def _from_json(path: Path) -> Callable[[str], int]:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def _from_gguf(path: Path) -> Callable[[str], int]:
    try:
        from transformers import AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(str(path.parent), gguf_file=path.name)
    except (ImportError, ValueError, OSError) as error:
        raise ModelError(
            f'{path.name} needs transformers with gguf, the extras "clioscope[local,experiments]"'
        ) from error
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False))


def _tokenizer_file(name: str, cache: Path | None) -> Path:
    from clioscope.models.catalogue import find
    from clioscope.models.fetch import pull

    path = Path(name).expanduser()
    if not path.exists():
        try:
            entry = find(name)
        except ModelError:
            return _from_hub(name, cache)
        if not entry.fetchable:
            return _from_hub(entry.hub, cache)
        path = pull(entry.name)
    file = path / "tokenizer.json" if path.is_dir() else path
    if not file.exists():
        raise ModelError(f"{file}: no such file")
    return file


def _from_hub(name: str, cache: Path | None) -> Path:
    from tempfile import mkdtemp

    from clioscope.models.catalogue import Entry, Hub
    from clioscope.models.download import SourceError, from_hub

    if name.count("/") != 1:
        raise ModelError("no tokenizer of this name")
    folder = (cache or Path(mkdtemp())) / "tokenizers" / name.replace("/", "--")
    folder.mkdir(parents=True, exist_ok=True)
    source = Hub(kind="hub", repository=name, files=("tokenizer.json",))
    try:
        return from_hub(Entry(name=name, kind="data", licence=""), source, folder, lambda done, total: None)
    except SourceError as error:
        raise ModelError(f"the hub did not give it: {error}") from error
