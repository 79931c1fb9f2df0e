"""Clioscope: see what thousands of conversations are about, without reading them."""

__version__ = "0.1.0"
