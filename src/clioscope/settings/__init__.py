"""Every setting, typed, with its default and the reason for it; read from one TOML file or from keywords."""

from clioscope.settings.cluster import ClusterSettings
from clioscope.settings.codebook import Category, CodebookSettings
from clioscope.settings.facets import FacetSettings
from clioscope.settings.groups import ClusteringSettings, EmbeddingSettings, HierarchySettings, LayoutSettings
from clioscope.settings.input import LONG, SHORT, InputSettings, ModelSettings
from clioscope.settings.load import Settings, load_settings
from clioscope.settings.names import NamingSettings, PrivacySettings
from clioscope.settings.section import Section
from clioscope.settings.segments import SegmentSettings

__all__ = [
    "LONG",
    "SHORT",
    "Category",
    "ClusterSettings",
    "ClusteringSettings",
    "CodebookSettings",
    "EmbeddingSettings",
    "FacetSettings",
    "HierarchySettings",
    "InputSettings",
    "LayoutSettings",
    "ModelSettings",
    "NamingSettings",
    "PrivacySettings",
    "Section",
    "SegmentSettings",
    "Settings",
    "load_settings",
]
