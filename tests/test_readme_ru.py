"""README.ru.md keeps in step with README.md: what readers type is the same in both."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ENGLISH, RUSSIAN = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.ru.md"))
LINK = re.compile(r"\]\((?!https?://)([^)#]+)(?:#([^)]+))?\)")
OWN = "## Если разговоры на русском"  # a section that README.md has not


def typed(text: str) -> list[str]:
    """The lines of code blocks that readers type, without comments; the tree that `show` prints is not among them."""
    found = re.findall(r"^```(\w*)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    lines = [line.split("  # ")[0].split("    #")[0].rstrip() for _, block in found for line in block.splitlines()]
    return [line for line in lines if line and not line.strip().startswith(("├", "│", "└"))]


def table(text: str) -> list[str]:
    """What stands in the column of commands, without the words between them."""
    rows = [line.split("|")[2] for line in text.splitlines() if line.startswith("| ") and "`" in line.split("|")[2]]
    return [command for row in rows for command in re.findall(r"`((?:clioscope|--ask|--each|build) ?[^`]*)`", row)]


def without_own(text: str) -> str:
    before, _, rest = text.partition(OWN)
    return before + rest[rest.index("\n## ") :]


def test_the_code_blocks_are_those_of_the_english_page() -> None:
    assert typed(without_own(RUSSIAN)) == typed(ENGLISH)


def test_the_table_has_the_same_commands_in_the_same_order() -> None:
    assert table(RUSSIAN) == table(ENGLISH)
    assert len(table(RUSSIAN)) > 30


@pytest.mark.parametrize("page", ["README.md", "README.ru.md"])
def test_every_link_leads_somewhere(page: str) -> None:
    for target, anchor in LINK.findall((ROOT / page).read_text(encoding="utf-8")):
        path = ROOT / target
        assert path.exists(), target
        if anchor:
            titles = re.findall(r"^#+ (.*)", path.read_text(encoding="utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
            assert anchor in slugs, f"{target}#{anchor}"


def test_the_own_section_uses_options_that_there_are() -> None:
    own = RUSSIAN[RUSSIAN.index(OWN) :].split("\n## ")[0]
    assert {"--no-llm", "--language", "--embedder"} <= set(re.findall(r"--[\w-]+", own))
    assert "multilingual-e5-small" in own


def test_each_page_links_to_the_other() -> None:
    assert "(README.ru.md)" in ENGLISH and "(README.md)" in RUSSIAN
