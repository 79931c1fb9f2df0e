"""All settings together, read from one TOML file or from keywords."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from clioscope.errors import SettingsError
from clioscope.registry import suggestion
from clioscope.settings.cluster import ClusterSettings
from clioscope.settings.codebook import CodebookSettings
from clioscope.settings.facets import FacetSettings
from clioscope.settings.groups import ClusteringSettings, EmbeddingSettings, HierarchySettings, LayoutSettings
from clioscope.settings.input import InputSettings, ModelSettings
from clioscope.settings.names import NamingSettings, PrivacySettings
from clioscope.settings.section import Section
from clioscope.settings.segments import SegmentSettings


class Settings(Section):
    """All settings of a build. The TOML file has one table per section, e.g. ``[clustering] method = "kmeans"``.

    >>> from clioscope import Settings
    >>> Settings().seed
    0
    """

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

    >>> import clioscope
    >>> clioscope.load_settings(model__name="none", clustering__clusters=40).clustering.clusters
    40
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
        if first["type"] == "extra_forbidden":
            raise SettingsError(f"{where}: {_unknown(name)}") from error
        raise SettingsError(f"{where}: {name}: {first['msg']}{_meant(first)}.") from error


def _unknown(name: str) -> str:
    """What to say of a setting that does not exist: what was meant, by the whole name or by that of another section."""
    known = list(_names())
    own = [one for one in known if one.rpartition(".")[2] == name.rpartition(".")[2]]
    hint = f" (did you mean {' or '.join(own)}?)" if own else suggestion(name, known)
    return f"{name}: there is no such setting{hint}; `clioscope settings` lists them."


def _meant(error: Mapping[str, Any]) -> str:
    """Which of a few allowed values was meant."""
    if error["type"] != "literal_error":
        return ""
    return suggestion(str(error["input"]), re.findall(r"'([^']+)'", error["ctx"]["expected"]))


def _names() -> Iterator[str]:
    for name, field in Settings.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, Section):
            yield from (f"{name}.{own}" for own in inner.model_fields)
        else:
            yield name
