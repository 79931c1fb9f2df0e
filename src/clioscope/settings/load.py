"""All settings together, read from one TOML file or from keywords."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from clioscope.errors import SettingsError
from clioscope.settings.cluster import ClusterSettings
from clioscope.settings.codebook import CodebookSettings
from clioscope.settings.facets import FacetSettings
from clioscope.settings.groups import ClusteringSettings, EmbeddingSettings, HierarchySettings, LayoutSettings
from clioscope.settings.input import InputSettings, ModelSettings
from clioscope.settings.names import NamingSettings, PrivacySettings
from clioscope.settings.section import Section
from clioscope.settings.segments import SegmentSettings


class Settings(Section):
    """All settings of a build. The TOML file has one table per section, e.g. ``[clustering] method = "kmeans"``."""

    seed: int = Field(0, description="Seed of all that is random. The same seed and input give the same atlas.")
    input: InputSettings = InputSettings()
    segments: SegmentSettings = SegmentSettings()
    model: ModelSettings = ModelSettings()
    facets: FacetSettings = FacetSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    codebook: CodebookSettings = CodebookSettings()
    clustering: ClusteringSettings = ClusteringSettings()
    naming: NamingSettings = NamingSettings()
    hierarchy: HierarchySettings = HierarchySettings()
    privacy: PrivacySettings = PrivacySettings()
    layout: LayoutSettings = LayoutSettings()
    cluster: ClusterSettings = ClusterSettings()


def load_settings(path: str | Path | None = None, **overrides: Any) -> Settings:
    """Read settings from a TOML file and lay keyword overrides over them.

    Overrides are named ``section__setting`` (``clustering__method="kmeans"``) or ``seed``; None leaves a setting as the
    file or the default says. ``model__name="none"`` is a build without a language model.
    Raises SettingsError naming the file and the setting.
    """
    tree: dict[str, Any] = {}
    where = "settings"
    if path is not None:
        where = str(path)
        try:
            tree = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        except OSError as error:
            raise SettingsError(f"{path}: cannot be read ({error.strerror}).") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path}: not valid TOML ({error}).") from error
    for key, value in overrides.items():
        if value is None:
            continue
        section, _, name = key.partition("__")
        if name:
            table = tree.setdefault(section, {})
            if not isinstance(table, dict):
                raise SettingsError(f"{where}: {section}: is no section of settings.")
            table[name] = value
        else:
            tree[section] = value
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{where}: {name}: {first['msg']}.") from error
