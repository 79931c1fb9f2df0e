"""The colours of groups, as on the page (explorer/src/logic/palette.ts)."""

from __future__ import annotations

from typing import NamedTuple

# Paul Tol's "muted" scheme on light and his "light" scheme on dark (personal.sron.nl/~pault), in an order that keeps
# neighbours apart, for readers with any colour vision.
_LIGHT = ("#332288", "#cc6677", "#117733", "#ddaa33", "#88bbdd", "#882255", "#44aa99", "#999933", "#aa4499")
_DARK = ("#77aadd", "#ee8866", "#44bb99", "#eedd88", "#ffaabb", "#99ddff", "#bbcc33", "#c7a0e8", "#b3a369")
_SHIFT = 0.38


class Theme(NamedTuple):
    """Colours of a light or a dark picture: the ground, words, words of less weight, and nine for groups."""

    ground: str
    ink: str
    soft: str
    nominal: tuple[str, ...]
    towards: tuple[str, str]


LIGHT = Theme("#ffffff", "#22262b", "#666c72", _LIGHT, ("#ffffff", "#1a1a1a"))
DARK = Theme("#12161c", "#e6e8ea", "#a2a9b1", _DARK, ("#12161c", "#ffffff"))


def many(theme: Theme, count: int) -> list[str]:
    """``count`` colours for groups: the nine, then the nine lighter and darker, then over again."""
    made = []
    for place in range(count):
        colour, turn = theme.nominal[place % len(theme.nominal)], place // len(theme.nominal) % 3
        made.append(colour if turn == 0 else mix(colour, theme.towards[turn - 1], _SHIFT))
    return made


def mix(start: str, end: str, share: float) -> str:
    """A colour between two (#rrggbb), ``share`` of the way from ``start`` to ``end``."""
    parts = [[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in (start, end)]
    return "#" + "".join(f"{int(one + (other - one) * share + 0.5):02x}" for one, other in zip(*parts, strict=True))
