"""How many base groups to aim at."""

from __future__ import annotations

import math

from clioscope.settings import ClusteringSettings

LEAST_MEMBERS = 25  # mean size of a group below which silhouette alone may not push it
MOST = 400  # groups above which silhouette alone may not push their number: each needs a name, and a reader
_LARGE = 100_000
_STEPS = (1.0, 2**0.5, 2.0, 8**0.5)  # of the usual number


def default_clusters(count: int) -> int:
    """The usual number of base groups for ``count`` distinct conversations; higher ones are tried as well.

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


def most_clusters(count: int, most: int | None = None) -> int:
    """The largest number of base groups that is tried for ``count`` distinct conversations, when none is set.

    The usual number; or, if that is more, as many as have 25 members on the average, up to 400. Never more than
    ``most``. That is 22 for 234 conversations, 120 for 3,000, 400 for 10,000 and 1,020 for 100,000.
    """
    highest = max(default_clusters(count), min(count // LEAST_MEMBERS, MOST))
    return highest if most is None else min(most, highest)


def numbers_to_try(count: int, most: int | None = None) -> list[int]:
    """A few numbers of base groups, rising: from the usual one to almost three times it, ``most_clusters`` at most.

    Lower ones are not tried: silhouette chose them on small corpora without any gain, and where texts of many languages
    stood together it chose the languages (docs/research-log.md).
    """
    highest = most_clusters(count, most)
    usual = min(default_clusters(count), highest)
    return sorted({min(round(usual * step), highest) for step in _STEPS})


def target_clusters(count: int, settings: ClusteringSettings) -> int:
    """The number of base groups to aim at: ``clusters``, else by ``size``, else the usual one, ``most`` at most."""
    if settings.clusters is not None:
        return min(settings.clusters, count)
    if settings.size is not None:
        return max(1, round(count / settings.size))
    return min(default_clusters(count), most_clusters(count, settings.most))
