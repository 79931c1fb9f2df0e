"""How far the questions of a build are that waits for batches."""

from __future__ import annotations

from clioscope.models.batch.parts import chunks
from clioscope.models.batch.waitlist import Tally, Waitlist
from clioscope.models.store import Store

_CHUNK = 4096


def state_of(waitlist: Waitlist, store: Store) -> dict[str, Tally]:
    """How far each stage of the last round is now, with the answers that came since the build stopped.

    A question whose last reply was a failure counts in ``again`` as long as it has no answer.
    """
    tallies = waitlist.tallies()
    faults = waitlist.faults()
    for chunk in chunks(waitlist.items(), _CHUNK):
        known = store.known_answers([key for key, _, _ in chunk])
        for key, stage, items in chunk:
            tally = tallies.setdefault(stage, Tally())
            if key in known:
                tally.answered += items
            else:
                tally.waiting += items
                tally.again += items if key in faults else 0
    return tallies
