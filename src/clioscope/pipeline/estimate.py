"""What a build will ask of the model, before it asks anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, exp
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from clioscope.settings import Settings

if TYPE_CHECKING:
    import polars as pl

    from clioscope.facets.facet import Facet
    from clioscope.models.chat import ChatRequest
    from clioscope.models.store import Store
    from clioscope.pipeline.rates import Rates

# Of a facet answer and of a naming question, as measured with the built-in prompts (benchmarks/endtoend.py, demo.toml).
_FACET_ANSWER, _NAME_PROMPT, _AUDIT_PROMPT, _AUDIT_ANSWER = 8, 730, 320, 12  # the first for each facet
_NAME_ANSWER, _CANDIDATE = 20, 17  # of a naming answer: the description, and each name
_NAME_NEW, _SHOWN, _AUDIT_NEW = 50, 25, 60  # tokens that no cache holds: of a name, of each text it shows, of an audit
_AGAIN = 0.2  # of the groups are asked about once more: of 22 groups in the demo four, of 22 by the fake model five
_READY = 0.5  # of the base groups get a ready-made name, where these come first: 12, 19, 70 and 86 % of four data sets
_FRAME = 20  # tokens around a transcript that no cache holds
_BETWEEN, _ROUGHLY = 1.1, 1.4  # wall time to that of reading and writing: at rates measured here, at the catalogue's
_REST, _REST_EACH = 30, 0.0008  # seconds of the stages without questions and texts, and for each conversation
_MANY = 10  # questions about conversations from which on it is worth while to try the model first
_SAMPLE = 10_000  # transcripts whose tokens are counted; they stand in the order of a hash


class Estimate(NamedTuple):
    """Questions and tokens that a build has before it, their price where prices are set, and seconds where the speed
    is known: ``measured`` here, or that of the catalogue's models on two idle cores, which is rough.

    ``asked``: conversations that the model is asked about at first, with or without an answer already. ``stored``:
    questions that have an answer already, not counted in ``calls``. ``remote``: those of ``calls`` that go to another
    machine. ``encoder``: the name of the sentence encoder; ``about_encoder``: a sentence about it, if there is one.
    """

    records: int
    rejected: int
    conversations: int
    groups: int
    calls: int
    prompt_tokens: int
    completion_tokens: int
    money: float | None
    seconds: float | None = None
    stored: int = 0
    remote: int = 0
    asked: int = 0
    encoder: str = ""
    about_encoder: str = ""
    measured: bool = False


def estimate(paths: Sequence[Path], settings: Settings, out: Path | None = None) -> Estimate:
    """Read the input as a build would and count what the model would be asked, less what ``out`` has answers to.

    Raises InputError, and SettingsError or ModelError for a name in the settings that means nothing.
    """
    from clioscope.codebook.read import with_codebook
    from clioscope.facets.selection import facets_of
    from clioscope.models.store import Store
    from clioscope.pipeline.checks import check
    from clioscope.pipeline.encoder import with_encoder
    from clioscope.pipeline.reading import check_input, read_input
    from clioscope.pipeline.resolve import resolve
    from clioscope.pipeline.workspace import Workspace

    settings = with_codebook(settings)
    check(settings, contact=False)
    check_input(paths, settings)
    facets = facets_of(settings)
    settings = resolve(settings, facets)
    with Workspace(out or Path(), settings, facets) as workspace:
        found = read_input(paths, settings, None, workspace.cluster, None)
    places = () if out is None else (out.with_name(out.name + ".building"), out)
    answers = next((one / "answers.sqlite" for one in places if (one / "answers.sqlite").exists()), None)
    store = None if answers is None else Store(answers)
    chosen = with_encoder(settings, found.transcripts["text"].to_list())
    try:
        made = estimate_build(found.transcripts, chosen.settings, facets, found.read, found.rejected, store)
        return made._replace(about_encoder=chosen.said)
    finally:
        if store is not None:
            store.close()


def estimate_build(
    transcripts: pl.DataFrame,
    settings: Settings,
    facets: Sequence[Facet],
    read: int = 0,
    rejected: int = 0,
    store: Store | None = None,
    measure: Callable[[], Rates | None] = lambda: None,
) -> Estimate:
    """The estimate for conversations that are read; ``settings`` are resolved, ``facets`` those of the build.

    ``measure`` tells how fast this machine is (``rates.measured_rates``), and is called where many questions are left.
    """
    from clioscope.conversations.transcript import estimate_tokens
    from clioscope.embedding.open import encoder_languages, name_of
    from clioscope.facets.examples import answered_examples
    from clioscope.facets.language import language_name
    from clioscope.facets.questions import facet_request
    from clioscope.hierarchy.levels import level_sizes
    from clioscope.models.open import is_remote
    from clioscope.naming.ready import are_read
    from clioscope.pipeline.rates import known_rates, short_texts
    from clioscope.pipeline.resolve import asked_of

    count, encoder = transcripts.height, name_of(settings.embedding)
    base = settings.clustering.clusters or default_groups(count, settings)
    groups = sum(level_sizes(base, count, settings.hierarchy.top, settings.hierarchy.levels))
    if settings.model.name is None:
        return Estimate(read + rejected, rejected, count, groups, 0, 0, 0, None, encoder=encoder)
    asked = [one for one in facets if one.asked]
    each = len(asked) if settings.facets.calls == "each" else min(1, len(asked))
    first = asked_of(count, settings)
    told = min(count, first + _second_round(first, count, base, settings.facets.ask_per_group))
    language = language_name(settings.facets.language)
    shown = answered_examples(asked, language) if settings.facets.examples else []
    shared = sum(estimate_tokens(text) for _, text in facet_request("", asked, language, shown=shown).messages)
    some = transcripts["transcript"].head(_SAMPLE)
    text = sum(map(estimate_tokens, some)) / max(1, len(some))

    facets_stored, screen_stored = (0, 0) if store is None else _stored(transcripts, settings, asked, store)
    facets_stored = min(facets_stored, told * each)  # which are asked is known when all texts are encoded
    left = told * (1 - facets_stored / max(1, told * each))
    screened = count if settings.facets.screen else 0
    screen_left = screened - screen_stored
    about = told * each - facets_stored + screen_left
    first_of_list = settings.naming.ready_names == "first" and are_read(language, encoder_languages(settings.embedding))
    unsettled = groups - round(_READY * base) * first_of_list
    asked_again = round(_AGAIN * unsettled)  # a name that cannot be shown, or that two groups have
    audited = groups if settings.privacy.audit else 0
    naming = unsettled + asked_again + audited

    uncached = (left * each + screen_left) * (text + _FRAME)
    prompt = left * each * (shared + text) + screen_left * (text + 80)
    answer = left * (_FACET_ANSWER * len(asked) + 8 * max(0, each - 1)) + screen_left * 4
    titled = unsettled + asked_again
    named = titled * _NAME_PROMPT + audited * _AUDIT_PROMPT
    names = titled * (_NAME_ANSWER + _CANDIDATE * settings.naming.candidates) + audited * _AUDIT_ANSWER
    raw = transcripts["text"].head(_SAMPLE).to_list()
    texts = count * short_texts(raw) / max(1, len(raw)) + told * len(asked)  # raw texts and facets, to encode
    rates = (measure() if about >= _MANY else None) or known_rates(settings)
    each_name = _NAME_NEW + _SHOWN * (settings.naming.members + settings.naming.contrast)
    named_new = titled * each_name + audited * _AUDIT_NEW
    seconds = _seconds(rates, uncached, answer, named_new, names, texts)
    if seconds is not None:
        seconds += _REST + _REST_EACH * count

    model, second = settings.model.name, settings.naming.model or settings.model.name
    money, prices = None, (settings.model.price_in, settings.model.price_out)
    if prices != (None, None):
        money = ((prompt + named) * (prices[0] or 0) + (answer + names) * (prices[1] or 0)) / 1e6
    return Estimate(
        read + rejected,
        rejected,
        count,
        groups,
        about + naming,
        int(prompt + named),
        int(answer + names),
        money,
        seconds,
        facets_stored + screen_stored,
        (about if is_remote(model) else 0) + (naming if is_remote(second) else 0),
        first if asked else 0,
        encoder,
        measured=rates is not None and rates.measured,
    )


def _second_round(asked: int, count: int, groups: int, fewest: int) -> int:
    """How many more conversations are asked because their groups have fewer than ``fewest``: as if chance put them into
    groups."""
    if not asked or asked == count:
        return 0
    mean, short = asked / groups, 0.0
    fewest = min(fewest, ceil(count / groups))  # a group has no more to ask about
    share = exp(-mean)  # of the groups that have k asked ones
    for k in range(fewest):
        short += (fewest - k) * share
        share *= mean / (k + 1)
    return round(groups * short)


def _stored(transcripts: pl.DataFrame, settings: Settings, asked: Sequence[Facet], store: Store) -> tuple[int, int]:
    """How many questions about conversations have an answer: of the facets, and of the screener."""
    from clioscope.facets.extract import facet_requests
    from clioscope.facets.screen import screen_requests
    from clioscope.models.open import known_id
    from clioscope.models.store import answer_key

    model, chosen = known_id(settings.model), settings.facets
    temperature = settings.model.temperature or 0.0
    if model is None or not store.counts()["answers"]:
        return 0, 0

    def known(requests: Sequence[ChatRequest]) -> int:
        keys = [answer_key(model, one) for one in requests]
        found = store.known_answers(keys)
        return sum(key in found for key in keys)

    groups = [[one] for one in asked] if chosen.calls == "each" or not asked else [list(asked)]
    facets = screened = 0
    for chunk in transcripts.iter_slices(4096):
        for group in groups:
            requests = facet_requests(
                chunk, group, chosen.language, temperature=temperature, with_examples=chosen.examples
            )
            facets += known(requests)
        if chosen.screen is not None:
            screened += known(screen_requests(chunk, chosen.screen, temperature))
    return facets, screened


def _seconds(
    rates: Rates | None, uncached: float, answer: float, named: float, names: float, texts: float
) -> float | None:
    if rates is None:
        return None
    first, second = rates.model, rates.naming
    asking = uncached / first.reads + answer / first.writes + named / second.reads + names / second.writes
    return asking * (_BETWEEN if rates.measured else _ROUGHLY) + (texts / rates.texts if rates.texts else 0)


def default_groups(count: int, settings: Settings) -> int:
    """The largest number of base groups that a build may aim at where ``clusters`` is not set."""
    from clioscope.clustering import most_clusters

    if settings.clustering.size is not None:
        return max(1, round(count / settings.clustering.size))
    return most_clusters(count, settings.clustering.most)
