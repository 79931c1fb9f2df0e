"""One update, step by step, in the folder of a build."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas.files import read_array, read_manifest
from clioscope.atlas.languages import languages_of
from clioscope.atlas.segments import whole_ids
from clioscope.atlas.vectors import ENCODED, TEXT_KEYS, TEXTS, read_means
from clioscope.pipeline.folder import UNCOPIED, take_file
from clioscope.pipeline.given import codes_above, placed_new
from clioscope.pipeline.mixing import Encoding, place, read_map, said_texts
from clioscope.pipeline.updating.arrivals import Arrivals, read_arrivals
from clioscope.pipeline.updating.clusters import Arrived
from clioscope.pipeline.updating.facet_rows import filled_rows, with_categories
from clioscope.pipeline.updating.fits import FIT, FIT_ROWS, fit_of
from clioscope.pipeline.updating.groups import Changed, changed_groups
from clioscope.pipeline.updating.joint import Joint
from clioscope.pipeline.updating.names_hidden import without_people
from clioscope.pipeline.updating.placing import Geometry, Placed, grouped, placed, raw_vectors
from clioscope.pipeline.updating.record import finish_update
from clioscope.pipeline.updating.rows import Rows, read
from clioscope.pipeline.updating.tree import write_tree

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas
    from clioscope.pipeline.run import Run


class Placing(NamedTuple):
    """The new conversations (n) in the ``geometry`` of the atlas: ``new``; vectors ``raw`` (n, d) of their texts, and
    ``keys`` (n, 16) of these."""

    geometry: Geometry
    new: Placed
    raw: NDArray[np.float16]
    keys: NDArray[np.uint8]


class Work:
    """``atlas``: what is updated, as it was built; ``run``: the folder of the work, which holds a copy of it, with
    models and encoder; ``sources``: the new files, as the manifest records them."""

    def __init__(
        self,
        atlas: Atlas,
        run: Run,
        sources: Sequence[dict[str, Any]],
        ask: int | Literal["all"] | None,
        false_refusals: float,
    ) -> None:
        self.atlas, self.run, self.sources, self.false_refusals = atlas, run, sources, false_refusals
        self.old = atlas.path
        self.base: list[str] = read_manifest(atlas.path)["base_groups"]
        asks = run.settings.model.name is not None and any(facet.asked for facet in run.facets)
        self.ask = (ask if ask is not None or read_map(self.old) is not None else "all") if asks else None

    def do(self, files: Sequence[Path], given: Mapping[str, str | None]) -> list[str]:
        """Update the atlas in the folder; remarks for the reader."""
        run = self.run
        for record in run.manifest["stages"].values():
            run.hashes |= {name: hash for name, hash in record["files"].items() if (self.old / name).exists()}
        began = time.monotonic()
        run.progress.begin("conversations")
        arrivals = read_arrivals(self.atlas, files, run.settings, given, run.folder / "rejected.jsonl")
        run.progress.end("conversations", time.monotonic() - began, True)
        self._write("conversations", arrivals.conversations)
        self._write("occurrences", arrivals.occurrences)
        if arrivals.segments is not None:
            self._write("segments", arrivals.segments)
        if (self.old / "transcripts.parquet").exists():
            self._write("transcripts", _joined(read(self.old, "transcripts"), arrivals.transcripts))
        if (self.old / "copies.parquet").exists():
            self._write("copies", self._copies(arrivals))
        fresh, transcripts = self._let_in(arrivals)
        rows = Rows(read(self.old, "facets")["conversation"], fresh["conversation"])
        changed = None
        if len(rows.new):
            changed = self._groups(rows, *self._place(rows, fresh, transcripts, arrivals), arrivals)
        for file in self.old.iterdir():
            if file.name in UNCOPIED and not (run.folder / file.name).exists():
                take_file(file, run.folder)
        write_tree(self.old, run, rows, arrivals, changed)
        number = whole_ids(fresh, arrivals.segments).n_unique()
        return finish_update(self.atlas, run, arrivals, number, changed, self.sources)

    def _copies(self, arrivals: Arrivals) -> pl.DataFrame:
        """Near copies among the conversations of the atlas and the new ones."""
        from clioscope.conversations.texts.near_copies import with_new_texts

        new = arrivals.fresh.select("conversation")
        texts = new.join(arrivals.transcripts, on="conversation", how="left", maintain_order="left")
        return with_new_texts(read(self.old, "copies"), texts["conversation"].to_list(), texts["text"].to_list())

    def _let_in(self, arrivals: Arrivals) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The new conversations that the screener of the atlas lets in, with their transcripts."""
        question = self.run.settings.facets.screen
        if question is None or arrivals.fresh.is_empty():
            return arrivals.fresh, arrivals.transcripts
        from clioscope.facets.screen import screen, stays

        asker = self.run.askers.ask("screen", "chat")
        assert asker is not None  # an atlas with a screener has a model
        kept = stays(screen(arrivals.transcripts, question, asker)).alias("kept")
        new = arrivals.fresh.select("conversation").with_columns(kept)
        self._write("screened", _joined(read(self.old, "screened"), new))
        return arrivals.fresh.filter(kept), arrivals.transcripts.filter(kept)

    def _place(
        self, rows: Rows, fresh: pl.DataFrame, transcripts: pl.DataFrame, arrivals: Arrivals
    ) -> tuple[Placing, pl.DataFrame]:
        """Write vectors, facets and places on the map of the new conversations; also what was said of them."""
        from clioscope.embedding.plain import plain_vectors
        from clioscope.embedding.reach import encoded_shares
        from clioscope.facets.extract import extract_facets
        from clioscope.facets.texts import embedded_texts

        run, settings = self.run, self.run.settings
        texts = embedded_texts(fresh, transcripts, ())
        made = plain_vectors(texts, run.embedder, run.store)
        asked = self._asked(made.rows)
        facets = [facet for facet in run.facets if not facet.asked or any(asked)]
        answers = extract_facets(
            fresh,
            transcripts,
            facets,
            ask=run.askers.ask("facets", "chat") if any(asked) else None,
            language=settings.facets.language,
            calls=settings.facets.calls,
            with_examples=settings.facets.examples,
            chosen=asked,
        )
        answers = without_people(run, answers, transcripts, arrivals.occurrences)
        kinds = [facet.name for facet in facets if facet.asked]
        embed = settings.facets.embed or () if kinds else ()
        said = said_texts(answers, transcripts, kinds, embed, settings.facets.combine)
        plain = place(said, made.rows, Encoding(run.embedder, run.store), self.old)
        types = {facet.name: facet.type for facet in run.facets}
        clusters = read(self.old, "clusters")
        geometry = Geometry(
            self.old,
            read_means(self.old),
            languages_of(read(self.old, "facets"), types),
            clusters["label"].to_numpy(),
            self._stored("centroids"),
        )
        centred = geometry.means.centre(plain.astype(np.float32), languages_of(answers, types))
        smoothing = settings.embedding
        new = placed(geometry, centred, smoothing.smooth_neighbours, smoothing.smooth)
        self._write_arrays(rows, plain, made.rows, made.keys, new)
        if (self.old / f"{ENCODED}.npy").exists():
            shares = encoded_shares(texts[0], run.embedder, made.keys, {})
            self._write_array(ENCODED, rows.array(self._stored(ENCODED), shares))
        copies = self._write_asked(rows, asked)
        self._write_answers(rows, answers, asked, made.rows, copies)
        self._write_layout(rows, new, len(geometry))
        return Placing(geometry, new, made.rows, made.keys), answers

    def _asked(self, raw: NDArray[np.float16]) -> list[bool]:
        from clioscope.prediction.order import spread_order

        chosen = np.full(len(raw), self.ask == "all")
        if isinstance(self.ask, int) and len(raw):
            chosen[spread_order(raw, None, self.run.settings.seed)[: self.ask]] = True
        return [bool(one) for one in chosen]

    def _write_arrays(
        self, rows: Rows, plain: NDArray[Any], raw: NDArray[Any], keys: NDArray[np.uint8], new: Placed
    ) -> None:
        old_near = self._stored("smooth_near")
        where = np.concatenate([rows.old, rows.new, [-1]])
        near = rows.array(where[old_near].astype(np.int32), where[new.near].astype(np.int32)[:, : old_near.shape[1]])
        for name, array in (
            ("plain", rows.array(self._stored("plain"), plain)),
            (TEXTS, rows.array(self._stored(TEXTS), raw)),
            (TEXT_KEYS, rows.array(self._stored(TEXT_KEYS), keys)),
            ("smooth_near", near),
            ("smooth_weights", rows.array(self._stored("smooth_weights"), new.weights)),
        ):
            self._write_array(name, array)

    def _write_asked(self, rows: Rows, asked: Sequence[bool]) -> NDArray[np.int64]:
        """Write which conversations were asked; the row that stands for each."""
        import polars as pl

        old = read(self.old, "asked")
        start = int(old["place"].max() or 0) + 1  # type: ignore[arg-type]
        new = pl.DataFrame(
            {"conversation": rows.ids.gather(rows.new), "place": np.arange(start, start + len(asked)), "asked": asked}
        )
        table = rows.table(old, new.with_columns(weight=pl.lit(1)))
        own = np.arange(len(rows))
        if "stands_for" in old.columns:
            own[rows.old] = rows.old[old["stands_for"].to_numpy()]
            table = table.with_columns(stands_for=pl.Series(own, dtype=old.schema["stands_for"]))
        self._write("asked", table)
        return own

    def _write_answers(
        self,
        rows: Rows,
        answers: pl.DataFrame,
        asked: Sequence[bool],
        raw: NDArray[np.float16],
        copies: NDArray[np.int64],
    ) -> None:
        from clioscope.embedding.encode import encode_texts

        run = self.run
        self._write("answers", rows.table(read(self.old, "answers"), answers))
        filled = filled_rows(
            self.old,
            rows,
            answers,
            asked,
            raw,
            run.facets,
            copies,
            lambda texts: encode_texts(texts, run.embedder, run.store),
        )
        for name in ("facets", "probabilities", "values", "prediction"):
            self._write(name, getattr(filled, name))
        self._write_array("chances", filled.chances)
        self._write_array("said", filled.said)

    def _write_layout(self, rows: Rows, new: Placed, count: int) -> None:
        """A new conversation lies among its neighbours on the map, which stays as it is."""
        import polars as pl

        old = read(self.old, "layout")
        places = old.select("x", "y").to_numpy()
        near = np.where((new.near >= 0) & (new.near < count), new.near, -1)
        near = np.concatenate([near, new.closest[:, None]], axis=1)
        there = (near >= 0)[:, :, None]
        mean = (places[near] * there).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
        ids = rows.ids.gather(rows.new)
        self._write("layout", rows.table(old, pl.DataFrame({"conversation": ids, "x": mean[:, 0], "y": mean[:, 1]})))

    def _groups(self, rows: Rows, placing: Placing, answers: pl.DataFrame, arrivals: Arrivals) -> Changed:
        """Put the new conversations into groups, and change those that no longer hold."""
        from clioscope.clustering.novelty import p_values_in_file

        tree, geometry = read(self.old, "tree"), placing.geometry
        none = tree.filter("none")["group"].to_list() if "none" in tree.columns else []
        barred = np.array([group in none for group in self.base])
        given = placed_new(self.old, self.run, answers, placing.new.vectors, geometry.vectors)
        codes = None if given is None else given.codes
        if codes is not None:
            facets, values, book = self.run.table("facets"), self.run.table("values"), self.run.settings.codebook
            self._write("facets", with_categories(facets, values, rows.new, answers, codes, book.categories))
        code_of = codes_above(tree)
        own = [code_of.get(group) for group in self.base]
        labels, margins = grouped(geometry, placing.new, placing.keys, barred, codes, own)
        outside = barred[geometry.labels]
        fit, kept_rows, kept = fit_of(self.old, raw_vectors(self.old), geometry.labels, outside)
        # The first conversations of a category make its first group; of no category, they fit nothing that is there.
        fits = np.array([code is not None for code in codes or [None] * len(labels)])
        there = labels >= 0
        raw = placing.raw[there].astype(np.float32)
        fits[there] = p_values_in_file(fit, raw, labels[there]) > self.false_refusals
        self._write_array(FIT_ROWS, rows.old[kept_rows].astype(np.int32))
        self._write_array(FIT, kept)
        new = Arrived(labels, margins, fits, given)
        return changed_groups(self.old, self.run, rows, Joint(geometry, placing.new.vectors), arrivals, new)

    def _stored(self, name: str) -> NDArray[Any]:
        return read_array(self.old, name)

    def _write(self, name: str, table: pl.DataFrame) -> None:
        self.run.take(**{name: table})

    def _write_array(self, name: str, array: NDArray[Any]) -> None:
        self.run.hashes[f"{name}.npy"] = self.run.write_array(name, array)


def _joined(old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    return pl.concat([old, new], how="diagonal_relaxed").select(old.columns).sort("conversation")
