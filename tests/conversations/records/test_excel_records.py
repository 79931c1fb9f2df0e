"""Workbooks, written here by hand as the zip of XML that they are."""

from __future__ import annotations

import builtins
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from clioscope.conversations.records.files import list_inputs
from clioscope.conversations.records.reading import read_records
from clioscope.errors import InputError

SPACE = "http://schemas.openxmlformats.org"
DATE = 1  # the style


def cell(place: str, value: object) -> str:
    if isinstance(value, datetime):
        serial = (value - datetime(1899, 12, 30)).total_seconds() / 86400
        return f'<c r="{place}" s="{DATE}"><v>{serial}</v></c>'
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return "" if value is None else f'<c r="{place}"><v>{value}</v></c>'


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        types = "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="application/vnd.openxmlformats-'
            f'officedocument.spreadsheetml.worksheet+xml"/>'
            for n in range(len(sheets))
        )
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{SPACE}/package/2006/content-types">{types}</Types>')
        office = f"{SPACE}/officeDocument/2006/relationships"
        link = f'<Relationships xmlns="{SPACE}/package/2006/relationships">%s</Relationships>'
        archive.writestr(
            "_rels/.rels", link % f'<Relationship Id="r" Type="{office}/officeDocument" Target="xl/workbook.xml"/>'
        )
        links = "".join(
            f'<Relationship Id="r{n}" Type="{office}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in range(len(sheets))
        )
        links += f'<Relationship Id="s" Type="{office}/styles" Target="styles.xml"/>'
        archive.writestr("xl/_rels/workbook.xml.rels", link % links)
        named = "".join(f'<sheet name="{name}" sheetId="{n + 1}" r:id="r{n}"/>' for n, name in enumerate(sheets))
        main = f"{SPACE}/spreadsheetml/2006/main"
        archive.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{named}</sheets></workbook>'
        )
        archive.writestr(
            "xl/styles.xml",
            f'<styleSheet xmlns="{main}"><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>',
        )
        for n, rows in enumerate(sheets.values()):
            body = "".join(
                f'<row r="{r}">' + "".join(cell(f"{'ABCDEF'[c]}{r}", value) for c, value in enumerate(row)) + "</row>"
                for r, row in enumerate(rows, 1)
            )
            archive.writestr(
                f"xl/worksheets/sheet{n}.xml", f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>'
            )
    return path


TICKETS: list[list[object]] = [
    ["id", "created", "text", "score"],
    [1, datetime(2026, 5, 1, 10, 30), "Где мой заказ?", 4.5],
    [],
    [2, datetime(2026, 5, 2), "a, b", None],
]
READ = [
    {"id": 1, "created": datetime(2026, 5, 1, 10, 30), "text": "Где мой заказ?", "score": 4.5},
    {"id": 2, "created": datetime(2026, 5, 2), "text": "a, b", "score": None},
]


def test_each_sheet_with_a_header_is_a_file_of_its_own(tmp_path: Path) -> None:
    book = workbook(tmp_path / "t.xlsx", {"Tickets": TICKETS, "Empty": [], "Other": [["text"], ["x"]], "H": [["a"]]})
    files = list_inputs([book])
    assert [(file.member, file.name, file.skipped) for file in files] == [
        ("Tickets", f"{book}/Tickets", None),
        ("Empty", f"{book}/Empty", "the sheet is empty"),
        ("Other", f"{book}/Other", None),
        ("H", f"{book}/H", "the sheet has only a header"),
    ]
    records = list(read_records(files[0]))
    assert [record.value for record in records] == READ
    assert [record.line for record in records] == [2, 4]
    assert isinstance(records[0].value["id"], int)


def test_a_workbook_in_a_zip_in_a_folder(tmp_path: Path) -> None:
    book = workbook(tmp_path / "t.xlsx", {"Tickets": TICKETS})
    (tmp_path / "in").mkdir()
    with zipfile.ZipFile(tmp_path / "in" / "all.zip", "w") as archive:
        archive.write(book, "d/t.xlsx")
    (file,) = list_inputs([tmp_path / "in"])
    assert file.member == "d/t.xlsx/Tickets"
    assert [record.value for record in read_records(file)] == READ


def test_a_damaged_workbook_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(InputError, match=r"the workbook cannot be read .*; save the sheet as CSV \(UTF-8\)"):
        list_inputs([path])


def test_without_the_package_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = workbook(tmp_path / "t.xlsx", {"Tickets": TICKETS})
    real = builtins.__import__

    def lacking(name: str, *rest: Any, **named: Any) -> Any:
        if name == "python_calamine":
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", lacking)
    with pytest.raises(InputError, match=r"install the extra 'excel' .*or save the sheet as CSV"):
        list_inputs([book])
    (file,) = list_inputs([tmp_path])
    assert "install the extra 'excel'" in (file.skipped or "")
