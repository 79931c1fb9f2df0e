"""Which sentence encoder a build takes where nobody chose one: by the language of the conversations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from clioscope.errors import ModelError
from clioscope.settings import Settings

_LOOKED_AT = 1000  # texts, the first ones: they stand in the order of a hash
_MOSTLY = 0.5  # share in other languages from which the encoder is one for many languages
_SOME = 0.1  # share from which it is said what an encoder for English does with them
_NAMED = 3  # languages in a sentence
_LARGE = 0.03  # share of a language that is named


class Chosen(NamedTuple):
    """Settings that name an encoder, and a sentence about it: empty where English texts have an encoder for English.

    ``warns``: the encoder is not made for some of the texts.
    """

    settings: Settings
    said: str = ""
    warns: bool = False


def with_encoder(settings: Settings, texts: Sequence[str | None]) -> Chosen:
    """The settings with the encoder for these texts of users, which stand in the order of a hash.

    Where ``embedding.model`` is unset, it is the default encoder, or multilingual-e5-small where more than half of the
    texts whose language can be told are not in English. A chosen encoder stays. At most 1,000 texts are looked at.
    Raises ModelError where the encoder for many languages is not installed.
    """
    from clioscope.embedding.multilingual import NAME as MULTILINGUAL
    from clioscope.embedding.open import DEFAULT, check_embedder, is_english

    counts = _languages(texts)
    others = 1 - counts["en"] / counts.total() if counts.total() else 0.0
    given = settings.embedding.model
    if given is None and others > _MOSTLY:
        chosen = _named(settings, MULTILINGUAL)
        try:
            check_embedder(chosen.embedding, contact=False)
        except ModelError as error:
            raise ModelError(
                f"{_said(counts, others)}, and the default encoder {DEFAULT} is for English. {error} "
                f"(--embedder {DEFAULT} takes that one all the same.)"
            ) from error
        return Chosen(chosen, f"{_said(counts, others)}, so the encoder is {MULTILINGUAL}; --embedder chooses another.")
    name = given or DEFAULT
    chosen = settings if given is not None else _named(settings, name)
    if given is None:
        check_embedder(chosen.embedding, contact=False)
    if others < _SOME or not is_english(name):
        return Chosen(chosen)
    said = (
        f"{_said(counts, others)}, and the encoder {name} is for English: their groups may mean little. "
        f"--embedder {MULTILINGUAL} is for a hundred languages."
    )
    return Chosen(chosen, said, True)


def check_defaults(settings: Settings) -> None:
    """Raise ModelError where neither of the encoders of a build that names none is installed."""
    from clioscope.embedding.multilingual import NAME as MULTILINGUAL
    from clioscope.embedding.open import DEFAULT, check_embedder

    try:
        check_embedder(_named(settings, DEFAULT).embedding, contact=False)
    except ModelError:
        try:
            check_embedder(_named(settings, MULTILINGUAL).embedding, contact=False)
        except ModelError:
            pass
        else:
            return
        raise


def _named(settings: Settings, name: str) -> Settings:
    embedding = settings.embedding.model_copy(update={"model": name})
    return settings.model_copy(update={"embedding": embedding})


def _languages(texts: Sequence[str | None]) -> Counter[str]:
    from clioscope.facets.language import NO_LANGUAGE, identify_languages

    tags = identify_languages(texts[:_LOOKED_AT])
    return Counter(tag for tag in tags if tag is not None and tag != NO_LANGUAGE)


def _said(counts: Counter[str], others: float) -> str:
    """How many conversations are not in English, and in which languages most of these are."""
    from clioscope.facets.language import language_name

    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    shares = {tag: count / counts.total() for tag, count in ranked if tag != "en"}
    named = [tag for tag in list(shares)[:_NAMED] if shares[tag] >= _LARGE]
    told = ", ".join(f"{language_name(tag)} {shares[tag]:.0%}".replace("%", " %") for tag in named)
    return f"{others:.0%} of the conversations are not in English".replace("%", " %") + (f" ({told})" if told else "")
