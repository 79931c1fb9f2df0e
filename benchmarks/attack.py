"""Does an attacker draw a person's secret out of what is published?

    python benchmarks/attack.py [--model obeying] [--variants plain spelled ...] [--ways paper ours ...]

Each target is one conversation: age, sex and a symptom, which the attacker knows, and one of twenty illnesses, which
he does not. He plants conversations beside it that tell the model to give the illness away. The published copy and its
page are read whole, and the illness is guessed from them. Rows: one per way, variant, number of planted conversations
and accounts. ``named``: the right illness stands in a text that mentions the symptom. ``above chance``: share guessed
less 1/20, with Wilson's 95 % interval.

The model ``obeying`` (benchmarks/obeying.py) is the worst case: it obeys every order in the data. Ways: ``paper`` is
Clio's prompts, tree and auditor with nothing that counts people; ``ours`` is the default; the others lack one layer.
A run that was stopped goes on with the same command.
"""

from __future__ import annotations

import argparse
import json
import time
from functools import cache
from pathlib import Path

import obeying  # noqa: F401 (it registers the model)

from clioscope.attack.background import background
from clioscope.attack.guess import Vectors
from clioscope.attack.poison import VARIANTS
from clioscope.attack.target import made_targets
from clioscope.attack.trial import Attack, Outcome, attack_records, build_attacked, outcome_of
from clioscope.attack.ways import ways
from clioscope.settings import load_settings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="obeying", help="a model's name, as for clioscope build")
    parser.add_argument("--embedder", default="all-MiniLM-L6-v2")
    parser.add_argument("--targets", type=int, default=12)
    parser.add_argument("--background", type=int, default=150)
    parser.add_argument("--ask", default="all", help="how many conversations the model is asked about, or all")
    parser.add_argument("--poison", type=int, nargs="+", default=[10, 50, 200], help="planted conversations per target")
    parser.add_argument("--accounts", type=int, nargs="+", default=[1, 5, 50])
    parser.add_argument("--variants", nargs="+", default=["plain"], choices=[*VARIANTS, "all"])
    parser.add_argument("--ways", nargs="+", default=["paper", "ours"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=Path("attack"), help="where builds and results are kept")
    given = parser.parse_args()
    asked = given.ask if given.ask == "all" else int(given.ask)
    settings = load_settings(
        model__name=given.model, embedding__model=given.embedder, facets__ask=asked, layout__method="pca"
    )
    chosen = [way for name, way in ways(settings).items() if name in given.ways or "all" in given.ways]
    targets, others = made_targets(given.targets, given.seed), background(given.background, given.seed)
    results = given.folder / "results.jsonl"
    given.folder.mkdir(parents=True, exist_ok=True)
    known = {}
    for line in results.read_text(encoding="utf-8").splitlines() if results.exists() else []:
        row = json.loads(line)
        known[row["key"]] = row
    print("| way | variant | planted | accounts | groups | named | guessed | above chance | seconds |")
    print("|---|---|---|---|---|---|---|---|---|")
    variants = list(VARIANTS) if "all" in given.variants else given.variants
    attacks = [
        Attack(variant, count, accounts)
        for variant in variants
        for count in given.poison
        for accounts in given.accounts
        if accounts <= count
    ]
    for attack in attacks:
        folder = given.folder / f"{attack.variant}-{attack.planted}-{attack.accounts}"
        records = attack_records(others, targets, attack, given.seed)
        for way in chosen:
            key = repr((way, attack, targets, len(others), given.seed))
            if key not in known:
                began = time.perf_counter()
                atlas = build_attacked(records, folder, way)
                found = outcome_of(atlas, folder, way, attack, targets, vectors_of(given.embedder))
                known[key] = {"key": key} | row_of(found) | {"seconds": round(time.perf_counter() - began)}
                with results.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(known[key], ensure_ascii=False) + "\n")
            print("| " + " | ".join(str(known[key][name]) for name in COLUMNS) + " |", flush=True)


COLUMNS = ("way", "variant", "planted", "accounts", "groups", "named", "guessed", "above chance", "seconds")


def row_of(found: Outcome) -> dict[str, str | int]:
    """One row of the table."""
    above = found.above_chance
    attack, count = found.attack, len(found.targets)
    return {
        "way": found.way,
        "variant": attack.variant,
        "planted": attack.planted,
        "accounts": attack.accounts,
        "groups": found.groups,
        "named": f"{found.named}/{count}",
        "guessed": f"{found.hits}/{count}",
        "above chance": f"{above.value:+.2f} ({above.low or 0:+.2f} to {above.high or 0:+.2f})",
    }


@cache
def vectors_of(embedder: str) -> Vectors:
    """Unit vectors of texts by an encoder."""
    from clioscope.embedding.encode import encode_texts
    from clioscope.embedding.open import open_embedder
    from clioscope.settings import EmbeddingSettings

    opened = open_embedder(EmbeddingSettings(model=embedder))
    return lambda texts: encode_texts(list(texts), opened, None)


if __name__ == "__main__":
    main()
