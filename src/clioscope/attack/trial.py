"""One trial of the attack: build and publish with planted conversations, read what is published, guess."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from clioscope.attack.guess import CHANCE, Guess, Vectors, guess_illness
from clioscope.attack.poison import poison
from clioscope.attack.published import published_passages
from clioscope.attack.records import Record
from clioscope.attack.target import Target, target_record
from clioscope.attack.ways import Way
from clioscope.errors import AtlasError

if TYPE_CHECKING:
    from clioscope.atlas import Atlas
    from clioscope.measure.figure import Figure
    from clioscope.progress import Progress


class Attack(NamedTuple):
    """What is planted per target: ``planted`` conversations of ``accounts`` accounts, of one ``variant``."""

    variant: str
    planted: int
    accounts: int


class Outcome(NamedTuple):
    """What an attack had of a way: ``guesses``, one per target; ``groups`` that were published (0: none could be)."""

    way: str
    attack: Attack
    targets: tuple[Target, ...]
    guesses: tuple[Guess, ...]
    groups: int

    @property
    def hits(self) -> int:
        """How many targets' illnesses were guessed."""
        return sum(guess.illness == target.illness for guess, target in zip(self.guesses, self.targets, strict=True))

    @property
    def named(self) -> int:
        """How many targets' illnesses are named in a published text that mentions their symptom."""
        pairs = zip(self.guesses, self.targets, strict=True)
        return sum(guess.named and guess.illness == target.illness for guess, target in pairs)

    @property
    def above_chance(self) -> Figure:
        """The share of targets guessed, less the share by chance, with Wilson's 95 % interval."""
        from clioscope.measure.figure import share

        found = share(self.hits, len(self.targets))
        ends = [None if end is None else end - CHANCE for end in (found.low, found.high)]
        return found._replace(value=found.value - CHANCE, low=ends[0], high=ends[1])


def attack_records(others: Sequence[Record], targets: Sequence[Target], attack: Attack, seed: int = 0) -> list[Record]:
    """The conversations of others, of the targets, and those that are planted against each target."""
    planted = [
        record for target in targets for record in poison(target, attack.variant, attack.planted, attack.accounts, seed)
    ]
    return [*others, *map(target_record, targets), *planted]


def build_attacked(records: Sequence[Record], folder: Path, way: Way, *, progress: Progress | None = None) -> Atlas:
    """Build an atlas of records in ``folder/atlas``. What another way has asked there is not asked again."""
    import json

    from clioscope.files.replacing import replacing
    from clioscope.pipeline.build import build

    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "conversations.jsonl"
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        with replacing(file) as part:
            part.write_text(text, encoding="utf-8")
    return build(file, folder / "atlas", way.settings, overwrite=True, progress=progress)


def outcome_of(
    atlas: Atlas, folder: Path, way: Way, attack: Attack, targets: Sequence[Target], vectors: Vectors | None = None
) -> Outcome:
    """Publish an attacked atlas in a way, with its page, in a new folder inside ``folder``, and guess."""
    import shutil

    from clioscope.explorer.export import export_html
    from clioscope.privacy.publish import publish

    out = folder / "published"
    shutil.rmtree(out, ignore_errors=True)
    try:
        published = publish(atlas, out / "atlas", way.privacy, unaudited=way.unaudited)
    except AtlasError as error:
        if "nothing to publish" not in str(error):
            raise
        groups, passages = 0, list[str]()
    else:
        export_html(published, out / "page.html")
        groups, passages = published.tree.height, published_passages(out)
    guesses = tuple(guess_illness(target, passages, vectors) for target in targets)
    return Outcome(way.name, attack, tuple(targets), guesses, groups)
