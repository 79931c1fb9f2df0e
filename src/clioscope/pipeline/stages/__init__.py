"""The stages of a build, one module each: a declaration of all that the outcome depends on, and the work."""

from __future__ import annotations

from clioscope.pipeline.stage import in_order
from clioscope.pipeline.stages.asked import asked
from clioscope.pipeline.stages.audit import audit
from clioscope.pipeline.stages.before import before
from clioscope.pipeline.stages.categories import categories
from clioscope.pipeline.stages.clusters import clusters
from clioscope.pipeline.stages.conversations import conversations
from clioscope.pipeline.stages.copies import copies
from clioscope.pipeline.stages.distinct import distinct
from clioscope.pipeline.stages.facets import facets
from clioscope.pipeline.stages.fit import fit
from clioscope.pipeline.stages.infer import infer
from clioscope.pipeline.stages.layout import layout
from clioscope.pipeline.stages.names import names
from clioscope.pipeline.stages.predict import predict
from clioscope.pipeline.stages.screen import screen
from clioscope.pipeline.stages.second import second
from clioscope.pipeline.stages.shares import shares
from clioscope.pipeline.stages.texts import texts
from clioscope.pipeline.stages.tree import tree
from clioscope.pipeline.stages.vectors import vectors

STAGES = in_order(
    (
        *(conversations, copies, before, screen, texts, asked, facets, predict, vectors),
        *(categories, clusters, fit, second, infer),
        *(names, tree, distinct, audit, shares, layout),
    )
)

__all__ = ["STAGES", "asked", "conversations"]
