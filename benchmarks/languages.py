"""How much of a known distribution comes back, by language: 300 made conversations, 20 categories in 15 languages.

    python benchmarks/languages.py [--model none] [--embedder multilingual-e5-small] [--ask all] [--out FOLDER]

Needs synthetic-15-languages (``$CLIOSCOPE_DATA``). After Clio (arXiv 2412.13678), section 3 and Table 5: every base
group is given the category that its name and description are nearest to, by the multilingual encoder in the place of a
large model, and a conversation has come back if its group has its category. The ceiling is the share that comes back
if each group gets the category of most of its members. Prints number of groups, AMI and purity of base groups and top
level, and then for each language the share that came back, with its ceiling.
A finished run is taken up again: nothing is asked twice.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl

import clioscope
from clioscope.experiments.data import data_folder, readable
from clioscope.settings import Settings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="none")
    parser.add_argument("--embedder", default="multilingual-e5-small")
    parser.add_argument("--ask", default="all", help="how many conversations the model is asked about, or all")
    parser.add_argument("--clusters", type=int, help="number of base groups (default: the build's)")
    parser.add_argument("--out", type=Path, default=Path("languages"))
    given = parser.parse_args()

    from clioscope.cli.progress import Reporter
    from clioscope.embedding.open import open_embedder
    from clioscope.measure import against_labels
    from clioscope.settings import EmbeddingSettings

    path = data_folder() / "synthetic-15-languages" / "conversations.jsonl"
    rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    category = {row["id"]: row["metadata"]["category"] for row in rows}
    language = {row["id"]: row["metadata"]["language"] for row in rows}
    settings = Settings.model_validate(
        {
            "model": {"name": None if given.model == "none" else given.model},
            "embedding": {"model": given.embedder},
            "facets": {"ask": given.ask if given.ask == "all" else int(given.ask)},
            "clustering": {"clusters": given.clusters},
        }
    )
    name = "-".join([Path(given.model).stem, Path(given.embedder).name, given.ask, str(given.clusters or "")])
    with Reporter() as progress:
        atlas = clioscope.build(path, given.out / name, settings, progress=progress)

    ids = atlas.occurrences.group_by("conversation").agg(pl.col("record").first())
    members = atlas.clusters.select("conversation", "group").join(ids, on="conversation", maintain_order="left")
    records = members["record"].to_list()
    truth = np.array([category[one] for one in records])
    parents = dict(atlas.tree.select("group", "parent").iter_rows())

    def top(group: str) -> str:
        while parents[group] is not None:
            group = parents[group]
        return group

    base = members["group"].to_numpy()
    print(f"{given.model}, {given.embedder}: {len(records)} conversations")
    for title, found in (("base groups", base), ("top level", np.array([top(one) for one in base]))):
        against = against_labels(found, truth)
        print(f"  {title:<12} k {len(set(found)):>3}  AMI {against['ami']:.3f}  purity {against['purity']:.3f}")

    encoder = open_embedder(EmbeddingSettings(model="multilingual-e5-small"))
    codes = sorted(set(category.values()))
    groups = atlas.tree.filter(pl.col("group").is_in(list(set(base))))
    texts = [f"{row['name']}. {row['description']}" for row in groups.iter_rows(named=True)]
    near = (encoder.encode(texts) @ encoder.encode([readable(code) for code in codes]).T).argmax(axis=1)
    called = dict(zip(groups["group"], [codes[i] for i in near], strict=True))
    most = {one: Counter(truth[base == one].tolist()).most_common(1)[0][0] for one in set(base)}
    back = np.array([called[one] for one in base]) == truth
    best = np.array([most[one] for one in base]) == truth
    spoken = np.array([language[one] for one in records])
    print(f"  came back {back.mean():.3f}  ceiling {best.mean():.3f}")
    for code in sorted(set(spoken)):
        here = spoken == code
        print(f"  {code:<4} came back {back[here].mean():.2f}  ceiling {best[here].mean():.2f}")


if __name__ == "__main__":
    main()
