"""Who made the atlas: a judge is never the model that wrote what it judges, whatever it is called here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from clioscope.atlas import Atlas
from clioscope.models.catalogue import entries

# What is said of a model's packing, not of the model: the tuning everybody serves, the quantisation, the file.
_PACKING = re.compile(
    r"[-.](instruct|chat|it|latest|gguf|ggml|awq|gptq|mlx|exl2|bnb|nf4|fp8|fp16|f16|f32|bf16|fp32"
    r"|imat|imatrix|unsloth|i?q\d([-_](k|[01s]|xxs|xs|nl|s|m|l|xl))*|w\d+a\d+|(int)?[48]-?bits?|int[48]|g\d{2,3}"
    r"|\d{5}-of-\d{5})(?=$|[-.])"
)


def authors_of(atlas: Atlas) -> list[str]:
    """The models that wrote facets and names: as the manifest identifies them, and as the user named them.

    Both, since a file of weights is identified by a hash that tells no name.
    """
    models, settings = atlas.manifest["models"], atlas.manifest["settings"]
    named = (settings["model"].get("name"), settings.get("naming", {}).get("model"))
    return [str(name) for name in (models.get("chat"), models.get("naming"), *named) if name]


def is_author(judge: str, authors: Iterable[str]) -> bool:
    """Whether a model, by its id or the name that the user gave, is one of the authors.

    Address, folder, publisher, quantisation and the tuning for chat do not matter, and the aliases and hub
    names of the catalogue are one model: who is the author in eight bits is no fair judge of its work in four.
    """
    return model_name(judge) in map(model_name, authors)


def model_name(name: str) -> str:
    """The bare name of a model, lower case: ``Qwen/Qwen2.5-Coder-1.5B-Instruct``, ``qwen2.5-coder:1.5b``,
    ``models/qwen2.5-coder-1.5b-instruct-q8_0.gguf``, the alias of the catalogue and
    ``http://host/v1 qwen2.5-coder-1.5b temperature=0`` are one."""
    words = [word for word in name.split() if "=" not in word and not word.startswith(("http://", "https://"))]
    bare = _bare(" ".join(words) or name)
    return _known().get(bare, bare)


def _bare(name: str) -> str:
    """Without folder, publisher, hash and what is said of the packing."""
    bare = re.split(r"[/\\]", name.partition("@")[0].strip().lower())[-1].replace(":", "-")
    while (shorter := _PACKING.sub("", bare)) != bare:
        bare = shorter
    return bare.replace("_", "-")


@cache
def _known() -> dict[str, str]:
    """The bare forms of every name that the catalogue has for a model, to one of them."""
    bare_names: dict[str, str] = {}
    for entry in entries():
        if entry.kind == "chat":
            for name in (entry.name, *entry.aliases, entry.hub, entry.file):
                if name:
                    bare_names.setdefault(_bare(name), _bare(entry.name))
    return bare_names
