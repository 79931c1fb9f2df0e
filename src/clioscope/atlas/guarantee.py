"""What a release with a guarantee says of itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from clioscope.atlas.people import said_of_people


def said_of_guarantee(manifest: Mapping[str, Any]) -> str | None:
    """The guarantee of a release in one sentence for its readers; None for an atlas without one."""
    found = manifest.get("guarantee")
    if not found:
        return None
    factor = math.exp(found["epsilon"])
    odds = f"{factor:.3g}" if factor < 1e6 else f"{factor:.0e}"
    most = found["conversations"]
    return (
        f"Differential privacy for every person (epsilon {found['epsilon']:g}, delta {found['delta']:g}): whether or "
        f"not one person's conversations are in the data changes the odds of anything said here at most {odds}-fold; "
        f"of each person at most {most} {'conversation counts' if most == 1 else 'conversations count'}, and all "
        "counts hold noise."
    )


def said_of_total(manifest: Mapping[str, Any]) -> str | None:
    """What all releases of the same atlas spent together; None for the first one, and without a guarantee."""
    found = manifest.get("guarantee")
    if not found or found["releases"]["number"] < 2:
        return None
    spent = found["releases"]
    return (
        f"Together with the {spent['number'] - 1} earlier releases of the same atlas: epsilon {spent['epsilon']:g}, "
        f"delta {spent['delta']:g}."
    )


def said_of_protection(manifest: Mapping[str, Any]) -> list[str]:
    """The sentences for readers of a published atlas about what protects people, and how they were counted."""
    return [said for told in (said_of_guarantee, said_of_total, said_of_people) if (said := told(manifest))]


def said_of_counts(manifest: Mapping[str, Any], total: int) -> str:
    """How many conversations an atlas holds, of which ``total`` are shown, and how many are distinct, if some are not;
    about how many count in a release with a guarantee."""
    if "guarantee" in manifest:
        return f"about {total:,} conversations"
    distinct = manifest["counts"]["conversations"]
    return f"{total:,} conversations" + (f", {distinct:,} distinct" if distinct != total else "")
