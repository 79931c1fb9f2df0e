"""Prompts as text files, versioned with the code; a build records the hash of each it used."""

from __future__ import annotations

import re
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any

_FIELD = re.compile(r"\{([a-z_]+)\}")


@cache
def prompt(name: str) -> str:
    """The text of ``prompts/<name>.txt``."""
    return files(__name__).joinpath(f"{name}.txt").read_text(encoding="utf-8").strip()


def render(name: str, **values: Any) -> str:
    """Fill the ``{fields}`` of a prompt in one pass: braces inside a value are never filled.

    Raises KeyError when a field has no value.
    """
    return _FIELD.sub(lambda match: str(values[match.group(1)]), prompt(name))


def prompt_hash(name: str) -> str:
    """64-bit hash of the prompt's text, as the manifest records it."""
    return blake2b(prompt(name).encode(), digest_size=8).hexdigest()
