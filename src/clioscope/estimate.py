"""What a build will ask of the model, before it asks anything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from clioscope.settings import Settings

# Of a facet answer and of a naming question, as measured with the built-in prompts (benchmarks/endtoend.py).
_FACET_ANSWER, _NAME_PROMPT, _NAME_ANSWER, _AUDIT_PROMPT, _AUDIT_ANSWER = 45, 550, 90, 260, 8


class Estimate(NamedTuple):
    """Questions and tokens of a build, and their price where prices are set."""

    records: int
    rejected: int
    conversations: int
    groups: int
    calls: int
    prompt_tokens: int
    completion_tokens: int
    money: float | None


def estimate(paths: Sequence[Path], settings: Settings) -> Estimate:
    """Read the input as a build would and count what the model would be asked.

    Raises InputError, and SettingsError or ModelError for a name in the settings that means nothing.
    """
    from clioscope.checks import check
    from clioscope.conversations import collect_conversations
    from clioscope.conversations.transcript import estimate_tokens
    from clioscope.facets.choose import facets_of
    from clioscope.facets.examples import answered_examples
    from clioscope.facets.language import language_name
    from clioscope.facets.questions import facet_request
    from clioscope.hierarchy.levels import level_sizes
    from clioscope.resolve import resolve

    check(settings, contact=False)
    facets = facets_of(settings)
    settings = resolve(settings, facets)
    found = collect_conversations(list(paths), settings.input, settings.seed, None)
    count = found.conversations.height
    base = settings.clustering.clusters or default_groups(count, settings)
    groups = sum(level_sizes(base, count, settings.hierarchy.top, settings.hierarchy.levels))
    if settings.model.name is None:
        return Estimate(found.read + found.rejected, found.rejected, count, groups, 0, 0, 0, None)
    asked = [one for one in facets if one.asked]
    each = len(asked) if settings.facets.calls == "each" else 1
    language = language_name(settings.facets.language)
    shown = answered_examples(asked, language) if settings.facets.examples else []
    shared = sum(estimate_tokens(text) for _, text in facet_request("", asked, language, shown=shown).messages)
    text = sum(estimate_tokens(one) for one in found.transcripts["transcript"])
    screened = count if settings.facets.screen else 0
    calls = count * each + screened + groups * (2 if settings.privacy.audit else 1)
    prompt = each * (shared * count + text) + (text + 80 * count if screened else 0) + groups * _NAME_PROMPT
    answer = count * (_FACET_ANSWER + 8 * (each - 1)) + 4 * screened + groups * _NAME_ANSWER
    if settings.privacy.audit:
        prompt, answer = prompt + groups * _AUDIT_PROMPT, answer + groups * _AUDIT_ANSWER
    prices = settings.model.price_in, settings.model.price_out
    money = None
    if prices != (None, None):
        money = (prompt * (prices[0] or 0) + answer * (prices[1] or 0)) / 1e6
    return Estimate(found.read + found.rejected, found.rejected, count, groups, calls, int(prompt), int(answer), money)


def default_groups(count: int, settings: Settings) -> int:
    """The number of base groups that a build aims at."""
    from clioscope.clustering import default_clusters

    if settings.clustering.size is not None:
        return max(1, round(count / settings.clustering.size))
    return default_clusters(count)
