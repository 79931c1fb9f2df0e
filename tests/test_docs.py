"""What README and docs tell readers to type is run, so that it stays true.

Shell lines run with the fake model and the hashing encoder on small data; those that need weights, a server or the
network are held against the options there are.
"""

import gzip
import inspect
import json
import re
import shlex
import shutil
import sys
import tomllib
from functools import partial
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest
import typer
from conftest import TOPICS, make_records, write_jsonl
from typer.testing import CliRunner

import clioscope
from clioscope.cli import app
from clioscope.settings import Settings, load_settings
from clioscope.testing import trial

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FAKE = {
    "build": ["--model", "fake", "--embedder", "hash", "--set", "layout.method=pca", "--overwrite", "--quiet"],
    "facets": ["--model", "fake"],
    "measure": ["--no-stability", "--quiet"],
    "notes": ["--embedder", "hash"],
}
ELSEWHERE = re.compile(
    r"https?://|--judge|^clioscope (models (pull|path)|questions|explore|mcp|experiment (?!list)"
    r"|edit \S+ (?!--list|audit))|--epsilon|--batch|batch:"
)  # weights, servers, batch services, what stays open, what takes minutes or needs many people (tests/experiments has
# the quick forms)


class Block(NamedTuple):
    page: Path
    language: str
    text: str


def blocks(*languages: str) -> list[Block]:
    found = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
    every = [Block(page, *match) for page in PAGES for match in found.findall(page.read_text(encoding="utf-8"))]
    return [block for block in every if block.language in languages]


def lines(program: str) -> list[tuple[Path, str]]:
    """Lines of a program in shell blocks (a block without a language may be one), with their page."""
    return [
        (block.page, line.strip())
        for block in blocks("", "sh", "bash", "shell", "console")
        for line in block.text.splitlines()
        if line.removeprefix("$ ").startswith(f"{program} ")
    ]


def name_of(value: object) -> str:
    return value.name if isinstance(value, Path) else str(value)[:60]


@pytest.fixture
def folder(tmp_path, monkeypatch, finished):
    """Every file that the examples name, in the current folder."""
    records = make_records(60)
    write_jsonl(tmp_path / "chats.jsonl", records)
    write_jsonl(tmp_path / "new.jsonl", make_records(66)[60:])
    (tmp_path / "exports").mkdir()
    write_jsonl(tmp_path / "exports" / "more.jsonl", records[:20])
    shared = [
        {"id": one["id"], "conversations": [{"from": "human", "value": one["messages"][0]["content"]}]}
        for one in records[:20]
    ]
    with gzip.open(tmp_path / "chats.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(one) + "\n" for one in shared)
    shutil.copy(ROOT / "tests" / "data" / "conversations" / "tickets.csv", tmp_path)
    labels = [f"r{number},{list(TOPICS)[number % len(TOPICS)]}\n" for number in range(60)]
    (tmp_path / "truth.csv").write_text("id,label\n" + "".join(labels))
    for name in ("atlas", "other"):
        shutil.copytree(finished.path, tmp_path / name)
    (tmp_path / "mine.py").write_text(of_page("facets.md")[0])
    (tmp_path / "facets.toml").write_text(facets_toml())
    (tmp_path / "mine.toml").write_text(next(one.text for one in blocks("toml") if one.page.name == "codebooks.md"))
    (tmp_path / "notes.csv").write_text("note\n" + "".join(f"wants help with {topic}\n" for topic in TOPICS))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def _nothing_stays_registered(monkeypatch):
    from clioscope.facets import known

    monkeypatch.setattr(known, "_loaded", {})
    with trial():
        yield


def test_there_are_examples_of_every_kind() -> None:
    assert len(lines("clioscope")) >= 10
    assert len(blocks("python")) >= 4
    assert {page.name for page, _ in lines("clioscope")} >= {
        "README.md",
        "input-formats.md",
        "measuring.md",
        "models.md",
    }


@pytest.mark.parametrize(("page", "line"), lines("clioscope"), ids=name_of)
def test_every_command_has_the_options_it_is_given(page, line, monkeypatch) -> None:
    words = shlex.split(line, comments=True)
    monkeypatch.setattr(sys, "argv", words)
    command, context, rest = typer.main.get_command(app), None, words[1:]
    while hasattr(command, "list_commands") and rest:
        context = command.make_context(command.name, list(rest), parent=context, resilient_parsing=True)
        rest = [*context._protected_args, *context.args]  # a group may have arguments of its own before the command
        if not rest:
            return
        inner = command.get_command(context, rest[0])
        assert inner is not None, f"there is no command {rest[0]}"
        command, rest = inner, rest[1:]
    command.make_context(command.name, list(rest), parent=context)


RUN = [(page, line) for page, line in lines("clioscope") if not ELSEWHERE.search(line)]


@pytest.mark.slow
@pytest.mark.parametrize(("page", "line"), RUN, ids=name_of)
def test_every_command_runs(page, line, folder, monkeypatch) -> None:
    words = shlex.split(line, comments=True)[1:]
    if words[0] == "build":
        words = [word for word in words if not word.startswith("#")]
    words += FAKE.get(words[0], [])
    monkeypatch.setattr(sys, "argv", ["clioscope", *words])
    if words[0] == "compare":
        for name in ("atlas", "other"):
            clioscope.measure(clioscope.open(name), stability=False)
    found = CliRunner().invoke(app, words)
    assert found.exit_code == 0, found.output + repr(found.exception)
    if words[0] == "build":
        assert clioscope.open("atlas").manifest["models"]["chat"] == "fake"
    else:
        assert found.output.strip()  # what goes into a file is said on the error stream


def facets_toml() -> str:
    return next(block.text for block in blocks("toml") if block.page.name == "facets.md")


def of_page(name: str) -> list[str]:
    return [block.text for block in blocks("python") if block.page.name == name]


def test_the_python_of_the_readme_runs(folder, monkeypatch) -> None:
    settings = load_settings(
        model__name="fake",
        embedding__model="hash",
        layout__method="pca",
        privacy__min_conversations=3,
        privacy__min_users=2,
    )
    monkeypatch.setattr(clioscope, "build", partial(clioscope.build, settings=settings, overwrite=True))
    (text,) = of_page("README.md")
    names: dict = {}
    exec(text, names)
    assert names["atlas"].conversations.height == 60
    assert clioscope.open("public").published


def test_the_reader_of_the_docs_reads(tmp_path) -> None:
    from clioscope.conversations import read_conversations

    (text,) = of_page("input-formats.md")
    exec(text, {})
    thread = [{"guest": True, "text": "When do I prune?"}, {"guest": False, "text": "In winter."}]
    path = write_jsonl(tmp_path / "forum.jsonl", [{"id": 7, "date": "2024-05-01", "thread": thread}])
    (found,) = read_conversations(path)
    assert (found.source_id, found.created_at.year) == ("7", 2024)
    assert [message.role for message in found.messages] == ["user", "assistant"]


def test_the_metric_of_the_docs_is_registered(folder, finished) -> None:
    import numpy as np

    from clioscope.measure import metrics

    (text,) = of_page("measuring.md")
    labels = np.arange(60) % 5
    names = {
        "np": np,
        "atlas": clioscope.open("atlas"),
        "vectors": finished.vectors,
        "labels": labels,
        "truth": [str(one) for one in labels],
        "levels": np.stack([labels, labels // 2]),
    }
    exec(text, names)
    assert names["measured"].table.height > 5
    assert metrics.get("alone")(np.array([0, 0, 1, 2])) == 0.5


def test_the_model_of_the_docs_is_made_with_the_settings() -> None:
    (text,) = of_page("models.md")
    names = {"MyModel": lambda rest, timeout: (rest, timeout)}
    exec(text, names)
    assert names["make"]("large", settings=load_settings().model) == ("large", 600.0)


def test_the_facets_of_the_docs_are_made(folder) -> None:
    shown = {"layout__method": "pca", "embedding__model": "hash", "model__name": "fake"}
    settings = load_settings("facets.toml", **shown, facets__modules=("mine.py",))
    atlas = clioscope.build("chats.jsonl", "facets-of-the-docs", settings)
    assert set(atlas.facets["mood"]) <= {"calm", "cross", "pleased"}
    assert atlas.facets["frustration"].is_between(1, 5).all()
    assert atlas.facets["question_marks"].sum() > 0
    assert all(one == one.lower() for one in atlas.facets["code"])
    assert "concern" not in atlas.facets.columns
    assert atlas.manifest["settings"]["facets"]["embed"] == ["request", "field", "activity", "product", "text"]


def test_the_table_of_facets_is_whole() -> None:
    from clioscope.facets.builtin import BUILT_IN

    text = (ROOT / "docs" / "facets.md").read_text(encoding="utf-8")
    first = text[text.index("| `request`") :].split("\n\n")[0]  # the tables further down are of other things
    rows = first.splitlines()
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])} == {
        one.name for one in BUILT_IN
    }


def test_the_table_of_experiments_is_whole() -> None:
    from clioscope.experiments import experiments

    text = (ROOT / "docs" / "experiments.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == set(experiments.names())


def test_the_experiment_of_the_docs_answers_its_question(clinc_there) -> None:
    from clioscope.experiments import Bench, experiments, run

    (text,) = of_page("experiments.md")
    exec(text, {"__name__": "an_experiment_of_the_docs"})
    one = experiments.get("neighbours")
    bench = Bench(one.data[0], True, 2, ("hash",), (), None)
    try:
        found = run(one, bench)
    finally:
        bench.close()
    assert set(found.table["variant"]) == {"k = 5", "k = 15"}
    assert "k = 15" in one.conclude(found)


def test_the_questions_of_the_docs_are_answered(folder) -> None:
    explained, covered = of_page("explaining-change.md")
    names: dict = {}
    exec(explained, names)
    assert abs(names["found"].groups["part"].sum() - names["found"].whole.change) < 1e-9
    exec(covered, names)
    assert len((folder / "new-tests.jsonl").read_text(encoding="utf-8").splitlines()) == 20


def built_quickly(real):
    """``build`` as the docs call it, on fakes."""

    def build(*args, **more):
        bound = inspect.signature(real).bind(*args, **more)
        settings = load_settings(model__name="fake", embedding__model="hash", layout__method="pca")
        return real(*bound.args[:2], settings, overwrite=True, progress=False)

    return build


def test_the_python_of_notebooks_runs(folder, monkeypatch) -> None:
    pytest.importorskip("anywidget", reason="anywidget is not here; it comes with clioscope[notebook]")
    monkeypatch.setattr(clioscope, "build", built_quickly(clioscope.build))
    build, save, explore, table, _ = of_page("python.md")
    names: dict = {"frame": pl.DataFrame(make_records(60))}
    for text in (build, save, explore, table):
        exec(text, names)
    assert names["rows"].height == 60 and names["explorer"].selection.height == 0


@pytest.mark.slow
def test_the_tools_of_the_docs_take_an_atlas(folder, monkeypatch) -> None:
    for package in ("datamapplot", "bertopic"):
        pytest.importorskip(package, reason=f"{package} is not here; docs/python.md says how to add it")
    *_, tools = of_page("python.md")
    names: dict = {"atlas": clioscope.open("atlas"), "interchange": clioscope.interchange}
    exec(f"import datamapplot\n{tools}", names)
    assert names["model"].get_topic_info().shape[0] > 1


def test_no_python_is_left_out() -> None:
    tested = {
        "python.md": 5,
        "README.md": 1,
        "architecture.md": 1,  # see test_architecture.py
        "input-formats.md": 1,
        "measuring.md": 1,
        "models.md": 1,
        "experiments.md": 1,
        "explaining-change.md": 2,
        "facets.md": 1,
        "extending.md": 9,  # tests/test_extending.py
    }
    found = [block.page.name for block in blocks("python", "py")]
    assert {name: found.count(name) for name in set(found)} == tested, "a new example needs a test above"


@pytest.mark.parametrize("block", blocks("json", "toml"), ids=lambda block: f"{block.page.name} {block.language}")
def test_data_can_be_parsed(block, tmp_path) -> None:
    if block.language == "toml":
        assert tomllib.loads(block.text)
        return
    for line in block.text.splitlines():
        assert json.loads(line)


def test_the_record_of_the_docs_is_read_whole(tmp_path) -> None:
    from clioscope.conversations import read_conversations

    text = next(block.text for block in blocks("json") if '"messages": [' in block.text)
    (tmp_path / "one.jsonl").write_text(text)
    (found,) = read_conversations(tmp_path / "one.jsonl")
    assert (found.source_id, found.user_id, found.created_at.month) == ("c-17", "u-4", 5)
    assert found.metadata == {"plan": "free"}


@pytest.mark.parametrize(("page", "line"), lines("make"), ids=name_of)
def test_make_targets_are_there(page, line) -> None:
    target = shlex.split(line, comments=True)[1]
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize(("page", "line"), lines("pip"), ids=name_of)
def test_extras_are_there(page, line) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for extras in re.findall(r"(?:clioscope|\.)\[([\w,]+)\]", line):
        assert set(extras.split(",")) <= set(project["optional-dependencies"])


def test_the_readme_installs_from_this_folder() -> None:
    """The package is in no index, so its name alone finds nothing."""
    (line,) = [line for page, line in lines("pip") if page.name == "README.md"]
    assert shlex.split(line) == ["pip", "install", ".[local]"]


def test_what_the_page_on_privacy_says_is_sent(tmp_path, fake, monkeypatch) -> None:
    """Naming questions hold facets and no conversation; where a facet is missing, 160 characters of it."""
    from clioscope.models.fake import FakeModel

    text = " ".join((ROOT / "docs" / "method.md").read_text(encoding="utf-8").split())
    assert "facets never leave" not in text
    assert (
        "the facets of `naming.show` of some members and neighbours of each group, or the first 160 characters" in text
    )
    sent: list[str] = []
    answer = FakeModel.text

    def record(self, request, **options):
        sent.append(request.messages[-1][1])
        properties = (request.schema or {})["properties"]
        return "" if "request" in properties and "Case 7." in sent[-1] else answer(self, request, **options)

    monkeypatch.setattr(FakeModel, "text", record)
    records = make_records(30)
    for number, one in enumerate(records):  # what all texts share would be left out
        one["messages"][0]["content"] += f" And then some more words, {number * 7}, that nobody needs to know of." * 3
    atlas = clioscope.build(write_jsonl(tmp_path / "in.jsonl", records), tmp_path / "atlas", fake)
    naming = [question for question in sent if "<conversation>" not in question]
    assert any(value in question for question in naming for value in atlas.facets["request"].drop_nulls())
    shown = [line for question in naming for line in question.splitlines() if "Case 7." in line]
    assert shown and all(len(line) <= 162 for line in shown)
    assert not any("Case 8." in question for question in naming)


SET = sorted({(page, name) for page in PAGES for name in re.findall(r"--set ([\w.]+)=", page.read_text("utf-8"))})


@pytest.mark.parametrize(("page", "name"), SET, ids=name_of)
def test_settings_are_there(page, name) -> None:
    section, _, setting = name.replace("__", ".").partition(".")  # benchmarks write section__name
    field = Settings.model_fields[section]
    assert not setting or setting in field.annotation.model_fields


LINKS = [(page, to) for page in PAGES for to in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text("utf-8"))]


def test_links_lead_somewhere() -> None:
    assert LINKS
    assert [(page.name, to) for page, to in LINKS if not (page.parent / to).exists()] == []


def test_files_named_in_the_docs_are_there() -> None:
    named = re.compile(r"`((?:benchmarks|tests|prompts|docs)/[\w./-]+)`")
    homes = (ROOT, ROOT / "src" / "clioscope")
    missing = [
        (page.name, name)
        for page in PAGES
        for name in named.findall(page.read_text("utf-8"))
        if not any((home / name).exists() for home in homes)
    ]
    assert missing == []


LOG, FINDINGS = ROOT / "docs" / "research-log.md", ROOT / "docs" / "findings.md"
NUMBER = re.compile(r"(?<![\w.,])[-−+]?(?:\d[\d,]*\d|\d)?(?:\.\d+|(?<=\d))(?![\w.]*\w)")  # none of names such as 0.5B


def anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def headings(page: Path) -> list[tuple[int, str]]:
    """Level and text of every heading, in order, fenced blocks left out."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    return [(len(level), name) for level, name in re.findall(r"^(#+) (.+)$", text, re.MULTILINE)]


def sections() -> dict[str, str]:
    """Text of every section of the research log by its anchor."""
    _, *parts = re.split(r"^##+ ", LOG.read_text("utf-8"), flags=re.MULTILINE)
    return {anchor(part.split("\n", 1)[0]): part.split("\n", 1)[1] for part in parts}


def numbers(text: str) -> list[str]:
    return NUMBER.findall(text)


class Finding(NamedTuple):
    number: str
    figure: str
    command: str
    to: str


def findings() -> list[Finding]:
    """Rows of the table that have a figure."""
    rows = [line.strip("|\n ").split(" | ") for line in FINDINGS.read_text("utf-8").splitlines() if line[:1] == "|"]
    found = []
    for number, _, _, figure, _, where in (row for row in rows if len(row) == 6 and row[0].isdigit()):
        ((command, to),) = re.findall(r"\[(.+?)\]\((.+?)\)", where)
        found.append(Finding(number, figure, command, to))
    return found


def source(to: str) -> str:
    """What a row of the findings points at: a section of the log, or the report of a folder of experiments/."""
    page, _, place = to.partition("#")
    if place:
        assert page == LOG.name
        return sections()[place]
    return (FINDINGS.parent / page / "report.md").read_text("utf-8")


def test_numbers_are_read_whole() -> None:
    text = "AMI .876 against 0.5B 1.5B: +0.038 [-0.027, −.049], 199,240 tokens, 68.1% of CLINC150, 4-bit, 84, 99."
    assert numbers(text) == [".876", "+0.038", "-0.027", "−.049", "199,240", "68.1", "4", "84", "99"]


def test_every_row_of_the_findings_has_a_figure() -> None:
    text = FINDINGS.read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \|", text, re.MULTILINE)
    assert rows == [str(number) for number in range(1, len(rows) + 1)]
    assert [one.number for one in findings() if numbers(one.figure)] == rows
    below = re.findall(r"^- \*\*([\d, ]+)\.\*\*", text, re.MULTILINE)
    assert ", ".join(below).split(", ") == rows, "each row has its sentences below"


@pytest.mark.parametrize("row", findings(), ids=lambda row: row.number)
def test_figures_of_the_findings_stand_in_their_source(row) -> None:
    there = set(numbers(source(row.to)))
    unsigned = {one.lstrip("+") for one in there}  # a gain may be written without its sign, a loss never
    assert [one for one in numbers(row.figure) if one not in there | unsigned] == []


@pytest.mark.parametrize("row", findings(), ids=lambda row: row.number)
def test_what_gives_a_finding_is_there(row) -> None:
    from clioscope.experiments import experiments

    if name := re.fullmatch(r"`experiment (\w+)`", row.command):
        assert name[1] in experiments.names()
        assert "what-the-experiments-say" in row.to or f"clioscope experiment {name[1]}" in source(row.to)
    elif name := re.fullmatch(r"`(\w+\.py)`", row.command):
        assert (ROOT / "benchmarks" / name[1]).exists()
        assert f"benchmarks/{name[1]}" in source(row.to)
    else:
        assert "No command for this trial was kept." in " ".join(FINDINGS.read_text("utf-8").split())


def test_figures_in_the_sentences_of_the_findings_stand_in_the_log() -> None:
    _, text = FINDINGS.read_text("utf-8").split("\n## ", 1)
    text = re.sub(r"^## How to read.+?(?=^## )", "", text, flags=re.DOTALL | re.MULTILINE)  # what words mean
    text = re.sub(r"^- \*\*.+?\*\*|\(row \d+\)", "", text, flags=re.MULTILINE)
    log = numbers(LOG.read_text("utf-8"))
    there = {*log, *(one.lstrip("+") for one in log)}
    assert len(numbers(text)) > 20
    assert [one for one in numbers(text) if one not in there] == []


def test_figures_of_the_readme_stand_in_their_source() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    table = text[text.index("## Five measured figures") :].split("\n\n")[2]
    rows = [line.strip("|\n ").split(" | ") for line in table.splitlines()[2:]]
    assert len(rows) == 5
    for question, figure, other, but in rows:
        ((to, place),) = re.findall(r"\]\((.+?)#(.+?)\)", but)
        assert ROOT / to == LOG
        there, said = (
            [one.removeprefix("0") if "." in one else one for one in numbers(part.replace("*", ""))]
            for part in (sections()[place], " ".join([figure, other, but.partition("([")[0]]))
        )
        assert said and [one for one in said if one not in there] == [], question


def test_anchors_lead_to_headings() -> None:
    links = [
        (page, (page.parent / to).resolve() if to else page, place)
        for page in PAGES
        for to, place in re.findall(r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)", page.read_text("utf-8"))
    ]
    assert len(links) > 60
    known = {to: {anchor(name) for _, name in headings(to)} for _, to, _ in links}
    assert [(page.name, place) for page, to, place in links if place not in known[to]] == []


def test_the_contents_of_the_log_are_whole() -> None:
    """In the order of the sections. ``experiment --log`` adds a section; its line in the contents is added by hand."""
    before, _ = LOG.read_text("utf-8").split("\n## ", 1)
    listed = re.findall(r"- \[(.+)\]\(#(.+)\)$", before, re.MULTILINE)
    names = [name for level, name in headings(LOG) if level > 1]
    assert len(set(names)) == len(names)
    assert dict(listed) == {name: anchor(name) for name in names}


def test_superseded_sections_stand_at_the_end() -> None:
    names = headings(LOG)
    at = names.index((2, "Superseded"))
    assert all(name.endswith(", superseded") for _, name in names[at + 1 :])
    assert not any(name.endswith(", superseded") for _, name in names[:at])
    text = sections()
    for _, name in names[at + 1 :]:
        (to,) = re.findall(r"^Superseded by \[[^\]]+\]\(#(.+?)\)", text[anchor(name)].strip())
        assert f"(#{anchor(name)})" in text[to], "the newer section names the older one"


@pytest.mark.parametrize("page", [LOG, FINDINGS, ROOT / "docs" / "experiments.md"], ids=name_of)
def test_lines_are_of_one_length(page) -> None:
    """Up to 120 columns. Tables, commands, the lines of a list that only link and examples may be longer."""
    free = re.compile(r"^\||^(?:  )?- \[.+\]\(#.+\)$|^`[^`]+`$")
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    assert [line for line in text.splitlines() if len(line) > 120 and not free.search(line)] == []
