"""What operations work with: the texts, vectors and facets of the built atlas, each read when it is first needed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas import Atlas
from clioscope.facets.facet import Facet, built_facets
from clioscope.settings import Settings
from clioscope.vectors.spaced import evenly_spaced

if TYPE_CHECKING:
    import polars as pl

    from clioscope.embedding.embedder import Embedder
    from clioscope.naming.context import NamingContext
    from clioscope.privacy.audit import Recognise

_ALL = 20_000  # conversations up to which all texts are read for a name
_EACH, _AROUND = 5_000, 10_000  # beyond: members of each group, and conversations around
_TRAITS = ("field", "activity")


class Material:
    """The material of ``atlas``, as it was built. Kept between edits, so that a second edit reads nothing again."""

    def __init__(self, atlas: Atlas) -> None:
        self.atlas = atlas.built
        self.settings = Settings.model_validate(self.atlas.manifest["settings"])
        self._known_vectors: dict[str, NDArray[np.float32]] = {}
        self._contexts: dict[bytes, NamingContext] = {}

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """The vectors that decided the groups, unit rows (n, d)."""
        return self.atlas.vectors

    @cached_property
    def facets(self) -> list[Facet]:
        """The facets of the build; those that are computed lack their function."""
        return built_facets(self.atlas.manifest)

    # -- facets, to split by -------------------------------------------------------------------------------

    @cached_property
    def _columns(self) -> pl.DataFrame:
        """Facets and metadata, in the row order of the clusters; of several records, those of the first."""
        import polars as pl

        atlas = self.atlas
        table = atlas.clusters.select("conversation").join(
            atlas.facets, on="conversation", how="left", maintain_order="left"
        )
        meta = {name: name.removeprefix("meta_") for name in atlas.occurrences.columns if name.startswith("meta_")}
        meta = {name: short for name, short in meta.items() if short not in table.columns}
        if meta:
            first = atlas.occurrences.group_by("conversation", maintain_order=True).agg(pl.col(list(meta)).first())
            table = table.join(first.rename(meta), on="conversation", how="left", maintain_order="left")
        return table.drop("conversation", "asked", strict=False)

    @property
    def facet_names(self) -> list[str]:
        """What a group can be split by."""
        return self._columns.columns

    def values(self, facet: str) -> list[str | None] | None:
        """The value of each conversation (n) as text, None where it is not known; None for an unknown facet."""
        import polars as pl

        if facet not in self._columns.columns:
            return None
        return self._columns[facet].cast(pl.String).to_list()

    # -- texts and names -----------------------------------------------------------------------------------

    @cached_property
    def _texts(self) -> tuple[list[str], list[str], list[list[str]], list[int]]:
        """For each conversation: the text that stands for it, all that is known of it, who wrote it, and the number of
        its text, equal for near copies."""
        import polars as pl

        from clioscope.atlas.copies import copies_of, texts_of
        from clioscope.facets.texts import known_texts, shown_texts, writers
        from clioscope.measure.judges.evidence import transcripts_of

        atlas = self.atlas
        facets = atlas.clusters.select("conversation").join(
            atlas.facets, on="conversation", how="left", maintain_order="left"
        )
        if "asked" in facets.columns:  # nobody wrote what was inferred, so it backs no name
            names = [facet.name for facet in self.facets if facet.asked and facet.name in facets.columns]
            facets = facets.with_columns(pl.when("asked").then(pl.col(name)).alias(name) for name in names)
        transcripts = transcripts_of(atlas)
        if transcripts is None:
            transcripts = pl.DataFrame({"conversation": facets["conversation"], "transcript": "", "text": ""})
        written = [facet.name for facet in self.facets if facet.type == "text"]
        return (
            shown_texts(facets, transcripts, self.settings.naming.show),
            known_texts(facets, transcripts, written),
            writers(facets, atlas.occurrences),
            texts_of(facets["conversation"], copies_of(atlas)).to_list(),
        )

    @property
    def known(self) -> tuple[list[str], list[list[str]], list[int]]:
        """All that is known of each conversation (n), the users who wrote it (n), and the number of its text (n), equal
        for near copies."""
        return self._texts[1:]

    def recognise(self) -> Recognise | None:
        """What scores names before the auditor reads them (``privacy.recognised``). Who wrote a name is counted in the
        facets, and in the transcripts where the atlas keeps them."""
        from clioscope.privacy.recognised import recognise_by

        return recognise_by(self.settings.privacy, lambda: self.known[:2])

    def rows_for(self, groups: Sequence[NDArray[np.intp]]) -> NDArray[np.intp]:
        """The conversations that are read to name some groups, rising: all, or of a large atlas some members of each
        group and some around."""
        count = len(self.atlas.clusters)
        if count <= _ALL:
            return np.arange(count)
        parts = [rows[evenly_spaced(len(rows), _EACH)] for rows in groups]
        return np.unique(np.concatenate([evenly_spaced(count, _AROUND), *parts]))

    def context(self, rows: NDArray[np.intp]) -> NamingContext:
        """What groups are named from, with the conversations of ``rows`` only, and no model."""
        from clioscope.embedding.open import encoder_languages
        from clioscope.facets.language import language_name
        from clioscope.naming.context import NamingContext
        from clioscope.naming.support import Support

        key = rows.tobytes()
        if key not in self._contexts:
            shown, known, owners, copies = self._texts
            places = rows.tolist()
            traits = {name: self.values(name) for name in _TRAITS}
            table = self.atlas.facets
            asked = table["asked"].to_numpy()[rows] if "asked" in table.columns else None
            self._contexts = {  # one at a time: of a large atlas it holds much
                key: NamingContext(
                    texts=[shown[row] for row in places],
                    support=Support(
                        [known[row] for row in places],
                        self.settings.naming.support,
                        [owners[row] for row in places],
                        [copies[row] for row in places],
                    ),
                    vectors=self.vectors[rows],
                    settings=self.settings.naming,
                    encode=self.encode,
                    ask=None,
                    language=language_name(self.settings.facets.language),
                    traits={name: [own[row] for row in places] for name, own in traits.items() if own},
                    asked=asked if asked is not None and asked.any() and not asked.all() else None,
                    encoder_languages=encoder_languages(self.settings.embedding),
                )
            }
        return self._contexts[key]

    def unsupported(self, text: str, members: NDArray[np.intp]) -> list[str]:
        """The specific details of a text that too few people of a group wrote."""
        rows = self.rows_for([members])
        return self.context(rows).support.unsupported(text, places_in(rows, members).tolist())

    # -- the encoder ---------------------------------------------------------------------------------------

    @cached_property
    def _embedder(self) -> Embedder:
        from clioscope.embedding.open import open_embedder

        return open_embedder(self.settings.embedding)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of names in the geometry of the conversations, (len(texts), d). Raises ModelError."""
        from clioscope.embedding.encode import encode_texts
        from clioscope.facets.language import likeliest

        means = self.atlas.means
        missing = [text for text in dict.fromkeys(texts) if text not in self._known_vectors]
        if missing:
            languages = [likeliest(text, means.languages) for text in missing]
            found = means.centre(encode_texts(missing, self._embedder, None), languages)
            self._known_vectors |= dict(zip(missing, found, strict=True))
        if not len(texts):
            return np.zeros((0, self.vectors.shape[1]), dtype=np.float32)
        vectors: NDArray[np.float32] = np.stack([self._known_vectors[text] for text in texts])
        return vectors

    def encode_query(self, query: str) -> NDArray[np.float32]:
        """The unit vector (d,) of a question. Raises ModelError."""
        vector: NDArray[np.float32] = self.encode([query])[0]
        return vector


def places_in(rows: NDArray[np.intp], members: NDArray[np.intp]) -> NDArray[np.intp]:
    """The places of ``members`` among the rising ``rows``, as far as they are there."""
    places = np.searchsorted(rows, members)
    there = (places < len(rows)) & (rows[np.minimum(places, len(rows) - 1)] == members)
    found: NDArray[np.intp] = places[there]
    return found
