"""The machinery on an experiment of its own: variants by seeds by metrics, table, plot, log."""

import json

import numpy as np
import polars as pl
import pytest

from clioscope.clustering.graph import MUTUAL
from clioscope.errors import SettingsError
from clioscope.experiments import Bench, Outcome, Variant, experiment, experiments, report, run
from clioscope.experiments.run import agreement
from clioscope.settings import ClusteringSettings


@pytest.fixture
def coin():
    @experiment(question="Heads?", needs="nothing", costs="nothing", conclude=lambda results: results.best("ami"))
    def coin(bench):
        yield Variant("even", lambda seed: Outcome({"ami": 0.5 + seed / 10}, np.array([0, 0, 1, 1])), "one")
        yield Variant("odd", lambda seed: Outcome({"ami": 0.4}, np.array([0, seed, 1, 1]), f"seed {seed}"), "one")
        for x in (0.0, 1.0):
            yield Variant("line", lambda seed, x=x: Outcome({"ami": x + seed}), "two", x)

    yield coin
    del experiments._parts["coin"]


def test_every_variant_under_every_seed(coin):
    seen = []
    found = run(coin, Bench(seeds=3), lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, 12) and len(seen) == 12
    assert found.values("even", "ami") == pytest.approx({0: 0.5, 1: 0.6, 2: 0.7})
    assert found.variants("two") == ["line 0", "line 1"]
    assert found.mean("even", "seed_ari") == 1
    assert found.mean("odd", "seed_ari") < 1
    assert found.notes[1] == ("one", "odd", 1, "seed 1")
    assert set(found.table["metric"]) == {"ami", "seconds", "seed_ari"}


def test_a_costly_variant_takes_fewer_seeds():
    @experiment(question="Dear?", needs="nothing", costs="nothing", conclude=lambda results: "")
    def dear(bench):
        yield Variant("cheap", lambda seed: Outcome({"ami": float(seed)}))
        yield Variant("dear", lambda seed: Outcome({"ami": 1.0}), seeds=1)

    seen = []
    found = run(dear, Bench(seeds=3), lambda done, total: seen.append((done, total)))
    del experiments._parts["dear"]
    assert seen == [(0, 4), (1, 4), (2, 4), (3, 4)]
    assert found.values("dear", "ami") == {0: 1.0}
    assert found.versus("dear", "cheap", "ami") == "dear has ami 1.000 against 0.000 for cheap (+1.000, one seed)."


def test_agreement_counts_rows_that_both_have():
    assert agreement([np.array([0, 0, 1, 1, -1]), np.array([5, 5, 3, -1, 3])]) == 1


def test_it_is_written_whole_and_logged_under_the_preamble(coin, tmp_path):
    bench = Bench(seeds=2)
    found = run(coin, bench)
    made = report.write(coin, bench, found, "clioscope experiment coin", tmp_path, 60)
    assert made.folder == tmp_path / "coin" / "clinc150"
    assert pl.read_parquet(made.folder / "table.parquet").equals(found.table)
    facts = json.loads((made.folder / "facts.json").read_text())
    assert facts["conclusion"] == "line 1" and facts["versions"]["clioscope"]
    assert facts["defaults"]["clustering"]["neighbours"] == ClusteringSettings().neighbours
    assert facts["defaults"]["leiden"]["mutual"] == MUTUAL
    text = (made.folder / "report.md").read_text()
    assert "| even | 0.550 ± 0.071 |" in text and "plot-one.svg" in text
    assert "<circle" in (made.folder / "plot-one.svg").read_text()
    assert "<polyline" in (made.folder / "plot-two.svg").read_text()
    book = tmp_path / "log.md"
    book.write_text("# Log\n\nPreamble.\n\n## 2020-01-01 · Old\n\nText.\n")
    report.log(book, coin, bench, made.text)
    lines = [line for line in book.read_text().splitlines() if line.startswith(("#", "Pre"))]
    assert lines[:2] == ["# Log", "Preamble."] and "coin" in lines[2] and lines[3] == "## 2020-01-01 · Old"
    report.log(book, coin, bench, "A long sentence. " * 20 + "\n\n| " + "wide " * 40 + "|\n")
    lines = book.read_text().splitlines()
    assert max(len(line) for line in lines if "sentence" in line) <= 120 < max(map(len, lines)), "but no table is"


def test_what_cannot_run_says_why(coin):
    with pytest.raises(SettingsError, match="--data is one of clinc150"):
        run(coin, Bench(data="sharegpt-labelled"))
    with pytest.raises(SettingsError, match="--conversations is for --data sharegpt-labelled, not clinc150"):
        run(coin, Bench(most=5))
    with pytest.raises(SettingsError, match="no experiment 'tue'"):
        experiments.get("tue")
