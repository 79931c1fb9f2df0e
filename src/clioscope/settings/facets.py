"""Settings of the facets."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from clioscope.settings.section import Section


class FacetSettings(Section):
    use: tuple[str, ...] = Field(
        ("request", "field", "activity", "concern"),
        description="Facets that the model is asked for. The first three decide the groups; concern colours the map.",
    )
    ask: Annotated[int, Field(ge=1)] | Literal["all"] | None = Field(
        None,
        description="How many conversations the model is asked about, or `all`. They cover all regions and languages, "
        "and what they say tells about the others. If unset: 400 for a model on this machine, where asking "
        "takes the time; for a model at an address all of them, up to model.confirm_questions.",
    )
    ask_per_group: int = Field(
        2,
        ge=0,
        description="At least so many conversations of every base group are asked about before groups get their names; "
        "where the first round has fewer, a second round asks about more. 0: no second round.",
    )
    examples: bool = Field(
        True,
        description="Show the model a few example conversations with good answers first. They make a small model "
        "useful, and cost about 500 prompt tokens per question where the server does not cache.",
    )
    define: tuple[dict[str, Any], ...] = Field(
        (), description="Facets of your own, one `[[facets.define]]` table each (docs/facets.md)."
    )
    embed: tuple[str, ...] | None = Field(
        None,
        description="Facets whose text is embedded and so decides the groups; `text` is the raw text of the user's "
        "turns. If unset: the chosen facets that say `embed = true`, and `text`. Of the built-in ones these are "
        "request, field and activity, the best measured on labelled ShareGPT.",
    )
    combine: Literal["mean", "join"] = Field(
        "mean",
        description="Embed facets one by one and take the mean, so that all count alike, or embed them as one text.",
    )
    calls: Literal["one", "each"] = Field(
        "one", description="One question for all facets, which is cheaper, or one question per facet (as in Clio)."
    )
    language: str = Field("en", description="Language of the answers (IETF tag). Small models write English best.")
    modules: tuple[str, ...] = Field((), description="Python files whose @facet functions are added to the facets.")
    screen: str | None = Field(
        None,
        description="Yes/no question in plain words. Conversations that get a no are left out. If unset: none. It is "
        "put to the model about every conversation, whatever facets.ask says.",
    )
