"""Labels that people gave in Label Studio, from the files that it exports (JSON, JSON-MIN, CSV)."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from clioscope.errors import InputError

ID = "conversation"  # the field of a task that holds the id, as interchange.to_label_studio writes it
LABEL = "group"  # the name of the control
_OWN = {"annotation_id", "annotator", "lead_time"}  # columns of JSON-MIN and CSV


def exported(columns: Iterable[str]) -> bool:
    """Whether a table with these columns is one that Label Studio wrote."""
    return len(_OWN & set(columns)) >= 2


def read_export(path: Path, column: str | None = None) -> dict[str, str]:
    """Label by conversation, from a JSON or JSON-MIN export; ``column`` is the control that holds the label.

    Where several people labelled a conversation, the label that most of them gave; none where two labels are even.
    Skipped tasks do not count. Raises InputError for JSON of another kind.
    """
    try:
        tasks = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise InputError(f"{path}: cannot be read ({reason}).") from error
    if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
        raise InputError(f"{path}: is no export of Label Studio (a list of tasks); give labels as CSV or Parquet.")
    return most_said(_said(tasks, column or LABEL), path, column or LABEL)


def most_said(said: Iterable[tuple[str, str]], path: Path, column: str) -> dict[str, str]:
    """The label that most people gave, by conversation. Raises InputError where there is none."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for conversation, label in said:
        votes[conversation][label] += 1
    labels = {}
    for conversation, counts in votes.items():
        (label, most), *others = counts.most_common(2)
        if not others or others[0][1] < most:
            labels[conversation] = label
    if not labels:
        raise InputError(f"{path}: holds no label in {column!r}; give --label-column, or label some tasks first.")
    return labels


def _said(tasks: Sequence[Mapping[str, Any]], control: str) -> Iterator[tuple[str, str]]:
    """Conversation and label, once per annotation."""
    for task in tasks:
        if "annotations" not in task:  # JSON-MIN
            label = choice_of(task.get(control))
            if label is not None and task.get(ID) is not None:
                yield str(task[ID]), label
            continue
        conversation = (task.get("data") or {}).get(ID)
        for annotation in task["annotations"]:
            if conversation is None or annotation.get("was_cancelled"):
                continue
            for result in annotation.get("result") or ():
                label = choice_of(result.get("value"))
                if result.get("from_name") == control and label is not None:
                    yield str(conversation), label


def choice_of(value: Any) -> str | None:
    """The one choice in what an export holds: a text, or a list of choices (as JSON in a CSV); None for another."""
    if isinstance(value, str) and value.startswith("{"):
        try:
            value = json.loads(value)
        except ValueError:
            return str(value)
    if isinstance(value, Mapping):
        value = value.get("choices")
    if isinstance(value, list):
        value = value[0] if len(value) == 1 else None
    return value if isinstance(value, str) and value else None
