"""An atlas as a dataset of Hugging Face."""

import pytest

from clioscope import interchange
from clioscope.errors import ClioscopeError


def test_a_row_of_the_dataset_is_a_record(finished) -> None:
    pytest.importorskip("datasets", reason="datasets is not here")
    rows = interchange.to_datasets(finished.path)
    assert rows.num_rows == 60 and rows.column_names == finished.table().columns
    assert rows["record"][:3] == finished.table()["record"].to_list()[:3]
    some = finished.table()["language"][0]
    assert rows.filter(lambda row: row["language"] == some).num_rows == (finished.table()["language"] == some).sum()


def test_without_the_package_it_says_what_to_install(finished, monkeypatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "datasets", None)
    with pytest.raises(ClioscopeError, match="needs the package datasets; install it with pip install datasets"):
        interchange.to_datasets(finished)
