"""Prompts as text files, versioned with the code; a build records the hash of each it used."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any

EXAMPLES = "examples.toml"
_FIELD = re.compile(r"\{([a-z_]+)\}")


@cache
def prompt(name: str) -> str:
    """The text of ``prompts/<name>.txt``, or of ``prompts/<name>`` for a name with an ending of its own."""
    file = name if "." in name else f"{name}.txt"
    return files(__name__).joinpath(file).read_text(encoding="utf-8").strip()


@cache
def examples(name: str) -> tuple[dict[str, Any], ...]:
    """The examples of ``prompts/examples.toml`` for a prompt: ``user``, and the answer by name of its language.

    A prompt without examples, or in a language that has none, goes without.
    """
    answered: list[dict[str, Any]] = tomllib.loads(prompt(EXAMPLES)).get(name, [])
    return tuple(answered)


def example_turns(name: str, language: str, fit: Callable[[Any], Any] = lambda answer: answer) -> list[tuple[str, str]]:
    """The examples of a prompt as turns of a chat (role, text), the answers fitted to the question, as compact JSON."""
    turns = []
    for example in examples(name):
        if language in example:
            turns += [("user", example["user"]), ("assistant", compact(fit(example[language])))]
    return turns


def compact(answer: Any) -> str:
    """JSON without white space, as a model is to write it."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def render(name: str, **values: Any) -> str:
    """Fill the ``{fields}`` of a prompt in one pass: braces inside a value are never filled.

    Raises KeyError when a field has no value.
    """
    return _FIELD.sub(lambda match: str(values[match.group(1)]), prompt(name))


def prompt_hash(name: str) -> str:
    """64-bit hash of the prompt's text, as the manifest records it."""
    return blake2b(prompt(name).encode(), digest_size=8).hexdigest()
