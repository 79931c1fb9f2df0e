"""How much of a known distribution comes back, by language: 300 made conversations, 20 categories in 15 languages.

    python benchmarks/languages.py [--model none] [--embedder NAME …] [--seeds 3] [--ask all] [--out FOLDER]

Needs synthetic-15-languages (``$CLIOSCOPE_DATA``). After Clio (arXiv 2412.13678), section 3 and Table 5: every base
group is given the category that its name and description are nearest to, by the multilingual encoder in the place of a
large model, and a conversation has come back if its group has its category. The ceiling is the share that comes back
if each group gets the category of most of its members.

Several encoders and models are compared, each under every seed. Prints a line per build (number of groups, AMI and
purity of base groups and top level, share that came back, ceiling), then a table in Markdown: a row per language and a
column per encoder and model, with the mean over seeds of "came back / ceiling". A language has 20 conversations, so a
cell is uncertain by some 20 points in either direction; the last row has all 300.
Names are not audited, and the map is the quickest one, since neither is counted. A finished build is taken up again:
nothing is asked or encoded twice.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

import clioscope
from clioscope.atlas import Atlas
from clioscope.embedding.embedder import Embedder
from clioscope.experiments.data import data_folder, readable
from clioscope.settings import EmbeddingSettings, Settings

ENCODERS = ("all-MiniLM-L6-v2", "all-mpnet-base-v2", "multilingual-e5-small", "hash")
JUDGE = "multilingual-e5-small"  # gives groups their categories, whatever encoder made them


class Row(NamedTuple):
    """What is known of one conversation: its category and its language."""

    category: str
    language: str


class Back(NamedTuple):
    """One build: per conversation whether it came back, whether it can come back at best, and its language."""

    came: NDArray[np.bool_]
    best: NDArray[np.bool_]
    language: NDArray[np.str_]


def known(path: Path) -> dict[str, Row]:
    """Category and language of each conversation, by its id."""
    rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    return {row["id"]: Row(row["metadata"]["category"], row["metadata"]["language"]) for row in rows}


def came_back(atlas: Atlas, truth_of: dict[str, Row], judge: Embedder) -> Back:
    """Which conversations of an atlas come back to their category, and a line about the build."""
    from clioscope.measure import against_labels

    ids = atlas.occurrences.group_by("conversation").agg(pl.col("record").first())
    members = atlas.clusters.select("conversation", "group").join(ids, on="conversation", maintain_order="left")
    known_rows = [truth_of[record] for record in members["record"]]
    truth = np.array([row.category for row in known_rows])
    parents = dict(atlas.tree.select("group", "parent").iter_rows())

    def top(group: str) -> str:
        while parents[group] is not None:
            group = parents[group]
        return group

    base = members["group"].to_numpy()
    categories = sorted(set(truth))
    groups = atlas.tree.filter(pl.col("group").is_in(list(set(base))))
    texts = [f"{row['name']}. {row['description']}" for row in groups.iter_rows(named=True)]
    near = (judge.encode(texts) @ judge.encode([readable(one) for one in categories]).T).argmax(axis=1)
    called = dict(zip(groups["group"], [categories[place] for place in near], strict=True))
    most = {one: Counter(truth[base == one].tolist()).most_common(1)[0][0] for one in set(base)}
    came = np.array([called[one] for one in base]) == truth
    best = np.array([most[one] for one in base]) == truth
    said = [f"came back {came.mean():.3f}  ceiling {best.mean():.3f}"]
    for title, found in (("base", base), ("top", np.array([top(one) for one in base]))):
        against = against_labels(found, truth)
        said.append(f"{title} k {len(set(found))} AMI {against['ami']:.3f} purity {against['purity']:.3f}")
    print(f"  {'  '.join(said)}", flush=True)
    return Back(came, best, np.array([row.language for row in known_rows]))


def table(found: dict[str, list[Back]]) -> str:
    """A row per language, a column per variant: mean over seeds of came back / ceiling."""
    spoken = sorted({language for backs in found.values() for one in backs for language in one.language})
    lines = [f"| language | {' | '.join(found)} |", f"|---|{'---|' * len(found)}"]
    for language in [*spoken, "all"]:
        cells = []
        for backs in found.values():
            here = [one.language == language if language != "all" else np.ones(len(one.came), bool) for one in backs]
            came, best = (
                np.mean([getattr(one, what)[rows].mean() for one, rows in zip(backs, here, strict=True)])
                for what in ("came", "best")
            )
            cells.append(f"{came:.2f} / {best:.2f}".replace("0.", "."))
        lines.append(f"| {language} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", action="append", help="language model, or none (the default); repeat to compare")
    parser.add_argument("--embedder", action="append", help=f"encoder; repeat to compare (default: {ENCODERS})")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--ask", default="all", help="how many conversations the model is asked about, or all")
    parser.add_argument("--clusters", type=int, help="number of base groups (default: the build's)")
    parser.add_argument("--out", type=Path, default=Path("languages"))
    given = parser.parse_args()

    from clioscope.cli.progress import Reporter
    from clioscope.embedding.open import open_embedder

    path = data_folder() / "synthetic-15-languages" / "conversations.jsonl"
    truth_of = known(path)
    judge = open_embedder(EmbeddingSettings(model=JUDGE))
    found: dict[str, list[Back]] = {}
    for model in given.model or ["none"]:
        for embedder in given.embedder or ENCODERS:
            name = "-".join([Path(model).stem, Path(embedder).name, given.ask, str(given.clusters or "")]).strip("-")
            variant = Path(embedder).name + ("" if model == "none" else f", {Path(model).stem}")
            for seed in range(given.seeds):
                settings = Settings.model_validate(
                    {
                        "seed": seed,
                        "model": {"name": None if model == "none" else model},
                        "embedding": {"model": embedder},
                        "facets": {"ask": given.ask if given.ask == "all" else int(given.ask)},
                        "clustering": {"clusters": given.clusters},
                        "layout": {"method": "pca"},
                        "privacy": {"audit": False, "recognisers": []},
                    }
                )
                print(f"{variant}, seed {seed}", flush=True)
                with Reporter() as progress:
                    atlas = clioscope.build(path, given.out / name, settings, progress=progress, overwrite=True)
                found.setdefault(variant, []).append(came_back(atlas, truth_of, judge))
    print(f"\n{table(found)}")


if __name__ == "__main__":
    main()
