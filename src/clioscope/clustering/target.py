"""How many base groups to aim at."""

from __future__ import annotations

import math

from clioscope.settings import ClusteringSettings

_LARGE = 100_000


def default_clusters(count: int) -> int:
    """The number of base groups to aim at for ``count`` distinct conversations, when nothing is set.

    ``20 + count/100``, but no group smaller than 8 on the average, and beyond 100,000 growing with the square
    root only. That is 22 groups for 234 conversations, 120 for 10,000, 1,020 for 100,000 and 3,225 for a
    million. The anchors: Clio's example of 1,000 base clusters for 100,000 conversations (paper, G.5); the
    20 or so groups a person can take in for a few hundred; a group of 8 is the least that can be named apart
    from its members; and beyond 100,000 the number of names (a model call each) and of rows a reader meets
    would grow tenfold for topics that are mostly there already.
    """
    linear = 20 + min(count, _LARGE) / 100
    beyond = math.sqrt(max(count, _LARGE) / _LARGE)
    return max(1, round(min(count / 8, linear * beyond)))


def target_clusters(count: int, settings: ClusteringSettings) -> int:
    """The number of base groups to aim at: ``clusters``, else by ``size``, else by the default."""
    if settings.clusters is not None:
        return min(settings.clusters, count)
    if settings.size is not None:
        return max(1, round(count / settings.size))
    return default_clusters(count)
