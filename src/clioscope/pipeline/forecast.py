"""How long a build still takes, told from how far it is.

A stage that counts its steps (questions, texts) is foretold from its own speed. The stages after it are foretold from
figures that were measured on two cores (``FIGURES``), times how much faster or slower this machine has been at work of
the same kind so far.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from clioscope.pipeline.estimate import Estimate

Kind = Literal["ask", "encode", "count"]


class Figure(NamedTuple):
    """``seconds`` for ``per`` units of work; with ``power`` k, n units take (n / per)^k times as long."""

    kind: Kind
    unit: Literal["conversations", "asked", "groups"]
    seconds: float
    per: float = 1.0
    power: float = 1.0


# Measured on two cores: questions to the default model, and texts of ShareGPT, on the 2,976 conversations of the demo
# (32 facet questions in 82.5 s, 2,976 texts in 52.3 s), and the rest on 100,000 rows (docs/research-log.md, time and
# memory of the steps after the vectors). Of a group, names, their audit and the second round take what lies between the
# demo (24 groups, few members shown) and a default build of 9,745 conversations (109 groups; research log).
FIGURES: dict[str, Figure] = {
    "conversations": Figure("count", "conversations", 5.7, 2_976),
    "screen": Figure("ask", "conversations", 1.7),
    "texts": Figure("encode", "conversations", 52.3, 2_976),
    "asked": Figure("count", "conversations", 1.9, 2_976),
    "facets": Figure("ask", "asked", 2.58),
    "predict": Figure("encode", "asked", 0.02),
    "vectors": Figure("count", "conversations", 26.3, 100_000, 1.1),
    "clusters": Figure("count", "conversations", 44.2, 100_000, 1.1),
    "second": Figure("ask", "groups", 0.9),
    "names": Figure("ask", "groups", 10.0),
    "tree": Figure("ask", "groups", 65.1, 24, 0.35),  # of 24 groups six are parents, of 109 ten
    "audit": Figure("ask", "groups", 1.8),
    "layout": Figure("count", "conversations", 57.7, 100_000, 1.3),
}
# Of the questions of a stage, how many are asked once more: of names .2 with the 1.5B model, .6 with the 0.5B.
_AGAIN = {"names": 0.4}
_WINDOW = 300.0  # seconds of a stage that its speed is taken from, or half of its time where that is longer
_MARKS = 4096
_TRUST = 8  # steps that the speed of earlier stages counts for


@dataclass(slots=True)
class _Running:
    """A stage under way: when it began, and (time, steps done) from time to time."""

    name: str
    began: float
    marks: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=_MARKS))
    before: int = 0  # steps of calls that are over
    last: int = 0
    total: int = 0
    ready: float = 0.0  # seconds from its begin to its first step

    def step(self, now: float, done: int, total: int) -> None:
        if done < self.last or not self.marks:
            self.before += self.last if self.marks else 0
            if not self.marks:
                self.ready = now - self.began  # mostly starting up
                self.marks.append((now, self.before + done))
        self.last, self.total = done, self.before + total
        self.marks.append((now, self.before + done))

    def pace(self, now: float) -> tuple[float, int]:
        """Seconds that a step took lately, and of how many steps that is the mean; (0, 0) before there are any."""
        if len(self.marks) < 2:
            return 0.0, 0
        since = max(now - max(_WINDOW, (now - self.began) / 2), self.marks[0][0])
        then, done = next((mark for mark in self.marks if mark[0] >= since), self.marks[0])
        last, most = self.marks[-1]
        return ((last - then) / (most - done), most - done) if last > then and most > done else (0.0, 0)


class Forecast:
    """The time left of a stage and of a build. ``clock`` gives seconds that only grow.

    ``plan`` says how much work there is; without it only stages that count their steps are foretold. Pauses count: a
    server that limits the rate is as slow as it is.
    """

    def __init__(self, clock: Callable[[], float], figures: Mapping[str, Figure] = FIGURES) -> None:
        self._clock, self._figures = clock, figures
        self._plan: dict[str, float] = {}
        self._ahead: list[str] = []
        self._now: _Running | None = None
        self._took: dict[Kind, list[tuple[float, float]]] = {}  # seconds, and those of the figures
        self._early: dict[str, float] = {}  # seconds of stages that ended before there was a plan
        self._asked = 0
        self._unknown: Kind | None = None
        self._tried = False

    def plan(
        self, *, conversations: int, asked: int, groups: int, known_speed: bool = True, tried: float | None = None
    ) -> None:
        """The units of work of a build. Without ``known_speed`` nothing is foretold of the questions before the first
        of them are answered: a server may be of any speed. ``tried``: seconds of the whole build by a trial of the
        model on this machine; the figures of the questions are scaled to it."""
        units = {"conversations": conversations, "asked": asked, "groups": groups}
        for name, figure in self._figures.items():
            if figure.kind == "ask" and not asked:
                continue
            self._plan[name] = figure.seconds * (units[figure.unit] / figure.per) ** figure.power
        questions = [name for name in self._plan if self._figures[name].kind == "ask" and name != "screen"]
        asking = sum(self._plan[name] for name in questions)
        rest = sum(self._plan.values()) - asking - self._plan.get("screen", 0)
        self._tried = tried is not None and asking > 0 and tried > rest
        if tried is not None and self._tried:
            for name in questions:
                self._plan[name] *= (tried - rest) / asking
        self._ahead = [name for name in self._figures if name in self._plan and name != "conversations"]
        self._asked = asked
        for stage, seconds in self._early.items():
            self._book(stage, seconds)
        self._unknown = None if known_speed else "ask"

    def plan_of(self, estimate: Estimate, *, screens: bool, known_speed: bool) -> None:
        """``plan`` by the estimate of a build; ``screens``: whether the model is asked which conversations to keep."""
        self.plan(
            conversations=estimate.conversations,
            asked=estimate.asked,
            groups=estimate.groups,
            known_speed=known_speed,
            tried=estimate.seconds if estimate.measured and not screens else None,
        )
        if not screens:
            self.leave_out("screen")

    def leave_out(self, *stages: str) -> None:
        """Stages that this build does not have."""
        self._ahead = [name for name in self._ahead if name not in stages]

    def begin(self, stage: str) -> None:
        """A stage begins."""
        self._now = _Running(stage, self._clock())
        self._passed(stage)

    def step(self, stage: str, done: int, total: int | None) -> None:
        """A stage has done ``done`` of ``total`` steps; a stage that asks several times begins anew at each."""
        if self._now is None or self._now.name != stage:
            self.begin(stage)
        assert self._now is not None
        if total:
            self._now.step(self._clock(), done, total)

    def end(self, stage: str, fresh: bool) -> None:
        """A stage ends; ``fresh`` is False if its result was kept."""
        now, self._now = self._now, None
        self._passed(stage)
        if fresh and now is not None and now.name == stage:
            seconds = self._clock() - now.began
            if self._plan:
                self._book(stage, seconds)
            else:
                self._early[stage] = seconds

    def stage_left(self) -> float | None:
        """Seconds until the running stage ends; None where nothing is known of it."""
        running, now = self._now, self._clock()
        if running is None:
            return None
        pace = self._pace(running)
        if pace is not None:
            last, done = running.marks[-1]
            return max(0.0, (self._steps(running) - done) * pace - min(now - last, pace))
        whole = self._foretold(running.name)
        return None if whole is None else max(0.0, whole - (now - running.began))

    def _steps(self, running: _Running) -> int:
        """All steps of a stage, as far as is known; facets are asked a few thousand at a time, and some names again."""
        again = 0 if running.before else round(running.total * _AGAIN.get(running.name, 0))
        return max(running.total + again, self._asked if running.name == "facets" else 0)

    def _pace(self, running: _Running) -> float | None:
        """Seconds of a step. The first few are weighed with what earlier stages of the kind taught."""
        seconds, steps = running.pace(self._clock())
        if not steps:
            return None
        took = self._took.get(self._figures[running.name].kind) if running.name in self._plan else None
        if not took:
            return seconds
        factor = sum(one for one, _ in took) / sum(figure for _, figure in took)
        before = self._plan[running.name] * factor / max(1, self._steps(running))
        return (_TRUST * before + steps * seconds) / (_TRUST + steps)

    def left(self) -> float | None:
        """Seconds until the build ends; None where that cannot be told yet."""
        here = self.stage_left()
        if here is None or not self._plan:
            return None
        after = [self._foretold(name) for name in self._ahead]
        return None if None in after else here + sum(one for one in after if one is not None)

    def _book(self, stage: str, seconds: float) -> None:
        if self._plan.get(stage):
            self._took.setdefault(self._figures[stage].kind, []).append((seconds, self._plan[stage]))

    def _passed(self, stage: str) -> None:
        if stage in self._ahead:
            self._ahead = self._ahead[self._ahead.index(stage) + 1 :]

    def _foretold(self, stage: str) -> float | None:
        if stage not in self._plan:
            return None
        kind = self._figures[stage].kind
        factor = self._factor(kind)
        return None if factor is None else self._plan[stage] * factor

    def _factor(self, kind: Kind) -> float | None:
        """How many times as long as the figures say work of a kind takes here."""
        took = list(self._took.get(kind, ()))
        running = self._now
        if running is not None and running.name in self._plan and self._figures[running.name].kind == kind:
            pace = self._pace(running)
            if pace is not None:
                took.append((running.ready + self._steps(running) * pace, self._plan[running.name]))
        if took:
            return sum(seconds for seconds, _ in took) / sum(figure for _, figure in took)
        if kind == self._unknown:
            return None
        if kind == "ask" and self._tried:
            return 1.0
        return 1.0 if kind == "count" else self._factor("count") if kind == "encode" else self._factor("encode")
