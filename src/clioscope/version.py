"""The version of Clioscope."""

__version__ = "0.1.0"
