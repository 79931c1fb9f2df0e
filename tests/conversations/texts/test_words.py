"""Words of every script."""

import unicodedata

import pytest

from clioscope.conversations.texts.words import joined, normal, unspaced, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bake rye-bread, don't!", ["Bake", "rye", "bread", "don", "t"]),
        ("番茄叶子发黄", ["番茄", "叶子", "发黄"]),
        ("トマトの葉", ["トマト", "の", "葉"]),
        ("ควรตัดแต่งกิ่ง", ["ควร", "ตัด", "แต่ง", "กิ่ง"]),
        ("SQL数据2024", ["SQL", "数据", "2024"]),
        ("मैं हिन्दी में", ["मैं", "हिन्दी", "में"]),
        ("کتاب می‌خواهم", ["کتاب", "می‌خواهم"]),
        ("안녕하세요 세계", ["안녕하세요", "세계"]),
        ("გამარჯობა მსოფლიო", ["გამარჯობა", "მსოფლიო"]),
        ("Thời tiết hôm nay", ["Thời", "tiết", "hôm", "nay"]),
        ("👍 ??? …", []),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize("text", ["ក្រុងភ្នំពេញជារដ្ឋធានី", "ຂ້ອຍຢາກຮຽນພາສາລາວ", "မြန်မာစာကိုလေ့လာချင်ပါတယ်", "อยากเรียนภาษาไทย"])
def test_nothing_is_lost_and_no_mark_is_torn_from_its_letter(text: str) -> None:
    found = words(text)
    assert "".join(found) == text and len(found) > 2
    assert not any(unicodedata.category(word[0]).startswith("M") for word in found)


def test_accents_written_apart_are_part_of_the_word() -> None:
    apart = unicodedata.normalize("NFD", "Études à Thời")
    assert words(apart) == apart.split()
    assert normal(apart) == "Études à Thời"


def test_what_is_written_without_blanks() -> None:
    assert unspaced("番茄") and unspaced("ภาษา") and not unspaced("세계") and not unspaced("bread")
    assert joined("番茄", "叶子") and not joined("SQL", "数据") and not joined("", "番")
