"""The manifest of a finished atlas, and what of the work does not belong into it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

from clioscope import prompts
from clioscope.atlas.files import write_json, write_table
from clioscope.atlas.segments import whole_counts
from clioscope.files.folders import MANIFEST
from clioscope.pipeline.folder import ANSWERS, WAITING, described
from clioscope.pipeline.notices import notices
from clioscope.pipeline.run import Run
from clioscope.pipeline.stages.before import BEFORE
from clioscope.settings import PrivacySettings
from clioscope.version import __version__


def finish(run: Run) -> None:
    """Write the manifest of a run whose stages are all done, and leave only what the atlas keeps."""
    _drop_stages(run)
    manifest, settings = run.manifest, run.settings
    manifest |= {
        "clioscope": __version__,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "settings": settings.model_dump(mode="json"),
        "sources": run.sources,
        "after": None if run.before is None else described(run.before.folder),
        "facets": [facet.model_dump(mode="json", exclude={"compute"}) for facet in run.facets],
        "models": {**run.askers.models(manifest.get("answered", {})), "embedder": settings.embedding.model},
        "prompts": _prompt_hashes(),
        "counts": counts_of(run),
        "notices": notices(manifest["stages"], manifest.get("encoder")),
        "base_groups": manifest["stages"]["clusters"]["base_groups"],
        "raw_until": raw_until(settings.privacy),
    }
    if not settings.input.keep_transcripts:
        (run.folder / "transcripts.parquet").unlink(missing_ok=True)
    for name in BEFORE:
        (run.folder / f"{name}.parquet").unlink(missing_ok=True)
    if (run.folder / ANSWERS).exists():
        run.store.drop_vectors()  # the atlas has what they were for
    run.close()
    (run.folder / WAITING).unlink(missing_ok=True)
    write_json(run.folder / MANIFEST, manifest)


def raw_until(settings: PrivacySettings) -> str | None:
    """When raw text that comes into an atlas now expires (ISO time in UTC); None for never."""
    if settings.keep_raw_days is None:
        return None
    return (datetime.now(UTC) + timedelta(days=settings.keep_raw_days)).isoformat(timespec="seconds")


def _drop_stages(run: Run) -> None:
    """What an earlier build had and this one has not (a screener) is no part of the atlas."""
    import polars as pl

    gone = [run.manifest["stages"].pop(name) for name in set(run.manifest["stages"]) - run.stages]
    for record in gone:
        for file in record["files"]:
            if file not in run.hashes:  # another stage may write it now
                (run.folder / file).unlink(missing_ok=True)
    kinds = [kind for record in gone for kind in record.get("questions", ())]
    path = run.folder / "ledger.parquet"
    if kinds and path.exists():
        write_table(path, pl.read_parquet(path, glob=False).filter(~pl.col("stage").is_in(kinds)))


def counts_of(run: Run) -> dict[str, Any]:
    """The counts of a finished atlas."""
    import polars as pl

    tree = run.table("tree")
    kept = run.table("facets", ["conversation", "asked"])
    counts = run.table("conversations", ["conversation", "count"]).join(kept, on="conversation", how="semi")
    segments = {}
    if run.has("segments"):
        segments = {"segments": kept.height}
        counts = whole_counts(counts, run.table("segments"))
    reading = run.manifest["stages"]["conversations"]
    ledger = run.folder / "ledger.parquet"
    return {
        "records": reading["read"] + reading["rejected"],
        "rejected": reading["rejected"],
        "flawed": reading["flawed"],
        "unread": reading["unread"],
        "analysed": int(counts["count"].sum()),
        "conversations": counts.height,
        **segments,
        "asked": int(kept["asked"].sum()),
        "groups": tree.height,
        "levels": int(tree["level"].max()) + 1,  # type: ignore[arg-type]
        "withheld_audit": tree.filter(pl.col("action") == "withheld").height,
        "rewritten_audit": tree.filter(pl.col("action") == "rewritten").height,
        "failed": pl.read_parquet(ledger, glob=False).height if ledger.exists() else 0,
        "unserved": sum(
            kind["unserved"]
            for stage in run.manifest["stages"].values()
            for kind in stage.get("questions", {}).values()
        ),
    }


def _prompt_hashes() -> dict[str, str]:
    texts = sorted(file.name for file in files(prompts).iterdir() if file.name.endswith(".txt"))
    return {name.removesuffix(".txt"): prompts.prompt_hash(name.removesuffix(".txt")) for name in texts}
