"""Packages of other tools, and what to say where one is missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from clioscope.errors import ClioscopeError


def needed(name: str, *, package: str | None = None) -> Any:
    """The module ``name``. Raises ClioscopeError that says which ``package`` to install."""
    try:
        return import_module(name)
    except ImportError as error:
        package = package or name.partition(".")[0]
        raise ClioscopeError(f"this needs the package {package}; install it with pip install {package}.") from error
