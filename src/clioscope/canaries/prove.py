"""A test build with canaries, and the search of all that would be published of it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from clioscope.atlas import Atlas
from clioscope.canaries.exporters import export_everything
from clioscope.canaries.plant import Canary, make_canaries, write_canaries
from clioscope.errors import SettingsError
from clioscope.files.search import Searcher, Trace

if TYPE_CHECKING:
    from clioscope.conversations import Conversation
    from clioscope.facets.facet import Facet
    from clioscope.progress import Progress
    from clioscope.settings import Settings


class Proof(NamedTuple):
    """``planted``: how many conversations; ``searched``: how many strings were looked for; ``inside``: how many of them
    are in the atlas itself, which keeps what it must; ``files``: what was searched; ``traces``: what was found there.
    """

    planted: int
    searched: int
    inside: int
    files: list[str]
    traces: list[Trace]


def prove_canaries(
    paths: Sequence[str | Path],
    out: str | Path,
    settings: Settings,
    count: int,
    *,
    facets: Sequence[Facet] = (),
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Proof:
    """Build a test atlas of ``paths`` with ``count`` planted conversations in ``out``; publish and export it, and
    search every byte of that for the planted strings.

    The published copy and the exports are made in a folder that is removed. The atlas itself stays, with the planted
    conversations in it: build again without them for use. Raises InputError, SettingsError, ModelError or AtlasError,
    also if nothing of the atlas may be published, since that would prove nothing.
    """
    from clioscope.pipeline.build import build

    given = settings.input
    for option, value in (("format", given.format), ("text_column", given.text_column), ("sample", given.sample)):
        if value is not None:
            raise SettingsError(f"input.{option}: a test build with canaries reads them as well; leave it out.")
    files = [Path(path) for path in paths]
    columns = {"user_id": given.user_column, "id": given.id_column, "created_at": given.date_column}
    planted = make_canaries(_read(files, settings), count, settings.seed, given.metadata)
    for one in planted:  # under the names that the input has for them, too
        one.record.update({name: one.record[field] for field, name in columns.items() if name and field in one.record})
    with TemporaryDirectory(prefix="clioscope-") as held:
        source, name = write_canaries(planted, Path(held), random.Random(settings.seed))
        atlas = build([*files, source], out, settings, facets=facets, overwrite=overwrite, progress=progress)
        return search_published(atlas, planted, name, Path(held))


def search_published(atlas: Atlas, planted: Sequence[Canary], name: str, work: Path) -> Proof:
    """Publish and export ``atlas`` into the folder ``work``, and search all that for the ``planted`` strings and the
    ``name`` of their file."""
    from clioscope.atlas.people import known_users
    from clioscope.privacy.publish import publish

    searcher = Searcher([name, *(text for one in planted for text in one.strings.values())])
    made = work / "published"
    made.mkdir()
    audited = not atlas.tree["action"].eq("unaudited").any()
    public = publish(atlas, made / "copy", unaudited=not audited, each_a_user=known_users(atlas) == "none")
    export_everything(public, made)
    paths = sorted(path for path in made.rglob("*") if path.is_file())
    inside = {trace.text for trace in searcher.in_folder(atlas.path)}
    return Proof(
        len(planted),
        len(searcher.texts),
        len(inside),
        [str(path.relative_to(made)) for path in paths],
        searcher.in_folder(made),
    )


def _read(files: Sequence[Path], settings: Settings) -> Iterator[Conversation]:
    from clioscope.conversations.collect import read_options
    from clioscope.conversations.conversation import Conversation
    from clioscope.conversations.read import read_many

    return (one for one in read_many(files, read_options(settings.input)) if isinstance(one, Conversation))
