"""The ways to build and publish that the attack is tried on: the paper's, ours, and ours without one layer."""

from __future__ import annotations

from typing import NamedTuple

from clioscope.settings import PrivacySettings, Settings


class Way(NamedTuple):
    """``settings`` of the build, ``privacy`` of the published copy. ``unaudited``: names that no auditor saw are
    published."""

    name: str
    settings: Settings
    privacy: PrivacySettings
    unaudited: bool = False


def ways(settings: Settings) -> dict[str, Way]:
    """The ways by name, from the settings of a build.

    ``paper``: Clio's prompts, builder and auditor, and nothing that counts. ``ours``: all layers. The others lack one
    layer each: ``no support``, ``no audit``, ``no thresholds``, and ``no words`` (published names are not checked word
    by word).
    """
    ours = settings
    uncounted = _with(ours, naming={"support": 1})
    unaudited = _with(ours, privacy={"audit": False})
    paper = _with(
        uncounted,
        hierarchy={"builder": "clio"},
        privacy={"auditor": "scale"},
        clustering={"method": "kmeans"},
        naming={"members": 50, "contrast": 50, "candidates": 1},
    )
    small = {"min_conversations": 1, "min_users": 1}
    unworded = {"word_users": 1}
    found = [
        Way("paper", paper, _privacy(paper, **small, **unworded)),
        Way("ours", ours, _privacy(ours)),
        Way("no words", ours, _privacy(ours, **unworded)),
        Way("no thresholds", ours, _privacy(ours, **small)),
        Way("no support", uncounted, _privacy(uncounted)),
        Way("no audit", unaudited, _privacy(unaudited), True),
    ]
    return {way.name: way for way in found}


def _with(settings: Settings, **sections: dict[str, object]) -> Settings:
    whole = settings.model_dump()
    for section, changes in sections.items():
        whole[section] = whole[section] | changes
    return Settings.model_validate(whole)


def _privacy(settings: Settings, **changes: object) -> PrivacySettings:
    return PrivacySettings.model_validate(settings.privacy.model_dump() | changes)
