"""What a shell offers on Tab."""

import os
import subprocess
import sys

import pytest

from clioscope.cli import completing


@pytest.mark.parametrize(
    ("offer", "typed", "name"),
    [
        (completing.methods, "le", "leiden"),
        (completing.builders, "", "clio"),
        (completing.models, "no", "none"),
        (completing.models, "qwen2.5-coder-1", "qwen2.5-coder-1.5b"),
        (completing.encoders, "multi", "multilingual-e5-small"),
        (completing.assets, "share", "sharegpt"),
        (completing.formats, "share", "sharegpt"),
        (completing.codebooks, "share", "sharegpt"),
        (completing.facets, "req", "request"),
        (completing.settings, "clustering.neigh", "clustering.neighbours="),
        (completing.settings, "clustering.method=lei", "clustering.method=leiden"),
        (completing.settings, "layout.method=u", "layout.method=umap"),
        (completing.settings, 'facets.use=["request","fi', 'facets.use=["request","field"]'),
        (completing.settings, "facets.use=", 'facets.use=["request"]'),
    ],
)
def test_names_that_begin_so(offer, typed: str, name: str) -> None:
    found = offer(typed)
    assert name in found
    assert found == sorted(found)


def test_nothing_is_offered_for_what_nobody_can_guess() -> None:
    assert completing.settings("seed=") == []
    assert completing.models("zzz") == []


@pytest.mark.slow
def test_the_shell_gets_options_and_names() -> None:
    def offered(words: str) -> list[str]:
        told = {"_CLIOSCOPE_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": words}
        run = "import sys; sys.argv = ['clioscope']; from clioscope.cli import main; main()"
        done = subprocess.run([sys.executable, "-c", run], env=os.environ | told, capture_output=True, text=True)
        return done.stdout.split('"')

    assert "--metadata" in offered("clioscope build --metad")
    assert "leiden" in offered("clioscope build --method l")
    assert "settings" in offered("clioscope settin")
