"""The stages of a build in their order, each with the version of its code."""

from __future__ import annotations

from clioscope.conversations.collect import READING

# A number counts up when its stage makes something else of the same input and settings than before. It is part of the
# stage's key, so an atlas of an older Clioscope is made again from that stage on, and only from there.
VERSIONS = {
    "conversations": READING,
    "screen": 1,
    "facets": 1,
    "vectors": 1,
    "clusters": 1,
    "names": 1,
    "tree": 1,
    "audit": 1,
    "layout": 1,
}
