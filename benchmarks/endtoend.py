"""End to end on labelled ShareGPT: how far the groups agree with the labels.

    python benchmarks/endtoend.py --model qwen2.5-coder-1.5b [--embedder all-MiniLM-L6-v2] [--ask 400]
        [--others 3000] [--out FOLDER]

Needs ../shared/data/sharegpt-labelled and the ``sharegpt`` data set of the catalogue (fetched when absent).
``--others`` adds so many conversations of ShareGPT without labels, by the order of their ids; the figures are always
those of the labelled ones. Prints, for the base groups and the top level: number of groups, AMI, purity, and the
reconstruction accuracy of Clio (each group is given the label that its name is nearest to, by the embedder in the
place of a large model); then the accuracy of the language facet, Spearman's rho of the concern score, and tokens and
seconds of every stage.
A finished run is taken up again: nothing is asked twice.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path

import numpy as np
import polars as pl

import clioscope
from clioscope.experiments.data import CATEGORIES
from clioscope.models.fetch import pull
from clioscope.settings import load_settings

LABELS = Path(__file__).parents[1] / "../shared/data/sharegpt-labelled"


def labelled(folder: Path, others: int = 0) -> tuple[Path, dict[str, dict[str, str]]]:
    """The labelled conversations as a file of our format, with ``others`` that have no label, and their labels."""
    labels = {row["id"]: row for row in csv.DictReader((LABELS / "labels.csv").open(encoding="utf-8"))}
    path = folder / f"sharegpt-labelled{f'-{others}' if others else ''}.jsonl"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        seen: dict[str, str] = {}
        further: dict[str, str] = {}
        for record in clioscope_records():
            chosen = seen if record.source_id in labels else further
            if record.source_id and record.source_id not in chosen and (chosen is seen or others):
                messages = [{"role": m.role, "content": m.content} for m in record.messages]
                chosen[record.source_id] = json.dumps({"id": record.source_id, "messages": messages})
        lines = [*seen.values(), *(further[name] for name in sorted(further)[:others])]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path, labels


def clioscope_records():
    from clioscope.conversations import Conversation, read_conversations

    return (r for r in read_conversations(pull("sharegpt"), format="sharegpt") if isinstance(r, Conversation))


def _top(group: str, parents: dict[str, str | None]) -> str:
    """The group at the top of the tree that holds a group: itself where it stands alone."""
    while (above := parents[group]) is not None:
        group = above
    return group


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="qwen2.5-coder-1.5b")
    parser.add_argument("--embedder", default="all-MiniLM-L6-v2")
    parser.add_argument("--builder", default="linkage")
    parser.add_argument("--ask", help="how many conversations the model is asked about, or all (default: the build's)")
    parser.add_argument("--others", type=int, default=0, help="further conversations, without labels")
    parser.add_argument("--out", type=Path, default=Path("endtoend"))
    parser.add_argument("--set", action="append", default=[], help="further settings, section__name=JSON")
    given = parser.parse_args()

    from clioscope.cli.progress import Reporter
    from clioscope.embedding.open import open_embedder
    from clioscope.measure import against_labels
    from clioscope.measure.reconstruction import reconstruction_accuracy

    path, labels = labelled(given.out, given.others)
    extra = {name: json.loads(value) for name, _, value in (one.partition("=") for one in given.set)}
    settings = load_settings(
        model__name=given.model,
        embedding__model=given.embedder,
        hierarchy__builder=given.builder,
        facets__ask=None if given.ask is None else given.ask if given.ask == "all" else int(given.ask),
        **extra,
    )
    name = "-".join([Path(given.model).stem, Path(given.embedder).name, given.builder, str(given.ask or ""), path.stem])
    with Reporter() as progress:
        atlas = clioscope.build(path, given.out / name, settings, progress=progress)

    ids = atlas.occurrences.group_by("conversation").agg(pl.col("record").first())
    rows = atlas.facets.join(ids, on="conversation", how="left", maintain_order="left")
    whole = rows.height
    rows = rows.filter(pl.col("record").is_in(list(labels)))
    order = rows["conversation"].to_list()
    truth = np.array([labels[one]["category"] for one in rows["record"]])
    print(f"{given.model}, {given.embedder}, {given.builder}: {len(order)} labelled of {whole} conversations")
    encoder = open_embedder(settings.embedding)
    codes = list(CATEGORIES)
    targets = encoder.encode([CATEGORIES[code] for code in codes])
    base = dict(atlas.clusters.select("conversation", "group").iter_rows())
    parents = dict(atlas.tree.select("group", "parent").iter_rows())
    for title, top in (("base groups", False), ("top level", True)):
        member = {one: _top(base[one], parents) if top else base[one] for one in order}
        here = atlas.tree["group"].is_in([group for group, above in parents.items() if above is None])
        groups = atlas.tree.filter(here) if top else atlas.tree.filter(pl.col("level") == 0)
        found = np.array([member[one] for one in order])
        texts = [f"{row['name']}. {row['description']}" for row in groups.iter_rows(named=True)]
        given_code = dict(
            zip(groups["group"], [codes[i] for i in (encoder.encode(texts) @ targets.T).argmax(axis=1)], strict=True)
        )
        accuracy = reconstruction_accuracy(np.array([given_code[group] for group in found]), truth)
        against = against_labels(found, truth)
        print(
            f"  {title:<12} k {groups.height:>3}  "
            f"AMI {against['ami']:.3f}  purity {against['purity']:.3f}  "
            f"reconstruction accuracy {accuracy:.3f}"
        )
    if "language" in rows.columns:
        right = np.mean([labels[r]["language"] == found for r, found in rows.select("record", "language").iter_rows()])
        print(f"  language accuracy {right:.3f}")
    if "concern" in rows.columns:
        from scipy.stats import spearmanr

        concern = [int(labels[one]["concern"]) for one in rows["record"]]
        rho = spearmanr(rows["concern"].fill_null(1).to_numpy(), concern).statistic
        print(
            f"  concern: Spearman rho {rho:.3f} ({sum(one > 1 for one in concern)} of {len(concern)} labelled above 1)"
        )
    counts = atlas.manifest["counts"]
    print(f"  failed questions {counts['failed']}, withheld names {counts['withheld_audit']}")
    for stage, record in atlas.manifest["stages"].items():
        cost = record.get("cost", {})
        tokens = f"{cost['calls']} calls, {cost['prompt_tokens']} + {cost['completion_tokens']} tokens" if cost else ""
        print(f"  {stage:<14} {record['seconds']:>8.1f} s  {tokens}")


if __name__ == "__main__":
    main()
