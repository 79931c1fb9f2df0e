"""Cores that may be used."""

import os
import subprocess
import sys

import pytest

from clioscope.models.cores import quota, usable_cores


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_no_limit(tmp_path):
    assert quota(tmp_path, ["/"]) > 1_000
    write(tmp_path / "cpu.max", "max 100000\n")
    assert quota(tmp_path, ["/"]) > 1_000


@pytest.mark.parametrize(("limit", "cores"), [(350_000, 3), (100_000, 1), (50_000, 1)])
def test_a_container_quota_rounds_down_to_whole_cores(tmp_path, limit, cores):
    write(tmp_path / "cpu.max", f"{limit} 100000\n")
    assert quota(tmp_path, ["/"]) == cores


def test_the_narrowest_of_nested_groups_counts(tmp_path):
    write(tmp_path / "a" / "cpu.max", "400000 100000\n")
    write(tmp_path / "a" / "b" / "cpu.max", "max 100000\n")
    assert quota(tmp_path, ["/a/b"]) == 4
    write(tmp_path / "a" / "b" / "cpu.max", "200000 100000\n")
    assert quota(tmp_path, ["/a/b"]) == 2


def test_the_old_kind_of_groups(tmp_path):
    write(tmp_path / "cpu" / "docker" / "x" / "cpu.cfs_quota_us", "300000\n")
    write(tmp_path / "cpu" / "docker" / "x" / "cpu.cfs_period_us", "100000\n")
    assert quota(tmp_path, ["/docker/x"]) == 3
    write(tmp_path / "cpu" / "docker" / "x" / "cpu.cfs_quota_us", "-1\n")
    assert quota(tmp_path, ["/docker/x"]) > 1_000


def test_the_affinity_mask_counts():
    assert 1 <= usable_cores() <= len(os.sched_getaffinity(0))
    code = (
        "import os; from clioscope.models.cores import usable_cores\n"
        "os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); print(usable_cores())"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "1\n"
