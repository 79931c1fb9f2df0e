"""One line that fits the terminal."""

import pytest

from clioscope.cli.line import fitted

BESIDE = [("  1,234 · 12 %", ""), (" ████████", "blue"), ("  g0123", "cyan"), ("  ru 60 %, en 40 %", "dim")]


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (80, "Write stories and poems  1,234 · 12 % ████████  g0123  ru 60 %, en 40 %"),
        (66, "Write stories and poems  1,234 · 12 % ████████  g0123  ru 60 %, e…"),
        (54, "Write stories and poems  1,234 · 12 % ████████  g0123"),
        (47, "Write stories and poems  1,234 · 12 % ████████"),
        (40, "Write stories and poems  1,234 · 12 %"),
        (30, "Write stories a…  1,234 · 12 %"),
        (10, "Write stori…  1,234 · 12 %"),  # a name and its count are always there
    ],
)
def test_what_is_less_important_gives_way_first(width: int, line: str) -> None:
    assert fitted(("Write stories and poems", "bold"), BESIDE, width).plain == line


def test_an_ideograph_takes_two_columns() -> None:
    line = fitted(("写作与翻译以及其他主题", ""), BESIDE[:1], 30)
    assert line.cell_len <= 30 and "…" in line.plain
