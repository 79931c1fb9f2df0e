"""Arrays by name, as metrics take them, and what can be derived from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from inspect import Parameter, signature
from typing import Any


class Arrays:
    """Arrays by name, and what can be derived from them. Each is derived once, when it is first asked for.

    ``arrays`` maps names to arrays; None stands for an array that is not there.
    """

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        self._arrays = {name: array for name, array in arrays.items() if array is not None}

    def has(self, name: str) -> bool:
        """Whether the array is there or can be derived."""
        if name in self._arrays:
            return True
        rule = _derived().get(name)
        return rule is not None and all(self.has(needed) for needed in _required(rule))

    def get(self, name: str) -> Any:
        """The array, derived if need be. Raises KeyError for one that is neither there nor known how to derive."""
        if name not in self._arrays:
            rule = _derived()[name]
            given = {needed: self.get(needed) for needed in signature(rule).parameters if self.has(needed)}
            self._arrays[name] = rule(**given)
        return self._arrays[name]


def _required(rule: Callable[..., Any]) -> list[str]:
    return [needed.name for needed in signature(rule).parameters.values() if needed.default is Parameter.empty]


def _derived() -> dict[str, Callable[..., Any]]:
    from clioscope.measure.map_quality import map_ranks
    from clioscope.measure.sampled_neighbours import sampled_neighbours
    from clioscope.measure.stability import refits
    from clioscope.vectors.cosines import group_cosines

    return {
        "near": sampled_neighbours,
        "cosines": group_cosines,
        "centred_cosines": partial(group_cosines, centred=True),
        "ranks": map_ranks,
        "refitted": refits,
    }
