"""The folder that an atlas is made in, and how it comes into the place of the finished one.

The work goes on in ``<out>.building``, a folder that is marked as Clioscope's; anybody else's of that name is left
alone. At the end it is put in the place of ``out``, so that ``out`` is always a whole atlas or absent. The atlas that
was there waits within it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from clioscope.atlas import Atlas
from clioscope.errors import AtlasError, ClioscopeError
from clioscope.files.folders import LOCK, MANIFEST, MARK, begin_work, check_work, end_work, is_atlas, manifest_of

ANSWERS = "answers.sqlite"
_REPLACED = ".replaced"  # the atlas that was in the place of this one
_MEASURED = ("measures.", "report-card")  # figures of the atlas as it was


class BuildFolder:
    """``folder``, where the atlas that will be ``out`` is made. Raises AtlasError for an ``out`` without a name."""

    def __init__(self, out: Path) -> None:
        if out.name in ("", ".."):  # "." and the like have no name to work beside
            out = out.resolve()
            if not out.name:
                raise AtlasError(f"{out}: is no place for an atlas; give --out a new folder.")
        self.out, self.folder = out, out.with_name(out.name + ".building")
        self._lock: IO[str] | None = None

    def enter(self, sources: Sequence[Mapping[str, Any]], overwrite: bool) -> None:
        """Take up the work that lies in the folder, or begin it, for input ``sources`` as in a manifest.

        Raises AtlasError: the folder is somebody else's or cannot be written, another build is running, or ``out`` is
        something that this build must not replace.
        """
        try:
            self._enter(sources, overwrite)
        except ClioscopeError:
            self.release()
            raise
        except BlockingIOError:
            self.release()
            raise AtlasError(f"{self.out}: another build of this atlas is running.") from None
        except OSError as error:
            self.release()
            raise AtlasError(f"{self.folder}: cannot be written ({error.strerror}).") from error

    def _enter(self, sources: Sequence[Mapping[str, Any]], overwrite: bool) -> None:
        check_work(self.folder)
        if self.folder.exists() and any(self.folder.iterdir()):
            self._take_lock()
            self._recover()
            self._check_out(sources, overwrite)
        else:
            self._check_out(sources, overwrite)
            self._begin()
            self._take_lock()
        self._tidy()
        self._take_answers()

    def _take_lock(self) -> None:
        self._lock = (self.folder / LOCK).open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def release(self) -> None:
        if self._lock is not None:
            self._lock.close()

    def _recover(self) -> None:
        """Finish the exchange of folders if the last build was killed within it."""
        waiting = self.folder / _REPLACED
        if waiting.exists() and not self.out.exists():
            waiting.rename(self.out)

    def exchange(self) -> None:
        """Put the folder, which holds a whole atlas, in the place of ``out``."""
        (self.folder / MARK).touch()
        if self.out.exists():
            _remove(self.folder / _REPLACED)
            os.rename(self.out, self.folder / _REPLACED)
        os.rename(self.folder, self.out)
        self._tidy()

    def _tidy(self) -> None:
        """Remove from the finished atlas what the exchange left in it; the mark last."""
        if not (self.out / MARK).exists():
            return
        with suppress(OSError):
            _remove(self.out / _REPLACED)
            for name in (LOCK, MARK):
                (self.out / name).unlink(missing_ok=True)

    def leave_nothing(self, stages: Mapping[str, Any]) -> None:
        """Remove the folder after an error before anything was done in it; ``stages`` as in a manifest."""
        whole = is_atlas(self.out)
        done = manifest_of(self.out).get("stages", {}) if whole else {}
        if stages != done or (not whole and (self.folder / ANSWERS).exists()):
            return
        if (self.folder / ANSWERS).exists():
            os.replace(self.folder / ANSWERS, self.out / ANSWERS)
        end_work(self.folder)

    def _check_out(self, sources: Sequence[Mapping[str, Any]], overwrite: bool) -> None:
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
        same = [one["path"] for one in atlas.manifest["sources"]] == [one["path"] for one in sources]
        if not same and not overwrite:
            was = ", ".join(one["path"] for one in atlas.manifest["sources"])
            raise AtlasError(
                f"{self.out}: holds an atlas of other input ({was}); give --out a new folder, or --overwrite."
            )

    def _begin(self) -> None:
        """Start from the finished atlas, so that what has not changed is not done again."""
        part = self.folder.with_name(self.folder.name + ".part")
        begin_work(part)
        if is_atlas(self.out):
            for file in self.out.iterdir():
                if file.is_file() and not file.name.startswith((ANSWERS, *_MEASURED)):
                    shutil.copy2(file, part / file.name)
        os.rename(part, self.folder)

    def _take_answers(self) -> None:
        """Move the cache of answers here: of no use to the readers of the atlas, and it may be large."""
        if not (self.folder / ANSWERS).exists() and is_atlas(self.out) and (self.out / ANSWERS).exists():
            os.replace(self.out / ANSWERS, self.folder / ANSWERS)


def _remove(folder: Path) -> None:
    """Remove a folder, or a link to one, if it is there."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
