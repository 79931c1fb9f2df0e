"""The research questions of the project as commands. Each measures variants under several seeds, and leaves a table, a
plot and a conclusion.

An experiment is a function that yields variants. Its decorator says what it answers, needs and costs::

    @experiment(question="Which linkage?", needs="CLINC150", costs="a minute", conclude=say)
    def linkage(bench: Bench) -> Iterator[Variant]:
        vectors = bench.encode(bench.utterances().texts)
        for name in ("ward", "average"):
            yield Variant(name, lambda seed, name=name: ...)

``questions/`` has one file per experiment. The machinery they share is here: ``run.py`` measures, ``results.py`` holds
the table, ``report.py`` writes it, ``bench.py`` gives an experiment its data and models.
"""

from clioscope.experiments.bench import Bench
from clioscope.experiments.experiment import Experiment, Outcome, Variant, experiment, experiments
from clioscope.experiments.results import Results
from clioscope.experiments.run import run

__all__ = ["Bench", "Experiment", "Outcome", "Results", "Variant", "experiment", "experiments", "run"]
