"""The stages of a build, one module each: a declaration of all that the outcome depends on, and the work."""

from __future__ import annotations

from clioscope.pipeline.stage import in_order
from clioscope.pipeline.stages.audit import audit
from clioscope.pipeline.stages.clusters import clusters
from clioscope.pipeline.stages.conversations import conversations
from clioscope.pipeline.stages.distinct import distinct
from clioscope.pipeline.stages.embed import embed
from clioscope.pipeline.stages.facets import facets
from clioscope.pipeline.stages.layout import layout
from clioscope.pipeline.stages.names import names
from clioscope.pipeline.stages.screen import screen
from clioscope.pipeline.stages.tree import tree
from clioscope.pipeline.stages.vectors import vectors

STAGES = in_order((conversations, screen, facets, embed, vectors, clusters, names, tree, distinct, audit, layout))

__all__ = ["STAGES", "conversations"]
