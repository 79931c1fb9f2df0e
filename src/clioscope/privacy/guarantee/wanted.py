"""What the user asks of a release with a guarantee."""

from __future__ import annotations

from dataclasses import dataclass

from clioscope.errors import SettingsError

DELTA = 1e-6
BUDGET = 10.0  # epsilon of all releases of an atlas together, unless told otherwise
_LARGEST_DELTA = 1e-3


@dataclass(frozen=True)
class Guarantee:
    """``epsilon`` and ``delta`` of one release; the smaller, the stronger the guarantee and the more noise.

    ``conversations``: the most conversations of one person that count in any figure. ``words``: the most words that
    one conversation adds. ``codebook``: a codebook (its name or file) whose categories are the groups; if unset, the
    groups are found privately. ``groups``: how many are looked for; if unset, the size of the data and the noise
    decide. ``budget``: the most epsilon that all releases of the atlas may spend together; if unset, what was said
    before, or 10.

    Raises SettingsError for a value out of range.
    """

    epsilon: float
    delta: float = DELTA
    conversations: int = 4
    words: int = 5
    codebook: str | None = None
    groups: int | None = None
    budget: float | None = None

    def __post_init__(self) -> None:
        if not 0.01 <= self.epsilon <= 100:
            raise SettingsError(f"epsilon is {self.epsilon:g}; give one between 0.01 and 100, best between 0.5 and 10.")
        if not 1e-15 <= self.delta <= _LARGEST_DELTA:
            raise SettingsError(
                f"delta is {self.delta:g}; give one between 1e-15 and {_LARGEST_DELTA:g}, far below one in the number "
                "of people."
            )
        if not 1 <= self.conversations <= 1000 or not 1 <= self.words <= 100:
            raise SettingsError(
                "a person counts with 1 to 1,000 conversations, and a conversation with 1 to 100 words."
            )
        if self.groups is not None and not 1 <= self.groups <= 10_000:
            raise SettingsError(f"{self.groups} groups cannot be looked for; give a number between 1 and 10,000.")
        if self.budget is not None and not 0 < self.budget < float("inf"):
            raise SettingsError(f"a budget of {self.budget:g} makes no sense; give one above 0.")
