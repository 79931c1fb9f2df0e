"""Whose account a file of a program's own folder is."""

from __future__ import annotations

import pytest

from clioscope.conversations.sources.parts.owner import owner


@pytest.mark.parametrize(
    ("account", "folder", "expected"),
    [
        ("s1.jsonl", "", ""),
        ("-home-me-shop/s1.jsonl", "/home/me/shop", ""),
        ("ann/.claude/projects/-home-ann-shop/s1.jsonl", "", "ann"),
        ("ann/-home-ann-shop/s1.jsonl", "", "ann"),
        ("bob/.codex/sessions/2026/04/01/rollout-1.jsonl", "", "bob"),
        ("2026/04/01/rollout-1.jsonl", "", ""),
        ("C--Users-ann-shop/s1.jsonl", "", ""),
        ("shop/s1.jsonl", "/home/me/Shop", ""),
        ("donated/ann.zip", "", "donated/ann.zip"),
    ],
)
def test_the_folders_of_the_program_are_no_person(account: str, folder: str, expected: str) -> None:
    assert owner(account, folder) == expected
