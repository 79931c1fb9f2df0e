"""The report card: what is solid, what is doubtful, and what to do about it. It is Markdown and one HTML page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clioscope.files.markdown import as_markdown
from clioscope.files.plain import line as one_line
from clioscope.measure.card_plots import card_plots
from clioscope.measure.metric import metrics
from clioscope.measure.prediction import asked_lines, prediction_lines
from clioscope.measure.verdicts import Verdict, verdicts
from clioscope.measure.weak_groups import weak_groups

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas

NAME = "report-card"
_MOST_GROUPS = 15
_HEADS = {"solid": "Solid", "doubtful": "Doubtful", "weak": "Weak"}
_FAMILIES = {
    "labels": "Against the labels",
    "judges": "Judged by language models",
    "validation": "How far to trust the judges",
    "stability": "Stability",
    "coherence": "Local coherence",
    "geometry": "Geometry",
    "map": "The map",
    "names": "Names",
    "tree": "The tree",
    "privacy": "Privacy",
    "prediction": "Predicted from those asked",
    "reading": "What was read (medians)",
    "shares": "Shares in the whole atlas",
}


def card_files(atlas: Atlas, table: pl.DataFrame, facts: Mapping[str, Any]) -> dict[str, str]:
    """The files of the report card, from name to content: ``report-card.md``, its plots (.svg), ``report-card.html``.

    The HTML page holds its plots and loads nothing. Names that the auditor withheld appear in no file.
    """
    plots = dict(card_plots(atlas, table))
    text = markdown(atlas, table, facts, plots)
    cards = {f"{NAME}-{name}.svg": plot for name, plot in plots.items()}
    return {**cards, f"{NAME}.md": text, f"{NAME}.html": html(text, plots)}


def markdown(atlas: Atlas, table: pl.DataFrame, facts: Mapping[str, Any], plots: Mapping[str, str]) -> str:
    """The report card as Markdown."""
    all_verdicts = verdicts(table)
    folder = one_line(atlas.path.name).replace("`", "'")
    lines = [f"# How good is this atlas? {as_markdown(atlas.path.name)}", "", _subject(atlas, facts), ""]
    for state, head in _HEADS.items():
        here = [verdict for verdict in all_verdicts if verdict.state == state]
        if here:
            lines += [f"## {head}", "", *(_said(verdict) for verdict in here), ""]
    if not atlas.published and (facts.get("judges") or []) == []:
        lines += [
            "No language model has judged this atlas, so it is not known whether the names fit. "
            f"To have it judged: `clioscope measure {folder} --judge MODEL`.",
            "",
        ]
    lines += [*(f"- {note}" for note in map(as_markdown, facts["notes"])), ""]
    if "figures" in plots:
        lines += ["![Figures between 0 and 1 with their 95 % intervals]" + f"({NAME}-figures.svg)", ""]
    lines += _groups(atlas, table, plots)
    lines += _predicted(atlas, table, plots)
    for name, caption in (
        ("curve", "Labels found from names"),
        ("calibration", "Do the judges notice groups that were spoilt on purpose?"),
    ):
        if name in plots:
            lines += [f"## {caption}", "", f"![{caption}]({NAME}-{name}.svg)", ""]
    lines += ["## All figures", "", *_all_figures(table)]
    lines += [
        "The interval is a 95 % interval for other samples of conversations. A figure without an interval was counted. "
        "n: how many items the figure is based on. Level 0 holds the base groups. Definitions: docs/measuring.md.",
        "",
        f"Measured {facts['measured']} with Clioscope {facts['clioscope']}, seed {facts['seed']}.",
        "",
    ]
    return "\n".join(lines)


def html(text: str, plots: Mapping[str, str]) -> str:
    """The Markdown as one HTML page with its plots. HTML in the Markdown is shown as text."""
    from markdown_it import MarkdownIt

    renderer = MarkdownIt("commonmark", {"html": False}).enable("table")

    def picture(_: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
        name = str(tokens[index].attrGet("src")).removeprefix(f"{NAME}-").removesuffix(".svg")
        return plots.get(name, "")

    renderer.add_render_rule("image", picture)
    body = renderer.render(text)
    page = files("clioscope.measure").joinpath("card.html").read_text(encoding="utf-8")
    return page.replace("{title}", "Report card").replace("{body}", body)


def _subject(atlas: Atlas, facts: Mapping[str, Any]) -> str:
    counts, models = atlas.manifest["counts"], atlas.manifest["models"]
    what = f"{counts['conversations']:,} distinct conversations in {counts['groups']:,} groups"
    levels = ""
    if "levels" in counts:
        levels = f" on {counts['levels']} level{'' if counts['levels'] == 1 else 's'}"
    by = f"facets and names by {models['chat']}" if models["chat"] else "no language model"
    if models.get("naming"):
        by = f"facets by {models['chat']}, names by {models['naming']}"
    said = f"{what}{levels}; {as_markdown(str(by))}; encoder {as_markdown(str(models['embedder']))}."
    labels = facts.get("labels")
    if labels:
        said += f" Labels: {as_markdown(Path(labels['file']).name)}, {labels['conversations']:,} conversations."
    return said


def _said(verdict: Verdict) -> str:
    """A verdict as one line: the claim, the figure, and what to do."""
    figure = f"{verdict.value:.2f}"
    if verdict.low is not None and verdict.high is not None:
        figure += f", {verdict.low:.2f} to {verdict.high:.2f}"
    meaning = metrics.get(verdict.rule.metric).meaning if verdict.rule.metric in metrics else ""
    by = f", by {as_markdown(verdict.by)}" if verdict.by else ""
    line = f"- **{verdict.rule.about}** ({verdict.rule.metric.replace('_', ' ')} {figure}{by}). {meaning}"
    if verdict.set_aside:
        return f"{line} *Set aside: this judge failed its own test (calibration or order of the options, see below).*"
    return line if verdict.state == "solid" else f"{line} *{verdict.rule.advice}*"


def _groups(atlas: Atlas, table: pl.DataFrame, plots: Mapping[str, str]) -> list[str]:
    weak = weak_groups(table, atlas.tree)
    lines = ["## Groups to look at", ""]
    if "groups" in plots:
        lines += [f"![Size and stability of each base group]({NAME}-groups.svg)", ""]
    if not weak:
        return [*lines, "No group stands out.", ""] if "groups" in plots else []
    lines += ["| group | conversations | why |", "|---|---|---|"]
    for weak_group in weak[:_MOST_GROUPS]:
        name = f"{as_markdown(weak_group.name)} ({weak_group.group})"
        lines.append(f"| {name} | {weak_group.conversations:,} | {'; '.join(weak_group.reasons)} |")
    if len(weak) > _MOST_GROUPS:
        lines += ["", f"… and {len(weak) - _MOST_GROUPS:,} more (table `measures`)."]
    return [*lines, ""]


def _predicted(atlas: Atlas, table: pl.DataFrame, plots: Mapping[str, str]) -> list[str]:
    """What the asked conversations tell about the others."""
    from clioscope.atlas.shown import shown_name

    names = {row["group"]: as_markdown(shown_name(row)) for row in atlas.tree.iter_rows(named=True)}
    lines = [*asked_lines(atlas), *prediction_lines(table, names)]
    if not lines:
        return []
    curves = [
        f"![{about}]({NAME}-{name}.svg)\n"
        for name, about in (
            ("predicted", "How often predictions are right, by how probable they were said to be"),
            ("learning", "How often predictions are right, by how many conversations were asked"),
        )
        if name in plots
    ]
    return ["## Asked and predicted", "", *lines, *curves]


def _all_figures(table: pl.DataFrame) -> Iterator[str]:
    """One table per family, with one row per metric, level and part."""
    import polars as pl

    whole = table.filter(pl.col("group").is_null())
    order = [*_FAMILIES, *sorted(set(whole["family"]) - set(_FAMILIES))]
    for family in order:
        rows = whole.filter(pl.col("family") == family)
        if rows.is_empty():
            continue
        yield from (f"### {_FAMILIES.get(family) or as_markdown(family)}", "")
        yield from ("| figure | value | interval | n | means |", "|---|---|---|---|---|")
        said: set[str] = set()
        for row in sorted(rows.iter_rows(named=True), key=_place):
            where = "" if row["level"] is None else f", level {row['level']}"
            part = "" if row["part"] is None else f", {as_markdown(row['part'])}"
            interval = "" if row["low"] is None or row["high"] is None else f"{row['low']:.3g} to {row['high']:.3g}"
            meaning = ""
            if row["metric"] not in said:
                meaning = describe(row["metric"])
                said.add(row["metric"])
            name = row["metric"].replace("_", " ")
            yield f"| {name}{where}{part} | {row['value']:.3g} | {interval} | {row['n']:,} | {meaning} |"
        yield ""


def _place(row: Mapping[str, Any]) -> tuple[str, int, str, float]:
    """Where a figure stands in its table: parts of a curve ("who: 10") in the order of their numbers."""
    who, _, number = (row["part"] or "").rpartition(": ")
    level = -1 if row["level"] is None else row["level"]
    if who and number.replace(".", "", 1).isdigit():
        return row["metric"], level, who, float(number)
    return row["metric"], level, row["part"] or "", -1.0


_OTHERS = {
    "labelled": "Share of conversations that have a label; the others are left out of this section.",
    "coverage": "Share of labelled conversations that the method grouped. Noise apart: each of the others is a group.",
    "grouped_by_method": "Share of conversations that the method grouped itself; its noise went to the nearest group.",
    "mixed": "Share of conversations in base groups that are mixed: they have too little in common for a name.",
    "names_shown": "Share of conversations whose group at this level has a name that is shown.",
    "reconstruction_curve": "Share of conversations whose label is found from names; number: groups; ceiling: purity.",
    "calibration_curve": "Share of conversations that the judge flags, by the share that was replaced on purpose.",
    "krippendorff_alpha": "Agreement beyond chance (above 0.8: reliable, above 0.667: tentative).",
    "cohen_kappa": "Agreement of two raters beyond chance.",
    "fleiss_kappa": "Agreement of several raters beyond chance.",
    "predicted_right": "Share of asked conversations whose answer is predicted right from the others' answers.",
    "predicted_usual": "The same, if the commonest answer is taken for all.",
    "predicted_sure": "Share of predictions that are sure enough to be filled in.",
    "predicted_right_sure": "Share that is right of the predictions that are sure enough.",
    "predicted_calibration": "Share that is right, by the probability (number).",
    "predicted_learning": "Share that is right, if only this part of the asked conversations is learnt from.",
    "facet_share": "Share of conversations with this value, said or estimated.",
    "read_characters": "Share of the characters that the user wrote which reached the language model.",
    "read_turns": "Share of the turns of which something reached the language model.",
    "encoded_characters": "Share of the characters that the user wrote which reached the encoder.",
    "encoded_turns": "Share of the user's turns of which something reached the encoder.",
    "audit_share": "Share of items at each score of the auditor, 1 (one person) to 5 (nobody).",
}


def describe(metric: str) -> str:
    """What a figure means and whether higher or lower is better; empty for an unknown one."""
    known = metrics.find(metric)
    if known is None:
        return _OTHERS.get(metric, "")
    direction = {"higher": " Higher is better.", "lower": " Lower is better.", "neither": ""}[known.better]
    return as_markdown(known.meaning) + direction
