"""Taking the change of a mean apart, by groups: how much came by their shares, how much by their own means.

A group has the share a before and b after, and the mean r before and s after. M is the average of both overall means.
The two parts of the group are

    mix  = (b - a) · ((r + s) / 2 - M)        the group's share changed, and it is not like the others
    rate = (a + b) / 2 · (s - r)              the mean within the group changed

All parts sum to the change of the overall mean exactly (Kitagawa 1955; also known as shift-share). Exchanging the
periods only turns the signs. M does not change the sum, since the changes of all shares sum to 0. With M, a group
counts by how it differs from the rest.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Parts(NamedTuple):
    """Of k groups in two periods. All arrays may have further axes in front.

    ``share`` and ``mean`` (2, k), ``mix`` and ``rate`` (k), ``overall`` (2,).
    """

    share: Floats
    mean: Floats
    mix: Floats
    rate: Floats
    overall: Floats


def decompose(size: Floats, known: Floats, total: Floats) -> Parts:
    """The parts of each group, from sums over records, each (…, 2, k).

    ``size``: records that make the shares; ``known``: the weight of those that have a value; ``total``: the sum of
    their values. A group without a value in one period is taken to have the mean of the other, so all of it is mix. A
    group without any value has the mean of all. NaN where a period has no record with a value.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = size / size.sum(-1, keepdims=True)
        mean = total / known
        grand = total.sum((-2, -1)) / known.sum((-2, -1))
        mean = np.where(np.isnan(mean), mean[..., ::-1, :], mean)
        mean = np.where(np.isnan(mean), grand[..., None, None], mean)
        empty = (known.sum(-1) == 0).any(-1)
        mean = np.where(empty[..., None, None], np.nan, mean)
    overall = (share * mean).sum(-1)
    middle = overall.mean(-1)[..., None]
    mix = (share[..., 1, :] - share[..., 0, :]) * (mean.mean(-2) - middle)
    rate = share.mean(-2) * (mean[..., 1, :] - mean[..., 0, :])
    return Parts(share, mean, mix, rate, overall)
