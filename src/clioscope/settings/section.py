"""What every group of settings is."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A group of settings: frozen, and strict about names so that a misspelt setting is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
