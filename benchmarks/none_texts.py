"""The texts of benchmarks/none.py: corpora that an atlas is built of, and foreign texts that it should refuse."""

from __future__ import annotations

import ast
import json
import re
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from clioscope.conversations import Conversation, read_conversations
from clioscope.conversations.conversation import Message
from clioscope.conversations.transcript import TEXT, user_text
from clioscope.experiments.data import clinc150, data_folder, russian_texts
from clioscope.models.fetch import pull

FOREIGN = 300  # texts of a set that is only foreign


def shuffled(rows: list[str], seed: int = 0) -> list[str]:
    """The rows in an order of their own, so that the first ones are a sample of all."""
    return [rows[place] for place in np.random.default_rng(seed).permutation(len(rows))]


def domains() -> dict[str, list[str]]:
    """The utterances of CLINC150 by domain."""
    data = clinc150("test")
    return {
        name: [text for text, code in zip(data.texts, data.coarse, strict=True) if code == number]
        for number, name in enumerate(data.domains)
    }


def sharegpt() -> list[str]:
    """What users wrote in English-language chats with an assistant, for the most part."""
    found = (record for record in read_conversations(pull("sharegpt"), format="sharegpt"))
    texts = (user_text(record.messages) for record in found if isinstance(record, Conversation))
    return [text for text in texts if text.strip()]


def chats() -> list[str]:
    """What users wrote in chats in fifteen languages."""
    path = data_folder() / "synthetic-15-languages" / "conversations.jsonl"
    rows = [json.loads(line)["messages"] for line in path.open(encoding="utf-8")]
    return [user_text([Message(one["role"], one["content"]) for one in messages]) for messages in rows]


def code() -> list[str]:
    """Functions and classes of Python's own library, without a word around them and without their documentation."""
    found: list[str] = []
    for path in sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py")):
        source = path.read_text(encoding="utf-8", errors="replace")
        found += [text for text in _definitions(source) if 120 <= len(text) <= TEXT]
    return shuffled(found)[:FOREIGN]


def _definitions(source: str) -> Iterator[str]:
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            if ast.get_docstring(node) is not None:
                node.body = node.body[1:] or [ast.Pass()]
            yield ast.unparse(node)


def words() -> list[str]:
    """Words of ShareGPT drawn at random, 8 to 60 per text: they say nothing together."""
    rng = np.random.default_rng(1)
    every = re.findall(r"[a-z']+", " ".join(shuffled(sharegpt())[:2000]).casefold())
    return [
        " ".join(every[place] for place in rng.integers(len(every), size=rng.integers(8, 61))) for _ in range(FOREIGN)
    ]


CORPORA: dict[str, Callable[[], list[str]]] = {
    "CLINC150": lambda: clinc150("test").texts,
    "ShareGPT": sharegpt,
    "packages, Russian": lambda: russian_texts().texts["ru"],
    "packages, English": lambda: russian_texts().texts["en"],
    "15 languages": chats,
}
ONLY_FOREIGN: dict[str, Callable[[], list[str]]] = {"code": code, "random words": words}
