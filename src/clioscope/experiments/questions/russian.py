"""Russian: encoders, tokenizers, and the language that facets are asked for in."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.embedding.multilingual import NAME as MULTILINGUAL
from clioscope.errors import ModelError
from clioscope.experiments.bench import Bench
from clioscope.experiments.data import LEFT_OUT, Parallel, drawn
from clioscope.experiments.data import russian as russian_texts
from clioscope.experiments.experiment import Outcome, Variant, experiment
from clioscope.experiments.questions.vectors import grouped_draw
from clioscope.experiments.results import Results

if TYPE_CHECKING:
    from clioscope.experiments.model_facets import Asked

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


def _conclude(found: Results) -> str:
    encoders = [one.removesuffix(f", {RUSSIAN}") for one in found.variants(TEXTS) if one.endswith(f", {RUSSIAN}")]
    lines = [*_on_texts(found, encoders), *_on_tokenizers(found)]
    asked = [part for part in found.parts() if part.startswith(FACETS)]
    for part in asked:
        lines += _on_facets(found, encoders, part)
    if not asked:
        lines.append("Facets were not asked for (no --model).")
    return " ".join(filter(None, lines))


def _on_texts(found: Results, encoders: list[str]) -> Iterator[str]:
    for encoder in encoders:
        if encoder != MULTILINGUAL:
            for text in (RUSSIAN, ENGLISH, BOTH):
                yield found.versus(f"{MULTILINGUAL}, {text}", f"{encoder}, {text}", "ami", TEXTS, "AMI")
    for encoder in encoders:
        yield (
            f"Of the Russian texts {found.mean(f'{encoder}, {RUSSIAN}', 'finds_original', TEXTS):.1%} are nearest to "
            f"their own original by {encoder}, whose groups of half of each agree with the language at AMI "
            f"{found.mean(f'{encoder}, {BOTH}', 'language_ami', TEXTS):.3f} "
            f"({found.mean(f'{encoder}, {BOTH}, {APART}', 'language_ami', TEXTS):.3f} {APART})."
        )
        for mixed in MIXED:
            yield found.versus(f"{encoder}, {mixed}, {APART}", f"{encoder}, {mixed}", "ami", TEXTS, "AMI")


def _on_tokenizers(found: Results) -> Iterator[str]:
    names = found.variants(TOKENS)
    measured = [name for name in names if found.values(name, "times_english", TOKENS)]
    shown = [
        f"{name} {found.mean(name, 'tokens_word_russian', TOKENS):.2f} "
        f"({found.mean(name, 'times_english', TOKENS):.2f} times the English originals)"
        for name in measured
    ]
    yield f"Tokens a Russian word: {', '.join(shown)}."
    for name in measured:
        if found.mean(name, "cut_russian", TOKENS) > 0:
            yield f"{name} does not read the end of {found.mean(name, 'cut_russian', TOKENS):.1%} of the Russian texts."
    missing = [name for name in names if name not in measured]
    if missing:
        yield f"Not measured, since their tokenizers could not be had here: {', '.join(missing)}."


def _on_facets(found: Results, encoders: list[str], part: str) -> Iterator[str]:
    best = found.best("ami", part)
    yield f"{part.capitalize()}: highest AMI with {best} ({found.mean(best, 'ami', part):.3f})."
    for encoder in encoders:
        yield found.versus(f"{IN_RUSSIAN}, {encoder}", f"{IN_ENGLISH}, {encoder}", "ami", part, "AMI")
        yield found.versus(f"{IN_ENGLISH}, {encoder}", f"{RAW}, {encoder}", "ami", part, "AMI")
    ways = [f"{way}, {encoders[0]}" for way in (IN_ENGLISH, IN_RUSSIAN)]
    yield f"Mostly in Cyrillic: {found.mean(ways[0], 'cyrillic', part):.1%} of the {IN_ENGLISH}, " + (
        f"{found.mean(ways[1], 'cyrillic', part):.1%} of the {IN_RUSSIAN}."
    )
    written, seconds = ([found.mean(way, name, part) for way in ways] for name in ("tokens_written", "seconds_each"))
    if not math.isnan(sum(written)):
        yield (
            f"For a conversation the model wrote {written[0]:.0f} tokens in English and {written[1]:.0f} in Russian, "
            f"in {seconds[0]:.1f} and {seconds[1]:.1f} seconds."
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
    """Descriptions of packages and the archive's sections; Leiden into as many groups as there are sections; every
    seed draws its own 80 % of the rows.

    Texts: ``finds_original``, the share of Russian texts that are nearer to their English original than to any other;
    ``language_ami``, how far groups are groups of a language where half of the texts of each section, by lot, are in
    English, or three (one) in ten of every second section and seven (nine) of the others; ``centred by language``: less
    the mean of the texts in the same language, not of all.
    Tokenizers: tokens a word (between white space) and a character; ``times_english``, all Russian tokens by all
    English ones of the same texts; ``cut``, the share of texts longer than the encoder reads. Facets: twelve texts of
    each of the ten largest sections as conversations of one message; the mean of the vectors of request, field and
    activity; ``cyrillic``, the share of answers that are mostly so; tokens and seconds are those of one question."""
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
            found = grouped_draw(vectors, data.truth, len(data.classes), seed)
            figures = dict(found.figures)
            if name == RUSSIAN:
                figures["finds_original"] = finds_original(own, original, seed)
            mixed = name.removesuffix(f", {APART}")
            if mixed in MIXED:
                figures["language_ami"] = language_ami(found.labels, languages[mixed])
            return found._replace(figures=figures)

        for name, vectors in kinds.items():
            yield Variant(
                f"{encoder}, {name}",
                lambda seed, m=measure, n=name, v=vectors: m(seed, n, v),  # type: ignore[misc]
                TEXTS,
                redrawn=LEFT_OUT,
            )


def in_russian(truth: NDArray[Any], share: float) -> NDArray[np.bool_]:
    """Which rows are in Russian, by lot: of every second class ``share``, of the others the rest."""
    return np.random.default_rng(0).random(len(truth)) < np.where(truth % 2 == 0, share, 1 - share)


def centred_apart(vectors: NDArray[np.float32], is_russian: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Rows of each language less their own mean, however few they are."""
    from clioscope.settings import EmbeddingSettings
    from clioscope.vectors.centring import means_of

    languages = ["ru" if one else "en" for one in is_russian]
    return means_of(vectors, EmbeddingSettings(), languages, least=1).centre(vectors, languages)


def finds_original(own: NDArray[np.float32], original: NDArray[np.float32], seed: int) -> float:
    """Share of rows of ``own`` (n, d) whose nearest row of ``original`` (n, d) is that of the same text, among those
    that ``seed`` draws."""
    rows = drawn(len(own), seed)
    nearest = (own[rows] @ original[rows].T).argmax(axis=1)
    return float((nearest == np.arange(len(rows))).mean())


def language_ami(labels: NDArray[np.integer] | None, is_russian: NDArray[np.bool_]) -> float:
    """Agreement of groups (n,), -1 for rows that took no part, with the language."""
    from clioscope.measure.external import ami

    assert labels is not None
    took_part = labels >= 0
    return ami(labels[took_part], is_russian[took_part].astype(int))


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
        found = counted(name)
        return found if seed == 0 else found._replace(note="")

    for name in dict.fromkeys([*encoders, *TOKENIZERS, *ADAPTED]):
        yield Variant(name, lambda seed, n=name: measure(n, seed), TOKENS)  # type: ignore[misc]


def _facets(bench: Bench, data: Parallel, encoders: tuple[str, ...], model: str) -> Iterator[Variant]:
    from clioscope.vectors.centring import centre
    from clioscope.vectors.unit import average

    @cache
    def asked(code: str, language: str) -> Asked:
        return _ask(bench, data.texts[code], model, language)

    def measure(way: str, encoder: str, seed: int) -> Outcome:
        if way == RAW:
            columns, figures, note = [data.texts["ru"]], {}, ""
        else:
            answers = asked("en" if way == CONTROL else "ru", "ru" if way == IN_RUSSIAN else "en")
            columns = list(answers.texts.values())
            figures = answers.figures() | _a_question(answers) | {"cyrillic": cyrillic(columns)}
            note = f"{columns[0][0]!r}, {columns[0][-1]!r}" if (seed, encoder) == (0, encoders[0]) else ""
        rows = centre(average([bench.encode(column, encoder) for column in columns]))[0]
        found = grouped_draw(rows, data.truth, len(data.classes), seed)
        return Outcome({**found.figures, **figures}, found.labels, note)

    for way in (RAW, IN_ENGLISH, IN_RUSSIAN, CONTROL):
        for encoder in encoders:
            yield Variant(
                f"{way}, {encoder}",
                lambda seed, w=way, e=encoder: measure(w, e, seed),  # type: ignore[misc]
                f"{FACETS}, {model}",
                redrawn=LEFT_OUT,
            )


def _ask(bench: Bench, texts: list[str], model: str, language: str) -> Asked:
    """Facets, answered in ``language``, of texts as conversations of one message."""
    import polars as pl

    from clioscope.conversations import Message, condense
    from clioscope.experiments.model_facets import ask_facets
    from clioscope.settings import SHORT

    names = [f"text {number}" for number in range(len(texts))]
    shown = [condense([Message(role="user", content=text)], SHORT) for text in texts]
    transcripts = pl.DataFrame({"conversation": names, "transcript": shown, "text": texts})
    return ask_facets(bench, transcripts.select("conversation"), transcripts, model, language=language)


def _a_question(answers: Asked) -> dict[str, float]:
    """Tokens and seconds of one question."""
    cost = answers.cost
    count = max(1, cost.calls + cost.cached)
    return {
        "tokens_read": cost.prompt_tokens / count,
        "tokens_written": cost.completion_tokens / count,
        "seconds_each": cost.seconds / count,
    }


def cyrillic(columns: list[list[str]]) -> float:
    """Share of the values whose letters are mostly Cyrillic."""
    values = [[letter for letter in one.casefold() if letter.isalpha()] for column in columns for one in column if one]
    mostly = [sum("а" <= letter <= "ё" for letter in one) > len(one) / 2 for one in values]
    return float(np.mean(mostly)) if mostly else 0.0
