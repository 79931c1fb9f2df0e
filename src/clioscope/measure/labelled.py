"""The section against labels: every level, the tree, and which labels can be found from the names alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas import Atlas
from clioscope.embedding.embedder import Encode
from clioscope.measure.evaluate import evaluate
from clioscope.measure.figure import Figure, share
from clioscope.measure.levels import Levels
from clioscope.measure.metric import metrics
from clioscope.measure.naming import name_coverage
from clioscope.measure.noise import as_singletons
from clioscope.measure.reconstruction import by_part, curve, cuts, majority
from clioscope.measure.rows import Rows

if TYPE_CHECKING:
    from clioscope.measure.judges.judgement import Judgement

_RECONSTRUCTION = ("reconstruction_accuracy", "reconstruction_macro_f", "distribution_error")


class Truth(NamedTuple):
    """``known`` (n,): which conversations have a label; ``codes`` (m,): their labels, as places in ``classes``;
    ``classes``: each label with its meaning; ``languages``: those of the m conversations, if the atlas has them."""

    known: NDArray[np.bool_]
    codes: NDArray[np.intp]
    classes: dict[str, str]
    languages: list[str | None] | None


def truth_of(atlas: Atlas, labels: Sequence[str | None], names: Mapping[str, str]) -> Truth:
    """The truth from one label per conversation of the atlas (None without one); ``names`` are longer descriptions."""
    known = np.array([label is not None for label in labels])
    classes = sorted({label for label in labels if label is not None})
    place = {label: number for number, label in enumerate(classes)}
    codes = np.array([place[label] for label in labels if label is not None], dtype=np.intp)
    languages = None
    if "language" in atlas.facets.columns:
        languages = [language for language, inside in zip(atlas.facets["language"], known, strict=True) if inside]
    meanings = {label: f"{label}. {names.get(label, '')}".strip(". ") for label in classes}
    return Truth(known, codes, meanings, languages)


def labels_section(
    rows: Rows, atlas: Atlas, levels: Levels, truth: Truth, encode: Encode | None, notes: list[str]
) -> None:
    """Every level and the tree against the labels, with the method's noise counted in both ways; and reconstruction by
    the encoder, in place of a large model."""
    known, codes = truth.known, truth.codes
    rows.add("labels", "labelled", name_coverage(known, np.ones(len(known))))
    flat = [name for name, metric in metrics.usable().items() if metric.rows == ("labels", "truth")]
    noise = np.zeros(len(codes), dtype=bool)
    if "noise" in atlas.clusters.columns:
        noise = atlas.clusters["noise"].to_numpy()[known]
    if noise.any():
        rows.add("labels", "coverage", share(int((~noise).sum()), len(noise)))
    targets = None if encode is None else encode(list(truth.classes.values()))
    texts = _group_texts(atlas)
    for level, (labels, ids) in enumerate(zip(levels.labels, levels.groups, strict=True)):
        inside = labels[known]
        rows.add_all(evaluate({"labels": inside, "truth": codes}, flat), level=level)
        if noise.any():  # these rows went to the nearest group; here each is a group of its own
            apart = as_singletons(np.where(noise, -1, inside))
            rows.add_all(evaluate({"labels": apart, "truth": codes}, flat), level=level, part="noise apart")
        if encode is None or targets is None:
            continue
        given = (encode([texts[group] for group in ids]) @ targets.T).argmax(axis=1)[inside]
        rows.add_all(evaluate({"given": given, "truth": codes}, _RECONSTRUCTION), level=level)
        for language, figure in by_part(given, codes, truth.languages or [None] * len(codes)).items():
            rows.add("labels", "reconstruction_accuracy", figure, level=level, part=language)
        if level == 0:
            _curve(rows, atlas, inside, given, truth, "encoder")
    if encode is None:
        notes.append("Reconstruction by the encoder is missing, because the encoder could not be opened.")
    _curve(rows, atlas, levels.labels[0][known], None, truth, "ceiling")
    inside_levels = [labels[known] for labels in levels.labels]
    rows.add_all(evaluate({"levels": inside_levels, "truth": codes}, ("dendrogram_purity", "best_node_f")))


def judged_reconstruction(
    rows: Rows, atlas: Atlas, levels: Levels, truth: Truth, said: Mapping[str, Sequence[Judgement]]
) -> None:
    """Reconstruction by each judge, as in the paper, from the label that the judge gave each base group by its name and
    description.

    A group without a usable answer has no label, and its conversations count as wrong.
    """
    place = {label: number for number, label in enumerate(truth.classes)}
    inside = levels.labels[0][truth.known]
    for judge, judgements in said.items():
        answers = {judgement.item: judgement.answer for judgement in judgements if judgement.task == "reconstruction"}
        if not answers:
            continue
        codes = np.array([place.get(answers.get(group) or "", -1) for group in levels.groups[0]])
        given = codes[inside]
        rows.add_all(evaluate({"given": given, "truth": truth.codes}, _RECONSTRUCTION), level=0, part=f"by {judge}")
        for language, figure in by_part(given, truth.codes, truth.languages or [None] * len(given)).items():
            rows.add("labels", "reconstruction_accuracy", figure, level=0, part=f"{language}, by {judge}")
        _curve(rows, atlas, inside, given, truth, judge)


def _curve(
    rows: Rows, atlas: Atlas, base: NDArray[np.integer], given: NDArray[np.integer] | None, truth: Truth, who: str
) -> None:
    """Accuracy against the number of groups, with base groups joined by their centroids. Joined groups get the label
    that most of their conversations were given. Without ``given`` it is the ceiling, purity."""
    groupings = [cut[base] for cut in cuts(atlas.centroids)]
    answers = [majority(labels, truth.codes if given is None else given) for labels in groupings]
    for point in curve(groupings, answers, truth.codes):
        rows.add("labels", "reconstruction_curve", Figure(point.accuracy, n=len(base)), part=f"{who}: {point.groups}")


def _group_texts(atlas: Atlas) -> dict[str, str]:
    """Name and description of each group, by its id."""
    rows = atlas.tree.select("group", "name", "description").iter_rows()
    return {group: f"{name}. {description}" for group, name, description in rows}
