"""PaCMAP, and what stands in for it (what every projection must keep to stands in test_conformance.py)."""

import sys

import numpy as np
import pytest

from clioscope.errors import SettingsError
from clioscope.layout.pacmap import pacmap
from clioscope.layout.pca import pca
from clioscope.settings import LayoutSettings

SETTINGS = LayoutSettings(method="pacmap")


def test_few_rows_are_laid_out_by_components_and_need_no_package(clinc, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pacmap", None)
    np.testing.assert_array_equal(pacmap(clinc[:39], SETTINGS, 0), pca(clinc[:39], SETTINGS, 0))


@pytest.mark.slow
def test_without_the_package_it_says_what_to_install(clinc, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pacmap", None)
    with pytest.raises(SettingsError, match=r'pip install "clioscope\[pacmap\]", or use umap'):
        pacmap(clinc[:40], SETTINGS, 0)


def test_it_says_nothing_of_its_own(clinc, capfd, caplog, recwarn) -> None:
    pytest.importorskip("pacmap", reason="the extra [pacmap] is not installed")
    assert pacmap(clinc[:60], SETTINGS, 0).shape == (60, 2)
    assert capfd.readouterr() == ("", "")
    assert [one for one in recwarn if "seed" in str(one.message)] == []
    assert caplog.records == []
