"""Learn the ready-made map of an encoder: from the vector of a raw text to the mean vector of its facets.

    python benchmarks/ready_map.py ANSWERED_ATLAS [--without labels.csv] --out FILE.npz

``ANSWERED_ATLAS`` is an atlas of which many conversations were asked (``clioscope build --ask all``). The map is a
ridge regression on those. Conversations whose id stands in ``--without`` (labelled ones, for checking) are left out.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.linear_model import Ridge

from clioscope.atlas import Atlas
from clioscope.atlas.files import read_array
from clioscope.prediction.ready import FACETS, ReadyMap
from clioscope.vectors.unit import average

PENALTY = 3.0  # of the ridge; between 1 and 10 the cross-validated cosine is the same to .001


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("atlas", type=Path)
    parser.add_argument("--without", type=Path, help="CSV with a column id: conversations that it must not learn from")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()

    from clioscope.embedding.open import open_embedder
    from clioscope.settings import Settings

    atlas = Atlas(given.atlas)
    out = set() if given.without is None else {row["id"] for row in csv.DictReader(given.without.open())}
    held_out = atlas.occurrences.filter(pl.col("record").is_in(list(out)))["conversation"]
    facets = atlas.facets.with_row_index("row").filter(
        pl.col("asked"),
        pl.all_horizontal(pl.col(FACETS).is_not_null()),
        ~pl.col("conversation").is_in(held_out.implode()),
    )
    encoder = open_embedder(Settings.model_validate(atlas.manifest["settings"]).embedding)
    raw = read_array(given.atlas, "texts")[facets["row"].to_numpy()].astype(np.float32)
    own = average([encoder.encode(facets[name].to_list()) for name in FACETS])
    fitted = Ridge(alpha=PENALTY).fit(raw, own)
    made = ReadyMap(fitted.coef_.T.astype(np.float32), fitted.intercept_.astype(np.float32))
    np.savez_compressed(given.out, map=made.array(), encoder=encoder.id)
    print(f"{len(raw)} conversations; {given.out}: {given.out.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
