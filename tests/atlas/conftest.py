"""An atlas whose names and counts are odd."""

from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest


@pytest.fixture
def odd():
    """A tree with a withheld name, a name full of marks, and an only child; 10 records, one of them rejected."""
    rows = [
        ("top", 1, None, "Kitchen | *bold* <b>", "Line one\nline two", ["bread"], False, 9, 5, "accepted"),
        ("small", 0, "top", "Jane Doe's letters", "About Jane Doe.", ["jane"], False, 3, 1, "withheld"),
        ("large", 0, "top", "[Bake](http://x) `rye`_x_", "", ["rye", "oven"], False, 6, 5, "accepted"),
    ]
    names = ["group", "level", "parent", "name", "description", "phrases", "mixed", "count", "score", "action"]
    return SimpleNamespace(
        path=Path("no atlas"),
        published=False,
        tree=pl.DataFrame(rows, schema=names, orient="row"),
        conversations=pl.DataFrame({"count": [3, 6]}),
        membership=pl.DataFrame(schema={"conversation": pl.String, "group": pl.String, "count": pl.UInt32}),
        facets=pl.DataFrame({"conversation": []}),
        manifest={
            "counts": {
                "records": 10,
                "rejected": 1,
                "analysed": 9,
                "conversations": 2,
                "groups": 3,
                "withheld_audit": 1,
            },
            "facets": [],
            "models": {"chat": "fake", "embedder": "hash"},
        },
    )
