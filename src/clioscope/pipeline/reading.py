"""The input of a build: files on this machine, or at a URL, which are read on a cluster."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.errors import SettingsError
from clioscope.progress import Step
from clioscope.settings import Settings

if TYPE_CHECKING:
    from clioscope.atlas import Atlas
    from clioscope.cluster.place import ClusterPlace
    from clioscope.conversations.collect import Collected
    from clioscope.conversations.texts.templates import Templates


def urls_of(files: Sequence[Path]) -> list[str]:
    """Those of the paths that stand for a URL."""
    from clioscope.cluster.urls import url_of

    return [url for path in files if (url := url_of(path)) is not None]


def check_input(files: Sequence[Path], settings: Settings) -> None:
    """Raise SettingsError for input at a URL that these settings cannot read."""
    urls = urls_of(files)
    if not urls:
        return
    if settings.cluster.on is None:
        raise SettingsError(f"{urls[0]}: input at a URL is read on a cluster; give --on ray.")
    if len(urls) < len(files):
        raise SettingsError("Input is either at URLs or on this machine; write file:// before the paths of the latter.")
    if settings.segments.split:
        raise SettingsError("--segments needs files on this machine; copy the input here, or leave --segments out.")
    from clioscope.conversations.parts import check_parts

    check_parts(settings.input)


def read_input(
    files: Sequence[Path],
    settings: Settings,
    rejected: Path | None,
    place: ClusterPlace | None,
    on_progress: Step | None,
) -> Collected:
    """Read, sample, deduplicate and condense the input; that at URLs on the cluster ``place``. Raises as
    ``collect_conversations`` does."""
    urls = urls_of(files)
    if urls and place is not None:
        return place.collect(urls, settings.input, rejected, on_progress)
    from clioscope.conversations.collect import collect_conversations

    return collect_conversations(files, settings.input, settings.seed, rejected, on_progress=on_progress)


def templates_of_atlas(atlas: Atlas) -> Templates:
    """What was cut from the texts of the atlas, and so is from new ones; nothing in an atlas from before that was."""
    from clioscope.conversations.texts.templates import Templates, templates_of

    return templates_of(atlas.table("templates")) if (atlas.path / "templates.parquet").exists() else Templates()
