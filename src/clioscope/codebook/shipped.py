"""The codebooks that come with Clioscope: one TOML file each in ``shipped/``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

_FOLDER = "shipped"


@cache
def shipped() -> dict[str, str]:
    """Name of each codebook, with one sentence about it."""
    place = files(__package__) / _FOLDER
    names = sorted(one.name.removesuffix(".toml") for one in place.iterdir() if one.name.endswith(".toml"))
    return {name: str(tomllib.loads(shipped_text(name))["description"]) for name in names}


def shipped_text(name: str) -> str:
    """The file of a codebook, as text."""
    return (files(__package__) / _FOLDER / f"{name}.toml").read_text(encoding="utf-8")
