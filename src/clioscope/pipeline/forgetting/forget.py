"""Forgetting a user, a conversation or all raw text, and the proof that nothing of it is left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from clioscope.atlas import Atlas
from clioscope.errors import AtlasError, ClioscopeError
from clioscope.files.search import Searcher, Trace
from clioscope.pipeline.folder import ANSWERS, WAITING, BuildFolder, settle
from clioscope.pipeline.forgetting.groups import write_groups, write_manifest, write_shares
from clioscope.pipeline.forgetting.leftovers import (
    clean_edits,
    clean_lines,
    clean_tables,
    clean_value,
    clean_views,
    drop_pages,
)
from clioscope.pipeline.forgetting.raw import drop_raw, expired
from clioscope.pipeline.forgetting.rows import drop_rows, fill_again
from clioscope.pipeline.forgetting.target import Target, conversations_in, find_target, text_of
from clioscope.pipeline.forgetting.words import Leaning, marked_strings, said_in, searchable, words_of
from clioscope.pipeline.updating.rows import read
from clioscope.settings import Settings

if TYPE_CHECKING:
    pass


class Forgotten(NamedTuple):
    """``atlas`` as it is now; how many ``records`` and ``conversations`` are gone, and which groups were ``renamed``
    (id, new name). ``searched``: how many texts were looked for in all files; ``traces``: where one was found;
    ``unsearched``: ids that are too short to look for, or that others wrote too."""

    atlas: Atlas
    records: int
    conversations: int
    renamed: list[tuple[str, str]]
    searched: int
    traces: list[Trace]
    unsearched: list[str]


def forget(
    atlas: Atlas | str | Path,
    *,
    user: str | None = None,
    conversation: str | None = None,
    raw: bool = False,
    only_expired: bool = False,
    ask_model: bool = True,
) -> Forgotten:
    """Remove every trace of a ``user``, of a ``conversation``, or of all ``raw`` text from an atlas.

    A user is given by the id in the input, whose files must still be there: an atlas keeps no user ids. A conversation
    is given by its id in the atlas or in the input. What they wrote goes from tables, vectors, transcripts, the store
    of answers, edits and lists of failures. Sizes and shares are counted anew. Groups whose names lean on what is gone
    are named anew, by the atlas's model (unless ``ask_model`` is false) or from their phrases. Figures of ``measure``
    and pages in the folder are removed. Then all bytes of the folder are searched for the ids and for strings that
    nobody else wrote. With ``only_expired``, raw text goes only if its date has passed.

    The work is done beside the atlas and takes its place when it is whole: killed half-way, the atlas is as it was, and
    the same call completes it. Copies elsewhere (published ones, exports, the input) are not touched.

    Raises AtlasError for a published atlas, if nothing is found, or if it is not said what to forget; ModelError if the
    model cannot answer.

    >>> import clioscope
    >>> clioscope.forget("mine/", user="u3")  # doctest: +SKIP
    """
    path = Path(atlas.path if isinstance(atlas, Atlas) else atlas)
    if sum((user is not None, conversation is not None, raw or only_expired)) != 1:
        raise AtlasError(f"{path}: say what to forget: one of a user, a conversation, or the raw text.")
    settle(path)
    found = Atlas(path, edits=False)
    if found.published:
        raise AtlasError(
            f"{path}: a published atlas holds nobody's text; forget it in the atlas that it was made from."
        )
    if raw or only_expired:
        return _forget_raw(found, only_expired)
    return _forget(found, find_target(found, user, conversation), ask_model)


def _forget_raw(atlas: Atlas, only_expired: bool) -> Forgotten:
    from clioscope.edits.replay import replay

    if only_expired and not expired(atlas.manifest):
        return Forgotten(atlas, 0, 0, [], 0, [], [])
    told = dict(_transcripts(atlas))
    strings = marked_strings(told.values())
    common = said_in(_staying(atlas), strings)
    strings = [one for one in strings if one not in common]
    with BuildFolder(atlas.path, [], after=atlas.path, anew=True) as place:
        folder = place.folder
        _copy_arrays(atlas, folder)
        drop_raw(folder, atlas.manifest["facets"])
        drop_pages(folder)
        write_manifest(folder, _noted(dict(atlas.manifest), raw=True) | {"raw_until": None})
        replay(folder)
        place.exchange()
    made = Atlas(atlas.path)
    traces = Searcher(strings).in_folder(made.path)
    return Forgotten(made, 0, len(told), [], len(strings), traces, [])


def _transcripts(atlas: Atlas) -> Iterator[tuple[str, str]]:
    if (atlas.path / "transcripts.parquet").exists():
        for conversation, *texts in read(atlas.path, "transcripts").iter_rows():
            yield conversation, "\n".join(text for text in texts if text)


def _staying(atlas: Atlas) -> Iterator[str]:
    """What of an atlas without raw text is text: names, templates that many conversations share, edits, settings."""
    for view in (atlas, Atlas(atlas.path)):
        yield from _labels(view).values()
    if (atlas.path / "templates.parquet").exists():
        yield from read(atlas.path, "templates")["text"]
    for name in ("edits.jsonl", "views.json", "manifest.json"):
        if (atlas.path / name).exists():
            yield (atlas.path / name).read_text(encoding="utf-8")


def _copy_arrays(atlas: Atlas, folder: Path) -> None:
    from clioscope.files.modes import copy_private
    from clioscope.pipeline.folder import UNCOPIED

    for name in UNCOPIED:
        if (atlas.path / name).exists():
            copy_private(atlas.path / name, folder / name)


def _forget(atlas: Atlas, target: Target, ask_model: bool) -> Forgotten:
    from clioscope.edits.asking import asking
    from clioscope.edits.material import Material
    from clioscope.edits.replay import replay
    from clioscope.models.store import Store

    wanted = [*filter(searchable, sorted(target.ids)), *marked_strings(target.texts.values())]
    said: dict[str, str] = {}
    common = said_in(_others(atlas, target, said), wanted)
    strings = [one for one in wanted if one not in common]
    unsearched = sorted(target.ids - set(strings))
    searcher = Searcher(strings)
    leaning = _leaning(atlas, target, said)
    asks = ask_model and Settings.model_validate(atlas.manifest["settings"]).model.name is not None
    with BuildFolder(atlas.path, [], after=atlas.path, anew=True) as place:
        folder = place.folder
        drop_rows(atlas, folder, target.occurrences, target.gone)
        (folder / WAITING).unlink(missing_ok=True)
        if (folder / ANSWERS).exists():
            with Store(folder / ANSWERS) as store:
                store.keep_answers(read(folder, "facets")["conversation"].to_list())
        material = Material(Atlas(folder, edits=False))
        fill_again(folder, material.facets, _encoder(material))
        with asking(Atlas(folder, edits=False)) if asks and leaning else nullcontext() as ask:
            renamed = write_groups(folder, leaning, ask)
        manifest = _noted(dict(atlas.manifest), records=target.records) | {"base_groups": renamed.base_groups}
        known = {"base_groups": renamed.base_groups, "groups": len(renamed.base_groups)}
        manifest["stages"]["clusters"] = manifest["stages"].get("clusters", {}) | known
        write_manifest(folder, manifest)
        write_shares(folder)
        clean_edits(folder, target.gone, leaning, searcher)
        clean_views(folder, searcher)
        clean_lines(folder, searcher)
        clean_tables(folder, target.gone, renamed.labels, renamed.lost, searcher)
        drop_pages(folder)
        manifest["counts"] = _counts(folder, manifest, renamed.counts, target)
        write_manifest(folder, clean_value(manifest, searcher))
        replay(folder, model=asks)
        place.exchange()
    made = Atlas(atlas.path)
    traces = searcher.in_folder(made.path)
    names = [(group, label.name) for group, label in renamed.labels.items()]
    return Forgotten(made, target.records, len(target.gone), names, len(strings), traces, unsearched)


def _encoder(material: Any) -> Any:
    """The atlas's encoder, opened when it is first used."""
    from clioscope.embedding.encode import encode_texts
    from clioscope.embedding.open import open_embedder

    embedder: list[Any] = []

    def encode(texts: Any) -> Any:
        if not embedder:
            embedder.append(open_embedder(material.settings.embedding))
        return encode_texts(list(texts), embedder[0], None)

    return encode


def _others(atlas: Atlas, target: Target, said: dict[str, str]) -> Iterator[str]:
    """The texts of everybody else, one after another. ``said`` gets those of the rows that stay, as far as they are
    known."""
    import polars as pl

    free = [facet["name"] for facet in atlas.manifest["facets"] if facet["type"] == "text"]
    for name, columns in (("transcripts", ["transcript", "text"]), ("facets", free)):
        if not (atlas.path / f"{name}.parquet").exists():
            continue
        table = read(atlas.path, name).filter(~pl.col("conversation").is_in(list(target.gone)))
        there = [one for one in columns if one in table.columns]
        for row, *values in table.select("conversation", *there).iter_rows():
            text = "\n".join(value for value in values if value)
            said[row] = "\n".join(filter(None, (said.get(row), text)))
            yield text
    staying = set(target.occurrences["conversation"])
    with suppress(ClioscopeError):  # an input that cannot be read any more: what the atlas has must do
        for one in conversations_in(atlas):
            if one.content_id in staying:
                said[one.content_id] = "\n".join(filter(None, (said.get(one.content_id), text_of(one))))
            if one.content_id not in target.ids and (target.user is None or one.user_id != target.user):
                yield text_of(one)


def _leaning(atlas: Atlas, target: Target, said: dict[str, str]) -> set[str]:
    """The groups whose labels hold what only those wrote, or hardly anybody else, who are forgotten."""
    rows = atlas.clusters["conversation"].to_list()
    keep = [row for row in rows if row not in target.gone]
    place = {row: number for number, row in enumerate(keep)}
    users: dict[str, set[str]] = {}
    for row, user in target.occurrences.select("conversation", "user").iter_rows():
        users.setdefault(row, set()).add(row if user is None else f"user {user}")
    kept = [words_of(said.get(row, "")) for row in keep]
    owners = [frozenset(users.get(row) or {row}) for row in keep]
    test = Leaning(kept, owners, Settings.model_validate(atlas.manifest["settings"]).naming.support)
    gone = {row: words_of(target.texts.get(row, "")) for row in target.gone}
    found = set[str]()
    for view in (atlas, Atlas(atlas.path)):  # as it was built, and as the analyst sees it
        members: dict[str, list[str]] = {}
        for row, group in view.membership.select("conversation", "group").iter_rows():
            members.setdefault(group, []).append(row)
        for group, label in _labels(view).items():
            own = members.get(group, [])
            lost = [gone[row] for row in own if row in gone]
            if not lost:
                continue
            unknown = not any(lost) or not any(kept[place[row]] for row in own if row in place)
            if unknown or test.leans(label, lost, [place[row] for row in own if row in place]):
                found.add(group)
    return found


def _labels(atlas: Atlas) -> dict[str, str]:
    """All that is or was said of each group: name, description, phrases, and what was proposed at first."""
    found = {
        group: f"{name}\n{text or ''}\n{' '.join(phrases or ())}"
        for group, name, text, phrases in atlas.tree.select("group", "name", "description", "phrases").iter_rows()
    }
    if (atlas.path / "audit.parquet").exists():
        for group, *texts in atlas.table("audit").select("group", "raw_name", "raw_description").iter_rows():
            found[group] = "\n".join([found.get(group, ""), *(text for text in texts if text)])
    names = atlas.path / "names.parquet"
    base: list[str] = Atlas(atlas.path, edits=False).manifest["base_groups"]
    if names.exists():
        for group, (name, text, phrases) in zip(base, read(atlas.path, "names").iter_rows(), strict=True):
            found[group] = f"{found.get(group, '')}\n{name}\n{text or ''}\n{' '.join(phrases or ())}"
    return found


def _noted(manifest: dict[str, Any], **what: Any) -> dict[str, Any]:
    """The manifest with a note of what was done; no later build takes the stages for its own."""
    stages = {name: record | {"key": ""} for name, record in manifest["stages"].items()}
    done = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **what}
    return manifest | {"stages": stages, "finished": done["at"], "forgotten": [*manifest.get("forgotten", []), done]}


def _counts(folder: Path, manifest: dict[str, Any], counts: dict[str, Any], target: Target) -> dict[str, Any]:
    """The counts of the manifest without what is gone; those of the edits come with their layer."""
    facets = read(folder, "facets")
    made: dict[str, Any] = dict(manifest["counts"])
    made |= {name: value for name, value in counts.items() if not name.startswith("hidden")}
    made["records"] = max(0, made["records"] - target.records)
    if "asked" in facets.columns:
        made["asked"] = int(facets["asked"].sum())
    if (folder / "ledger.parquet").exists():
        made["failed"] = read(folder, "ledger").height
    return made
