"""From a file of conversations to an atlas: the order of the stages, and nothing else.

Reads like the method section of the paper (Clio, section 2 and appendix G). A stage whose inputs and settings
have not changed is not run again; what a killed run had finished is not done again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.atlas import Atlas
from clioscope.facets.choose import facets_of
from clioscope.facets.facet import Facet
from clioscope.pipeline.checks import check
from clioscope.pipeline.estimate import Estimate, estimate_build
from clioscope.pipeline.resolve import resolve
from clioscope.pipeline.run import Workshop
from clioscope.progress import Progress, on_saying
from clioscope.prompts import EXAMPLES
from clioscope.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from clioscope.embedding.embedder import Embedder
    from clioscope.naming.candidates import Encode, Label
    from clioscope.naming.support import Support
    from clioscope.privacy.backing import Backing


def build(
    paths: str | Path | Sequence[str | Path],
    out: str | Path,
    settings: Settings | None = None,
    *,
    facets: Sequence[Facet] = (),
    overwrite: bool = False,
    progress: Progress | None = None,
    confirm: Callable[[Estimate], None] | None = None,
) -> Atlas:
    """Build an atlas of the conversations in ``paths`` in the folder ``out``, and open it.

    The work is done in ``<out>.building`` and takes the place of ``out`` when it is whole; killed half-way,
    the same call goes on from there. ``facets`` are further facets beside those of the settings. ``confirm`` gets
    what the build will ask of the model when the input is read, and may raise to stop it there.

    Raises InputError, SettingsError, ModelError or AtlasError, each with one sentence that says what to do.
    """
    settings = settings or Settings()
    files = [Path(paths)] if isinstance(paths, str | Path) else [Path(one) for one in paths]
    check(settings, facets)
    chosen = facets_of(settings, facets)
    settings = resolve(settings, chosen)
    with Workshop(Path(out), files, settings, overwrite=overwrite, progress=progress) as shop:
        conversations, transcripts = _read(shop, files)
        if confirm is not None:
            confirm(estimate_build(transcripts, settings, chosen, store=shop.store))
        conversations, transcripts = _screen(shop, conversations, transcripts)
        table = _facets(shop, conversations, transcripts, chosen)
        vectors, embedder = _vectors(shop, table, transcripts, {one.name: one.type for one in chosen})
        labels, centroids = _clusters(shop, conversations, vectors)
        shown, support, backing = _shown(shop, table, transcripts, chosen)
        encode = _encoder(shop, embedder)
        base = _names(shop, shown, support, vectors, labels, centroids, encode, chosen)
        _tree(shop, conversations, shown, support, vectors, labels, centroids, base, encode)
        _audit(shop, conversations, labels, backing)
        _layout(shop, conversations, vectors)
        return shop.finish(chosen)


def _read(shop: Workshop, files: Sequence[Path]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Conversations in: read, sampled, without duplicates, condensed."""
    from clioscope.conversations.collect import collect_conversations

    settings, seed = shop.settings.input, shop.settings.seed
    stage = shop.stage("conversations", settings.model_dump(exclude={"keep_transcripts"}), seed, shop.sources)
    if not stage.done:
        with stage:
            found = collect_conversations(
                files, settings, seed, shop.folder / "rejected.jsonl", on_progress=stage.report
            )
            stage.table("conversations", found.conversations)
            stage.table("occurrences", found.occurrences)
            stage.table("transcripts", found.transcripts)
            stage.note(read=found.read, rejected=found.rejected, flawed=found.flawed, unread=found.unread)
            stage.table("templates", found.templates.frame())
            stage.note(lines=found.lines, remarks=found.remarks, shared=found.shared)
    recognised = shop.manifest["stages"]["conversations"]
    for sentence in (*recognised["lines"], *recognised["remarks"]):
        if sentence != recognised["shared"]:  # told at the end, among the notices
            on_saying(shop.progress)(sentence)
    return stage.load("conversations"), stage.load("transcripts")


def _screen(
    shop: Workshop, conversations: pl.DataFrame, transcripts: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The screener narrows the input to what a plain question asks for."""
    question = shop.settings.facets.screen
    if question is None:
        return conversations, transcripts
    import polars as pl

    from clioscope.errors import InputError, SettingsError
    from clioscope.facets.screen import passed, screen

    key = (question, shop.prompt_keys("screen"))
    stage = shop.stage("screen", key, shop.model_key("screen"), after="conversations")
    if not stage.done:
        with stage:
            ask = shop.ask("screen")
            if ask is None:
                raise SettingsError("facets.screen needs a language model; leave --no-llm out.")
            answers = screen(transcripts, question, ask)
            stage.table("screened", transcripts.select("conversation").with_columns(passed(answers, ask.ledger)))
            stage.note(unanswered=answers.count(None))
    kept = stage.load("screened").filter("kept")["conversation"]
    if kept.is_empty():
        raise InputError(f"No conversation got a yes to the screener's question: {question}")
    return tuple(  # type: ignore[return-value]
        one.filter(pl.col("conversation").is_in(kept.implode())) for one in (conversations, transcripts)
    )


def _facets(
    shop: Workshop, conversations: pl.DataFrame, transcripts: pl.DataFrame, chosen: Sequence[Facet]
) -> pl.DataFrame:
    """Facets of every conversation, in one call each."""
    from clioscope.facets.extract import extract_facets

    settings = shop.settings.facets
    asks = any(one.asked for one in chosen)
    shown = shop.prompt_keys("facets", EXAMPLES) if settings.examples else shop.prompt_keys("facets")
    key = ([one.identity for one in chosen], settings.language, settings.calls, shown)
    stage = shop.stage(
        "facets",
        key,
        shop.model_key("facets") if asks else None,
        after="screen" if settings.screen else "conversations",
    )
    if not stage.done:
        with stage:
            ask = shop.ask("facets") if asks else None
            stage.table(
                "facets",
                extract_facets(
                    conversations,
                    transcripts,
                    chosen,
                    ask=ask,
                    language=settings.language,
                    calls=settings.calls,
                    with_examples=settings.examples,
                ),
            )
    return stage.load("facets")


def _vectors(
    shop: Workshop, facets: pl.DataFrame, transcripts: pl.DataFrame, types: Mapping[str, str]
) -> tuple[NDArray[np.float32], Embedder]:
    """Unit vectors of the chosen facets: averaged, centred, smoothed."""
    from clioscope.atlas.languages import languages_of
    from clioscope.atlas.vectors import read_known, read_vectors, write_vectors
    from clioscope.embedding.open import open_embedder
    from clioscope.embedding.plain import plain_vectors
    from clioscope.facets.texts import embedded_texts
    from clioscope.vectors.shaping import shape

    settings, chosen = shop.settings.embedding, shop.settings.facets
    embedder = open_embedder(settings)
    seed = shop.settings.seed
    key = (settings.model_dump(exclude={"batch_size"}), chosen.embed, chosen.combine, embedder.id, seed)
    stage = shop.stage("vectors", key, after="facets")
    languages = languages_of(facets, types)
    if stage.done:
        return read_vectors(shop.folder, languages), embedder
    with stage:
        columns = embedded_texts(facets, transcripts, chosen.embed or (), chosen.combine)
        plain = plain_vectors(columns, embedder, shop.store, read_known(shop.folder), stage.report)
        shaped = shape(plain.rows.astype("float32"), settings, seed, languages)
        write_vectors(shop.folder, stage.array, plain, shaped)
    return shaped.vectors, embedder


def _clusters(
    shop: Workshop, conversations: pl.DataFrame, vectors: NDArray[np.float32]
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Base groups, with the margin of every conversation."""
    import polars as pl

    from clioscope.clustering import cluster, rare
    from clioscope.hierarchy.tree import group_ids

    settings, seed = shop.settings.clustering, shop.settings.seed
    stage = shop.stage("clusters", settings, seed, after="vectors")
    if not stage.done:
        with stage:
            found = cluster(vectors, settings, seed)
            names = conversations["conversation"].to_list()
            ids = group_ids(names, found.labels, 0)
            table = pl.DataFrame(
                {
                    "conversation": names,
                    "group": [ids[label] for label in found.labels],
                    "label": found.labels,
                    "margin": found.margins,
                    "rare": rare(found.margins, settings.rare),
                    "noise": found.noise,
                }
            )
            stage.table("clusters", table)
            stage.array("centroids", found.centroids)
            stage.note(groups=len(found.centroids), base_groups=ids, **found.info)
    return stage.load("clusters")["label"].to_numpy(), stage.load_array("centroids")


def _shown(
    shop: Workshop, facets: pl.DataFrame, transcripts: pl.DataFrame, chosen: Sequence[Facet]
) -> tuple[list[str], Support, Backing]:
    """What stands for each conversation when groups are named, what a name may say of it, and what of it be public."""
    from clioscope.facets.texts import known_texts, shown_texts, writers
    from clioscope.naming.support import Support
    from clioscope.privacy.backing import Backing

    settings = shop.settings.naming
    texts = [one.name for one in chosen if one.type == "text"]
    known = known_texts(facets, transcripts, texts)
    owners = writers(facets, shop.table("occurrences"))
    support, backing = Support(known, settings.support, owners), Backing(known, owners, settings.support)
    return shown_texts(facets, transcripts, settings.show), support, backing


def _encoder(shop: Workshop, embedder: Embedder) -> Encode:
    """Names live in the same geometry as the conversations: encoded, and centred by the mean of their language."""
    from clioscope.atlas.vectors import read_means
    from clioscope.embedding.encode import encode_texts
    from clioscope.facets.language import likeliest

    means = read_means(shop.folder)

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        languages = [likeliest(text, means.languages) for text in texts]
        return means.centre(encode_texts(list(texts), embedder, shop.store), languages)

    return encode


def _names(
    shop: Workshop,
    shown: Sequence[str],
    support: Support,
    vectors: NDArray[np.float32],
    labels: NDArray[np.int32],
    centroids: NDArray[np.float32],
    encode: Encode,
    chosen: Sequence[Facet],
) -> list[Label]:
    """Names and descriptions of the base groups, against their nearest non-members."""
    from clioscope.facets.language import language_name
    from clioscope.naming import labels_from, labels_table, name_groups

    language = language_name(shop.settings.facets.language)
    criteria = {one.name: one.criteria for one in chosen}.get((shop.settings.facets.embed or ("",))[0], "")
    naming = shop.settings.naming.model_dump(exclude={"model", "duplicate"})  # the model has a key of its own
    key = (naming, language, criteria, shop.prompt_keys("name", EXAMPLES))
    stage = shop.stage("names", key, shop.model_key("names"), after="clusters")
    if not stage.done:
        with stage:
            found = name_groups(
                shown,
                support,
                vectors,
                labels,
                centroids,
                shop.settings.naming,
                encode=encode,
                ask=shop.ask("names"),
                language=language,
                criteria=criteria,
            )
            stage.table("names", labels_table(found))
    return labels_from(stage.load("names"))


def _tree(
    shop: Workshop,
    conversations: pl.DataFrame,
    shown: Sequence[str],
    support: Support,
    vectors: NDArray[np.float32],
    labels: NDArray[np.int32],
    centroids: NDArray[np.float32],
    base: list[Label],
    encode: Encode,
) -> None:
    """Groups of groups, named bottom-up; then no two names alike."""
    from clioscope.facets.language import language_name
    from clioscope.hierarchy.grow import grow_tree
    from clioscope.hierarchy.tree import memberships, tree_table
    from clioscope.naming.distinct import distinct_tree

    settings, language = shop.settings, language_name(shop.settings.facets.language)
    prompts = shop.prompt_keys(EXAMPLES, "name_parent", "propose", "dedupe", "assign", "rename")
    key = (settings.hierarchy, settings.naming.model_dump(exclude={"model"}), language, prompts)
    stage = shop.stage("tree", key, shop.model_key("tree"), settings.seed, after="names")
    if stage.done:
        return
    with stage:
        ask = shop.ask("tree")
        levels, named = grow_tree(
            base,
            shown,
            support,
            labels,
            vectors,
            centroids,
            settings.hierarchy,
            settings.naming,
            encode=encode,
            ask=ask,
            language=language,
            seed=settings.seed,
        )
        member = memberships(labels, levels)
        named = distinct_tree(
            named, member, shown, support, vectors, settings.naming, encode=encode, ask=ask, language=language
        )
        stage.table("unaudited", tree_table(conversations, stage.load("occurrences"), member, levels, named))


def _audit(shop: Workshop, conversations: pl.DataFrame, labels: NDArray[np.int32], backing: Backing) -> None:
    """A verdict on every name and description; what does not pass is rewritten or withheld.

    A stage of its own, so that another auditor or threshold does not grow the tree anew.
    """
    import polars as pl

    from clioscope.facets.language import language_name
    from clioscope.hierarchy.tree import group_ids
    from clioscope.privacy.audit import audit_labels

    settings, language = shop.settings.privacy, language_name(shop.settings.facets.language)
    words = shop.settings.naming.max_words
    prompts = shop.prompt_keys(EXAMPLES, "audit" if settings.auditor == "quotes" else "audit_scale", "redact")
    key = (settings.audit, settings.auditor, settings.accept, language, words, prompts)
    stage = shop.stage("audit", key, shop.model_key("audit"), after="tree")
    if stage.done:
        return
    with stage:
        tree = stage.load("unaudited")
        named = list(tree.select("name", "description").iter_rows())
        verdicts = audit_labels(named, settings, ask=shop.ask("audit"), language=language, words=words)
        audit = pl.DataFrame(verdicts, schema=["name", "description", "score", "first_score", "action"], orient="row")
        stage.table(
            "audit",
            pl.concat(
                [
                    tree.select("group", raw_name="name", raw_description="description"),
                    audit.select("score", "first_score", "action"),
                ],
                how="horizontal",
            ),
        )
        tree = tree.with_columns(audit.get_columns())
        base = group_ids(conversations["conversation"].to_list(), labels, 0)
        unbacked = backing.unbacked(tree, [base[label] for label in labels])
        stage.table("tree", tree.with_columns(pl.Series("unbacked", unbacked, dtype=pl.Boolean)))


def _layout(shop: Workshop, conversations: pl.DataFrame, vectors: NDArray[np.float32]) -> None:
    """A map for the eye; the picture never decides the groups."""
    import polars as pl

    from clioscope.layout import project

    stage = shop.stage("layout", shop.settings.layout, shop.settings.seed, after="vectors")
    if not stage.done:
        with stage:
            places = project(vectors, shop.settings.layout, shop.settings.seed)
            stage.table(
                "layout",
                pl.DataFrame({"conversation": conversations["conversation"], "x": places[:, 0], "y": places[:, 1]}),
            )
