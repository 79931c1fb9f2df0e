"""In which language each conversation is."""

import polars as pl

from clioscope.atlas.languages import languages_of


def test_a_facet_of_that_name_that_is_no_language():
    table = pl.DataFrame({"language": ["en", None]})
    assert languages_of(table, {"language": "language"}) == ["en", None]
    assert languages_of(table, {"language": "category"}) is languages_of(table, {}) is None
