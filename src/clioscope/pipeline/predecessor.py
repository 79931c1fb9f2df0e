"""The earlier atlas that a build keeps ids and names of."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from clioscope.atlas.files import read_manifest
from clioscope.errors import AtlasError

if TYPE_CHECKING:
    from clioscope.settings import Settings

FILES = ("tree", "clusters", "audit", "names", "levels", "lineage")  # what a build reads of it
_PROMPTS = ("name", "name_again", "name_parent", "name_parent_again", "rename")  # that decide names


class Predecessor(NamedTuple):
    """``folder``: the atlas; ``same_names``: whether it was named as the build will name, so that names can stay."""

    folder: Path
    same_names: bool

    @property
    def files(self) -> list[Path]:
        """The tables that decide a build; an older atlas may lack some."""
        return [self.folder / f"{name}.parquet" for name in FILES]


def predecessor_of(folder: Path, settings: Settings) -> Predecessor:
    """The atlas in a folder as the predecessor of a build with these (resolved) settings.

    Raises AtlasError where there is no atlas, a published one, or one of segments where this build has none (or the
    other way round): their rows have nothing in common.
    """
    manifest = read_manifest(folder)
    if manifest.get("published"):
        raise AtlasError(f"{folder}: is a published atlas and holds no conversations; give the atlas it was made of.")
    was = bool(manifest["settings"].get("segments", {}).get("split"))
    if was != settings.segments.split:
        raise AtlasError(
            f"{folder}: its conversations are {'' if was else 'not '}cut into segments, and those of this build are "
            f"{'not' if was else ''}".rstrip()
            + "; build both alike (segments.split), or without an earlier atlas."
        )
    return Predecessor(folder, _named_alike(manifest, settings))


def _named_alike(manifest: dict[str, Any], settings: Settings) -> bool:
    """Whether model, settings, prompts and language of names are those of an earlier build."""
    from clioscope.prompts import prompt_hash
    from clioscope.settings.names import ready_names_of

    was, now = manifest["settings"], settings.model_dump(mode="json")
    before = {"ready_names": "never"} | was["naming"]  # an older atlas has none
    before["ready_names"] = ready_names_of(before["ready_names"])
    naming = all(now["naming"].get(name) == value for name, value in before.items() if name in now["naming"])
    prompts = manifest.get("prompts", {})
    return (
        naming
        and was["model"]["name"] == now["model"]["name"]
        and was["facets"]["language"] == now["facets"]["language"]
        and all(prompts.get(name) == prompt_hash(name) for name in _PROMPTS)
    )
