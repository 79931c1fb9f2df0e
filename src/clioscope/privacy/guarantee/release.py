"""A published copy with a guarantee: from an atlas to a new folder."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clioscope.atlas import Atlas
from clioscope.atlas.files import write_json, write_table
from clioscope.atlas.opening import opened
from clioscope.errors import AtlasError
from clioscope.files.folders import MANIFEST, MARK, begin_work, check_work, end_work
from clioscope.files.modes import make_public
from clioscope.privacy.guarantee.groups import tree_of
from clioscope.privacy.guarantee.ledger import book
from clioscope.privacy.guarantee.made import Given, Made, make
from clioscope.privacy.guarantee.mechanisms import check_library
from clioscope.privacy.guarantee.public import category_vectors, leaves, topics_of
from clioscope.privacy.guarantee.reading import encoder_of, facets_of, input_files, mixed, read_records
from clioscope.settings import PrivacySettings
from clioscope.version import __version__

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clioscope.privacy.guarantee.wanted import Guarantee


def publish_with_guarantee(
    atlas: Atlas | str | Path,
    out: str | Path,
    wanted: Guarantee,
    *,
    each_a_user: bool = False,
    min_conversations: int | None = None,
    inputs: Sequence[str | Path] = (),
) -> Atlas:
    """Write a release whose every figure is differentially private, with the person as the unit, and open it.

    The release holds groups with names, noisy sizes and noisy counts of facet values, and nothing else: no example, no
    place on a map, no name that a model made of the data. Groups are found anew; an analyst's edits count for nothing.
    The input is read again, from where the atlas says or from ``inputs``. Conversations without a user id are left out;
    with ``each_a_user`` each counts as another person. ``min_conversations``: the smallest noisy size of a group that
    is shown (if unset, that of the build).

    Raises AtlasError if ``out`` exists, if the atlas is a published one, if the budget of the atlas does not allow the
    release, if no group stands out of the noise, or if no conversation has a user id; InputError if the input cannot be
    read; SettingsError without OpenDP, and for a codebook that cannot be read; ModelError if the encoder of the atlas
    cannot be had.

    >>> import clioscope
    >>> wanted = clioscope.Guarantee(epsilon=3.0)  # doctest: +SKIP
    >>> clioscope.publish_with_guarantee("atlas/", "release/", wanted)  # doctest: +SKIP
    """
    from clioscope.embedding.encode import encode_texts
    from clioscope.prediction.ready import ready_map

    atlas, out = opened(atlas), Path(out)
    if out.exists():
        raise AtlasError(f"{out} exists already; publish into a new folder.")
    if atlas.published:
        raise AtlasError(f"{atlas.path} is a published atlas already; publish the atlas that it was made from.")
    part = out.with_name(out.name + ".part")
    check_work(part)
    check_library()
    settings = PrivacySettings.model_validate(atlas.manifest["settings"]["privacy"])
    least = settings.min_conversations if min_conversations is None else min_conversations
    each = each_a_user or settings.each_a_user
    settings = settings.model_copy(update={"each_a_user": each, "min_conversations": least})
    files, embedder = input_files(atlas, inputs), encoder_of(atlas)
    records = read_records(atlas, files, wanted, embedder, each_a_user=settings.each_a_user)

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        return mixed(encode_texts(list(texts), embedder, None), None, ready_map(embedder.id))

    topics = topics_of(encode)
    given = None
    if wanted.codebook is not None:
        from clioscope.codebook.read import read_codebook

        categories = leaves(read_codebook(wanted.codebook))
        given = Given(categories, category_vectors(categories, topics, encode))
    records = records._replace(vectors=topics.centre(records.vectors))
    spent = book(atlas.path, wanted, out.name)
    made = make(records, topics, wanted, settings.min_conversations, given)
    if not made.sizes:
        raise AtlasError(
            f"{atlas.path}: no group stands out of the noise at epsilon {wanted.epsilon:g}, so nothing was written "
            "(the ledger counts the attempt); take a larger epsilon, fewer --groups, or more people."
        )
    tree, facet_counts = tree_of(made, topics, given)
    try:
        begin_work(part)
        write_table(part / "tree.parquet", tree)
        write_table(part / "facet_counts.parquet", facet_counts)
        write_json(part / MANIFEST, _manifest(atlas, settings, wanted, made, tree.height, spent))
        make_public(part)
        part.rename(out)
        (out / MARK).unlink()
    except OSError as error:
        with suppress(OSError):
            end_work(part)
        raise AtlasError(f"{out}: cannot be written ({error.strerror or error}).") from error
    return Atlas(out)


def _manifest(
    atlas: Atlas, settings: PrivacySettings, wanted: Guarantee, made: Made, groups: int, spent: dict[str, Any]
) -> dict[str, Any]:
    """The manifest: settings, which no data decide, and noisy figures. Nothing is counted here."""
    source = atlas.manifest
    epsilon, delta = made.account.spent()
    return {
        "format": source["format"],
        "version": source["version"],
        "clioscope": __version__,
        "published": True,
        "users": "some" if settings.each_a_user else "all",  # what was counted, not what was there
        "each_a_user": settings.each_a_user,
        "models": {"chat": None, "embedder": _public_name(source["models"]["embedder"])},
        "facets": facets_of(atlas),
        "settings": {"privacy": {"min_conversations": settings.min_conversations, "each_a_user": settings.each_a_user}},
        "counts": {"analysed": made.total, "groups": groups},
        "guarantee": {
            "unit": "person",
            "epsilon": wanted.epsilon,
            "delta": wanted.delta,
            "spent": {"epsilon": round(epsilon, 6), "delta": delta},
            "conversations": wanted.conversations,
            "words": wanted.words,
            "groups": "found" if wanted.codebook is None else "given",
            "steps": made.account.steps(),
            "releases": spent,
            "library": f"opendp {version('opendp')}",
        },
    }


def _public_name(model: str) -> str:
    """The name of the encoder without an address or a folder."""
    if model.startswith(("http://", "https://")):
        return model.partition(" ")[2].strip() or "a server"
    return model.rpartition("/")[2] if model.startswith((".", "/", "~")) else model
