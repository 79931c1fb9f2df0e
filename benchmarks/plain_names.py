"""Many names that are made without a model, to look for people in them: of CLINC150, or of an atlas.

    python benchmarks/plain_names.py clinc --groups 450 --out clinc-names.json
    python benchmarks/plain_names.py ATLAS --data sharegpt.json --groups 700 --out sharegpt-names.json

ATLAS holds the vectors of raw texts (``texts.npy``) of conversations of the file DATA. The groups are those of k-means,
so many that more names come out than a build would make. Writes a list of [name, description].
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import MiniBatchKMeans

from clioscope.naming import name_groups
from clioscope.naming.context import NamingContext
from clioscope.naming.support import Support
from clioscope.settings import EmbeddingSettings, InputSettings, NamingSettings
from clioscope.vectors.unit import unit_rows


def named(texts: list[str], vectors: NDArray[np.float32], groups: int) -> list[tuple[str, str]]:
    """Names and descriptions of the groups of k-means, of the groups' own words."""
    found = MiniBatchKMeans(groups, n_init=1, random_state=0, batch_size=4096).fit_predict(vectors)
    labels = np.unique(found, return_inverse=True)[1].astype(np.int32)
    centroids = unit_rows(np.stack([vectors[labels == group].mean(axis=0) for group in range(labels.max() + 1)]))
    settings = NamingSettings(ready_names="never")
    alike = np.full(
        vectors.shape[1], 1 / np.sqrt(vectors.shape[1]), np.float32
    )  # the first name that is proposed stays
    context = NamingContext(
        texts=texts,
        support=Support(texts, settings.support),
        vectors=vectors,
        settings=settings,
        encode=lambda some: np.tile(alike, (len(some), 1)),
        ask=None,
    )
    return [(label.name, label.description) for label in name_groups(context, labels, centroids)]


def clinc() -> tuple[list[str], NDArray[np.float32]]:
    """The texts of the test part of CLINC150, and plain vectors of them."""
    from clioscope.embedding.open import open_embedder
    from clioscope.experiments.data import clinc150

    texts = clinc150("test").texts
    return texts, open_embedder(EmbeddingSettings(model="hash")).encode(texts)


def of_atlas(folder: Path, data: Path) -> tuple[list[str], NDArray[np.float32]]:
    """What users wrote in the conversations of an atlas, and the vectors of it."""
    import polars as pl

    from clioscope.conversations import collect_conversations

    known = pl.read_parquet(folder / "facets.parquet", columns=["conversation"])
    settings = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["settings"]
    found = collect_conversations([data], InputSettings.model_validate(settings["input"]), settings["seed"], None)
    texts = known.join(found.transcripts, on="conversation", how="left", maintain_order="left")["text"]
    return [text or "" for text in texts.to_list()], np.load(folder / "texts.npy").astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", help="clinc, or the folder of an atlas")
    parser.add_argument("--data", type=Path, help="the file that the atlas was built from")
    parser.add_argument("--groups", type=int, default=450)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    texts, vectors = clinc() if given.what == "clinc" else of_atlas(Path(given.what), given.data)
    labels = named(texts, vectors, given.groups)
    given.out.write_text(json.dumps(labels, ensure_ascii=False), encoding="utf-8")
    print(f"{len(labels)} names")


if __name__ == "__main__":
    main()
