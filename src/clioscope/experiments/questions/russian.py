"""Russian: encoders, tokenizers, and the language that facets are asked for in."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clioscope.embedding.multilingual import NAME as MULTILINGUAL
from clioscope.errors import ModelError
from clioscope.experiments.bench import Bench
from clioscope.experiments.data import Parallel, russian_texts
from clioscope.experiments.draws import LEFT_OUT
from clioscope.experiments.experiment import Outcome, Variant, experiment
from clioscope.experiments.figures import grouped_draw
from clioscope.experiments.languages import centred_apart, cyrillic, finds_original, in_russian, language_ami
from clioscope.experiments.results import Results

if TYPE_CHECKING:
    from clioscope.experiments.model_facets import ModelFacets

TEXTS, TOKENS, FACETS = "texts", "tokenizers", "facets"
RUSSIAN, ENGLISH = "Russian texts", "English originals"
BOTH = "half of each"
MIXED = {  # share of texts in the main language of their section
    BOTH: 0.5,
    "seven in ten of a section in one language": 0.7,
    "nine in ten of a section in one language": 0.9,
}
APART = "centred by language"
RAW, IN_ENGLISH, IN_RUSSIAN, CONTROL = (
    "raw Russian text",
    "facets in English",
    "facets in Russian",
    "facets in English of the English originals",
)
TOKENIZERS = ("qwen2.5-coder-0.5b", "smollm2-135m")
ADAPTED = (  # models tuned or made for Russian; the first two have a vocabulary of their own
    "ruadapt-qwen2.5-7b",
    "Vikhrmodels/Vikhr-7B-instruct_0.4",
    "IlyaGusev/saiga_llama3_8b",
    "t-tech/T-lite-it-1.0",
)


def _conclude(results: Results) -> str:
    encoders = [name.removesuffix(f", {RUSSIAN}") for name in results.variants(TEXTS) if name.endswith(f", {RUSSIAN}")]
    lines = [*_on_texts(results, encoders), *_on_tokenizers(results)]
    asked = [part for part in results.parts() if part.startswith(FACETS)]
    for part in asked:
        lines += _on_facets(results, encoders, part)
    if not asked:
        lines.append("Facets were not asked for (no --model).")
    return " ".join(filter(None, lines))


def _on_texts(results: Results, encoders: list[str]) -> Iterator[str]:
    for encoder in encoders:
        if encoder != MULTILINGUAL:
            for text in (RUSSIAN, ENGLISH, BOTH):
                yield results.versus(f"{MULTILINGUAL}, {text}", f"{encoder}, {text}", "ami", TEXTS, "AMI")
    for encoder in encoders:
        yield (
            f"By {encoder}, {results.mean(f'{encoder}, {RUSSIAN}', 'finds_original', TEXTS):.1%} of the Russian texts "
            f"are nearest to their own original; its groups of half of each language agree with the language at AMI "
            f"{results.mean(f'{encoder}, {BOTH}', 'language_ami', TEXTS):.3f} "
            f"({results.mean(f'{encoder}, {BOTH}, {APART}', 'language_ami', TEXTS):.3f} {APART})."
        )
        for mixed in MIXED:
            yield results.versus(f"{encoder}, {mixed}, {APART}", f"{encoder}, {mixed}", "ami", TEXTS, "AMI")


def _on_tokenizers(results: Results) -> Iterator[str]:
    names = results.variants(TOKENS)
    measured = [name for name in names if results.values(name, "times_english", TOKENS)]
    shown = [
        f"{name} {results.mean(name, 'tokens_word_russian', TOKENS):.2f} "
        f"({results.mean(name, 'times_english', TOKENS):.2f} times the English originals)"
        for name in measured
    ]
    yield f"Tokens per Russian word: {', '.join(shown)}."
    for name in measured:
        cut = results.mean(name, "cut_russian", TOKENS)
        if cut > 0:
            yield f"{name} does not read the end of {cut:.1%} of the Russian texts."
    missing = [name for name in names if name not in measured]
    if missing:
        yield f"These were not measured, since their tokenizers could not be fetched: {', '.join(missing)}."


def _on_facets(results: Results, encoders: list[str], part: str) -> Iterator[str]:
    best = results.best("ami", part)
    yield f"{part.capitalize()}: highest AMI with {best} ({results.mean(best, 'ami', part):.3f})."
    for encoder in encoders:
        yield results.versus(f"{IN_RUSSIAN}, {encoder}", f"{IN_ENGLISH}, {encoder}", "ami", part, "AMI")
        yield results.versus(f"{IN_ENGLISH}, {encoder}", f"{RAW}, {encoder}", "ami", part, "AMI")
    ways = [f"{way}, {encoders[0]}" for way in (IN_ENGLISH, IN_RUSSIAN)]
    yield f"Mostly in Cyrillic: {results.mean(ways[0], 'cyrillic', part):.1%} of the {IN_ENGLISH}, " + (
        f"{results.mean(ways[1], 'cyrillic', part):.1%} of the {IN_RUSSIAN}."
    )
    written, seconds = ([results.mean(way, name, part) for way in ways] for name in ("tokens_written", "seconds_each"))
    if not math.isnan(sum(written)):
        yield (
            f"The model wrote {written[0]:.0f} tokens per conversation in English and {written[1]:.0f} in Russian, in "
            f"{seconds[0]:.1f} and {seconds[1]:.1f} seconds."
        )


@experiment(
    question="Conversations in Russian: which encoder tells their topics apart, what do tokenizers make of them, and "
    "should facets be asked for in English or in Russian?",
    needs="the texts that benchmarks/russian_data.py makes, an encoder and multilingual-e5-small (extra "
    "[multilingual]); facets need --model",
    costs="10 minutes on two cores, and with --model 360 questions",
    conclude=_conclude,
    data=("russian-labelled",),
    show=(
        "ami",
        "ari",
        "knn_same",
        "finds_original",
        "language_ami",
        "times_english",
        "tokens_word_russian",
        "tokens_word_english",
        "tokens_character_russian",
        "tokens_character_english",
        "cut_russian",
        "cut_english",
        "answered",
        "distinct",
        "cyrillic",
        "words",
        "questions",
        "tokens_read",
        "tokens_written",
        "seconds_each",
        "groups",
        "seed_ari",
    ),
)
def russian(bench: Bench) -> Iterator[Variant]:
    """Descriptions of packages, labelled by the sections of the archive. Leiden makes as many groups as there are
    sections; every seed draws its own 80 % of the rows.

    Texts: ``finds_original`` is the share of Russian texts that are nearer to their English original than to any other.
    For ``language_ami``, the agreement of groups with the language, texts are replaced by their originals by lot: half
    of each section, or three (one) in ten of every second section and seven (nine) in ten of the others. ``centred by
    language``: each text less the mean of the texts in its language, instead of the mean of all.

    Tokenizers: tokens per word (between white space) and per character. ``times_english``: all Russian tokens divided
    by all English tokens of the same texts. ``cut``: the share of texts longer than the encoder reads.

    Facets: those of twelve texts of each of the ten largest sections, as conversations of one message; vectors are the
    mean of request, field and activity. ``cyrillic``: the share of answers mostly in Cyrillic. Tokens and seconds are
    those of one question."""
    encoders = tuple(dict.fromkeys([*bench.embedders, MULTILINGUAL]))
    yield from _texts(bench, russian_texts(*bench.few((6, 8), (None, None))), encoders)
    yield from _tokenizers(bench, russian_texts(*bench.few((6, 8), (None, None))), encoders)
    for model in bench.models:
        yield from _facets(bench, russian_texts(*bench.few((6, 8), (10, 12))), encoders, model)


def _texts(bench: Bench, data: Parallel, encoders: tuple[str, ...]) -> Iterator[Variant]:
    from clioscope.vectors.centring import centre

    languages = {mixed: in_russian(data.truth, share) for mixed, share in MIXED.items()}
    for encoder in encoders:
        own, original = (bench.encode(data.texts[code], encoder) for code in ("ru", "en"))
        kinds = {RUSSIAN: centre(own)[0], ENGLISH: centre(original)[0]}
        for mixed, is_russian in languages.items():
            both = np.where(is_russian[:, None], own, original)
            kinds[mixed] = centre(both)[0]
            kinds[f"{mixed}, {APART}"] = centred_apart(both, is_russian)

        def measure(
            seed: int,
            name: str,
            vectors: NDArray[np.float32],
            own: NDArray[np.float32] = own,
            original: NDArray[np.float32] = original,
        ) -> Outcome:
            outcome = grouped_draw(vectors, data.truth, len(data.classes), seed)
            figures = dict(outcome.figures)
            if name == RUSSIAN:
                figures["finds_original"] = finds_original(own, original, seed)
            mixed = name.removesuffix(f", {APART}")
            if mixed in MIXED:
                figures["language_ami"] = language_ami(outcome.labels, languages[mixed])
            return outcome._replace(figures=figures)

        for name, vectors in kinds.items():
            yield Variant(
                f"{encoder}, {name}",
                lambda seed, m=measure, n=name, v=vectors: m(seed, n, v),  # type: ignore[misc]
                TEXTS,
                redrawn=LEFT_OUT,
            )


def _tokenizers(bench: Bench, data: Parallel, encoders: tuple[str, ...]) -> Iterator[Variant]:
    from clioscope.experiments.token_counter import token_counter

    @cache
    def counted(name: str) -> Outcome:
        try:
            tokens = token_counter(name, bench.cache)
        except ModelError as error:
            return Outcome({}, note=f"not measured ({error})")
        figures, sums = {}, {}
        for code, language in (("ru", "russian"), ("en", "english")):
            texts = data.texts[code]
            counts = [tokens.count(text) for text in texts]
            sums[code] = sum(counts)
            figures[f"tokens_word_{language}"] = sums[code] / sum(len(text.split()) for text in texts)
            figures[f"tokens_character_{language}"] = sums[code] / sum(map(len, texts))
            if tokens.reads:
                figures[f"cut_{language}"] = float(np.mean([count > tokens.reads for count in counts]))
        return Outcome(figures | {"times_english": sums["ru"] / sums["en"]})

    def measure(name: str, seed: int) -> Outcome:
        outcome = counted(name)
        return outcome if seed == 0 else outcome._replace(note="")

    for name in dict.fromkeys([*encoders, *TOKENIZERS, *ADAPTED]):
        yield Variant(name, lambda seed, n=name: measure(n, seed), TOKENS)  # type: ignore[misc]


def _facets(bench: Bench, data: Parallel, encoders: tuple[str, ...], model: str) -> Iterator[Variant]:
    from clioscope.experiments.model_facets import ask_texts
    from clioscope.vectors.centring import centre
    from clioscope.vectors.unit import average

    @cache
    def asked(code: str, language: str) -> ModelFacets:
        return ask_texts(bench, data.texts[code], model, language=language)

    def measure(way: str, encoder: str, seed: int) -> Outcome:
        if way == RAW:
            columns, figures, note = [data.texts["ru"]], {}, ""
        else:
            answers = asked("en" if way == CONTROL else "ru", "ru" if way == IN_RUSSIAN else "en")
            columns = list(answers.texts.values())
            figures = answers.figures() | _per_question(answers) | {"cyrillic": cyrillic(columns)}
            note = f"{columns[0][0]!r}, {columns[0][-1]!r}" if (seed, encoder) == (0, encoders[0]) else ""
        rows = centre(average([bench.encode(column, encoder) for column in columns]))[0]
        outcome = grouped_draw(rows, data.truth, len(data.classes), seed)
        return Outcome({**outcome.figures, **figures}, outcome.labels, note)

    for way in (RAW, IN_ENGLISH, IN_RUSSIAN, CONTROL):
        for encoder in encoders:
            yield Variant(
                f"{way}, {encoder}",
                lambda seed, w=way, e=encoder: measure(w, e, seed),  # type: ignore[misc]
                f"{FACETS}, {model}",
                redrawn=LEFT_OUT,
            )


def _per_question(answers: ModelFacets) -> dict[str, float]:
    """The mean tokens and seconds of one question."""
    cost = answers.cost
    count = max(1, cost.calls + cost.cached)
    return {
        "tokens_read": cost.prompt_tokens / count,
        "tokens_written": cost.completion_tokens / count,
        "seconds_each": cost.seconds / count,
    }
