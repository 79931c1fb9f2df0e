"""The cookie by which a browser that was let in is known again, also after the server was started anew."""

from __future__ import annotations

import hmac
import logging
import os
import secrets
import stat
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from clioscope.files.modes import PRIVATE
from clioscope.files.replacing import replacing

KEPT_DAYS = 30
_BYTES = 32
_log = logging.getLogger(__name__)


class Admission(NamedTuple):
    """``name`` and ``value`` of the cookie, and for how many ``seconds`` it holds; None: until the browser is closed.

    The value is neither the token nor the key that it is made with, so whoever learns it learns neither.
    """

    name: str
    value: str
    seconds: int | None

    def header(self) -> str:
        """The header Set-Cookie. No script reads the cookie, and no request that another site starts carries it."""
        age = "" if self.seconds is None else f"; Max-Age={self.seconds}"
        return f"{self.name}={self.value}; Path=/; HttpOnly; SameSite=Strict{age}"

    def in_cookies(self, headers: list[str]) -> bool:
        """Whether the headers Cookie of a request hold it."""
        found = [part.strip().partition("=") for one in headers for part in one.split(";")]
        given = [value for name, _, value in found if name == self.name]
        return any(hmac.compare_digest(one.encode("utf-8", "replace"), self.value.encode()) for one in given)


def admission(atlas: Path, port: int, *, kept: bool, sign_out: bool = False) -> Admission:
    """The admission to the page of an atlas at a port of this machine.

    ``kept``: it holds for 30 days, also after the server was started anew, since it is made with a key that is kept
    for the user (``key_path``, mode 600). Otherwise, and where no key can be kept, it ends with the server. It lets
    nobody in to another atlas or at another port. ``sign_out`` makes a new key: nobody is let in any more whom an
    earlier server let in.
    """
    key = kept_key(anew=sign_out) if kept else None
    if sign_out and not kept:
        kept_key(anew=True)
    about = f"{atlas.resolve()}\n{port}".encode()
    value = hmac.new(key or secrets.token_bytes(_BYTES), about, sha256).hexdigest()
    return Admission(f"clioscope-{port}", value, None if key is None else KEPT_DAYS * 24 * 3600)


def key_path() -> Path:
    """Where the key is kept: not beside the atlas, since a folder that is copied or sent would take it along."""
    import platformdirs

    return Path(platformdirs.user_state_dir("clioscope")) / "explore.key"


def kept_key(*, anew: bool = False) -> bytes | None:
    """The key of this user, made where there is none, or one that others could read; None if it cannot be written."""
    path = key_path()
    try:
        found = None if anew else _read(path)
        if found is None:
            found = secrets.token_bytes(_BYTES)
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with replacing(path, PRIVATE) as part:
                part.write_bytes(found)
    except OSError as error:
        _log.warning(
            "%s: cannot be written (%s), so addresses of the page open only while this server runs.",
            path,
            error.strerror or error,
        )
        return None
    return found


def _read(path: Path) -> bytes | None:
    """The key in a file; None where there is none, and for one that another user owns or may read or write."""
    try:
        with path.open("rb") as file:
            about = os.fstat(file.fileno())
            private = stat.S_ISREG(about.st_mode) and about.st_uid == os.geteuid() and not about.st_mode & 0o077
            found = file.read(_BYTES + 1)
    except FileNotFoundError:
        return None
    return found if private and len(found) == _BYTES else None
