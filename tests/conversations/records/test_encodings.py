"""Which encoding a text has, told from few words of it."""

from __future__ import annotations

import codecs
import json
from pathlib import Path

import pytest

from clioscope.conversations.records.encodings import check_encoding, pieces_of, tell, unmarked
from clioscope.conversations.records.files import list_inputs
from clioscope.conversations.records.reading import read_records
from clioscope.errors import SettingsError

WORDS = {
    "cp1251": "Не приходит код подтверждения",
    "koi8-r": "Хочу удалить аккаунт",
    "cp866": "Где мой заказ, трек не обновляется",
    "cp1252": "Où est ma commande passée à Orléans",
    "cp1250": "Gdzie jest moja paczka? Proszę o odpowiedź",
    "cp1254": "Siparişim nerede kaldı? Teşekkür ederim; şifremi unuttum ğüşiöç",
    "cp1253": "Πού είναι η παραγγελία μου",
    "cp1255": "איפה ההזמנה שלי",
    "shift_jis": "パスワードを忘れました。どうすればいいですか",
    "euc-jp": "注文した商品が届きません",
    "gb18030": "我的订单在哪里？怎么退款",
    "big5": "我的訂單在哪裡？如何退款",
    "euc-kr": "주문한 상품이 아직 도착하지 않았습니다",
    "utf-16": "Не приходит код подтверждения",
    "utf-16-le": "Не приходит код подтверждения, да",
    "utf-16-be": "我的订单在哪里？怎么退款",
    "utf-32": "Où est ma commande",
    "utf-8": "Où est ma commande",
    "utf-8-sig": "我的订单在哪里",
    "iso2022_jp": "注文した商品が届きません",
}


def load(path: Path, **options: str) -> tuple[list[object], list[str]]:
    notes: list[str] = []
    (file,) = list_inputs([path])
    return [one.error or one.value for one in read_records(file, on_note=notes.append, **options)], notes


@pytest.mark.parametrize("encoding", WORDS)
@pytest.mark.parametrize("layout", ["csv", "lines", "array"])
def test_a_few_words_are_enough(encoding: str, layout: str, tmp_path: Path) -> None:
    rows = [{"id": str(n), "text": WORDS[encoding]} for n in range(3)]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    text = {
        "csv": "id;text\r\n" + "".join(f'{row["id"]};"{row["text"]}"\r\n' for row in rows),
        "lines": "\n".join(lines),
        "array": json.dumps(rows, ensure_ascii=False, indent=1),
    }[layout]
    path = tmp_path / "in"
    path.write_bytes(text.encode(encoding))
    got, notes = load(path)
    assert got == rows
    plain = encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32")
    assert len(notes) == (0 if plain else 1)
    assert plain or "--encoding NAME overrules" in notes[0]


@pytest.mark.parametrize(
    "text", ["It’s “fine” – really… don’t", "costs 5 € – or £3", "a café", "José, Zoë, Søren", "Größe"]
)
def test_english_with_a_few_marks_is_western(text: str) -> None:
    assert text.encode("cp1252").decode(tell(pieces_of(text.encode("cp1252")))) == text


def test_the_first_bad_byte_may_come_late(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    early = "id,text\n" + "".join(f"{n},{'where is my parcel ' * 40}\n" for n in range(2000))
    path.write_bytes(early.encode() + "".join(f"{n},Où est le colis d'Orléans\n" for n in range(50)).encode("cp1252"))
    got, notes = load(path)
    assert len(got) == 2050 and got[-1] == {"id": "49", "text": "Où est le colis d'Orléans"}
    assert notes == ["the text is read as Windows-1252 (cp1252); --encoding NAME overrules that"]


@pytest.mark.parametrize("rows", [3, 20_000])
def test_utf8_with_a_bad_row_stays_utf8(rows: int, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    lines = [f"{n},un café à Orléans".encode() for n in range(rows)]
    lines.insert(rows - 1, "x,un café à Orléans".encode("cp1252"))
    path.write_bytes(b"id,text\n" + b"\n".join(lines))
    got, notes = load(path)
    assert [one for one in got if isinstance(one, str)] == ["not valid UTF-8 (byte 9)"]
    assert got.count({"id": "0", "text": "un café à Orléans"}) == 1 and len(got) == rows + 1
    assert notes == []


def test_bytes_that_the_encoding_has_not_cost_their_row(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    lines = [f"{n},{WORDS['shift_jis']}".encode("shift_jis") for n in range(30)]
    lines[20] = b"20,\x82\xa0\xfd\xff\x82"
    path.write_bytes(b"id,text\n" + b"\n".join(lines))
    got, _ = load(path)
    assert len(got) == 30
    assert got[20] == "not valid Shift-JIS (cp932)"


def test_an_encoding_that_is_given_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes("id,text\n1,привет\n".encode("cp1251"))
    assert load(path, encoding="koi8-r")[0] == [{"id": "1", "text": "привет".encode("cp1251").decode("koi8-r")}]
    assert load(path, encoding="utf-8")[0] == ["not valid UTF-8 (byte 3)"]
    path.write_bytes("id,text\n1,привет\n".encode("utf-8-sig"))
    got, notes = load(path, encoding="cp1251")
    assert got == [{"id": "1", "text": "привет"}] and "its mark says" in notes[0]


@pytest.mark.parametrize("name", ["klingon", "base64", "rot13", "undefined", "", "a\0b"])
def test_an_encoding_that_is_none_is_one_sentence(name: str) -> None:
    with pytest.raises(SettingsError, match="There is no text encoding"):
        check_encoding(name)


def test_half_a_character_at_the_end_of_utf16_is_said(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(codecs.BOM_UTF16_LE + "id,text\n1,a\n".encode("utf-16-le") + b"\x41")
    got, _ = load(path)
    assert got[0] == {"id": "1", "text": "a"}
    assert "ends within a character" in str(got[1])


@pytest.mark.parametrize("data", [b"id,text\n1,a\x00b\n2,c\n", b"a\x00" * 3 + b"plain words, " * 30, b""])
def test_stray_zeros_are_no_utf16(data: bytes) -> None:
    assert unmarked(data) is None


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("mac-roman", "Où est ma commande passée à Orléans, c’est déjà l’été"),
        ("mac-roman", "Ich möchte mein Geld zurück für die größere Tür aus München"),
        ("cp850", "Ich möchte mein Geld zurück für die größere Tür aus München"),
        ("cp852", "Gdzie jest moja przesyłka, proszę o zwrot pieniędzy"),
        ("cp1252", "I can’t log in — it’s “broken”… word—word, £5, café"),
        ("cp1252", "¿Dónde está mi pedido? El código no llegó, señor"),
    ],
)
def test_what_old_macs_and_dos_wrote_is_told_where_windows_would_break_its_words(encoding: str, text: str) -> None:
    data = text.encode(encoding)
    assert data.decode(tell(pieces_of(data))) == text
