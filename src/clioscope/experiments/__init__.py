"""The research questions of the project as commands: variants, seeds, metrics; a table, a plot, a conclusion.

An experiment is a function that yields variants, with a decorator that says what it answers, needs and costs::

    @experiment(question="Which linkage?", needs="CLINC150", costs="a minute", conclude=say)
    def linkage(bench: Bench) -> Iterator[Variant]:
        vectors = bench.encode(bench.utterances().texts)
        for name in ("ward", "average"):
            yield Variant(name, lambda seed, name=name: ...)

What measures, repeats, tabulates, draws and logs stands here once (``run.py``, ``results.py``, ``report.py``).
"""

from clioscope.experiments.bench import Bench
from clioscope.experiments.experiment import Experiment, Outcome, Variant, experiment, experiments
from clioscope.experiments.results import Results
from clioscope.experiments.run import run

__all__ = ["Bench", "Experiment", "Outcome", "Results", "Variant", "experiment", "experiments", "run"]
