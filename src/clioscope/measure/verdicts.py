"""What a figure says about the atlas: solid, doubtful or weak, and what to do about it.

Limits with a source name it; the others are house rules, set where real atlases of ours began to disappoint. A fixed
limit needs a figure that means the same whatever the number and size of groups: so there is none on neighbour purity,
whose chance level is theirs (docs/research-log.md has which figures follow human labels). A figure
is solid only if the worse end of its interval is, and weak only if the better end is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from clioscope.measure.privacy import BY_AUTHOR

if TYPE_CHECKING:
    import polars as pl

State = Literal["solid", "doubtful", "weak"]


class Rule(NamedTuple):
    """``metric`` at ``part``: solid from ``solid`` on, weak from ``weak`` on (the direction is the metric's); where
    both are the same, the value alone decides. ``about``: what it is about, for a reader; ``advice``: what to do
    when it is not solid. ``judged`` by language models: one verdict a judge, which stands in the figure's part
    after ``part``."""

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
        "Groups come back when the data is sampled anew",
        "Trust the larger groups and the upper levels more than single base groups; ask for fewer groups "
        "(--clusters), or for more conversations.",
    ),
    Rule(
        "misplaced",
        0.05,
        0.2,
        "Conversations lie nearest to their own group",
        "Read counts as rough; look at the groups listed below, and split or join them with another number of groups.",
        higher=False,
    ),
    Rule(
        "bootstrap_ami",
        0.75,
        0.5,
        "Other samples of the data are grouped alike",
        "Groups blend into each other here: say 'about' when you quote their sizes, or use the level above.",
    ),
    Rule(
        "trustworthiness",
        0.9,
        0.8,
        "Points close on the map are alike",
        "Do not read single neighbours off the map; use the tree.",
    ),
    Rule(
        "knn_recall",
        0.3,
        0.1,
        "The map keeps nearest conversations near",
        "Use the map for the broad picture only; the groups were not made from it.",
    ),
    Rule(
        "duplicate_names",
        0.0,
        0.05,
        "No two groups have the same name",
        "Read the descriptions of groups with equal names; a larger model tells them apart.",
        higher=False,
    ),
    Rule(
        "sibling_words",
        0.1,
        0.3,
        "Names of neighbouring groups differ in their words",
        "Names repeat what all siblings have in common; look for what differs in the descriptions.",
        higher=False,
    ),
    Rule(
        "semantic_tree",
        0.3,
        0.1,
        "Groups close in the tree have names close in meaning",
        "The upper names do not gather what lies below them: check them before you quote the upper level.",
    ),
    Rule(
        "largest_leaf",
        0.15,
        0.3,
        "No single group swallows the rest",
        "The largest group hides several topics: ask for more groups (--clusters).",
        higher=False,
    ),
    Rule(
        "single_children",
        0.0,
        0.2,
        "Every step down the tree offers a choice",
        "Some levels add nothing; ask for fewer (hierarchy.levels).",
        higher=False,
    ),
    Rule(
        "private_share",
        0.0,
        0.0,
        "No shown name points to a person or small group",
        "Read every name before you show the atlas to others.",
        part="name shown, by ",
        higher=False,
        judged=True,
    ),
    Rule(
        "private_share",
        -1.0,  # never solid, never weak: nobody is a fair judge of their own work
        1.0,
        "Names were audited, by the model that wrote them",
        "This is the share of names as they were proposed; what the model found private itself was rewritten or "
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
        "The groups cut the material in another way than the labels do; another set of embedded facets may fit better.",
    ),
    Rule(
        "reconstruction_accuracy",
        0.7,
        0.4,
        "The label can be told from the group's name",
        "Compare with purity: where that is high, the names are to blame, else the groups.",
    ),
    Rule(
        "reconstruction_accuracy",
        0.7,
        0.4,
        "A judge can tell the label from the group's name",
        "Compare with purity: where that is high, the names are to blame, else the groups.",
        part="by ",
        judged=True,
    ),
    Rule(
        "faithfulness",
        0.9,
        0.7,
        "Summaries are borne out by the conversations",
        "Use a larger model for the facets, or longer transcripts (input.transcript_tokens).",
        judged=True,
    ),
    Rule(
        "name_fit",
        0.9,
        0.7,
        "Names fit the members of their groups",
        "Read a few members before you quote a name; a larger model names better.",
        judged=True,
    ),
    Rule(
        "intrusion_nearest",
        0.5,
        0.2,
        "A group can be told from its nearest neighbour",
        "Treat neighbouring groups as one topic, or ask for fewer groups.",
        judged=True,
    ),
    Rule(
        "assign_back",
        0.6,
        0.3,
        "Names lead a reader to the right group",
        "Compare with the encoder's and the words' figures: where those are higher, the names are to blame.",
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
        "The judge sees groups that were spoilt on purpose",
        "This judge's verdicts tell little: take a larger model as judge.",
        judged=True,
    ),
    Rule(
        "position_flips",
        0.1,
        0.3,
        "The judge answers alike in another order",
        "Much of what this judge says hangs on where an option stands: take a larger model as judge.",
        higher=False,
        judged=True,
    ),
)


class Verdict(NamedTuple):
    """A rule met by a figure of the whole atlas or its base groups; ``judge``: which model said so, if one did.

    ``set_aside``: the judge failed its own test, so what it says of the atlas is doubtful whatever it says.
    """

    rule: Rule
    state: State
    value: float
    low: float | None
    high: float | None
    n: int
    judge: str | None = None
    set_aside: bool = False

    @property
    def by(self) -> str:
        """The judge's name without the hash of its weights; empty without a judge."""
        return (self.judge or "").partition("@")[0]


_TESTS = ("calibration", "position_flips")  # what a judge must not fail if it is to be heard


def verdicts(table: pl.DataFrame, rules: tuple[Rule, ...] = RULES) -> list[Verdict]:
    """Verdicts of the rules whose metric was measured, in the order of the rules.

    What a judge says that is weak in calibration or position bias is set aside as doubtful.
    """
    import polars as pl

    whole = table.filter(pl.col("group").is_null() & (pl.col("level").is_null() | (pl.col("level") == 0)))
    reached = []
    for rule in rules:
        part = pl.col("part").is_null() if rule.part is None else pl.col("part") == rule.part
        rows = whole.filter(pl.col("metric") == rule.metric)
        rows = rows if rule.judged else rows.filter(part).head(1)
        for row in rows.iter_rows(named=True):
            judge = _judge(rule, row["part"])
            if judge is None and rule.judged:
                continue
            state = state_of(rule, row)
            reached.append(Verdict(rule, state, row["value"], row["low"], row["high"], row["n"], judge))
    failed = {verdict.judge for verdict in reached if verdict.rule.metric in _TESTS and verdict.state == "weak"}
    heard = [
        verdict._replace(state="doubtful", set_aside=True)
        if verdict.judge in failed and verdict.judge is not None and verdict.rule.metric not in _TESTS
        else verdict
        for verdict in reached
    ]
    # The author's audit counts only where no other judge's does.
    audits = [verdict for verdict in heard if verdict.rule.metric == "private_share"]
    if any(verdict.judge and not verdict.set_aside for verdict in audits):
        return [verdict for verdict in heard if verdict.judge or verdict not in audits]
    return heard


def _judge(rule: Rule, part: str | None) -> str | None:
    """The judge in a figure's part; None where there is none, or it audited its own names."""
    head = rule.part or ""
    if not rule.judged or part is None or not part.startswith(head):
        return None
    judge = part.removeprefix(head)
    return None if judge.startswith(BY_AUTHOR) else judge


def state_of(rule: Rule, row: dict[str, float | None]) -> State:
    """Where a figure with its interval stands."""
    value = row["value"]
    assert value is not None
    low = value if row["low"] is None else row["low"]
    high = value if row["high"] is None else row["high"]
    if rule.solid == rule.weak:  # none found is the best there can be; the interval says how sure that is
        low = high = value
    worse, better = (low, high) if rule.higher else (-high, -low)
    solid, weak = (rule.solid, rule.weak) if rule.higher else (-rule.solid, -rule.weak)
    if worse >= solid:
        return "solid"
    return "weak" if better < weak else "doubtful"
