"""The attack on a copy of one's own data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from clioscope.atlas import Atlas
from clioscope.attack.own_data import own_records
from clioscope.attack.poison import VARIANTS
from clioscope.attack.target import made_targets
from clioscope.attack.trial import Attack, Outcome, attack_records, build_attacked, outcome_of
from clioscope.attack.ways import ways
from clioscope.attack.words import SYMPTOMS
from clioscope.errors import AtlasError, SettingsError
from clioscope.settings import Settings

if TYPE_CHECKING:
    from clioscope.attack.guess import Vectors
    from clioscope.progress import Progress

WAYS = ("ours", "no words", "no thresholds")  # of one build


class Redteam(NamedTuple):
    """``outcomes``: one per variant and way of publishing; ``own``: how many of your conversations were used;
    ``advice``: sentences that say what would help."""

    outcomes: tuple[Outcome, ...]
    own: int
    advice: tuple[str, ...]


def redteam(
    atlas: Atlas | str | Path,
    out: str | Path | None = None,
    *,
    accounts: int = 5,
    poison: int = 20,
    targets: int = 12,
    variants: Sequence[str] = ("plain", "language", "spelled"),
    source: str | Path | None = None,
    most: int = 1000,
    model: str | None = None,
    progress: Progress | None = None,
) -> Redteam:
    """Plant made conversations in a copy of an atlas's data, build and publish it, and try to guess what is secret.

    Per variant, ``targets`` made people (1 to 20) are added, and against each of them ``poison`` planted conversations
    by ``accounts`` accounts. At most ``most`` of your conversations are used: those of the input files, of the file
    ``source``, or kept transcripts. The build has the settings of the atlas; ``model`` is another language model. The
    atlas is never changed. ``out`` keeps builds and copies, so that a stopped call goes on; otherwise they are removed
    at the end. They hold raw text.

    Raises SettingsError for a number or a variant that is not possible, AtlasError for a published atlas or an ``out``
    inside the atlas, and ClioscopeError if there are no conversations to be had; otherwise as ``build`` and
    ``publish``.

    >>> import clioscope
    >>> clioscope.redteam("atlas/", accounts=5, poison=20).advice  # doctest: +SKIP
    """
    opened = atlas if isinstance(atlas, Atlas) else Atlas(atlas)
    _check(opened, out, accounts, poison, targets, variants)
    settings = _settings(opened, model)
    own = own_records(opened, source, most)
    chosen = [way for name, way in ways(settings).items() if name in WAYS]
    made = made_targets(targets)
    outcomes = []
    with TemporaryDirectory() as passing:
        place = Path(passing) if out is None else Path(out)
        for variant in variants:
            attack = Attack(variant, poison, accounts)
            folder = place / f"{variant}-{poison}-{accounts}"
            built = build_attacked(attack_records(own, made, attack), folder, chosen[0], progress=progress)
            unaudited = settings.model.name is None or not settings.privacy.audit
            outcomes += [
                outcome_of(built, folder, way._replace(unaudited=unaudited), attack, made, _vectors(settings))
                for way in chosen
            ]
    return Redteam(tuple(outcomes), len(own), advice(outcomes, settings, accounts))


def advice(outcomes: Sequence[Outcome], settings: Settings, accounts: int) -> tuple[str, ...]:
    """What would help, from what was drawn out of the default way of publishing."""
    privacy = settings.privacy
    drawn = [outcome for outcome in outcomes if outcome.way == "ours" and outcome.named]
    told = []
    if drawn:
        variants = ", ".join(dict.fromkeys(outcome.attack.variant for outcome in drawn))
        told.append(f"The secret was named in published text (variant {variants}): read every name before you publish.")
    if accounts + 2 > privacy.word_users:
        told.append(
            f"An attacker with {accounts} accounts can make {accounts + 1} people write a word; set "
            f"privacy.word_users to {accounts + 2} or more (it is {privacy.word_users})."
        )
    if accounts + 1 >= privacy.min_users:
        told.append(
            f"{accounts} accounts and one person make a group of {accounts + 1} people; set privacy.min_users to "
            f"{accounts + 2} or more (it is {privacy.min_users})."
        )
    if not told:
        told.append("Nothing was named. More accounts (--accounts) show where that ends.")
    return tuple(told)


def _check(
    atlas: Atlas, out: str | Path | None, accounts: int, poison: int, targets: int, variants: Sequence[str]
) -> None:
    if atlas.published:
        raise AtlasError(f"{atlas.path} is a published atlas; attack the atlas that it was made from.")
    if out is not None and Path(out).resolve().is_relative_to(atlas.path.resolve()):
        raise AtlasError(f"{out} lies inside the atlas, which is not changed; give a folder outside it.")
    if not 1 <= targets <= len(SYMPTOMS):
        raise SettingsError(f"targets: {targets} is not possible; give a number from 1 to {len(SYMPTOMS)}.")
    if not 1 <= accounts <= poison:
        raise SettingsError(
            f"accounts: {accounts} is not possible; give a number from 1 to that of planted ({poison})."
        )
    for variant in variants:
        if variant not in VARIANTS:
            raise SettingsError(f"variants: there is no {variant!r}; choose from {', '.join(VARIANTS)}.")


def _settings(atlas: Atlas, model: str | None) -> Settings:
    """The settings of the atlas, for records of our own format."""
    given = atlas.manifest["settings"]
    fresh = {"keep_transcripts": False, "transcript_tokens": given["input"].get("transcript_tokens")}
    whole = {**given, "input": fresh, "layout": given["layout"] | {"method": "pca"}}
    if model is not None:
        whole["model"] = {**given["model"], "name": model}
        whole["naming"] = {**given["naming"], "model": None}
    return Settings.model_validate(whole)


def _vectors(settings: Settings) -> Vectors:
    from clioscope.embedding.encode import encode_texts
    from clioscope.embedding.open import open_embedder

    embedder = open_embedder(settings.embedding)
    return lambda texts: encode_texts(list(texts), embedder, None)
