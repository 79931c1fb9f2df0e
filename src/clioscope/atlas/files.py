"""The files of an atlas: manifest, tables and arrays, each written completely or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clioscope.errors import AtlasError
from clioscope.files.folders import FORMAT, MANIFEST
from clioscope.files.replacing import replacing

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

VERSION = 1


def read_array(folder: Path, name: str, *, in_place: bool = False) -> NDArray[Any]:
    """Read one array of an atlas, finished or not. ``in_place`` leaves it on the disk until it is used.

    Raises AtlasError if it is missing or damaged.
    """
    import numpy as np

    try:
        array: NDArray[Any] = np.load(folder / f"{name}.npy", "r" if in_place else None, allow_pickle=False)
    except FileNotFoundError:
        raise AtlasError(f"{folder}: there is no array {name!r}.") from None
    except (OSError, ValueError) as error:
        raise AtlasError(f"{folder}: {name}.npy cannot be read ({error}).") from error
    return array


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of an atlas. Raises AtlasError if it is missing or damaged, or of another version."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        hint = ""
        whole = folder.resolve()  # "." has no name of its own
        if whole.name and whole.with_name(whole.name + ".building").exists():
            hint = " (its build did not finish: run the same build command again)"
        raise AtlasError(f"{folder}: not an atlas{hint}.") from None
    except NotADirectoryError:
        raise AtlasError(f"{folder}: not an atlas, because an atlas is a folder; give the --out of a build.") from None
    except (OSError, ValueError) as error:
        raise AtlasError(f"{folder / MANIFEST}: cannot be read ({error}).") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise AtlasError(f"{folder}: not an atlas ({MANIFEST} belongs to something else).")
    if manifest.get("version") != VERSION:
        raise AtlasError(
            f"{folder}: has atlas version {manifest.get('version')}, but this Clioscope reads version {VERSION}; "
            "build it again."
        )
    return manifest


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a JSON file, completely or not at all."""
    text = json.dumps(value, indent=1, ensure_ascii=False, default=str) + "\n"
    with replacing(path) as part:
        part.write_text(text, encoding="utf-8")


def write_table(path: Path, table: pl.DataFrame) -> None:
    """Write a Parquet file, completely or not at all."""
    with replacing(path) as part:
        table.write_parquet(part, compression="zstd")


def write_array(path: Path, array: NDArray[Any]) -> None:
    """Write a .npy file, completely or not at all."""
    import numpy as np

    with replacing(path) as part, part.open("wb") as file:
        np.save(file, array, allow_pickle=False)
