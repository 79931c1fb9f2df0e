"""What a model or a user wrote is data in every output: of every command, and of every file that one writes.

A new command has no way around this test: it is listed here, or ``test_every_command_is_tried`` fails.
"""

import ast
import csv
import io
import json
import re
import shutil
from pathlib import Path

import polars as pl
import pytest
from commands import FAKE, run_cli
from conftest import make_records, write_jsonl

from clioscope.atlas.export import SHARE_FORMATS, TREE_FORMATS
from clioscope.atlas.files import write_table
from clioscope.cli import COMMANDS

CLI = Path(__file__).parents[1] / "src" / "clioscope" / "cli"
SCREEN = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202egnp\u2066\u200b\r"
MARKUP = "[bold]:bomb: <img src=x onerror=alert(1)></script><script>alert(2)</script> [x](javascript:3) `|*_"
BAD = "=cmd|'/C calc'!A0 " + MARKUP + SCREEN
# What no output may hold: C0 but tab and line feed, DEL, C1, overrides of direction, unseen spaces.
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
COLOURS = re.compile(r"\x1b\[([0-9;]*m|\?25[lh]|2K|1A)|\r")  # what rich writes on a terminal: colours and bars
NAME = "[bold] \x1b]0;owned\x07\x9b\u202e"  # of files and folders
FOLDER = f"atlas {NAME}"


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    """An atlas of records, users, metadata and file names that are hostile, with hostile names and facets; it was
    measured, edited and updated. Beside it lie its input, and a published copy."""
    home = tmp_path_factory.mktemp("hostile")
    records = make_records(60)
    for number, record in enumerate(records):
        record["id"] = f"{BAD}{number}"
        record["user_id"] = f"{BAD}{number % 17}"
        record["metadata"] = {f"plan {SCREEN}": BAD, "score": number % 5}
        record["messages"][0]["content"] += f" {BAD}"
    chats = write_jsonl(home / f"chats {NAME}.jsonl", records)
    keep = ("--keep-transcripts", "--set", f"input.metadata={json.dumps([f'plan {SCREEN}', 'score'])}")
    run_cli("build", chats, "--out", home / FOLDER, *FAKE, *keep, check=True)
    atlas = home / FOLDER
    for name in ("tree", "unaudited"):
        table = pl.read_parquet(atlas / f"{name}.parquet", glob=False)
        bad = pl.format("{}{}", pl.lit(BAD), pl.int_range(pl.len()))
        write_table(
            atlas / f"{name}.parquet",
            table.with_columns(name=bad, description=bad, phrases=pl.concat_list(bad)).with_columns(
                pl.lit("accepted").alias(column) for column in ("action",) if column in table.columns
            ),
        )
    (atlas / "public_names.parquet").unlink()  # it counts who wrote the words of the names before
    for name in ("facets", "answers"):
        table = pl.read_parquet(atlas / f"{name}.parquet", glob=False)
        texts = [one for one, kind in table.schema.items() if kind == pl.String and one != "conversation"]
        write_table(atlas / f"{name}.parquet", table.with_columns(pl.lit(BAD).alias(one) for one in texts))
    shares = pl.read_parquet(atlas / "shares.parquet", glob=False)
    write_table(
        atlas / "shares.parquet",
        shares.with_columns(
            value=pl.when(pl.col("value").str.contains(r"^[\d.]+$")).then("value").otherwise(pl.lit(BAD))
        ),
    )
    run_cli(
        "publish", atlas, home / "public", "--min-conversations", "1", "--min-users", "1", "--unaudited", check=True
    )
    return home


@pytest.fixture
def home(hostile, tmp_path):
    """A copy of it that a test may change."""
    return shutil.copytree(hostile, tmp_path / "home")


def commands(home: Path) -> dict[str, list[tuple]]:
    """For every command: calls of it, each of which says something about the hostile atlas or fails because of it."""
    atlas, public = home / FOLDER, home / "public"
    chats = next(home.glob("chats*"))
    group = pl.read_parquet(atlas / "tree.parquet", glob=False).filter(pl.col("level") == 0)["group"][0]
    notes = write_jsonl(
        home / "notes.jsonl", [{"note": f"{BAD} {n % 3}", "conversation": f"{BAD}{n}"} for n in range(12)]
    )
    gone = home / f"gone {NAME}"
    return {
        "build": [(chats, "--out", home / "new", *FAKE[:-1]), (gone,), (chats, "--dry-run", *FAKE)],
        "inspect": [(chats,), (chats, "--json"), (gone,)],
        "facets": [("try", chats, "--model", "fake", "--embedder", "hash", *extra) for extra in ((), ("--json",))],
        "show": [
            (atlas, "-d", "--ids"),
            (atlas, "--json"),
            (public, "-d"),
            (atlas, "--group", group),
            (atlas, "--group", BAD),
        ],
        "explore": [(gone,), (public, "--traces")],
        "edit": [
            (atlas, "rename", group, f"Bread {BAD}", "--vouch"),
            (atlas, "note", group, BAD),
            (atlas, "--author", BAD, "hide", group),
            (atlas, "--list"),
            (atlas, "--json", "--list"),
            (atlas, "undo"),
            (atlas, "describe", BAD, BAD),
        ],
        "export": [(atlas, home / f"out {NAME}.md"), (atlas, "--shares", home / f"s {NAME}.csv"), (gone, "x.md")],
        "assign": [(atlas, chats), (atlas, chats, "--json"), (atlas, chats, "--to", home / "assigned.csv")],
        "changes": [(atlas, atlas, "--all"), (atlas, atlas, "--json")],
        "update": [(atlas, chats, "--out", home / f"updated {NAME}"), (atlas, gone)],
        "surprises": [(atlas,), (atlas, "--json")],
        "publish": [(atlas, public), (atlas, home / f"p {NAME}", "--min-conversations", "1", "--min-users", "1")],
        "forget": [(atlas, "--conversation", f"{BAD}7"), (atlas, "--user", BAD), (atlas, "--raw"), (gone, "--raw")],
        "redteam": [(atlas, "--variant", BAD), (gone,)],
        "measure": [(atlas, "--no-stability"), (atlas, "--judge", BAD)],
        "ladder": [(atlas, "--clusters", "3,4"), (public,)],
        "explain-change": [
            (atlas, "--metric", "score", "--before", "2026-03-01..2026-03-14", "--after", "2026-03-15..", *extra)
            for extra in ((), ("--json",))
        ],
        "coverage": [(atlas, chats), (atlas, chats, "--json"), (atlas, gone)],
        "compare": [
            (atlas, atlas, "--all", "--to", home / f"compared {NAME}.md"),
            (atlas, public, "--json"),
            (atlas, atlas, "--figures"),
            (gone, gone),
        ],
        "mcp": [(gone,), (public, "--traces")],
        "experiment": [("list",), (BAD,)],
        "codebooks": [(), (BAD,)],
        "notes": [(notes, "--embedder", "hash"), (notes, "--embedder", "hash", "--json"), (gone,)],
        "models": [(), ("path", BAD)],
        "questions": [("status", atlas), ("export", gone, home / "q.jsonl"), ("import", atlas, gone)],
        "settings": [(), ("support",), (BAD,)],
    }


def test_every_command_is_tried(home):
    assert set(commands(home)) == set(COMMANDS), "list the new command in commands(), with calls that say something"


@pytest.mark.slow
@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_lets_a_name_control_the_terminal(home, command, terminal, monkeypatch):
    if terminal:
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("COLUMNS", "300")
    said_something = False
    for words in commands(home)[command]:
        found = run_cli(command, *words)
        for text in (found.stdout, found.stderr):
            text = COLOURS.sub("", text) if terminal else text
            assert not (bad := FORBIDDEN.search(text)), (words, text[max(0, bad.start() - 80) : bad.end() + 80])
            assert "Traceback" not in text, text
            said_something |= bool(text)
    assert said_something
    for file in home.rglob("*.csv"):
        check_csv(file.read_text(encoding="utf-8"))


def check_csv(text: str) -> None:
    assert not FORBIDDEN.search(text)
    for row in csv.reader(io.StringIO(text)):
        for cell in row:
            assert re.fullmatch(r"[-+]?[\d.]+(e[-+]?\d+)?", cell) or not re.match(r"\s*[=+\-@\t\r]", cell), cell


@pytest.mark.parametrize("which", [FOLDER, "public"])
@pytest.mark.parametrize("form", [*TREE_FORMATS, *(f"shares{suffix}" for suffix in SHARE_FORMATS), ".html"])
def test_no_exporter_lets_a_name_be_more_than_text(hostile, tmp_path, form, which):
    to = tmp_path / f"out{Path(form).suffix or form}"
    options = {"shares": ("--shares", to), ".html": ("--html", to, "--facet-texts", "--title", BAD)}
    run_cli("export", hostile / which, *options.get(form.partition(".")[0] or form, (to,)), check=True)
    check_file(to)


def check_file(file: Path) -> None:
    """No markup of a name is markup in the file, and no cell of it is a formula."""
    if file.suffix == ".parquet":
        assert pl.read_parquet(file, glob=False).height  # a table for programs keeps every byte
        return
    text = file.read_text(encoding="utf-8")
    assert not FORBIDDEN.search(text)
    if file.suffix == ".csv":
        check_csv(text)
    elif file.suffix == ".json":
        assert json.dumps(BAD)[1:-1] in json.dumps(json.loads(text)), "escaped, and not changed"
    elif file.suffix == ".md":
        from markdown_it import MarkdownIt

        page = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
        assert not re.search(r"<(img src=.?x|script|a )", page)
    elif file.suffix in (".html", ".svg"):
        assert "onerror=alert" not in re.sub(r"&lt;.*?&gt;", "", text)
        assert "<script>alert(2)" not in text


@pytest.mark.slow
def test_the_report_card_shows_names_as_text(home):
    run_cli("measure", home / FOLDER, "--no-stability", check=True)
    cards = list((home / FOLDER).glob("report-card*"))
    assert {file.suffix for file in cards} == {".md", ".html", ".svg"}
    for file in cards:
        check_file(file)


def test_commands_print_through_one_place():
    """No module of the command line but terminal.py prints by itself."""
    for path in CLI.glob("*.py"):
        if path.name == "terminal.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                assert name not in ("print", "Console", "typer.echo", "typer.secho", "sys.stdout.write", "pprint"), (
                    f"{path.name}:{node.lineno} prints by itself; use clioscope.cli.terminal"
                )
            if (
                isinstance(node, ast.ImportFrom)
                and node.module == "rich.console"
                and "Console" in {one.name for one in node.names}
            ):
                raise AssertionError(f"{path.name} makes a console by itself; use clioscope.cli.terminal.console")


def test_other_csv_is_written_by_the_same_function():
    """No module writes CSV by another way than ``files.csv_text``."""
    for path in CLI.parent.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.name != "csv_text.py":
            assert not re.search(r"write_csv\(|csv\.(writer|DictWriter)\(", text), path
