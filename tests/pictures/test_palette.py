"""The colours of pictures are those of the page."""

import re
from pathlib import Path

from clioscope.pictures.palette import DARK, LIGHT, many, mix

PAGE = Path(__file__).parents[2] / "explorer" / "src" / "logic" / "palette.ts"


def test_the_page_has_the_same_colours() -> None:
    nominal = PAGE.read_text(encoding="utf-8").partition("NOMINAL")[2]
    for name, theme in (("light", LIGHT), ("dark", DARK)):
        colours = re.search(rf"{name}: \[([^\]]+)\]", nominal)
        assert colours is not None and tuple(re.findall("#[0-9a-f]{6}", colours[1])) == theme.nominal


def test_after_nine_groups_the_colours_are_lighter_then_darker() -> None:
    colours = many(LIGHT, 30)
    assert colours[9] == mix("#332288", "#ffffff", 0.38) == "#8176b5"
    assert colours[18] == mix("#332288", "#1a1a1a", 0.38)
    assert colours[27] == colours[0] and len(set(colours[:27])) == 27
