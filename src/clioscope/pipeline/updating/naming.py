"""Names for the groups that an update made or split; all others keep theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.naming.candidates import Label
from clioscope.vectors.spaced import evenly_spaced

if TYPE_CHECKING:
    import polars as pl

    from clioscope.naming.context import NamingContext
    from clioscope.pipeline.run import Run
    from clioscope.pipeline.updating.joint import Reordered

_SHOWN = 400  # conversations of a changed group that its name is made of
_NEAR, _CONTRAST = 4, 25  # neighbouring groups, and conversations of each, that a name tells it apart from


class Known(NamedTuple):
    """What names are made of: ``facets`` (n rows), ``occurrences`` (conversation, user) and ``transcripts`` as far as
    there are any."""

    facets: pl.DataFrame
    occurrences: pl.DataFrame
    transcripts: pl.DataFrame


def named_anew(
    run: Run,
    known: Known,
    rows: Reordered,
    labels: NDArray[np.int32],
    centroids: NDArray[np.float32],
    changed: Sequence[int],
    taken: Mapping[str, Label],
) -> dict[int, Label]:
    """Labels of the base groups in ``changed``, unlike each other and those in ``taken`` (by id).

    ``labels`` (n,) are the groups of all rows, in the order of ``known.facets``, and ``rows`` gives the vectors in the
    same order. The model is asked as in a build, about these groups alone.
    """
    from clioscope.naming.groups import name_groups

    if not changed:
        return {}
    chosen, groups = _chosen(labels, centroids, changed, told_of(known))
    context = context_of(run, known, rows, chosen)
    local = {group: number for number, group in enumerate(groups)}
    own = np.array([local[label] for label in labels[chosen].tolist()], dtype=np.int32)
    others = {local[group]: Label("", "") for group in groups if group not in changed}
    names = [label.name for label in taken.values()]  # of these and all other groups: none is given twice
    found = name_groups(context, own, centroids[groups], kept=others, taken=names)
    new = [found[local[group]] for group in changed]
    members = [np.flatnonzero(own == local[group]) for group in changed]
    return dict(zip(changed, apart_from(context, new, members, taken), strict=True))


def apart_from(
    context: NamingContext,
    labels: Sequence[Label],
    members: Sequence[NDArray[np.integer]],
    taken: Mapping[str, Label],
) -> list[Label]:
    """The ``labels`` with names unlike each other and those in ``taken``, which stay as they are.

    ``members`` are the rows of each group in the ``context``.
    """
    from clioscope.naming.distinct import make_distinct

    nobody = np.zeros(0, np.intp)
    distinct = make_distinct(
        context,
        [*labels, *taken.values()],
        [*members, *([nobody] * len(taken))],
        [len(one) for one in members] + [0] * len(taken),
        fixed=range(len(labels), len(labels) + len(taken)),
    )
    return distinct[: len(labels)]


def told_of(known: Known) -> NDArray[np.bool_]:
    """Of which conversations (n,) there is a text: what the model said of them, or their own."""
    told: NDArray[np.bool_] = (
        known.facets["asked"] | known.facets["conversation"].is_in(known.transcripts["conversation"].implode())
    ).to_numpy()
    return told


def unbacked(run: Run, known: Known, tree: pl.DataFrame, base: Sequence[str], groups: Sequence[str]) -> list[bool]:
    """Whether the names of some groups depend on people without a user id (``privacy.backing``)."""
    import polars as pl

    from clioscope.facets.texts import known_texts, writers
    from clioscope.privacy.backing import Backing

    parents: dict[str, str | None] = dict(tree.select("group", "parent").iter_rows())
    inside: set[str | None] = set(groups)
    for group in tree.sort("level", descending=True)["group"]:
        if parents[group] in inside:
            inside.add(group)
    rows = [row for row, group in enumerate(base) if group in inside]
    some = known.facets[rows]
    names = [facet.name for facet in run.facets if facet.type == "text"]
    texts, owners = known_texts(_said(run, some), known.transcripts, names), writers(some, known.occurrences)
    part = tree.filter(pl.col("group").is_in(list(inside)))
    part = part.with_columns(parent=pl.when(pl.col("parent").is_in(list(inside))).then("parent"))
    backing = Backing(texts, owners, run.settings.naming.support, _copies(run, some))
    found = backing.unbacked(part, [base[row] for row in rows])
    by_group = dict(zip(part["group"], found, strict=True))
    return [by_group[group] for group in groups]


def public(run: Run, known: Known, tree: pl.DataFrame, base: Sequence[str], groups: Sequence[str]) -> pl.DataFrame:
    """How many people are behind the names of some groups (``privacy.public_names``), one row per group.

    Only the conversations of these groups are counted. ``tree`` says in ``action`` which names are withheld.
    """
    from clioscope.atlas.membership import lines_of
    from clioscope.atlas.segments import whole_ids
    from clioscope.facets.language import language_name
    from clioscope.facets.texts import known_texts, writers
    from clioscope.privacy.public_names import public_names

    wanted = set(groups)
    lines = lines_of(dict(tree.select("group", "parent").iter_rows()))
    rows = [row for row, group in enumerate(base) if wanted.intersection(lines[group])]
    some, settings = known.facets[rows], run.settings
    names = [facet.name for facet in run.facets if facet.type == "text"]
    owners = writers(some, known.occurrences)
    if run.has("segments") and known.occurrences["user"].is_null().all():  # segments of one are by one person
        owners = [[one] for one in whole_ids(some.select("conversation"), run.table("segments"))]
    return public_names(
        tree,
        [base[row] for row in rows],
        known_texts(_said(run, some), known.transcripts, names),
        owners,
        _copies(run, some),
        least=settings.privacy.word_users,
        words=settings.naming.max_words,
        language=language_name(settings.facets.language),
        only=wanted,
        refused=tree.filter(action="withheld")["group"].to_list(),
        model=settings.model.name is not None,
    )


def _chosen(
    labels: NDArray[np.int32], centroids: NDArray[np.float32], changed: Sequence[int], told: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], list[int]]:
    """Rows of the changed groups and of their neighbours, and all these groups, the changed ones first."""
    near: dict[int, None] = {}
    for group in changed:
        order = np.argsort(-(centroids @ centroids[group]), kind="stable")
        others = [other for other in order.tolist() if other not in changed and centroids[other].any()]
        near |= dict.fromkeys(others[:_NEAR])
    parts = []
    for group in (*changed, *near):
        members = np.flatnonzero((labels == group) & told)
        if not len(members):
            members = np.flatnonzero(labels == group)
        parts.append(members[evenly_spaced(len(members), _SHOWN if group in changed else _CONTRAST)])
    there = [group for group, part in zip((*changed, *near), parts, strict=True) if len(part)]
    return np.sort(np.concatenate(parts)), there


def context_of(
    run: Run, known: Known, rows: Reordered, chosen: NDArray[np.intp], spare: Sequence[str] | None = None
) -> NamingContext:
    """What the groups of the rows ``chosen`` (r,) are named from. ``spare`` (r) stand for the conversations that no
    text is kept of."""
    from clioscope.embedding.open import encoder_languages
    from clioscope.facets.language import language_name
    from clioscope.facets.texts import known_texts, shown_texts
    from clioscope.naming.context import NamingContext
    from clioscope.naming.support import Support
    from clioscope.pipeline.stages.naming import TRAITS, name_encoder

    settings = run.settings.naming
    facets = known.facets[chosen.tolist()]
    said = _said(run, facets)
    names = [facet.name for facet in run.facets if facet.type == "text"]
    asked = facets["asked"]
    texts, whole = shown_texts(said, known.transcripts, settings.show), known_texts(said, known.transcripts, names)
    if spare is not None:
        texts, whole = ([own or other for own, other in zip(some, spare, strict=True)] for some in (texts, whole))
    return NamingContext(
        texts=texts,
        support=Support(whole, settings.support, _people(run, known, facets), _copies(run, facets)),
        vectors=rows.vectors(chosen),
        settings=settings,
        encode=name_encoder(run.folder, run.embedder, run.store),
        ask=run.askers.ask("names", "naming"),
        language=language_name(run.settings.facets.language),
        traits={name: facets[name].to_list() for name in TRAITS if name in facets.columns},
        asked=asked.to_numpy() if asked.any() and not asked.all() else None,
        encoder_languages=encoder_languages(run.settings.embedding),
    )


def _copies(run: Run, facets: pl.DataFrame) -> list[int]:
    """The number of the text of each conversation, equal for near copies."""
    from clioscope.atlas.copies import texts_of

    copies = run.table("copies") if run.has("copies") else None
    return texts_of(facets["conversation"], copies).to_list()


def _people(run: Run, known: Known, facets: pl.DataFrame) -> list[list[str]]:
    """Who wrote each conversation. The segments of one are by one person, even where nobody knows whom."""
    from clioscope.atlas.segments import whole_ids
    from clioscope.facets.texts import writers

    owners = writers(facets, known.occurrences)
    if not run.has("segments"):
        return owners
    whole = whole_ids(facets.select("conversation"), run.table("segments"))
    return [users or [f"conversation {one}"] for users, one in zip(owners, whole.to_list(), strict=True)]


def _said(run: Run, facets: pl.DataFrame) -> pl.DataFrame:
    """The facets without those that are inferred."""
    import polars as pl

    names = [facet.name for facet in run.facets if facet.asked and facet.name in facets.columns]
    return facets.with_columns(pl.when("asked").then(pl.col(name)) for name in names)
