"""What can go wrong with one question, so that the asker knows whether to go on with the others.

A plain ``ModelError`` ends the run at once (wrong key, unknown model). The two below do not.
"""

from __future__ import annotations

from clioscope.errors import ModelError


class Unanswered(ModelError):
    """This question has no answer (too long, thought too long, refused); the next one may well have.

    ``server`` says that the fault may lie with the server (time-out, 5xx): many in a row mean it is down.
    """

    def __init__(self, reason: str, *, server: bool = False) -> None:
        super().__init__(reason)
        self.server = server


class Unreachable(ModelError):
    """Nobody answers at the address (refused, reset), also after the retries."""
