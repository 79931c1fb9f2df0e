"""What every group of settings is."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A group of settings: frozen, and strict about names so that a misspelt setting is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def renamed(given: Any, old: str, new: str) -> Any:
    """What was given for a section, with the setting ``old`` of earlier files and atlases under its name of today."""
    if not isinstance(given, dict) or old not in given:
        return given
    rest = {name: value for name, value in given.items() if name != old}
    return {new: given[old]} | rest
