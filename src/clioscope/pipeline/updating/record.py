"""The end of an update: what became of the groups, and the manifest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from clioscope.atlas.files import write_json
from clioscope.atlas.membership import members_of
from clioscope.files.folders import MANIFEST
from clioscope.lineage.table import lineage_table, names_before
from clioscope.pipeline.folder import ANSWERS, WAITING, described
from clioscope.pipeline.manifest import counts_of, raw_until
from clioscope.pipeline.updating.rows import read

if TYPE_CHECKING:
    from clioscope.atlas import Atlas
    from clioscope.pipeline.run import Run
    from clioscope.pipeline.updating.arrivals import Arrivals
    from clioscope.pipeline.updating.groups import Changed

_MANY = 1 / 3  # share of conversations that came with updates, above which all is better built anew


def finish_update(
    atlas: Atlas, run: Run, arrivals: Arrivals, fresh: int, changed: Changed | None, sources: Sequence[dict[str, Any]]
) -> list[str]:
    """Write lineage and manifest; what was done, in sentences without full stops."""
    manifest, old = run.manifest, atlas.path
    history = names_before(read(old, "lineage")) if (old / "lineage.parquet").exists() else {}
    before, tree = read(old, "tree"), run.table("tree")
    members = members_of(read(old, "clusters"), before), members_of(run.table("clusters"), tree)
    run.take(lineage=lineage_table(before, tree, *members, history))
    reading = manifest["stages"]["conversations"]
    reading["read"] += arrivals.read
    reading["rejected"] += arrivals.rejected
    for name, record in manifest["stages"].items():
        if name != "shares":
            record["key"] = ""  # what an earlier build made, with other rows: no later build may take it for its own
        record["files"] = {file: run.hashes.get(file, hash) for file, hash in record["files"].items()}
    clusters = manifest["stages"]["clusters"]
    clusters |= {"base_groups": manifest["base_groups"], "groups": len(manifest["base_groups"])}
    known = {one["path"]: one for one in (*manifest["sources"], *sources)}
    finished = datetime.now(UTC).isoformat(timespec="seconds")
    done = {
        "finished": finished,
        "fresh": fresh,
        "known": arrivals.known,
        "unfitting": 0 if changed is None else changed.unfitting,
        "candidates": 0 if changed is None else len(changed.structure.candidates),
        "promoted": 0 if changed is None else len(changed.structure.promoted),
        "split": 0 if changed is None else len(changed.structure.split),
        "merged": 0 if changed is None else len(changed.structure.merged),
    }
    manifest["after"] = described(old)
    manifest |= {"finished": finished, "sources": list(known.values()), "counts": counts_of(run)}
    manifest["raw_until"] = manifest.get("raw_until") or raw_until(run.settings.privacy)  # the oldest text counts
    manifest["updates"] = [*manifest.get("updates", []), done]
    if (run.folder / ANSWERS).exists():
        run.store.drop_vectors()
    run.close()
    (run.folder / WAITING).unlink(missing_ok=True)
    write_json(run.folder / MANIFEST, manifest)
    return [*arrivals.remarks, *_said(done, arrivals, manifest)]


def _said(done: dict[str, Any], arrivals: Arrivals, manifest: dict[str, Any]) -> list[str]:
    said = [f"{done['fresh']:,} conversations are new; {done['known']:,} were known and came again"]
    if arrivals.repeated:
        said.append(f"{arrivals.repeated:,} records were counted already")
    if done["unfitting"]:
        said.append(f"{done['unfitting']:,} new conversations fit no group")
    if done["candidates"]:
        said.append(f"candidate groups that appeared among what fits nothing: {done['candidates']:,}")
    if done["promoted"]:
        said.append(f"candidate groups that were confirmed, and are groups like any other: {done['promoted']:,}")
    if done["split"]:
        said.append(f"groups that fell into two: {done['split']:,}")
    if done["merged"]:
        said.append(f"groups that grew into another one: {done['merged']:,}")
    added = sum(one["fresh"] for one in manifest["updates"])
    if added > _MANY * manifest["counts"]["conversations"]:
        said.append("more than a third of the conversations came with updates; --rebuild groups all of them anew")
    return said
