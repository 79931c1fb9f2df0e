"""Ready-made names: what people commonly ask an assistant or a help desk for, in a few words (``ready/``).

They are for groups that no language model names, or about which none is asked to save time (``naming.ready_names`` is
``first``); for those whose name, as a small model wrote it, is much farther from the group; and for those whose name
may not be shown or published.
The list was written by hand and is the same for everybody, so that a name from it tells nothing about a single person:
only what most of a group is about.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.conversations.texts.stopwords import plain_verbs
from clioscope.naming.candidates import Label
from clioscope.naming.support import specific_words
from clioscope.naming.wording import tags_of_phrases, wording

if TYPE_CHECKING:
    from clioscope.naming.context import NamingContext
    from clioscope.naming.people import Authors
    from clioscope.naming.support import Support

_FOLDER = "ready"
_FLOOR = 0.3  # cosine of a name with the centroid of its group, below which it says nothing about the group
_NEAR = 0.5  # cosine of a name with the centroid of its group, from which on no model need be asked for another one
_KEEPS = 0.8  # times the cosine of the nearest ready-made name, below which a model's name gives way to that
_MOSTLY = 2 / 3  # a ready-made name that is less than two thirds as near as one made of phrases gives way to that
_TYPICAL = 0.2  # share of a group that must have written a specific word of its name ("Python")
_OR = frozenset({"or", "или"})
_TRIED = 20  # names, the nearest first, whose specific words are looked for
_KEPT = 5  # names that are kept for a group at most
_PEOPLE = 100  # that are counted at most


@cache
def ready_names(language: str) -> tuple[str, ...]:
    """The ready-made names in ``language`` (its English name); none where there is no list in it."""
    tag = tags_of_phrases().get(language)
    place = files(__package__).joinpath(_FOLDER, f"{tag}.txt")
    if tag is None or not place.is_file():
        return ()
    lines = place.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def without_ready_name(name: str) -> str:
    """What a name says beyond a ready-made one: "Maka" of "Write fiction: Maka", nothing of "Write fiction"."""
    head, _, rest = name.partition(":")
    return rest.strip() if head in _all() else name


def is_ready_made(name: str) -> bool:
    """Whether this is a name of a list, with nothing added."""
    return name in _all()


def with_ready_names(
    context: NamingContext,
    named: Sequence[Label],
    spare: Sequence[Label],
    members: Sequence[NDArray[np.integer]],
    centroids: NDArray[np.float32],
    languages: Sequence[str],
    groups: Iterable[int],
    *,
    by_model: Collection[int] = (),
    taken: Sequence[Collection[str]] | None = None,
) -> list[Label]:
    """The labels ``named`` (k), those of ``groups`` with a ready-made name where it fits better.

    ``members`` are the rows of the conversations of each group, ``centroids`` (k, d) their unit centroids, and
    ``languages`` the languages of their labels. A name must be near to the people of a group: where some wrote more
    than others, or wrote near copies, each person counts once.

    ``by_model``: the groups that a model named. Their name gives way only if it is less than .8 times as near
    (cosine) to the centroid as the nearest ready-made name. A name made of phrases gives way if the ready-made one is
    two thirds as near, or more. The description is then that of the ``spare`` label (k), which has the group's phrases;
    without phrases the name describes the group. ``taken`` (k) are the names that a group may not get, since
    others have them.
    """
    places = _places(context, languages, groups)
    found = list(named)
    if not places:
        return found
    present = context.encode([named[group].name for group in places])
    told = _nearest_by_group(context, members, centroids, languages, places)
    for (group, middle, near), own in zip(told, present, strict=True):
        barred = () if taken is None else taken[group]
        best = next((one for one in near if one.name not in barred), None)
        if best is None:
            continue
        given = float(own @ middle)
        if given < _KEEPS * best.cosine if group in by_model else best.cosine >= _MOSTLY * given:
            found[group] = called(best.name, spare[group], languages[group])
    return found


def ready_first(
    context: NamingContext,
    members: Sequence[NDArray[np.integer]],
    centroids: NDArray[np.float32],
    languages: Sequence[str],
    groups: Iterable[int],
    taken: Collection[str] = (),
) -> dict[int, str]:
    """The ready-made names of those of some ``groups`` about which no model need be asked (``naming.ready_names`` is
    ``first``): their nearest name has a cosine of .5 or more with them. Of groups with the same nearest name only the
    nearest has it, and none if it is among ``taken``. ``members`` (k), ``centroids`` (k, d) and ``languages`` (k) as
    for ``with_ready_names``.
    """
    if context.settings.ready_names != "first":
        return {}
    places = _places(context, languages, groups)
    found: dict[str, tuple[float, int]] = {}
    for group, _, near in _nearest_by_group(context, members, centroids, languages, places):
        best = next(near, None)
        if best is not None and best.name not in taken and best.cosine >= max(_NEAR, found.get(best.name, (0.0, 0))[0]):
            found[best.name] = best.cosine, group
    return {group: name for name, (_, group) in found.items()}


def nearest_ready_names(
    context: NamingContext,
    authors: Authors,
    own: Callable[[NDArray[np.integer]], NDArray[np.float32]],
    members: Sequence[NDArray[np.integer]],
    centroids: NDArray[np.float32],
    languages: Sequence[str],
    groups: Iterable[int],
) -> dict[int, list[tuple[str, int]]]:
    """The ready-made names that fit each of some ``groups``, at most five, the nearest first; groups that none fits are
    missing. ``members`` (k), ``centroids`` (k, d) and ``languages`` (k) as for ``with_ready_names``.

    With each name, how many people (by ``authors``, at most 100) are behind it: those with a conversation in the group
    that is itself near to the name (a cosine of .3 or more). ``own`` gives the vectors (m, d) of some conversations
    (m,) into which no neighbour was mixed.
    """
    places = _places(context, languages, groups)
    found = {}
    for group, _, names in _nearest_by_group(context, members, centroids, languages, places):
        near = list(islice(names, _KEPT))
        if near:
            taken = [one for one in near if one.cosine >= _MOSTLY * near[0].cosine]
            close = own(members[group]) @ np.stack([one.vector for one in taken], axis=1) >= _FLOOR
            found[group] = [
                (one.name, authors.people(members[group][there].tolist(), _PEOPLE))
                for one, there in zip(taken, close.T, strict=True)
            ]
    return found


def may_have_ready_names(context: NamingContext) -> bool:
    """Whether any group may have a ready-made name: they are not turned off, and the encoder compares meanings."""
    return context.settings.ready_names != "never" and context.encoder_languages != ()


def are_read(language: str, known: Collection[str] | None) -> bool:
    """Whether there are ready-made names in ``language``, and an encoder that reads the languages ``known`` (None: all)
    reads it."""
    return bool(ready_names(language)) and (known is None or language in known)


class _Near(NamedTuple):
    """A ready-made name, the cosine of its vector with the centroid of a group, and the vector (d,)."""

    name: str
    cosine: float
    vector: NDArray[np.float32]


def _places(context: NamingContext, languages: Sequence[str], groups: Iterable[int]) -> list[int]:
    """The ``groups`` that may have a ready-made name: there is one in their language, which the encoder reads."""
    if not may_have_ready_names(context):
        return []
    return [group for group in groups if are_read(languages[group], context.encoder_languages)]


def _encoded(context: NamingContext, languages: Iterable[str]) -> dict[str, tuple[list[str], NDArray[np.float32]]]:
    """The names of each language, those that are not longer than names may be, and their vectors."""
    most = context.settings.max_words
    told = {
        language: [name for name in ready_names(language) if len(name.split(" ")) <= most] for language in languages
    }
    return {language: (names, context.encode(names)) for language, names in told.items()}


def _nearest_by_group(
    context: NamingContext,
    members: Sequence[NDArray[np.integer]],
    centroids: NDArray[np.float32],
    languages: Sequence[str],
    places: Sequence[int],
) -> Iterator[tuple[int, NDArray[np.float32], Iterator[_Near]]]:
    """For each group in ``places``: its number, its centroid (d,) in which every person counts once, and the names that
    fit it, the nearest first."""
    told = _encoded(context, {languages[group] for group in places})
    for group in places:
        middle = _centre(context, members[group], centroids[group])
        yield group, middle, _nearest(context, told[languages[group]], middle, members[group])


def _nearest(
    context: NamingContext,
    told: tuple[list[str], NDArray[np.float32]],
    middle: NDArray[np.float32],
    members: NDArray[np.integer],
) -> Iterator[_Near]:
    """The names that are near enough to ``middle`` (d,) and whose specific words the group wrote, the nearest first."""
    names, vectors = told
    cosines = vectors @ middle
    for place in np.argsort(-cosines, kind="stable")[:_TRIED].tolist():
        if cosines[place] < _FLOOR:
            return
        if _typical(context.support, names[place], members):
            yield _Near(names[place], float(cosines[place]), vectors[place])


def described(name: str) -> tuple[str, str]:
    """A ready-made name, and a description that says no more than the name, in its language."""
    language = next((one for one in tags_of_phrases() if name in ready_names(one)), "English")
    return name, wording(language)["about"].format(name=name)


def called(name: str, spare: Label, language: str) -> Label:
    """The ``spare`` label with a ready-made name, which describes a group that no phrase sets apart."""
    about = spare.description if spare.phrases else wording(language)["about"].format(name=name)
    return spare._replace(name=name, description=about)


def _centre(context: NamingContext, members: NDArray[np.integer], centroid: NDArray[np.float32]) -> NDArray[np.float32]:
    """The unit centroid (d,) of a group in which every person counts once."""
    weights = context.support.weights(members.tolist())
    if weights is None:
        return centroid
    mean = np.asarray(weights @ context.vectors[members], np.float32)
    size = float(np.linalg.norm(mean))
    return mean / np.float32(size) if size else centroid


def counted_words(name: str) -> str:
    """What of a name must have been written by enough people before it is published: of a ready-made one only the
    specific words ("Python"), for all else in it is everybody's."""
    rest = without_ready_name(name)
    return name if rest == name else " ".join([*specific_words(name.partition(":")[0]), rest]).strip()


@cache
def _all() -> frozenset[str]:
    return frozenset(name for language in tags_of_phrases() for name in ready_names(language))


def _typical(support: Support, name: str, members: NDArray[np.integer]) -> bool:
    """Whether a part of the group, and enough people of it, wrote the specific words of a name, if it has any.

    Of words with "or" between them, one suffices. A word that is a plain verb in small letters ("Go") proves
    nothing where there is another one.
    """
    words, rows = specific_words(name), members.tolist()
    telling = [word for word in words if len(word) > 1 and word.casefold() not in plain_verbs()] or words

    def written(word: str) -> bool:
        holders = support.holders(word, rows)
        return len(holders) >= _TYPICAL * len(rows) and support.backed(holders, rows)

    either = bool(_OR & set(name.split(" ")))
    return not words or (any if either else all)(written(word) for word in telling)
