"""Thirty small groups on five subjects, and who answers about them."""

import json
from typing import NamedTuple

import numpy as np
import pytest

from clioscope.embedding.hashing import HashEmbedder
from clioscope.models.asker import Asker
from clioscope.models.chat import ChatAnswer
from clioscope.models.fake import FakeModel
from clioscope.models.store import Store
from clioscope.naming.candidates import Label

SUBJECTS = ("bread baking", "sea poetry", "excel formulas", "mountain travel", "python errors")
KINDS = ("questions", "advice", "mistakes", "lessons", "examples", "stories")


class Groups(NamedTuple):
    """``labels`` (n,) of three conversations a group; ``subject`` (30,) of each group."""

    base: list[Label]
    texts: list[str]
    labels: np.ndarray
    vectors: np.ndarray
    centroids: np.ndarray
    subject: np.ndarray


@pytest.fixture(scope="session")
def encode():
    embedder = HashEmbedder()
    return lambda texts: embedder.encode(list(texts))


@pytest.fixture(scope="session")
def groups(encode) -> Groups:
    names = [f"{subject.capitalize()} {kind}" for kind in KINDS for subject in SUBJECTS]
    base = [Label(name, f"Users want {name.lower()}.", tuple(name.lower().split())) for name in names]
    texts = [f"{name.lower()} {word}" for name in names for word in ("today", "tomorrow", "soon")]
    vectors = encode(texts)
    labels = np.repeat(np.arange(len(names)), 3)
    sums = vectors.reshape(len(names), 3, -1).sum(axis=1)
    centroids = (sums / np.linalg.norm(sums, axis=1, keepdims=True)).astype(np.float32)
    return Groups(base, texts, labels, vectors, centroids, np.arange(30) % 5)


class Librarian(FakeModel):
    """Answers as a good model would: lists the subjects it sees, and files each group under its own."""

    async def complete(self, request):
        self.calls += 1
        self.requests.append(request)
        said = request.messages[-1][1].casefold()
        properties = request.schema["properties"]
        if "category" in properties:
            group = said.split("\n")[0]
            chosen = next(one for one in properties["category"]["enum"] if one.casefold() in group)
            return ChatAnswer(json.dumps({"category": chosen}))
        if "description" in properties:
            return ChatAnswer(super().text(request))
        return ChatAnswer(json.dumps({"names": [one.capitalize() for one in SUBJECTS if one in said]}))


@pytest.fixture
def librarian() -> Librarian:
    return Librarian()


@pytest.fixture
def asker(tmp_path):
    """Makes an Asker of a model."""
    with Store(tmp_path / "answers.sqlite") as store:
        yield lambda model, **options: Asker(model, store, **options)
