"""An atlas holds its vectors once, and gives back what was grouped."""

import shutil

import numpy as np
import pytest
from conftest import two_languages, write_jsonl

import clioscope
from clioscope.atlas.vectors import Compared
from clioscope.embedding.hashing import HashEmbedder
from clioscope.errors import AtlasError
from clioscope.settings import Settings
from clioscope.vectors.shaping import shape


def plain_settings(**more) -> Settings:
    """A build without a language model, weights or a slow map."""
    return clioscope.load_settings(model__name="none", embedding__model="hash", layout__method="pca", **more)


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    """120 conversations in two languages, each centred by its own mean."""
    folder = tmp_path_factory.mktemp("stored")
    return clioscope.build(write_jsonl(folder / "in.jsonl", two_languages(120)), folder / "atlas", plain_settings())


@pytest.fixture
def older(atlas, tmp_path):
    """The same as the first builds kept it: float32, smoothed vectors and plain ones, cached ones in the store."""
    from clioscope.models.store import Store, vector_key

    home = shutil.copytree(atlas.path, tmp_path / "older")
    for name in ("smooth_near", "smooth_weights", "texts", "text_keys", "own_keys"):
        (home / f"{name}.npy").unlink()
    np.save(home / "vectors.npy", atlas.vectors)
    np.save(home / "plain.npy", atlas.plain)
    with Store(home / "answers.sqlite") as store:
        keys = [vector_key("hash-512-v1", str(n)) for n in range(120)]
        store.put_vectors(keys, atlas.plain)
    return clioscope.open(home)


def test_vectors_are_kept_once_and_in_half_precision(atlas) -> None:
    arrays = {path.name: np.load(path) for path in atlas.path.glob("*.npy")}
    n, d = atlas.vectors.shape
    assert [name for name, one in arrays.items() if one.shape == (n, d) and name != "texts.npy"] == ["plain.npy"]
    assert arrays["plain.npy"].dtype == arrays["texts.npy"].dtype == np.float16
    rest = sum(one.nbytes for name, one in arrays.items() if len(one) == n and name not in ("plain.npy", "texts.npy"))
    assert rest == n * (8 * 4 + 2 * 4 + 16 + 2 + 16)  # neighbours, weights, keys, what was encoded, how members fit


def test_what_is_read_is_what_was_grouped(atlas) -> None:
    settings = Settings.model_validate(atlas.manifest["settings"])
    assert set(atlas.means.languages) == {"en", "ru"}
    shaped = shape(atlas.plain, settings.embedding, settings.seed, atlas.languages)
    assert shaped.vectors.tobytes() == atlas.vectors.tobytes() == clioscope.open(atlas.path).vectors.tobytes()
    np.testing.assert_allclose(np.linalg.norm(atlas.vectors, axis=1), 1, atol=1e-6)
    nearest = (atlas.vectors @ atlas.centroids.T).argmax(axis=1)
    assert (nearest == atlas.clusters["label"].to_numpy()).mean() > 0.9


def test_a_search_in_place_finds_the_same_cosines(atlas, older) -> None:
    question = atlas.vectors[7] + 0.1 * atlas.vectors[11]
    question /= np.linalg.norm(question)
    exact = atlas.vectors @ question
    np.testing.assert_allclose(Compared(atlas.path, atlas.languages).cosines(question), exact, atol=1e-6)
    np.testing.assert_allclose(Compared(older.path, older.languages).cosines(question), exact, atol=1e-6)


def test_an_older_atlas_opens(atlas, older, tmp_path) -> None:
    assert older.vectors.dtype == np.float32
    np.testing.assert_array_equal(older.vectors, atlas.vectors)
    np.testing.assert_array_equal(older.unsmoothed, atlas.unsmoothed)
    new = write_jsonl(tmp_path / "new.jsonl", two_languages(6))
    assert older.assign(new).table.equals(atlas.assign(new).table)
    (older.path / "plain.npy").unlink()  # of the very first
    np.testing.assert_array_equal(clioscope.open(older.path).unsmoothed, older.vectors)


def test_an_older_atlas_built_anew_keeps_its_groups_and_loses_the_cache(atlas, older, tmp_path) -> None:
    source = write_jsonl(tmp_path / "in.jsonl", two_languages(120))
    settings = Settings.model_validate(older.manifest["settings"])
    again = clioscope.build(source, older.path, settings, overwrite=True)
    assert again.clusters.equals(atlas.clusters)
    assert (again.path / "answers.sqlite").stat().st_size < 100_000
    finer = settings.model_copy(update={"embedding": settings.embedding.model_copy(update={"smooth": 0.25})})
    again = clioscope.build(source, older.path, finer, overwrite=True)
    assert not (again.path / "vectors.npy").exists()
    assert np.load(again.path / "plain.npy").dtype == np.float16
    np.testing.assert_array_equal(again.unsmoothed, atlas.unsmoothed)
    assert not np.array_equal(again.vectors, atlas.vectors)


@pytest.mark.parametrize("name", ["plain", "smooth_weights"])
def test_a_missing_or_harmed_array_is_one_sentence(atlas, tmp_path, name) -> None:
    home = shutil.copytree(atlas.path, tmp_path / "harmed")
    (home / f"{name}.npy").write_bytes(b"no array")
    with pytest.raises(AtlasError, match=rf"{name}\.npy cannot be read"):
        clioscope.open(home).vectors  # noqa: B018
    with pytest.raises(AtlasError, match=rf"{name}\.npy cannot be read"):
        Compared(home, clioscope.open(home).languages)
    (home / f"{name}.npy").unlink()
    with pytest.raises(AtlasError, match=f"no array '{name}'"):
        clioscope.open(home).vectors  # noqa: B018


def test_without_smoothing_they_are_the_centred_ones(tmp_path) -> None:
    settings = plain_settings(embedding__smooth=0.0)
    found = clioscope.build(write_jsonl(tmp_path / "in.jsonl", two_languages(20)), tmp_path / "atlas", settings)
    np.testing.assert_array_equal(found.vectors, found.unsmoothed)
    assert found.means.languages == ("en", "ru")
    np.testing.assert_allclose(found.vectors, found.means.centre(found.plain, found.languages), atol=1e-6)


@pytest.fixture
def seen(monkeypatch) -> list[str]:
    """The texts that are encoded from now on."""
    texts: list[str] = []
    encode = HashEmbedder.encode
    monkeypatch.setattr(HashEmbedder, "encode", lambda self, given: (texts.extend(given), encode(self, given))[1])
    return texts


def test_more_input_encodes_what_is_new_only(tmp_path, seen) -> None:
    source = write_jsonl(tmp_path / "in.jsonl", two_languages(40))
    clioscope.build(source, tmp_path / "atlas", plain_settings())
    seen.clear()
    write_jsonl(source, two_languages(44))
    found = clioscope.build(source, tmp_path / "atlas", plain_settings())
    assert found.vectors.shape[0] == 44
    texts = {record["messages"][0]["content"] for record in two_languages(44)}
    assert len([one for one in seen if one in texts]) == 4


def test_a_build_that_is_cut_off_encodes_nothing_twice(tmp_path, seen, monkeypatch) -> None:
    from clioscope.embedding import encode

    monkeypatch.setattr(encode, "_TEXTS", 10)  # texts between two commits
    source = write_jsonl(tmp_path / "in.jsonl", two_languages(40))

    class Cut(list[str]):
        def extend(self, texts) -> None:
            super().extend(texts)
            if len(self) > 20:
                raise KeyboardInterrupt

    cut, whole = Cut(), HashEmbedder.encode
    monkeypatch.setattr(HashEmbedder, "encode", lambda self, given: (cut.extend(given), whole(self, given))[1])
    with pytest.raises(KeyboardInterrupt):
        clioscope.build(source, tmp_path / "atlas", plain_settings())
    monkeypatch.setattr(HashEmbedder, "encode", whole)
    found = clioscope.build(source, tmp_path / "atlas", plain_settings())
    texts = [record["messages"][0]["content"] for record in two_languages(40)]
    assert sorted(one for one in seen if one in texts) == sorted(texts)
    assert found.vectors.shape[0] == 40
