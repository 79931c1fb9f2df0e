"""Every letter of a title has a font, where this machine has one."""

import pytest

pytest.importorskip("matplotlib")

from clioscope.pictures import fonts as module
from clioscope.pictures.fonts import fonts_for, scripts_of


def test_latin_cyrillic_and_arabic_are_there_with_matplotlib_alone(monkeypatch) -> None:
    there = module._installed()
    monkeypatch.setattr(module, "_installed", lambda: {"DejaVu Sans": there["DejaVu Sans"]})
    found = fonts_for(["Rye bread", "Ржаной хлеб", "خبز القمح", "პური", "a\u200bb\n"])
    assert found.families == ["DejaVu Sans"] and found.missing == ""


def test_letters_that_no_font_has_are_told_with_their_script(monkeypatch) -> None:
    there = module._installed()
    monkeypatch.setattr(module, "_installed", lambda: {"DejaVu Sans": there["DejaVu Sans"]})
    found = fonts_for(["面包 रोटी bread"])
    assert set("面包") <= set(found.missing) and "b" not in found.missing
    assert scripts_of(found.missing) == ["Chinese", "Devanagari"]


def test_a_font_that_has_the_letters_is_taken_a_plain_one_first(monkeypatch) -> None:
    codes = {"A": "ab", "Noto Sans CJK SC": "ab面包", "Brush": "面包書", "DejaVu Sans": "abc"}
    monkeypatch.setattr(module, "_installed", lambda: {name: name for name in codes})
    monkeypatch.setattr(module, "_codes", lambda path: frozenset(map(ord, codes[path])))
    assert fonts_for(["ab面包"]).families == ["DejaVu Sans", "Noto Sans CJK SC"]
    assert fonts_for(["ab面包書"]).families == ["DejaVu Sans", "Brush"]
    assert fonts_for(["ab"], "A").families == ["A", "DejaVu Sans"]
    assert fonts_for(["ab"], "Nowhere").families == ["DejaVu Sans"]
