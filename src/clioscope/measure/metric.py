"""What a metric is, and how users add theirs: a function on arrays with a decorator."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Generic, Literal, ParamSpec, TypeVar

from clioscope.registry import Registry

P = ParamSpec("P")
R = TypeVar("R")
Better = Literal["higher", "lower", "neither"]


class Metric(Generic[P, R]):
    """A function on arrays with what a reader of its figure needs to know.

    ``family``: the section of the report card. ``low`` and ``high``: the range of its values. ``better``: the
    direction. ``meaning``: one sentence for a reader who is no specialist. ``source``: where it is defined.
    ``rows``: the parameters whose items are conversations; where they are given the figure's interval is found
    by leaving conversations out. Calling a metric calls its function.
    """

    def __init__(
        self,
        function: Callable[P, R],
        name: str,
        family: str,
        low: float,
        high: float,
        better: Better,
        meaning: str,
        source: str,
        rows: tuple[str, ...],
    ) -> None:
        self.function = function
        self.name, self.family = name, family
        self.low, self.high, self.better = low, high, better
        self.meaning, self.source, self.rows = meaning, source, rows
        update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<Metric {self.name}: {self.family}, {self.low:g} to {self.high:g}, {self.better} is better>"

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the arrays it cannot do without."""
        parameters = inspect.signature(self.function).parameters.values()
        return tuple(parameter.name for parameter in parameters if parameter.default is inspect.Parameter.empty)

    @property
    def takes(self) -> tuple[str, ...]:
        """Names of all its parameters."""
        return tuple(inspect.signature(self.function).parameters)


BUILT_IN = {
    "geometry": ("silhouette", "calinski_harabasz", "davies_bouldin", "modularity"),
    "density": ("dbcv",),
    "map_quality": ("trustworthiness", "continuity", "knn_recall", "triplet_accuracy"),
    "coherence": (
        "knn_purity",
        "knn_purity_chance",
        "neighbourhood_entropy",
        "local_dimension",
        "cohesion_p10",
        "cohesion_p50",
        "cohesion_p90",
        "group_margin",
        "misplaced",
    ),
    "stability": (
        "stability_jaccard",
        "dissolved_groups",
        "bootstrap_ami",
        "bootstrap_ari",
        "seed_ami",
        "seed_ari",
    ),
    "external": (
        "ami",
        "ari",
        "v_measure",
        "homogeneity",
        "completeness",
        "bcubed_precision",
        "bcubed_recall",
        "bcubed_f",
        "purity",
        "inverse_purity",
        "purity_f",
        "matching_accuracy",
        "matching_mcc",
        "pair_mcc",
    ),
    "reconstruction": ("reconstruction_accuracy", "reconstruction_macro_f", "distribution_error"),
    "external_tree": ("dendrogram_purity", "best_node_f"),
    "naming": (
        "duplicate_names",
        "names_cut",
        "names_suffixed",
        "names_listed",
        "names_copied",
        "sibling_words",
    ),
    "tree_shape": ("fan_out", "single_children", "depth", "largest_leaf", "size_gini", "semantic_tree"),
    "privacy": ("private_share", "audit_score"),
    "judges.faithfulness": ("faithfulness", "faithfulness_foreign", "missed_requests"),
    "judges.name_fit": ("name_fit", "name_fit_nearest"),
    "judges.intrusion": ("intrusion_random", "intrusion_nearest", "intrusion_nearest_both"),
    "judges.assign_back": ("assign_back", "assign_back_encoder", "assign_back_words"),
    "judges.codebook": ("codebook_ami", "codebook_none", "codebook_largest"),
    "judges.tree_edges": ("edge_fit", "edge_fit_other"),
    "judges.misfits": ("misfits", "calibration", "calibration_recall"),
    "judges.validation": ("position_flips", "repeatability", "answered"),
}

OURS = frozenset(name for names in BUILT_IN.values() for name in names)
SAMPLES = frozenset(("refit", "refitted"))  # a metric that takes one of these groups samples again

metrics: Registry[Metric[..., Any]] = Registry(
    "metric",
    "clioscope.metrics",
    {name: f"clioscope.measure.{module}" for module, names in BUILT_IN.items() for name in names},
    lambda part: isinstance(part, Metric),
)


def metric(
    family: str,
    *,
    low: float,
    high: float,
    better: Better,
    meaning: str,
    source: str,
    name: str | None = None,
    rows: tuple[str, ...] = (),
) -> Callable[[Callable[P, R]], Metric[P, R]]:
    """Decorator: register a function on arrays as a metric.

    The names of its parameters say what it is given: ``vectors`` (n, d), ``labels`` (n,), ``truth`` (n,),
    ``places`` (n, 2), ``levels`` (L, n), ``names``, ``parents``, ``sizes`` and ``name_vectors`` (m groups),
    ``seed``, and what ``evaluate.py`` derives from them. ``family`` is the section of the report card, one of ours or
    a new one. It returns a float or a ``Figure``::

        @metric("geometry", low=0, high=1, better="lower", meaning="Share of rows in groups of one.", source="ours")
        def singletons(labels):
            return float((np.bincount(labels)[labels] == 1).mean())
    """

    def register(function: Callable[P, R]) -> Metric[P, R]:
        made = Metric(function, name or function.__name__, family, low, high, better, meaning, source, rows)
        metrics.register(made.name)(made)
        return made

    return register
