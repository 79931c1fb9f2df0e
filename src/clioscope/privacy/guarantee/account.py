"""The account of a release: what it may spend, and what every step spent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from clioscope.privacy.guarantee.mechanisms import Cost, epsilon_of, rho_of

# The share of rho of every step: where groups are found; where people are too few to find other groups than public
# topics; and with the categories of a codebook, which cost nothing.
FOUND = {"people": 0.02, "seeds": 0.13, "centres": 0.40, "sizes": 0.15, "facets": 0.10, "words": 0.20}
TOPICS_ONLY = {"people": 0.02, "seeds": 0.23, "sizes": 0.35, "facets": 0.15, "words": 0.25}
GIVEN = {"sizes": 0.40, "facets": 0.25, "words": 0.35}
_CONVERSION = 0.5  # of delta: for the step from rho to epsilon; the rest is for the thresholds
_THRESHOLDS = ("facets", "words")


class Entry(NamedTuple):
    """One step: its name, and what it cost."""

    step: str
    cost: Cost


class Account:
    """What a release with ``epsilon`` and ``delta`` may spend, divided by ``shares``, and what it has spent.

    Costs of steps add up (composition of approximate zero-concentrated differential privacy; Bun and Steinke 2016),
    also where a step looks at what an earlier one said. The sum is turned into epsilon and delta once, at the end.
    """

    def __init__(self, epsilon: float, delta: float, shares: Mapping[str, float]) -> None:
        self.epsilon, self.delta = epsilon, delta
        self._shares = dict(shares)
        self._rho = rho_of(epsilon, delta * _CONVERSION)
        self.entries: list[Entry] = []

    def share(self, shares: Mapping[str, float]) -> None:
        """Divide what is left otherwise. What was spent must fit. The sum stays below the whole, so this may depend on
        what earlier steps said (a privacy filter; Whitehouse and others 2022)."""
        if any(entry.step not in shares for entry in self.entries) or sum(shares.values()) > 1 + 1e-9:
            raise RuntimeError("these shares do not fit what was spent")
        self._shares = dict(shares)

    def rho(self, step: str, parts: int = 1) -> float:
        """What one of ``parts`` equal parts of a step may spend."""
        return self._rho * self._shares[step] / parts

    def delta_of(self, step: str) -> float:
        """The delta that a step with a threshold may spend; 0 for any other."""
        return self.delta * (1 - _CONVERSION) / len(_THRESHOLDS) if step in _THRESHOLDS else 0.0

    def spend(self, step: str, cost: Cost) -> None:
        """Book a cost. Raises RuntimeError for one that is more than the step may spend."""
        spent = [entry.cost for entry in self.entries if entry.step == step]
        rho = sum(one.rho for one in spent) + cost.rho
        delta = sum(one.delta for one in spent) + cost.delta
        if rho > self.rho(step) * (1 + 1e-6) or delta > self.delta_of(step):
            raise RuntimeError(f"the step {step!r} would spend more than its share")
        self.entries.append(Entry(step, cost))

    def spent(self) -> tuple[float, float]:
        """The epsilon and the delta of all that was spent so far."""
        rho = sum(entry.cost.rho for entry in self.entries)
        delta = sum(entry.cost.delta for entry in self.entries)
        conversion = self.delta * _CONVERSION
        return (epsilon_of(rho, conversion) if rho else 0.0), delta + conversion

    def steps(self) -> list[dict[str, Any]]:
        """The entries as the manifest has them: step, rho, delta, and the standard deviation of the noise."""
        return [
            {"step": step, "rho": rho, "delta": delta, "noise": scale} for step, (rho, delta, scale) in self.entries
        ]
