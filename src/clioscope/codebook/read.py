"""A codebook from a file: TOML, JSON or CSV."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from clioscope.codebook.shipped import shipped, shipped_text
from clioscope.errors import SettingsError
from clioscope.settings import Category, Settings
from clioscope.settings.codebook import check_categories

FIELDS = ("code", "name", "description", "examples", "parent", "rest")
_INSIDE = "categories"  # the list in a file, and the list of categories that a category holds
_HEAD = ("title", "description", _INSIDE)  # what a file may have beside its categories
LONGEST_CELL = 1 << 26  # characters
_TRUE = {"1", "true", "yes", "x"}
_SUFFIXES = (".toml", ".json", ".csv")

Entry = tuple[str, dict[str, Any], str | None]  # where it stands, its fields, the place of the one that holds it


def with_codebook(settings: Settings) -> Settings:
    """The settings with the categories of ``codebook.file``, unless they hold categories already.

    Raises SettingsError for a file that cannot be read or makes no codebook.
    """
    given = settings.codebook
    if given.file is None or given.categories:
        return settings
    return settings.model_copy(update={"codebook": given.model_copy(update={"categories": read_codebook(given.file)})})


def read_codebook(source: str | Path) -> tuple[Category, ...]:
    """The categories of a file, or of a codebook that comes with Clioscope, by its name; parents before children.

    Raises SettingsError that names the file, the category and the field.

    >>> import clioscope
    >>> from pathlib import Path
    >>> _ = Path("mine.csv").write_text("name,description\\nBaking,Bread and cakes.\\n")
    >>> [one.name for one in clioscope.read_codebook("mine.csv")]
    ['Baking']
    """
    path = Path(source)
    if str(source) in shipped() and not path.exists():
        return categories_of(shipped_text(str(source)), ".toml", f"codebook {source}")
    if path.suffix.lower() not in _SUFFIXES:
        raise SettingsError(
            f"{source}: is no codebook; give a .toml, .json or .csv file, or one of {', '.join(shipped())}."
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SettingsError(f"{source}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{source}: is not UTF-8 (byte {error.start + 1}); save it as UTF-8.") from error
    return categories_of(text, path.suffix.lower(), str(source))


def categories_of(text: str, suffix: str, where: str) -> tuple[Category, ...]:
    """The categories of a file's ``text``; ``suffix`` says the format, ``where`` what errors call the file.

    Raises SettingsError.
    """
    found: list[Category] = []
    codes: dict[str, str] = {}  # by the place of the entry
    for place, fields, above in _entries(text, suffix, where):
        one = _category(fields, codes.get(above or ""), f"{where}: {place}")
        codes[place] = one.code
        found.append(one)
    if not found:
        raise SettingsError(f"{where}: there are no categories in it.")
    categories = tuple(_parents_by_code(found))
    try:
        check_categories(categories)
    except ValueError as error:
        raise SettingsError(f"{where}: {error}.") from None
    return tuple(_in_order(categories))


def code_of(name: str) -> str:
    """The code of a category that has none of its own: the words of its name, joined by hyphens."""
    return "-".join(re.findall(r"\w+", name.casefold())) or name.strip()


def _entries(text: str, suffix: str, where: str) -> Iterator[Entry]:
    if suffix == ".csv":
        yield from _rows(text, where)
        return
    try:
        whole: Any = tomllib.loads(text) if suffix == ".toml" else json.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{where}: not valid TOML ({error}).") from error
    except ValueError as error:
        raise SettingsError(f"{where}: not valid JSON ({error}).") from error
    if isinstance(whole, Mapping):
        if unknown := [name for name in whole if name not in _HEAD]:
            raise SettingsError(
                f"{where}: {unknown[0]!r} is unknown here; write one [[{_INSIDE}]] table per category."
                if suffix == ".toml"
                else f"{where}: {unknown[0]!r} is unknown here; write a list {_INSIDE!r}, one object per category."
            )
        whole = whole.get(_INSIDE, [])
    yield from _nested(whole, where, "category", None)


def _nested(entries: Any, where: str, place: str, above: str | None) -> Iterator[Entry]:
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        raise SettingsError(f"{where}: {place}: {_INSIDE!r} must be a list of categories.")
    for number, entry in enumerate(entries, start=1):
        own = f"{place} {number}" if above is None else f"{place}.{number}"
        if not isinstance(entry, Mapping):
            raise SettingsError(f"{where}: {own} is no table with a name.")
        fields = dict(entry)
        inside = fields.pop(_INSIDE, None)
        yield own, fields, above
        if inside is not None:
            yield from _nested(inside, where, own, own)


def _rows(text: str, where: str) -> Iterator[Entry]:
    delimiter = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    columns = [(column or "").strip().casefold() for column in reader.fieldnames or ()]
    if "name" not in columns:
        raise SettingsError(f"{where}: line 1 names no column 'name'; the columns are {', '.join(FIELDS)}.")
    reader.fieldnames = columns
    for row in _read(reader, where):
        if None in row:
            raise SettingsError(f"{where}: line {reader.line_num} has more cells than line 1 has columns.")
        fields: dict[str, Any] = {name: value.strip() for name, value in row.items() if value and value.strip()}
        if not fields:
            continue
        if "examples" in fields:
            parts = re.split(r"\s*(?:\||\n)\s*", fields["examples"])
            fields["examples"] = [part for part in parts if part]
        if "rest" in fields:
            fields["rest"] = fields["rest"].casefold() in _TRUE
        yield f"line {reader.line_num}", fields, None


def _read(reader: csv.DictReader[str], where: str) -> Iterator[dict[Any, Any]]:
    try:
        yield from reader
    except csv.Error as error:
        raise SettingsError(f"{where}: line {reader.line_num + 1} cannot be read ({error}).") from error


def _category(fields: dict[str, Any], above: str | None, where: str) -> Category:
    name = fields.get("name")
    told = f"{where} ({name!r})" if isinstance(name, str) and name else where
    if unknown := [field for field in fields if field not in FIELDS]:
        raise SettingsError(f"{told}, field {unknown[0]!r}: there is no such field; there are {', '.join(FIELDS)}.")
    if not isinstance(name, str) or not name.strip():
        raise SettingsError(f"{told}, field 'name': is missing; every category needs a name.")
    if above is not None and fields.get("parent") not in (None, above):
        raise SettingsError(f"{told}, field 'parent': the category stands inside {above!r}; leave the field out.")
    whole = {"code": code_of(name), **fields, "name": " ".join(name.split()), "parent": above or fields.get("parent")}
    if isinstance(whole.get("description"), str):
        whole["description"] = " ".join(whole["description"].split())
    try:
        return Category.model_validate(whole)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{told}, field {field!r}: {first['msg']}.") from None


def _parents_by_code(categories: Sequence[Category]) -> Iterator[Category]:
    """In a table people name a parent by its name as well as by its code."""
    codes = {one.code for one in categories}
    named = {one.name: one.code for one in categories}
    for one in categories:
        known = one.parent is None or one.parent in codes or one.parent not in named
        yield one if known else one.model_copy(update={"parent": named[str(one.parent)]})


def _in_order(categories: Sequence[Category], parent: str | None = None) -> Iterator[Category]:
    """Parents before their children, otherwise in the order of the file."""
    for one in categories:
        if one.parent == parent:
            yield one
            yield from _in_order(categories, one.code)
