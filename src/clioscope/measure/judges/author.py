"""Which models made the atlas: the same model must not judge it, under this name or another."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from clioscope.atlas import Atlas
from clioscope.models.catalogue import entries

# Parts of a name that describe the packing, not the model: tuning for chat, quantisation, file format.
_PACKING = re.compile(
    r"[-.](instruct|chat|it|latest|gguf|ggml|awq|gptq|mlx|exl2|bnb|nf4|fp8|fp16|f16|f32|bf16|fp32"
    r"|imat|imatrix|unsloth|i?q\d([-_](k|[01s]|xxs|xs|nl|s|m|l|xl))*|w\d+a\d+|(int)?[48]-?bits?|int[48]|g\d{2,3}"
    r"|\d{5}-of-\d{5})(?=$|[-.])"
)


def authors_of(atlas: Atlas) -> list[str]:
    """The models that wrote facets and names, by the ids in the manifest and by the names that the user gave.

    Both are needed, since the id of a file of weights is a hash without a name.
    """
    models, settings = atlas.manifest["models"], atlas.manifest["settings"]
    named = (settings["model"].get("name"), settings.get("naming", {}).get("model"))
    return [str(name) for name in (models.get("chat"), models.get("naming"), *named) if name]


def is_author(judge: str, authors: Iterable[str]) -> bool:
    """Whether a model, by its id or the name that the user gave, is one of the authors.

    Address, folder, publisher, quantisation and tuning for chat do not matter. The aliases and hub names of the
    catalogue are one model: the author in eight bits is no fair judge of its work in four.
    """
    return model_name(judge) in map(model_name, authors)


def model_name(name: str) -> str:
    """The bare name of a model, lower case: ``Qwen/Qwen2.5-Coder-1.5B-Instruct``, ``qwen2.5-coder:1.5b``,
    ``models/qwen2.5-coder-1.5b-instruct-q8_0.gguf``, the alias of the catalogue and
    ``http://host/v1 qwen2.5-coder-1.5b temperature=0`` are the same model."""
    words = [word for word in name.split() if "=" not in word and not word.startswith(("http://", "https://"))]
    bare = _bare(" ".join(words) or name)
    return _known().get(bare, bare)


def _bare(name: str) -> str:
    """The name without folder, publisher, hash and packing."""
    bare = re.split(r"[/\\]", name.partition("@")[0].strip().lower())[-1].replace(":", "-")
    while (shorter := _PACKING.sub("", bare)) != bare:
        bare = shorter
    return bare.replace("_", "-")


@cache
def _known() -> dict[str, str]:
    """From the bare form of each name that the catalogue has for a model to the bare form of its first name."""
    bare_names: dict[str, str] = {}
    for entry in entries():
        if entry.kind == "chat":
            for name in (entry.name, *entry.aliases, entry.hub, entry.file):
                if name:
                    bare_names.setdefault(_bare(name), _bare(entry.name))
    return bare_names
