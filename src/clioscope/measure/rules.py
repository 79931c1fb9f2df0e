"""The limits of figures: from where on a figure is solid or weak, and what to do when it is not solid.

Limits with a source name it. The others are rules of this project, set where real atlases began to disappoint. A fixed
limit needs a figure that means the same for any number and size of groups. Neighbour purity has no limit, because its
chance level depends on both (docs/research-log.md says which figures follow human labels).
"""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """The limits of ``metric`` at ``part``: solid from ``solid`` on, weak from ``weak`` on. If both limits are equal,
    the value alone decides. ``higher``: whether high values are good. ``about``: the claim, for a reader; ``advice``:
    what to do when it is not solid. ``judged``: the figure comes from language models, so there is one verdict per
    judge; the judge's id follows ``part`` in the figure's part."""

    metric: str
    solid: float
    weak: float
    about: str
    advice: str
    part: str | None = None
    higher: bool = True
    judged: bool = False


RULES = (
    Rule(
        "stability_jaccard",
        0.75,
        0.5,  # Hennig 2007
        "The same groups come back in other samples of the data",
        "Trust the larger groups and the upper levels more than single base groups; ask for fewer groups "
        "(--clusters), or for more conversations.",
    ),
    Rule(
        "misplaced",
        0.05,
        0.2,
        "Conversations lie nearest to their own group",
        "Take counts as rough. Look at the groups listed below, and try another number of groups (--clusters).",
        higher=False,
    ),
    Rule(
        "bootstrap_ami",
        0.75,
        0.5,
        "Other samples of the data are grouped in the same way",
        "Groups blend into each other here: say 'about' when you quote their sizes, or use the level above.",
    ),
    Rule(
        "trustworthiness",
        0.9,
        0.8,
        "Points that are close on the map are similar",
        "Do not rely on single neighbours on the map; use the tree.",
    ),
    Rule(
        "knn_recall",
        0.3,
        0.1,
        "The map keeps similar conversations near each other",
        "Use the map for the broad picture only. The groups were not made from it.",
    ),
    Rule(
        "duplicate_names",
        0.0,
        0.05,
        "No two groups have the same name",
        "Read the descriptions of groups with equal names. A larger model gives them different names.",
        higher=False,
    ),
    Rule(
        "mixed",
        0.1,
        0.25,
        "Groups have a subject",
        "Conversations in mixed groups have too little in common for a name. Ask for more groups (--clusters), or "
        "leave these out when you say what the data are about.",
        higher=False,
    ),
    Rule(
        "sibling_words",
        0.1,
        0.3,
        "Names of neighbouring groups differ in their words",
        "Names repeat what all siblings have in common. Look for the difference in the descriptions.",
        higher=False,
    ),
    Rule(
        "semantic_tree",
        0.3,
        0.1,
        "Groups that are close in the tree have names of similar meaning",
        "Upper names do not summarise the groups below them. Check them before you quote the upper level.",
    ),
    Rule(
        "largest_leaf",
        0.15,
        0.3,
        "No single group dominates",
        "The largest group hides several topics. Ask for more groups (--clusters).",
        higher=False,
    ),
    Rule(
        "single_children",
        0.0,
        0.2,
        "Every step down the tree offers a choice",
        "Some levels add nothing. Ask for fewer (hierarchy.levels).",
        higher=False,
    ),
    Rule(
        "private_share",
        0.0,
        0.0,
        "No shown name points to a person or a small group",
        "Read every name before you show the atlas to others.",
        part="name shown, by ",
        higher=False,
        judged=True,
    ),
    Rule(
        "private_share",
        -1.0,  # never solid, never weak: nobody is a fair judge of their own work
        1.0,
        "Names were audited only by the model that wrote them",
        "This is the share among the names as proposed. Names that the model itself found private were rewritten or "
        "withheld. Read the names before you show the atlas to others, or have another model audit them (--judge MODEL "
        "--judge-tasks privacy).",
        part="name proposed",
        higher=False,
    ),
    Rule(
        "ami",
        0.5,
        0.2,
        "Groups agree with the labels",
        "The groups divide the conversations in another way than the labels do. Other embedded facets may fit better.",
    ),
    Rule(
        "reconstruction_accuracy",
        0.7,
        0.4,
        "The encoder finds the label from the group's name",
        "Compare with purity. If purity is high, the names are to blame; otherwise the groups are.",
    ),
    Rule(
        "reconstruction_accuracy",
        0.7,
        0.4,
        "A judge finds the label from the group's name",
        "Compare with purity. If purity is high, the names are to blame; otherwise the groups are.",
        part="by ",
        judged=True,
    ),
    Rule(
        "faithfulness",
        0.9,
        0.7,
        "Summaries say what the conversations say",
        "Use a larger model for the facets, or longer transcripts (input.transcript_tokens).",
        judged=True,
    ),
    Rule(
        "name_fit",
        0.9,
        0.7,
        "Names fit the conversations in their groups",
        "Read a few conversations before you quote a name. A larger model gives better names.",
        judged=True,
    ),
    Rule(
        "intrusion_nearest",
        0.5,
        0.2,
        "A group differs from its nearest neighbour",
        "Treat neighbouring groups as one topic, or ask for fewer groups (--clusters).",
        judged=True,
    ),
    Rule(
        "assign_back",
        0.6,
        0.3,
        "Names lead a reader to the right group",
        "Compare with the figures of the encoder and of shared words. If those are higher, the names are to blame.",
        judged=True,
    ),
    Rule(
        "edge_fit",
        0.9,
        0.7,
        "Groups belong under their parents",
        "Check the upper names before you quote the upper level.",
        judged=True,
    ),
    Rule(
        "calibration",
        0.5,
        0.2,
        "The judge notices groups that were spoilt on purpose",
        "The verdicts of this judge say little. Use a larger model as judge.",
        judged=True,
    ),
    Rule(
        "position_flips",
        0.1,
        0.3,
        "The judge gives the same answer when the options change places",
        "What this judge says depends much on the order of the options. Use a larger model as judge.",
        higher=False,
        judged=True,
    ),
)
