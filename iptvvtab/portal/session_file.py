"""Where a session outlives its process: a file of mode 0600, replaced atomically, shared by processes under a lock."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import logging
import os
import re
import stat
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from iptvvtab.portal.session import Session

if TYPE_CHECKING:
    from iptvvtab.config import Settings

FORMAT = 1
_NOT_FOR_FILES = re.compile(r"[^A-Za-z0-9.-]+")
_log = logging.getLogger(__name__)


def file_stem(settings: Settings) -> str:
    """Return a file name's stem for this portal: readable, and different for different endpoints."""
    digest = hashlib.sha256("\n".join((*settings.api_url, "", *settings.auth_url)).encode()).hexdigest()
    return f"{_NOT_FOR_FILES.sub('-', settings.portal_id)}-{digest[:12]}"


def session_path(settings: Settings) -> Path:
    """Return where the session of these settings is kept: `session_file`, else per portal and user."""
    if settings.session_file is not None:
        return Path(settings.session_file)
    user = hashlib.sha256((settings.username or "").encode()).hexdigest()[:8]
    return Path(settings.state_folder) / "sessions" / f"{file_stem(settings)}-{user}.json"


class SessionFile:
    """One stored session. `owner`: whose it is (portal and user); a file of somebody else's is not used."""

    def __init__(self, path: Path, owner: str) -> None:
        self.path, self._owner = path, hashlib.sha256(owner.encode()).hexdigest()
        self._lock: int | None = None

    def load(self) -> Session | None:
        """Return the stored session; None if there is none, it is another's, or others could have read it."""
        try:
            with self.path.open("rb") as file:
                mode = os.fstat(file.fileno())
                if mode.st_uid != os.geteuid() or stat.S_IMODE(mode.st_mode) & 0o077:
                    _log.warning("%s is not used: it is not private to this user", self.path)
                    return None
                stored = orjson.loads(file.read())
            if (stored["format"], stored["owner"]) != (FORMAT, self._owner):
                return None
            session = Session(str(stored["session_id"]), float(stored["begun_at"]), stored["expires_at"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, LookupError, TypeError):
            return None  # a torn or foreign file costs one login
        return replace(session, is_shared=True)

    def save(self, session: Session) -> None:
        """Replace the stored session; where that is impossible each process logs in for itself."""
        document = {
            "format": FORMAT,
            "owner": self._owner,
            "session_id": session.session_id,
            "begun_at": session.begun_at,
            "expires_at": session.expires_at,
        }
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomically(self.path, orjson.dumps(document))
        except OSError as error:
            _log.warning("the session is not kept: %s: %s", self.path, error.strerror)

    def remove(self) -> None:
        """Forget the stored session."""
        self.path.unlink(missing_ok=True)

    def try_lock(self) -> bool:
        """Return whether this process is now the one that logs in; true also where no lock can be had."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = os.open(self.path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError:
            return True
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            return not isinstance(error, BlockingIOError)
        self._lock = lock
        return True

    def unlock(self) -> None:
        """Let others log in."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file by one of mode 0600: readers see the old one or the new one. Raises OSError."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp makes it 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
