"""Rows on their way to a cluster and back: Parquet files in a folder that all nodes see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from clioscope.errors import AtlasError

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.fs import FileSystem

ASKED, ANSWERED = "asked", "answered"


class Shards:
    """``folder`` is a local folder or a URL (``s3://…``, ``gs://…``, or any that fsspec knows).

    A piece of work has a name and a folder of that name, with the rows that went out in ``asked/`` and those that came
    back in ``answered/``. What came back stays until it is removed, so a run that was killed finds it again.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.files, self.root = open_folder(folder)

    def place(self, work: str, part: str) -> str:
        """The path of a part of a piece of work, as ``files`` knows it."""
        return f"{self.root}/{work}/{part}"

    def write(self, work: str, rows: Iterable[tuple[Any, ...]], schema: Mapping[str, str], size: int) -> list[str]:
        """Write rows in files of ``size`` rows each; their paths. ``schema`` has Arrow types by column."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        place = self.place(work, ASKED)
        self._do(lambda: self.files.create_dir(place, recursive=True))
        fields = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in schema.items()])
        pending, paths = iter(rows), list[str]()
        while chunk := list(islice(pending, size)):
            columns = [list(column) for column in zip(*chunk, strict=True)]
            table = pa.table(dict(zip(fields.names, columns, strict=True)), schema=fields)
            path = f"{place}/{len(paths):06d}.parquet"
            self._do(lambda table=table, path=path: pq.write_table(table, path, filesystem=self.files))
            paths.append(path)
        return paths

    def works(self) -> list[str]:
        """The names of the pieces of work of which something is left."""
        return sorted({path.removeprefix(f"{self.root}/").split("/")[0] for path in self._listed(self.root)})

    def answered(self, work: str) -> list[str]:
        """The files that came back."""
        found = self._listed(self.place(work, ANSWERED))
        return sorted(path for path in found if path.endswith(".parquet"))

    def read(self, path: str, columns: Sequence[str] | None = None) -> pa.Table | None:
        """The rows of a file; None for one that is not whole, because it is being written or its writer was killed."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return pq.read_table(path, filesystem=self.files, columns=columns)
        except (pa.ArrowInvalid, FileNotFoundError):
            return None
        except OSError as error:
            if "parquet" in str(error).lower():  # an end that is not there yet
                return None
            raise self._explain(error) from error

    def remove(self, work: str) -> None:
        """Remove a piece of work."""
        self._do(lambda: self.files.delete_dir(f"{self.root}/{work}"))

    def close(self) -> None:
        """Remove the folder if nothing is in it."""
        if not self._listed(self.root):
            self._do(lambda: self.files.delete_dir(self.root))

    def _listed(self, place: str) -> Iterator[str] | list[str]:
        from pyarrow.fs import FileSelector, FileType

        chosen = FileSelector(place, allow_not_found=True, recursive=True)
        return [one.path for one in self._do(lambda: self.files.get_file_info(chosen)) if one.type == FileType.File]

    def _do(self, what: Any) -> Any:
        try:
            return what()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._explain(error) from error

    def _explain(self, error: OSError) -> AtlasError:
        return AtlasError(f"{self.folder}: cannot be used as cluster.folder ({error.strerror or error}).")


def open_folder(folder: str) -> tuple[FileSystem, str]:
    """The file system of a folder or URL, and the path of the folder in it, without a slash at its end.

    Raises AtlasError for a URL whose kind is not known here.
    """
    from pathlib import Path

    from pyarrow.fs import FileSystem, FSSpecHandler, LocalFileSystem, PyFileSystem

    if "://" not in folder:
        return LocalFileSystem(), Path(folder).resolve().as_posix()
    try:
        files, path = FileSystem.from_uri(folder)
    except (OSError, ValueError):  # of a kind that Arrow does not know
        import fsspec

        try:
            known, path = fsspec.core.url_to_fs(folder)
        except (ImportError, ValueError) as error:
            raise AtlasError(f"{folder}: files there cannot be reached ({error}).") from error
        files = PyFileSystem(FSSpecHandler(known))
    return files, path.rstrip("/")
