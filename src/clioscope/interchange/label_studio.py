"""Tasks for Label Studio: people say which group a conversation belongs to, and ``measure --labels`` compares."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from clioscope.atlas.none import none_groups
from clioscope.atlas.opening import opened
from clioscope.atlas.shown import shown_tree, walk
from clioscope.errors import AtlasError, ClioscopeError
from clioscope.files.plain import json_text, line, plain
from clioscope.files.replacing import saving
from clioscope.interchange.texts import texts_of

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas

NONE = "None of these"
_FEW = 30  # choices that are shown as buttons; more are a list to search in


def to_label_studio(
    atlas: Atlas | str | Path,
    to: str | Path,
    *,
    level: int = 0,
    sample: int | None = 200,
    seed: int = 0,
    suggest: bool = False,
) -> Path:
    """Write tasks (``to``, a .json file) and beside them the labelling interface (the same name with .xml).

    In Label Studio: make a project, paste the .xml as its labelling interface (code), and import the .json. Export what
    people said as JSON, JSON-MIN or CSV, and give it to ``clioscope measure ATLAS --labels EXPORT``.

    ``level`` says which groups people choose from (0: the base). ``sample`` conversations are drawn by chance
    (``seed``), each as likely as any other, so that figures of the sample hold for the atlas; None takes all. People
    do not see the atlas's own group, since it would sway them; with ``suggest`` they do. Texts are the kept
    transcripts, or the facets that are sentences. In an atlas of segments a task is a segment, and ``conversation`` its
    id. Only you may read the files.

    >>> from clioscope import interchange
    >>> interchange.to_label_studio("atlas/", "tasks.json", level=1, sample=20).name
    'tasks.json'

    Raises ClioscopeError for another suffix or a level without groups; AtlasError for an atlas without texts.
    """
    atlas, to = opened(atlas), Path(to)
    if to.suffix != ".json":
        raise ClioscopeError(f"{to}: give a file that ends in .json for the tasks.")
    if atlas.published:
        raise AtlasError(f"{atlas.path}: a published atlas holds no conversations, so there is nothing to label.")
    names = _names(atlas, level)
    tasks = [_task(row, names, suggest) for row in _drawn(atlas, level, sample, seed).iter_rows(named=True)]
    with saving(to) as part:
        part.write_text(json_text(tasks, indent=1) + "\n", encoding="utf-8")
    with saving(to.with_suffix(".xml")) as part:
        part.write_text(_interface(atlas, names), encoding="utf-8")
    return to


def _names(atlas: Atlas, level: int) -> dict[str, str]:
    """The name of each group of a level, in reading order, each another one."""
    tree = shown_tree(atlas)
    wanted = set(tree.filter(tree["level"] == level)["group"]) - set(none_groups(atlas.tree))
    if not wanted:
        raise ClioscopeError(
            f"{atlas.path}: has no groups at level {level}; it has levels 0 to {tree['level'].to_numpy().max()}."
        )
    all_names: dict[str, str] = dict(tree.select("group", "name").iter_rows())
    names: dict[str, str] = {}
    for group in [group for group, _ in walk(atlas) if group in wanted]:
        name = str(line(all_names[group]))
        names[group] = f"{name} ({group})" if name in names.values() or name == NONE else name
    return names


def _drawn(atlas: Atlas, level: int, sample: int | None, seed: int) -> pl.DataFrame:
    """Some conversations: conversation, record, text, and their group at the level."""
    import polars as pl

    rows = atlas.clusters.select("conversation", text=texts_of(atlas))[atlas.shown_rows]
    rows = rows.filter(pl.col("text") != "")
    if sample is not None and sample < rows.height:
        rows = rows.sample(sample, seed=seed)
    held = atlas.membership.join(atlas.tree.filter(pl.col("level") == level).select("group"), on="group", how="semi")
    first = atlas.occurrences.unique("conversation", keep="first", maintain_order=True)
    return rows.join(held.select("conversation", "group"), on="conversation", how="left", maintain_order="left").join(
        first.select("conversation", pl.col("record").cast(pl.String)),
        on="conversation", how="left", maintain_order="left",
    )  # fmt: skip


def _task(row: dict[str, Any], names: dict[str, str], suggest: bool) -> dict[str, Any]:
    data = {"conversation": row["conversation"], "record": row["record"], "text": plain(row["text"])}
    name = names.get(row["group"] or "")
    if not suggest or name is None:
        return {"data": data}
    result = {"from_name": "group", "to_name": "text", "type": "choices", "value": {"choices": [name]}}
    return {"data": data, "predictions": [{"model_version": "clioscope", "result": [result]}]}


def _interface(atlas: Atlas, names: dict[str, str]) -> str:
    """What people see: the text, the groups with their descriptions, and a choice for what fits none."""
    about: dict[str, str] = dict(shown_tree(atlas).select("group", "description").iter_rows())
    choices = [
        f"    <Choice value={quoteattr(name)}{f' hint={quoteattr(line(about[group]))}' if about[group] else ''}/>"
        for group, name in names.items()
    ]
    layout = "vertical" if len(names) <= _FEW else "select"
    return "\n".join(
        [
            "<View>",
            '  <Header value="Which group does this conversation belong to?"/>',
            '  <Text name="text" value="$text"/>',
            f'  <Choices name="group" toName="text" choice="single" layout="{layout}" required="true">',
            *choices,
            f"    <Choice value={quoteattr(NONE)}/>",
            "  </Choices>",
            "</View>",
            "",
        ]
    )
