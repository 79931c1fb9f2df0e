"""Names that can be published: every word of them was written by enough people of the group.

A build counts the people behind each name. For those groups whose own name fails it has a spare one: a ready-made name
that fits, or words that enough people wrote. ``publish`` chooses. No spare name is made by a model.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas.membership import lines_of
from clioscope.atlas.membership import rows_of as rows_of_groups
from clioscope.naming.apart import with_additions
from clioscope.naming.fallback import phrase_label
from clioscope.naming.phrases import Phrases
from clioscope.naming.ready import called, counted_words, described, is_ready_made, without_ready_name
from clioscope.naming.support import Support
from clioscope.naming.wording import own_language, unspecific_names, wording
from clioscope.privacy.word_count import MOST, WordCount

if TYPE_CHECKING:
    import polars as pl

    from clioscope.naming.candidates import Label

TABLE = "public_names"
_SPARE = ("spare_name", "spare_description", "spare_people")
UNCOUNTED = "too few users wrote what the name says"


def public_names(
    tree: pl.DataFrame,
    base: Sequence[str],
    texts: Sequence[str],
    owners: Sequence[Sequence[Any]],
    copies: Sequence[int] | None,
    support: Support | None = None,
    *,
    least: int,
    words: int,
    language: str,
    only: Collection[str] | None = None,
    refused: Collection[str] = (),
    model: bool = True,
    languages: Sequence[str | None] | None = None,
    ready: Mapping[str, Sequence[tuple[str, int]]] | None = None,
) -> pl.DataFrame:
    """One row per group of ``tree`` (of those in ``only``, if it is given): group, name, description, people,
    spare_name, spare_description, spare_people.

    ``people``: the fewest people of the group behind any word of name and description, at most 100. The spare name is
    null where ``least`` people or more are behind both. It is the own name where only the description fails; else a
    ready-made name that fits the group and that no other group has; else it is made of phrases that enough people
    wrote. ``ready``: by group the ready-made names that fit it, the nearest first, and how many people are behind each.
    ``base`` (n) are the base groups of the conversations; ``texts``, ``owners`` and ``copies`` (n) as for
    ``WordCount``. ``support`` is that of the same texts, if somebody has it. ``words`` is the limit of words in a name,
    ``language`` the English name of the atlas's language, ``model`` whether a language model writes its names,
    ``languages`` (n) those of the texts as IETF tags (None: they are identified). Names of given categories count as
    everybody's, and so do ready-made names (``naming.ready``) but for their specific words. The own names of the groups
    in ``refused`` are not to be used, unless they are ready-made.
    """
    import polars as pl

    count = WordCount(texts, owners, copies, base, languages)
    levels = _levels(tree, base)
    rows_of = _rows(tree, base)
    held = set[str]()
    if only is not None:
        held = {name.casefold() for name in tree.filter(~pl.col("group").is_in(list(only)))["name"]}
        levels = {level: [one if one in only else None for one in own] for level, own in levels.items()}
        tree = tree.filter(pl.col("group").is_in(list(only)))
    given = tree["code"].is_not_null() if "code" in tree.columns else [False] * tree.height
    labels = list(tree.select("group", "name", "description").iter_rows())
    people = [
        MOST if own else count.people(f"{counted_words(name)}. {_own_description(name, description)}", rows_of[group])
        for (group, name, description), own in zip(labels, given, strict=True)
    ]
    failing = {
        group for (group, _, _), behind in zip(labels, people, strict=True) if behind < least or group in refused
    }
    tongues = {
        group: own_language(
            (texts[row] for row in rows_of[group]),
            language,
            model=model,
            known=None if languages is None else [languages[row] for row in rows_of[group]],
        )
        for group in failing
    }
    support = Support(texts, least, owners, copies) if support is None else support.counted(least, owners, copies)
    spare = _spare(levels, tongues, Phrases(texts, languages), support, count, rows_of, words)
    behind = {
        group: min((count.people(one, rows_of[group]) for one in label.phrases), default=MOST)
        for group, label in spare.items()
    }
    own_names = set[str]()  # a name that passes by itself stays, and only its description is replaced
    for group, name, _ in labels:
        usable = group not in refused or not without_ready_name(name)
        if group in spare and usable and (alone := count.people(counted_words(name), rows_of[group])) >= least:
            spare[group] = spare[group]._replace(name=name)
            behind[group] = min(behind[group], alone)
            own_names.add(group)
    held |= {name.casefold() for group, name, _ in labels if group not in failing or group in own_names}
    refused_names = {group: name.casefold() for group, name, _ in labels if group in refused}
    for group in sorted(spare.keys() - own_names, key=lambda one: (-len(rows_of[one]), one)):
        barred = held | {refused_names.get(group, "")}
        for name, near in _standing_in((ready or {}).get(group, ()), spare[group].phrases, barred, words):
            enough = min(near, count.people(counted_words(name), rows_of[group]))
            if enough >= least:
                spare[group] = called(name, spare[group], tongues[group])
                behind[group] = min(behind[group], enough)
                break
        held.add(spare[group].name.casefold())
    told = [(label.name, label.description) if (label := spare.get(group)) else (None, None) for group, _, _ in labels]
    return tree.select("group", "name", "description").with_columns(
        pl.Series("people", people, dtype=pl.UInt32),
        pl.Series("spare_name", [name for name, _ in told], dtype=pl.String),
        pl.Series("spare_description", [description for _, description in told], dtype=pl.String),
        pl.Series("spare_people", [behind.get(group) for group, _, _ in labels], dtype=pl.UInt32),
    )


def _own_description(name: str, description: str | None) -> str:
    """What a description says beyond a ready-made name."""
    return "" if is_ready_made(name) and description == described(name)[1] else description or ""


def _standing_in(
    names: Sequence[tuple[str, int]], phrases: Sequence[str], held: Collection[str], words: int
) -> list[tuple[str, int]]:
    """Ready-made names, and how many people are behind each, that are not ``held``: the nearest first, then those that
    are held with one of the ``phrases`` behind them."""
    plain = [(name, behind) for name, behind in names if name.casefold() not in held]
    longer = [(told, behind) for name, behind in names for told in with_additions(name, phrases, words)]
    return plain + [(name, behind) for name, behind in longer if name.casefold() not in held]


def with_spare_names(
    tree: pl.DataFrame, names: pl.DataFrame, scores: Callable[[Sequence[tuple[str, str]]], Sequence[int]], accept: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tree and the table of ``public_names`` with a spare name in place of each name that the auditor withheld.

    A spare name is taken if it says something that no other name says, and if ``scores`` gives it ``accept`` or more,
    with its description or else without one. Its action is "rewritten". A name that the auditor gave no answer about
    stays withheld.
    """
    import polars as pl

    joined = tree.join(names.select("group", *_SPARE), on="group", how="left", maintain_order="left")
    rows = joined.filter(pl.col("spare_name").is_not_null() & pl.col("score").is_not_null(), action="withheld").rows(
        named=True
    )
    others = unspecific_names() | {name.casefold() for name in tree.filter(pl.col("action") != "withheld")["name"]}
    rows = [row for row in rows if row["spare_name"].casefold() not in others]
    whole = [(row["spare_name"], row["spare_description"]) for row in rows]
    short = [(name, "") for name, _ in whole]
    taken = [
        (row["group"], *(label if full >= accept else (label[0], "")), max(full, bare))
        for row, label, full, bare in zip(rows, whole, scores(whole), scores(short), strict=True)
        if max(full, bare) >= accept
    ]
    new = pl.DataFrame(
        taken,
        schema={"group": pl.String, "name": pl.String, "description": pl.String, "score": tree.schema["score"]},
        orient="row",
    )
    tree = tree.update(new.with_columns(action=pl.lit("rewritten")), on="group", how="left", maintain_order="left")
    own = new.join(names.select("group", people="spare_people"), on="group", how="left").drop("score")
    names = names.update(own, on="group", how="left", maintain_order="left")
    return tree, names.with_columns(
        pl.when(pl.col("group").is_in(new["group"].implode())).then(None).otherwise(pl.col(name)).alias(name)
        for name in _SPARE
    )


def with_public_names(tree: pl.DataFrame, names: pl.DataFrame | None, least: int) -> tuple[pl.DataFrame, pl.Series]:
    """The tree with the names that may be published, and for each group whether it has none (bool).

    A name that the analyst vouches for stands, and one of a given category; what the analyst wrote counts as
    everybody's in the table. All names of an atlas without the table stand, as those before it was introduced.
    """
    import polars as pl

    if names is None or least <= 1:
        return tree, pl.Series([False] * tree.height, dtype=pl.Boolean)
    joined = tree.join(names, on=["group", "name", "description"], how="left", maintain_order="left", nulls_equal=True)
    own = pl.col("action").is_in(["vouched", "given"])
    passes = own | (pl.col("people").fill_null(0) >= least)
    spared = ~passes & (pl.col("spare_people").fill_null(0) >= least)
    lacking = joined.select((~passes & ~spared).alias("lacking"))["lacking"]
    replaced = joined.with_columns(
        name=pl.when(spared).then("spare_name").otherwise("name"),
        description=pl.when(spared).then("spare_description").otherwise("description"),
    )
    return replaced.select(tree.columns), lacking


def _rows(tree: pl.DataFrame, base: Sequence[str]) -> dict[str, NDArray[np.intp]]:
    """The rows that each group holds, rising."""
    place: dict[str, int] = {}
    labels = np.array([place.setdefault(group, len(place)) for group in base], np.int64)
    parents: dict[str, str | None] = dict(tree.select("group", "parent").iter_rows())
    held = rows_of_groups(parents, list(place), labels)
    return {group: held.get(group, np.zeros(0, np.intp)) for group in parents}


def _levels(tree: pl.DataFrame, base: Sequence[str]) -> dict[int, list[str | None]]:
    """For each level the group of every conversation (n), None where it has none there."""
    lines = lines_of(dict(tree.select("group", "parent").iter_rows()))
    level: dict[str, int] = dict(tree.select("group", "level").iter_rows())
    found: dict[int, list[str | None]] = {number: [None] * len(base) for number in sorted(set(level.values()))}
    for row, group in enumerate(base):
        for holder in lines.get(group, ()):
            found[level[holder]][row] = holder
    return found


def _spare(
    levels: dict[int, list[str | None]],
    tongues: Mapping[str, str],
    known: Phrases,
    support: Support,
    count: WordCount,
    rows_of: Mapping[str, NDArray[np.intp]],
    words: int,
) -> dict[str, Label]:
    """Labels of failing groups from phrases that enough people wrote, or labels that say nothing.

    ``tongues``: the language (its English name) of the label of each failing group.
    """
    from clioscope.naming.candidates import Label, clean_name

    found = dict[str, Label]()
    for groups in levels.values():
        here = sorted({group for group in groups if group is not None})
        failing = tongues.keys() & set(here)
        if not failing:
            continue
        place = {group: number for number, group in enumerate(here)}
        labels = np.array([place.get(group, len(here)) if group else len(here) for group in groups], dtype=np.int32)
        phrases = known.distinguishing(labels, support=support, only={place[group] for group in failing})
        for group in failing:
            backed = [one for one in phrases[place[group]] if count.people(one, rows_of[group]) >= support.least]
            if backed:
                found[group] = phrase_label(backed, words, tongues[group])
            else:
                say = wording(tongues[group])
                name = clean_name(say["requests"], words)
                found[group] = Label(name, say["no_word"].format(kinds=name))
    return found
