"""What can go wrong with one question, so that it is known whether to go on with the others.

A plain ``ModelError`` ends the run at once, and so does ``Refusing``. The others do not.
"""

from __future__ import annotations

from clioscope.errors import ModelError


class Unanswered(ModelError):
    """This question has no answer (too long, thought too long, refused); the next one may have one.

    ``server`` says that the fault may lie with the server (time-out, 5xx): many in a row mean it is down. ``refused``
    says that the server refused the question as it stood (a 400 that nothing cured): many in a row with the same words
    may mean that it accepts none.
    """

    def __init__(self, reason: str, *, server: bool = False, refused: bool = False) -> None:
        super().__init__(reason)
        self.server = server
        self.refused = refused


class Unreachable(ModelError):
    """Nobody answers at the address (refused, reset), even after the retries."""


class Waiting(ModelError):
    """This question is not asked now: it waits for the answer of a batch file.

    ``reason`` is why the last batch had no answer to it (empty: it was in none that came back), ``server`` whether that
    was the service's fault, ``given_up`` whether a question that failed in a batch is to count as failed.
    """

    def __init__(self, reason: str = "", *, server: bool = False, given_up: bool = False) -> None:
        super().__init__(reason or "the question waits for a batch.")
        self.reason = reason
        self.server = server
        self.given_up = given_up


class Refusing(ModelError):
    """The server refuses every question in the same way until somebody fixes the cause: no credit, a revoked key, a
    model that is gone, an address that is not an API. It ends the run; the same command continues once the cause is
    fixed."""
