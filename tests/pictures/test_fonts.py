"""Every letter of a title has a font, where this machine has one."""

import shutil

import pytest

pytest.importorskip("matplotlib")

from clioscope.pictures import fonts as module
from clioscope.pictures.fonts import fonts_for, said_of_missing, scripts_of


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


def test_what_to_install_is_said() -> None:
    said = said_of_missing("面ひ。रो")
    assert said.startswith("5 letters of the names are in no font of this machine (Chinese, Devanagari, Hiragana)")
    assert (
        "Install Noto Sans CJK, Noto Sans Devanagari (Debian, Ubuntu: apt install fonts-noto-cjk fonts-noto-core;"
        in said
    )
    assert "1 letter of the names is" in said_of_missing("☃") and "Symbola" in said_of_missing("☃")


def test_a_font_that_was_installed_since_is_found(monkeypatch, tmp_path) -> None:
    from matplotlib import font_manager

    manager = font_manager.fontManager
    serif = next(one for one in manager.ttflist if one.name == "DejaVu Serif" and one.style == "normal")
    copy = shutil.copy(serif.fname, tmp_path / "serif.ttf")
    monkeypatch.setattr(manager, "ttflist", [one for one in manager.ttflist if one.name != "DejaVu Serif"])
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [str(copy), str(tmp_path / "gone.ttf")])
    assert module._installed.__wrapped__()["DejaVu Serif"] == str(copy)


def test_ideographs_have_the_form_that_their_readers_expect(monkeypatch) -> None:
    codes = dict.fromkeys(("Noto Sans CJK JP", "Noto Sans CJK KR", "Noto Sans CJK SC"), "面ひ한") | {
        "DejaVu Sans": "ab"
    }
    monkeypatch.setattr(module, "_installed", lambda: {name: name for name in codes})
    monkeypatch.setattr(module, "_codes", lambda path: frozenset(map(ord, codes[path])))
    taken = [fonts_for([text]).families[-1] for text in ("面", "面ひ", "面한")]
    assert taken == ["Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans CJK KR"]


def test_a_font_that_has_the_letters_is_taken_a_plain_one_first(monkeypatch) -> None:
    codes = {"A": "ab", "Noto Sans CJK SC": "ab面包", "Brush": "面包書", "DejaVu Sans": "abc"}
    monkeypatch.setattr(module, "_installed", lambda: {name: name for name in codes})
    monkeypatch.setattr(module, "_codes", lambda path: frozenset(map(ord, codes[path])))
    assert fonts_for(["ab面包"]).families == ["DejaVu Sans", "Noto Sans CJK SC"]
    assert fonts_for(["ab面包書"]).families == ["DejaVu Sans", "Brush"]
    assert fonts_for(["ab"], "A").families == ["A", "DejaVu Sans"]
    assert fonts_for(["ab"], "Nowhere").families == ["DejaVu Sans"]
