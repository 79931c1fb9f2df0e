"""The facets that come with Clioscope.

Request, task, concern and language are those of the paper (Clio, appendix G.3). Field and activity are our own: short,
abstract answers. They group conversations better than the raw text does; the request sentence of a small model does not
(docs/research-log.md).
"""

from __future__ import annotations

from clioscope.facets.computed import day, hour, length, turns
from clioscope.facets.facet import Facet
from clioscope.facets.known import register_facet

BUILT_IN = (
    Facet(
        name="request",
        question="what the user wants from the assistant, starting with a verb and naming the subject",
        words=(4, 12),
        criteria="a phrase that starts with a verb and says what the users want done",
        embed=True,
    ),
    Facet(
        name="task",
        question="the assistant's job",
        words=(3, 6),
        criteria="a phrase that names the task the assistant performs",
    ),
    Facet(
        name="field",
        question="the broad subject area, as a library would file it",
        words=(1, 3),
        criteria="the name of a subject area",
        embed=True,
    ),
    Facet(
        name="activity",
        question="the kind of help, as a service desk would file it",
        words=(1, 3),
        criteria="the name of a kind of help",
        embed=True,
    ),
    Facet(
        name="concern",
        type="score",
        question="what a safety reviewer would call the request",
        categories=("everyday", "sensitive", "questionable", "harmful", "dangerous"),
    ),
    Facet(name="language", type="language"),
    Facet(name="turns", type="computed", compute=turns),
    Facet(name="length", type="computed", compute=length),
    Facet(name="hour", type="computed", compute=hour),
    Facet(name="day", type="computed", compute=day),
)

for built_in in BUILT_IN:
    register_facet(built_in, __name__)
