"""The film of README: frames become one animated picture."""

import importlib.util
import json
from pathlib import Path

import pytest

Image = pytest.importorskip("PIL.Image")
FILM = Path(__file__).parents[2] / "explorer" / "film.py"


def test_frames_that_do_not_differ_are_joined(tmp_path):
    spec = importlib.util.spec_from_file_location("film", FILM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    colours = ["#102030", "#102030", "#c0d0e0"]
    for number, colour in enumerate(colours):
        Image.new("RGB", (200, 100), colour).save(tmp_path / f"{number}.png")
    shown = [{"name": f"{number}.png", "milliseconds": 100} for number in range(3)]
    (tmp_path / "frames.json").write_text(json.dumps(shown))
    assert module.film(tmp_path, tmp_path / "film.webp", width=100) == 2
    with Image.open(tmp_path / "film.webp") as film:
        assert (film.size, film.n_frames) == ((100, 50), 2)
        film.seek(0)
        film.load()
        assert film.info["duration"] == 200


def test_the_film_of_the_readme_is_small():
    assert 50_000 < (FILM.parents[1] / "docs" / "film.webp").stat().st_size < 2_000_000
