"""The folder that an atlas is made in, and how it comes into the place of the finished one.

The work goes on in ``<out>.building``, a folder that is marked as Clioscope's; anybody else's of that name is left
alone. At the end it is put in the place of ``out``, so that ``out`` is always a whole atlas or absent. The atlas that
was there waits within it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from clioscope.atlas import Atlas
from clioscope.cluster.urls import list_url, url_of
from clioscope.conversations.records.files import list_paths
from clioscope.errors import AtlasError, ClioscopeError, InputError, QuestionsWaiting
from clioscope.files.folders import LOCK, MANIFEST, MARK, begin_work, check_work, end_work, is_atlas, manifest_of
from clioscope.files.modes import copy_private

ANSWERS = "answers.sqlite"
WAITING = "waiting.sqlite"  # questions that wait for a batch, with the raw text in them
UNCOPIED = frozenset(  # arrays with one row per conversation, large and made anew by an update
    f"{name}.npy"
    for name in ("plain", "texts", "text_keys", "smooth_near", "smooth_weights", "chances", "said", "encoded")
)
_WORK = ("edits.jsonl", "views.json")  # what an analyst changed, and what views of it were saved
_REPLACED = ".replaced"  # the atlas that was in the place of this one
_MEASURED = ("measures.", "report-card")  # figures of the atlas as it was


class BuildFolder:
    """``folder``, where the atlas that will be ``out`` is made of the input ``files``.

    ``after`` is an earlier atlas, the predecessor: its files and answers are taken over, and it stays as it is.
    With ``anew``, work that lies in the folder is not taken up: it starts from ``after``, without what an update writes
    anyway (``UNCOPIED``), and keeps the answers.

    A context: it takes up the work that lies in the folder, or begins it, and holds the folder alone. An error before
    anything was done leaves no folder. Raises InputError for input that is not there; AtlasError for an ``out`` without
    a name, a folder that is somebody else's or cannot be written, a build that is running, an ``out`` that this build
    must not replace, and a disk that cannot be written on the way.
    """

    def __init__(
        self,
        out: Path,
        files: Sequence[Path],
        overwrite: bool = False,
        after: Path | None = None,
        anew: bool = False,
    ) -> None:
        if out.name in ("", ".."):  # "." and the like have no name to work beside
            out = out.resolve()
            if not out.name:
                raise AtlasError(f"{out}: is no place for an atlas; give --out a new folder.")
        self.out, self.folder = out, out.with_name(out.name + ".building")
        self._files, self._overwrite, self._after = files, overwrite, after
        self._anew = anew
        self._copied: int | None = None  # when the answers that were copied from ``after`` were last changed
        self._lock: IO[str] | None = None

    @cached_property
    def sources(self) -> list[dict[str, Any]]:
        """The input files as the manifest records them: path, bytes and time of the last change.

        As they are when the work begins: that is what is read.
        """
        here = [path for path in self._files if url_of(path) is None]
        there = [file for path in self._files if (url := url_of(path)) is not None for file in list_url(url)]
        return [
            *(
                {"path": str(file.resolve()), "bytes": file.stat().st_size, "changed": file.stat().st_mtime_ns}
                for file in (list_paths(here) if here else ())
            ),
            *({"path": file.url, "bytes": file.bytes, "changed": file.changed} for file in there),
        ]

    @property
    def predecessor(self) -> Path | None:
        """The atlas that the new one keeps ids and names of: the one given, or the one that an analyst has edited, or
        has saved views of."""
        if self._after is not None:
            return self._after
        return self.out if is_atlas(self.out) and any((self.out / name).exists() for name in _WORK) else None

    @cached_property
    def _origin(self) -> Path:
        """The atlas that the work starts from: the one in place, or another predecessor unless it was used there."""
        if self._after is None or _same(self._after, self.out):
            return self.out
        if self._anew:
            return self._after
        used = manifest_of(self.out).get("after")
        return self.out if used is not None and used == described(self._after) else self._after

    def __enter__(self) -> Self:
        for path in self._files:
            if url_of(path) is None and not path.exists():
                raise InputError(f"{path}: there is no such file or folder.")
        try:
            self._enter()
        except ClioscopeError:
            self._release()
            raise
        except BlockingIOError:
            self._release()
            raise AtlasError(f"{self.out}: another build of this atlas is running.") from None
        except OSError as error:
            self._release()
            raise AtlasError(f"{self.folder}: cannot be written ({error.strerror}).") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None and not issubclass(kind, QuestionsWaiting):
            with suppress(OSError):
                self._leave_nothing()
        self._release()
        if isinstance(error, OSError) and not isinstance(error, ConnectionError):
            raise AtlasError(
                f"{self.folder}: cannot be written ({error.strerror or error}); what was done is kept, run the same "
                "command again once this is fixed."
            ) from error

    def _enter(self) -> None:
        check_work(self.folder)
        if self.folder.exists() and any(self.folder.iterdir()):
            self._take_lock()
            _recover(self.out)
            self._check_out()
            if self._anew:
                self._start_over()
        else:
            self._check_out()
            self._begin()
            self._take_lock()
            self._copy_answers()
        _tidy(self.out)
        self._take_answers()

    def _take_lock(self) -> None:
        self._lock = (self.folder / LOCK).open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.close()

    def exchange(self) -> None:
        """Put the folder, which holds a whole atlas, in the place of ``out``."""
        (self.folder / MARK).touch()
        if self.out.exists():
            _remove(self.folder / _REPLACED)
            os.rename(self.out, self.folder / _REPLACED)
        os.rename(self.folder, self.out)
        _tidy(self.out)

    def _leave_nothing(self) -> None:
        """Remove the folder after an error before anything was done in it."""
        whole, answers = is_atlas(self.out), self.folder / ANSWERS
        before = manifest_of(self._origin).get("stages", {}) if is_atlas(self._origin) else {}
        if manifest_of(self.folder).get("stages", {}) != before:
            return
        if not whole and answers.exists() and answers.stat().st_mtime_ns != self._copied:
            return
        if whole and answers.exists():
            os.replace(answers, self.out / ANSWERS)
        end_work(self.folder)

    def _check_out(self) -> None:
        if not self.out.exists():
            return
        if not self.out.is_dir():
            raise AtlasError(f"{self.out}: is a file; --out takes a folder.")
        if not any(self.out.iterdir()):
            return
        atlas = Atlas(self.out) if (self.out / MANIFEST).exists() else None
        if atlas is None:
            raise AtlasError(f"{self.out}: is a folder with other things in it; give --out a new folder.")
        if atlas.published:
            raise AtlasError(f"{self.out}: is a published atlas; give --out a new folder.")
        same = [one["path"] for one in atlas.manifest["sources"]] == [one["path"] for one in self.sources]
        follows = self._after is not None and _same(self._after, self.out)
        if not same and not self._overwrite and not follows:
            was = ", ".join(one["path"] for one in atlas.manifest["sources"])
            raise AtlasError(
                f"{self.out}: holds an atlas of other input ({was}); give --out a new folder, or --overwrite."
            )

    def _begin(self) -> None:
        """Start from the finished atlas, or from the predecessor, so that what has not changed is not done again."""
        part = self.folder.with_name(self.folder.name + ".part")
        begin_work(part)
        self._fill(part)
        os.rename(part, self.folder)

    def _start_over(self) -> None:
        """Remove what an interrupted run left, but for the answers."""
        for path in self.folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif not path.name.startswith((ANSWERS, WAITING, LOCK, MARK)):
                path.unlink()
        self._fill(self.folder)

    def _fill(self, folder: Path) -> None:
        if not is_atlas(self._origin):
            return
        for file in self._origin.iterdir():
            left = file.name.startswith((ANSWERS, *_MEASURED)) or (self._anew and file.name in UNCOPIED)
            if file.is_file() and not left:
                take_file(file, folder)

    def _copy_answers(self) -> None:
        """Take over what another predecessor was answered."""
        if self._after is None or _same(self._after, self.out) or not (self._after / ANSWERS).exists():
            return
        from clioscope.models.store import Store

        self._take_answers()
        with Store(self.folder / ANSWERS) as store:
            store.take(self._after / ANSWERS)
        if not is_atlas(self.out):
            self._copied = (self.folder / ANSWERS).stat().st_mtime_ns

    def _take_answers(self) -> None:
        """Move the cache of answers here: of no use to the readers of the atlas, and it may be large."""
        if not (self.folder / ANSWERS).exists() and is_atlas(self.out) and (self.out / ANSWERS).exists():
            os.replace(self.out / ANSWERS, self.folder / ANSWERS)


def take_file(file: Path, folder: Path) -> None:
    """A file of an atlas in another folder, for its owner alone.

    Tables and arrays are linked where the disk allows it, which takes no time: they are replaced, never changed. One
    that others may read (of an early version) is copied.
    """
    if file.suffix in (".parquet", ".npy") and file.stat().st_mode & 0o077 == 0:
        with suppress(OSError):
            os.link(file, folder / file.name)
            return
    copy_private(file, folder / file.name)


def settle(out: Path) -> None:
    """Finish the exchange of folders of an atlas where a build was killed within it."""
    restore(out)
    _tidy(out)


def restore(out: Path) -> None:
    """Put an atlas back into its place that was taken out of it by a build or update, which was killed just then."""
    folder = out.with_name(out.name + ".building") if out.name else out
    if out.exists() or not (folder / _REPLACED).exists():
        return
    with suppress(OSError), (folder / LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _recover(out)


def _recover(out: Path) -> None:
    """Put the atlas back that waits to be replaced, where nothing is in its place."""
    waiting = out.with_name(out.name + ".building") / _REPLACED
    if waiting.exists() and not out.exists():
        waiting.rename(out)


def _tidy(out: Path) -> None:
    """Remove from the finished atlas what the exchange left in it; the mark last."""
    if not (out / MARK).exists():
        return
    with suppress(OSError):
        _remove(out / _REPLACED)
        for name in (LOCK, MARK):
            (out / name).unlink(missing_ok=True)


def described(atlas: Path) -> dict[str, Any]:
    """A predecessor as the manifest records it: where it lies, and when it was finished."""
    return {"path": str(atlas.resolve()), "finished": manifest_of(atlas).get("finished")}


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _remove(folder: Path) -> None:
    """Remove a folder, or a link to one, if it is there."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
