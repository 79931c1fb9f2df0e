"""Two atlases of two months, for the tests of their comparison: python e2e/months.py FOLDER.

march and april: 280 conversations each, no text in both; bread halves, travel doubles, poems end, excel begins. public:
march, published. PYTHONPATH must hold tests/, whose conversations these are.
"""

from __future__ import annotations

import sys
from pathlib import Path

from comparison.conftest import APRIL, MARCH, SETTINGS, month
from conftest import fake_settings, write_jsonl

import clioscope
from clioscope.settings import PrivacySettings


def main(folder: Path) -> None:
    settings = fake_settings(**SETTINGS)
    for name, number, topics in (("march", 3, MARCH), ("april", 4, APRIL)):
        made = clioscope.build(write_jsonl(folder / f"{name}.jsonl", month(number, topics)), folder / name, settings)
        if name == "march":
            clioscope.publish(made, folder / "public", PrivacySettings(min_conversations=30, min_users=3, rounding=5))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
