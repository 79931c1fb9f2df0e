"""The notebooks of both languages, made of one source each, and their outputs.

    python notebooks/make.py                        # the notebooks; outputs stay where the code is the same
    python notebooks/make.py --run quick_start      # runs a notebook from the first to the last cell as well

A source (``notebooks/NAME.py``, jupytext's percent format) holds the text in both languages: a cell with the tag ``en``
or ``ru`` goes into the notebook of that language alone, and code goes into both. The notebook is run once, and both
languages get its outputs. The cell with the tag ``parameters`` can be overridden (``--set MODEL='"fake"'``), as
papermill does it: a cell behind it sets the new values. It is not part of what is written. The output of a cell with
the tag ``page`` is left out, since a whole page is large.

The address of the repository is in one place: ``Repository`` under ``[project.urls]`` in pyproject.toml. From there it
goes into ``SOURCE``, from which the notebooks install Clioscope, and into the badges that open Colab, in the notebooks
and in README. While there is none, ``SOURCE`` asks the reader for it.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

HERE = Path(__file__).parent
LANGUAGES = ("en", "ru")
PAGES = {"en": "README.md", "ru": "README.ru.md"}
UNKNOWN = "https://ADDRESS-OF-THE-REPOSITORY"
_GITHUB = "https://github.com/"
_BADGE = "https://colab.research.google.com/assets/colab-badge.svg"
_OPEN = {"en": "Open in Colab", "ru": "Открыть в Colab"}
LONGEST = 900  # seconds of a cell


def names() -> list[str]:
    """The notebooks, by the names of their sources."""
    return sorted(path.stem for path in HERE.glob("*.py") if path.name != Path(__file__).name)


def repository() -> str:
    """The address of the repository, as pyproject.toml has it; "" where it has none."""
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project.get("urls", {}).get("Repository", "")).rstrip("/").removesuffix(".git")


def in_colab(name: str, language: str, address: str) -> str:
    """Where Colab opens a notebook; "" where the repository is not on GitHub."""
    if not address.startswith(_GITHUB):
        return ""
    owner = address.removeprefix(_GITHUB)
    return f"https://colab.research.google.com/github/{owner}/blob/main/notebooks/{language}/{name}.ipynb"


def with_badge(page: str, address: str) -> str:
    """The text of README in a language (by the name of its file), whose badge opens the quick start in Colab."""
    language = next(one for one, name in PAGES.items() if name == page)
    text = (HERE.parent / page).read_text(encoding="utf-8")
    to = in_colab("quick_start", language, address)
    return re.sub(rf"(\({re.escape(_BADGE)}\)\]\()[^)]+", rf"\g<1>{to}", text) if to else text


def notebook_of(name: str, language: str, address: str | None = None) -> NotebookNode:
    """The notebook in a language, without outputs. ``address``: that of the repository (default: pyproject.toml's)."""
    address = repository() if address is None else address
    whole = jupytext.read(HERE / f"{name}.py")
    others = {*LANGUAGES} - {language}
    made = nbformat.v4.new_notebook(metadata={"kernelspec": whole.metadata["kernelspec"]})
    if "accelerator" in whole.metadata.get("jupyter", {}) or "accelerator" in whole.metadata:
        made.metadata["accelerator"] = "GPU"  # what Colab offers when it opens the notebook
    for cell in whole.cells:
        tags = cell.metadata.get("tags", [])
        if others & {*tags}:
            continue
        cell.metadata = {"tags": kept} if (kept := [tag for tag in tags if tag not in LANGUAGES]) else {}
        cell.source = cell.source.replace(f"git+{UNKNOWN}", f"git+{address or UNKNOWN}")
        if not made.cells and (to := in_colab(name, language, address)):
            cell.source = f"[![{_OPEN[language]}]({_BADGE})]({to})\n\n{cell.source}"
        cell.id = f"{name.replace('_', '-')}-{len(made.cells)}"
        made.cells.append(cell)
    return made


def code_of(notebook: NotebookNode) -> list[str]:
    """The source of the code cells."""
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def run(notebook: NotebookNode, folder: Path, parameters: Mapping[str, Any] | None = None) -> NotebookNode:
    """The notebook with the outputs of a run in ``folder``, from the first cell to the last.

    Raises nbclient's CellExecutionError for a cell that fails, and CellTimeoutError for one that takes too long.
    """
    running = nbformat.from_dict(notebook)
    if parameters:
        place = next(n for n, cell in enumerate(running.cells) if "parameters" in cell.metadata.get("tags", []))
        lines = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
        running.cells.insert(place + 1, nbformat.v4.new_code_cell(lines, metadata={"tags": ["injected-parameters"]}))
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(running, timeout=LONGEST, kernel_name="python3", resources=resources, record_timing=False).execute()
    running.cells = [cell for cell in running.cells if "injected-parameters" not in cell.metadata.get("tags", [])]
    return running


def with_outputs(notebook: NotebookNode, source: NotebookNode) -> NotebookNode:
    """The notebook with the outputs of another one that has the same code; none where the code differs."""
    if _without_address(notebook) != _without_address(source):
        return notebook
    shown = iter([cell for cell in source.cells if cell.cell_type == "code"])
    for number, cell in enumerate([cell for cell in notebook.cells if cell.cell_type == "code"], 1):
        given = next(shown).outputs
        page = "page" in cell.metadata.get("tags", [])
        # warnings name folders of the machine, and the ids of displays change with each run
        cell.outputs = [] if page else [_plain(one) for one in given if one.get("name") != "stderr"]
        cell.execution_count = number
        for one in cell.outputs:
            if "execution_count" in one:
                one.execution_count = number
    return notebook


def _without_address(notebook: NotebookNode) -> list[str]:
    """The code, but for where Clioscope is installed from, which changes no output."""
    return [re.sub(r"(?m)^SOURCE = .*$", "SOURCE = ...", code) for code in code_of(notebook)]


def _plain(output: NotebookNode) -> NotebookNode:
    output.pop("transient", None)
    return nbformat.from_dict(json.loads(json.dumps(output).replace(str(Path.home()), "~")))


def path_of(name: str, language: str) -> Path:
    return HERE / language / f"{name}.ipynb"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="which notebooks (default: all)")
    parser.add_argument("--run", action="store_true", help="run them, in a folder that is removed afterwards")
    parser.add_argument("--set", action="append", default=[], help="a parameter, NAME=VALUE in Python")
    given = parser.parse_args()
    parameters = {name: ast.literal_eval(value) for name, _, value in (one.partition("=") for one in given.set)}
    for name in given.names or names():
        old = path_of(name, LANGUAGES[0])
        outputs = nbformat.read(old, as_version=4) if old.exists() else notebook_of(name, LANGUAGES[0])
        if given.run:
            with tempfile.TemporaryDirectory() as folder:
                outputs = run(notebook_of(name, LANGUAGES[0]), Path(folder), parameters)
        for language in LANGUAGES:
            path = path_of(name, language)
            path.parent.mkdir(exist_ok=True)
            nbformat.write(with_outputs(notebook_of(name, language), outputs), path)
    for page in PAGES.values():
        (HERE.parent / page).write_text(with_badge(page, repository()), encoding="utf-8")


if __name__ == "__main__":
    main()
