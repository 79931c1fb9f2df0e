"""Conversations cut into segments in a build, and new ones cut in the way of an atlas."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.atlas.segments import has_segments
from clioscope.settings import SHORT, InputSettings, Settings

if TYPE_CHECKING:
    from clioscope.atlas import Atlas
    from clioscope.conversations.collect import Collected
    from clioscope.embedding.embedder import Embedder
    from clioscope.models.store import Store
    from clioscope.segments import Divided, Scale

SCALE = "topic_scale"  # the array that says what decided about the cuts


def divided(
    files: str | Path | Sequence[Path],
    collected: Collected,
    settings: InputSettings,
    seed: int,
    embedder: Embedder,
    store: Store | None,
    scale: Scale | None = None,
) -> Divided:
    """What was collected of ``files``, cut into segments; ``scale`` is that of an atlas, else it is learnt."""
    from clioscope.conversations.collect import records_of
    from clioscope.embedding.encode import encode_texts
    from clioscope.segments import divide

    return divide(
        collected,
        lambda: records_of(files, settings, seed),
        lambda texts: encode_texts(texts, embedder, store),
        settings.transcript_tokens or SHORT,
        scale,
    )


def divided_as(
    atlas: Atlas, collected: Collected, files: str | Path | Sequence[Path], settings: InputSettings, seed: int
) -> Collected | Divided:
    """What was collected of new ``files``, cut into segments where the conversations of the atlas are."""
    if not has_segments(atlas) or not (atlas.path / f"{SCALE}.npy").exists():
        return collected
    from clioscope.embedding.open import open_embedder
    from clioscope.segments import scale_from

    embedder = open_embedder(Settings.model_validate(atlas.manifest["settings"]).embedding)
    return divided(files, collected, settings, seed, embedder, None, scale_from(atlas.array(SCALE)))
