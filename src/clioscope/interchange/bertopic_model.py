"""An atlas as a fitted model of BERTopic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clioscope.atlas.none import none_groups
from clioscope.atlas.opening import opened
from clioscope.atlas.shown import shown_tree
from clioscope.atlas.vectors import TEXTS
from clioscope.embedding.encode import encode_texts
from clioscope.embedding.open import open_embedder
from clioscope.errors import ClioscopeError
from clioscope.interchange.needing import needed
from clioscope.interchange.texts import texts_of
from clioscope.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clioscope.atlas import Atlas


def to_bertopic(atlas: Atlas | str | Path, documents: Sequence[str] | None = None, **options: Any) -> Any:
    """A fitted ``bertopic.BERTopic`` whose topics are the base groups of the atlas, with their names as labels.

    Topics are numbered by size. Their words are BERTopic's own (class-based TF-IDF of ``documents``), their vectors are
    the means of the atlas's vectors of raw texts, and what fits no group is topic -1. ``transform`` encodes new texts
    as the atlas did and takes the nearest topic; ``atlas.assign`` does more (it learnt from facets, and refuses what
    fits nothing). ``documents`` are texts in the order of ``atlas.clusters``; without them the kept transcripts are
    taken, or the facets that are sentences. ``options`` go to ``BERTopic``, as a ``vectorizer_model``.

    >>> from clioscope import interchange
    >>> model = interchange.to_bertopic("atlas/")  # doctest: +SKIP
    >>> model.get_topic_info()[["Topic", "Count", "CustomName"]]  # doctest: +SKIP
    >>> model.visualize_barchart(custom_labels=True)  # doctest: +SKIP

    Raises ClioscopeError without the package bertopic, and for documents of another number than the atlas's rows;
    AtlasError for an atlas without texts or vectors.
    """
    import numpy as np

    bertopic = needed("bertopic")
    atlas = opened(atlas)
    texts = texts_of(atlas).to_list() if documents is None else list(documents)
    if len(texts) != atlas.clusters.height:
        raise ClioscopeError(
            f"{atlas.path}: has {atlas.clusters.height:,} conversations, and {len(texts):,} documents are given; give "
            f"one for each row of atlas.clusters."
        )
    rows = atlas.shown_rows
    vectors = atlas.array(TEXTS) if (atlas.path / f"{TEXTS}.npy").exists() else atlas.plain
    groups = atlas.clusters["group"].gather(rows).to_list()
    topics = _topics(atlas)
    model = bertopic.BERTopic(
        embedding_model=_embedder(atlas),
        umap_model=needed("bertopic.dimensionality").BaseDimensionalityReduction(),
        hdbscan_model=needed("bertopic.cluster").BaseCluster(),
        **options,
    )
    model.fit(
        [texts[row] for row in rows],
        embeddings=vectors[rows].astype(np.float32),
        y=np.array([topics[group] for group in groups]),
    )
    names: dict[str, str] = dict(shown_tree(atlas).select("group", "name").iter_rows())
    model.set_topic_labels({topic: names[group] for topic, group in zip(model.topics_, groups, strict=True)})
    return model


def _topics(atlas: Atlas) -> dict[str, int]:
    """The number of each base group: from 0, the largest first; -1 for what fits no group."""
    base = atlas.tree.filter(atlas.tree["level"] == 0).sort("count", "group", descending=[True, False])["group"]
    none = set(none_groups(atlas.tree))
    kept = [group for group in base if group not in none]
    return {group: place for place, group in enumerate(kept)} | dict.fromkeys(set(base) - set(kept), -1)


def _embedder(atlas: Atlas) -> Any:
    """The atlas's encoder as BERTopic calls one; it is opened when the first text is encoded."""
    settings = Settings.model_validate(atlas.manifest["settings"]).embedding
    encode: list[Callable[[Sequence[str]], NDArray[np.float32]]] = []

    class Encoder(needed("bertopic.backend").BaseEmbedder):  # type: ignore[misc]
        def embed(self, documents: Sequence[str], verbose: bool = False) -> NDArray[np.float32]:
            if not encode:
                embedder = open_embedder(settings)
                encode.append(lambda texts: encode_texts(list(texts), embedder, None))
            return encode[0](documents)

    return Encoder()
