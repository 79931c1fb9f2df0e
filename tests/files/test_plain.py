"""Text that a terminal takes for nothing but text."""

import json
import tomllib
import unicodedata

import pytest

from clioscope.files.plain import escaped_toml, json_text, line, plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("bread and butter", "bread and butter"),
        ("\x1b[2J\x1b]0;owned\x07wiped", "[2J]0;ownedwiped"),
        ("\x9b31mred\x85next", "31mred\nnext"),
        ("safe\u202egnp.exe\u2066\u200f", "safegnp.exe"),
        ("pay\u200bpal\ufeff\xad", "paypal"),
        ("bank\u200d", "bank"),
        ("a\rb\r\nc\td", "a\nb\nc\td"),
        ("half \ud83d of one", "half  of one"),
        ("tag\U000e0041\U000e0042", "tag"),
    ],
)
def test_what_controls_a_screen_goes(text, shown):
    assert plain(text) == shown


@pytest.mark.parametrize(
    "text",
    ["می\u200cخواهم", "👩\u200d💻", "❤\ufe0f\u200d🔥", "क्\u200dष", "naïve ½ 日本語 שלום", "🏳\ufe0f\u200d🌈 flag"],
)
def test_what_scripts_and_emoji_need_stays(text):
    assert plain(text) == text


def test_no_character_that_controls_anything_is_left():
    everything = "".join(map(chr, range(0x110000)))
    kinds = {unicodedata.category(one) for one in plain(everything)} - {"Cn", "Co", "Mn"}
    left = {one for one in plain(everything) if unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert "Lu" in kinds
    assert not {one for one in left if unicodedata.bidirectional(one) in ("LRE", "RLE", "PDF", "LRO", "RLO", "LRI")}
    assert {one for one in left if unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp")} == {"\t", "\n"}


def test_one_line_is_one_line():
    assert line("a\n b\u2028c\x1b\t d") == "a b c d"


def test_json_and_toml_lose_nothing():
    value = {"name": 'a\x1b"\x9b\u202e\u200b\U000e0041\n', "list": ["ä"]}
    text = json_text(value, indent=1)
    assert plain(text) == text and json.loads(text) == value and "ä" in text
    toml = escaped_toml(f"name = {json.dumps(value['name'], ensure_ascii=False)}")
    assert plain(toml) == toml and tomllib.loads(toml)["name"] == value["name"]
