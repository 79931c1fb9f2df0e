"""Checks for the parts that you add to Clioscope: one function per kind, to be called from your own tests.

Each raises AssertionError with one sentence that says which promise of the protocol is broken.
"""

from clioscope.testing.kinds import KINDS, registries, registry_of, trial

__all__ = ["KINDS", "registries", "registry_of", "trial"]
