"""How many cores this process may really use."""

from __future__ import annotations

import math
import os
from pathlib import Path

_CPUS = Path("/sys/devices/system/cpu")
_CGROUP = Path("/sys/fs/cgroup")


def usable_cores() -> int:
    """Physical cores available to this process, at least 1.

    Hyper-threads count once (llama.cpp gains nothing from the second), CPUs outside the affinity mask and
    beyond the container's CPU quota do not count: more busy threads than cores make llama.cpp several times
    slower, since its threads spin while they wait for each other.
    """
    try:
        cpus = os.sched_getaffinity(0)
    except AttributeError:  # not Linux
        return max(1, os.cpu_count() or 1)
    cores = len({_core_of(cpu) for cpu in cpus})
    return max(1, min(cores, quota(_CGROUP, _own_groups())))


def _core_of(cpu: int) -> tuple[str, ...]:
    folder = _CPUS / f"cpu{cpu}" / "topology"
    try:
        return tuple((folder / name).read_text().strip() for name in ("physical_package_id", "core_id"))
    except OSError:
        return (str(cpu),)


def _own_groups() -> list[str]:
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return []
    return [line.split(":", 2)[2] for line in lines if line.count(":") >= 2]


def quota(root: Path, groups: list[str]) -> int:
    """CPUs that the cgroup limits allow, rounded down but at least 1 (cgroup v2 and v1)."""
    allowed = math.inf
    folders = {root, root / "cpu"}
    for group in groups:
        path = group.strip("/")
        while path:
            folders |= {root / path, root / "cpu" / path}
            path = path.rpartition("/")[0]
    for folder in folders:
        try:
            limit, period = (folder / "cpu.max").read_text().split()[:2]
        except (OSError, ValueError):
            try:
                limit = (folder / "cpu.cfs_quota_us").read_text().strip()
                period = (folder / "cpu.cfs_period_us").read_text().strip()
            except OSError:
                continue
        if limit.isdigit() and period.isdigit() and int(period) > 0:
            allowed = min(allowed, int(limit) / int(period))
    return max(1, int(min(allowed, 1 << 20)))
