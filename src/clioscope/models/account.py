"""What a build cost: calls, tokens, seconds and money per stage."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from clioscope.models.chat import ChatAnswer


@dataclass(slots=True)
class Cost:
    """Totals of one stage. ``seconds`` adds up the model's time over all questions: with n questions at once, the clock
    shows an nth of it. Answers from the store are counted in ``cached`` and cost nothing (but see ``Account``)."""

    calls: int = 0
    cached: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    money: float = 0.0


@dataclass(slots=True)
class Account:
    """Costs per stage. Prices are per million tokens, in any currency; None counts as free. ``with_stored``: answers
    from the store count at what they cost when they were given."""

    price_in: float | None = None
    price_out: float | None = None
    stages: dict[str, Cost] = field(default_factory=dict)
    with_stored: bool = False

    def add(self, stage: str, answer: ChatAnswer) -> None:
        """Book one answer under ``stage``."""
        cost = self.stages.setdefault(stage, Cost())
        cost.calls += not answer.cached
        cost.cached += answer.cached
        if answer.cached and not self.with_stored:
            return
        cost.prompt_tokens += answer.prompt_tokens
        cost.completion_tokens += answer.completion_tokens
        cost.seconds += answer.seconds
        cost.money += self.price(answer.prompt_tokens, answer.completion_tokens)

    def price(self, prompt_tokens: int, completion_tokens: int) -> float:
        """The price of this many tokens; the estimate before a build uses it too."""
        return ((self.price_in or 0.0) * prompt_tokens + (self.price_out or 0.0) * completion_tokens) / 1e6

    def total(self) -> Cost:
        """The sum over all stages."""
        total = Cost()
        for cost in self.stages.values():
            for name, value in asdict(cost).items():
                setattr(total, name, getattr(total, name) + value)
        return total
