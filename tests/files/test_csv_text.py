"""Cells that a spreadsheet takes for nothing but text."""

import csv
import io

import polars as pl
import pytest

from clioscope.files.csv_text import cell, csv_text


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", " =", "\u200b=", "\x1b="])
def test_a_formula_becomes_a_text(begin):
    assert cell(f"{begin}cmd|' /C calc'!A0").startswith("'")


@pytest.mark.parametrize("text", ["-5", "+4.5e-3", "-.5", "12 %", "plain", "a=b", "", "1-2", "it's"])
def test_numbers_and_plain_texts_stay(text):
    assert cell(text) == text


def test_a_table_keeps_its_numbers_and_its_gaps():
    table = pl.DataFrame({"=name": ["=1+1", None, "x\x1b[2J"], "count": [-1, 2, 3], "ok": [True, False, None]})
    rows = list(csv.reader(io.StringIO(csv_text(table))))
    assert rows == [["'=name", "count", "ok"], ["'=1+1", "-1", "true"], ["", "2", "false"], ["x[2J", "3", ""]]
