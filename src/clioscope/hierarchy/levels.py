"""How many groups each level of the tree has."""

from __future__ import annotations

import math

ALONE = 15  # up to this many groups can be read at a glance and need nothing above them
FAN_OUT = 12  # the most children that a group has on average; people read a list this long to its end
_MEMBERS = 20  # conversations that a top group should hold at least


def level_sizes(n_base: int, n_conversations: int, top: int | None = None, levels: int | None = None) -> list[int]:
    """Numbers of groups from the base level to the top, strictly falling; the first is ``n_base``.

    ``top`` is the wanted number of groups at the top, ``levels`` the wanted number of levels, the base included.
    Between base and top the numbers follow the paper's rule (Clio, G.7): each level is smaller than the one below by
    the same ratio, ``n_l / n_(l-1) = (n_top / n_base) ^ (1 / (L-1))``.

    If ``top`` is unset, the top has ``4 + 3 log10(n_base)`` groups, which makes 8 to 15 in practice. So few can be
    taken in at once and told apart by name; the number grows slowly because more data hold more topics. If ``levels``
    is unset, there are as few levels as keep the mean number of children at 12 or below, because every level costs
    names, and every step down costs the reader a decision. With the default numbers of base groups, that makes
    22 → 8 for 200 conversations, 120 → 10 for 10,000, and 3,225 → 539 → 90 → 15 for a million. Up to 15 base groups
    stand alone.
    """
    if n_base <= 1 or levels == 1 or (top is not None and top >= n_base):
        return [n_base]
    if top is None:
        if levels is None and n_base <= ALONE:
            return [n_base]
        top = round(4 + 3 * math.log10(n_base))
        top = max(2, min(top, n_conversations // _MEMBERS, n_base // 2))
        if levels is not None:  # room for the levels asked for: each at most half the one below
            top = max(1, min(top, n_base >> (levels - 1)))
    if levels is None:
        levels = 2
        while (n_base / top) ** (1 / (levels - 1)) > FAN_OUT + 0.5:
            levels += 1
    ratio = (top / n_base) ** (1 / (levels - 1))
    sizes = [n_base]
    for level in range(1, levels):
        size = top if level == levels - 1 else round(n_base * ratio**level)
        if top <= size < sizes[-1]:
            sizes.append(size)
    return sizes
