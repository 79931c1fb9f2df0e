"""What a build, an update and a test build with canaries say at their end: one object, as JSON or as a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clioscope.cli.document import say_json
from clioscope.cli.terminal import say
from clioscope.files.plain import line

if TYPE_CHECKING:
    from clioscope.atlas import Atlas
    from clioscope.canaries.prove import Proof

FEW = 100  # conversations below which groups and shares are a first look (docs/before-you-build.md)


def built_facts(atlas: Atlas, *, profile: bool = False) -> dict[str, Any]:
    """What came of a build: ``atlas`` (its path), ``counts`` as in the manifest, ``notices``, with ``profile``
    what the ``stages`` took, and ``unscreened``: conversations that stay although the screener got no answer."""
    from clioscope.pipeline.costs import stage_costs

    manifest = atlas.manifest
    return {
        "atlas": atlas.path,
        "counts": manifest["counts"],
        "unscreened": manifest["stages"].get("screen", {}).get("unanswered", 0),
        "notices": manifest.get("notices", []),
        **({"stages": stage_costs(manifest)} if profile else {}),
    }


def say_built(facts: dict[str, Any]) -> None:
    """Print on standard error what came of a build, the notices first."""
    counts = facts["counts"]
    said = f"{counts['conversations']:,} conversations in {counts['groups']:,} groups"
    if counts["rejected"]:
        said += f"; {counts['rejected']:,} records rejected (rejected.jsonl)"
    if counts["flawed"]:
        said += f"; {counts['flawed']:,} records used with something left out or changed (rejected.jsonl)"
    if counts["unread"]:
        said += f"; {counts['unread']:,} files not read (rejected.jsonl)"
    if counts["failed"]:
        said += f"; {counts['failed']:,} questions failed (ledger.parquet)"
    if counts["unserved"]:
        said += f", {counts['unserved']:,} of them because of the server: the same command asks them again"
    if unscreened := facts["unscreened"]:
        said += f"; {unscreened:,} conversations stay although the screener got no answer about them"
    if withheld := counts["withheld_audit"]:
        said += f"; {withheld:,} {'name' if withheld == 1 else 'names'} withheld by the auditor"
    for notice in facts["notices"]:
        say(notice, err=True)
    if (number := counts["conversations"]) < FEW:
        what = "one conversation" if number == 1 else f"{number:,} conversations"
        say(f"Take an atlas of {what} as a first look: groups are few, and their shares uncertain.", err=True)
    say(f"{said}.\nAtlas: {facts['atlas']}    See it: clioscope show {facts['atlas']}", err=True)


def say_proof(proof: Proof, atlas: Any, *, as_json: bool) -> None:
    """Print what a test build with canaries searched, and what it found. ``atlas``: its path."""
    if as_json:
        say_json({"atlas": atlas} | proof._asdict())
        return
    say(
        f"{proof.searched:,} unique strings were planted in copies of {proof.planted:,} conversations. "
        f"{proof.inside:,} of them are in {atlas}, which is for tests only: build again without --canaries."
    )
    say(f"Searched: a published copy and all its exports, {len(proof.files):,} files: {', '.join(proof.files)}.")
    for trace in proof.traces:
        say(f"FOUND: {line(trace.text)!r} in {line(trace.file)} ({line(trace.where)})")
    if not proof.traces:
        say("None of the strings is in any of them.")
