"""The shadow file: where it is, how it is opened, and the format it must have."""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import apsw

from iptvvtab.errors import MirrorUnusable
from iptvvtab.mirror.encryption import refusal, unlock
from iptvvtab.portal import file_stem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iptvvtab.config import Settings

_INSTALLED = Path(__file__).parents[1] / "data" / "sql" / "mirror"
_CHECKED_OUT = Path(__file__).parents[2] / "sql" / "mirror"

APPLICATION = 0x49505456
"""`application_id` of a shadow file: IPTV."""

BUSY_MILLISECONDS = 30_000
"""How long a writer waits for another one; each holds the file for a page of rows, or for a swap."""

BUSY_PAUSE_SECONDS = 0.01
"""Between two tries, where SQLite does not wait itself."""


def mirror_path(settings: Settings) -> Path:
    """Return where the shadow file is: setting `mirror`, else per portal and user, who see different rows."""
    if settings.mirror is not None:
        return Path(settings.mirror)
    user = hashlib.sha256((settings.username or "").encode()).hexdigest()[:8]
    return Path(settings.state_folder) / "mirrors" / f"{file_stem(settings)}-{user}.db"


def portal_of(settings: Settings) -> str:
    """Return whose rows a file holds, as it says itself: a file of another portal or user is not used."""
    facts = "\n".join((*settings.api_url, "", settings.username or ""))
    return f"{settings.portal_id} {hashlib.sha256(facts.encode()).hexdigest()[:16]}"


@cache
def migrations() -> list[tuple[int, str]]:
    """Return (format, SQL that leads to it) in order."""
    folder = _INSTALLED if _INSTALLED.is_dir() else _CHECKED_OUT
    files = sorted(folder.glob("*.sql"))
    return [(int(file.name.partition("-")[0]), file.read_text(encoding="utf-8")) for file in files]


def open_to_write(path: Path, portal: str, key_file: Path | None = None) -> apsw.Connection:
    """Open a shadow file, made and brought to the present format if need be. Raises MirrorUnusable.

    `key_file`: where the key is by which it is encrypted.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))  # people's data: for its owner only
        connection = apsw.Connection(str(path))
    except (OSError, apsw.Error) as error:
        raise MirrorUnusable(path, f"cannot be opened: {error}") from None
    with _closed_if_unusable(connection, path, key_file):
        _prepare(connection, path, portal)
    return connection


def open_to_read(path: Path, portal: str, key_file: Path | None = None) -> apsw.Connection | None:
    """Open a shadow file for reading; None if there is none yet. Raises MirrorUnusable."""
    try:
        if not path.exists():
            return None
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    except (OSError, apsw.Error) as error:
        raise MirrorUnusable(path, f"cannot be opened: {error}") from None
    with _closed_if_unusable(connection, path, key_file):
        found = _format(connection, path, portal)
    if found < migrations()[-1][0]:  # not yet made, or to be brought forward by the next sync
        connection.close()
        return None
    return connection


@contextmanager
def _closed_if_unusable(connection: apsw.Connection, path: Path, key_file: Path | None) -> Iterator[None]:
    try:
        unlock(connection, path, key_file)
        connection.set_busy_timeout(BUSY_MILLISECONDS)
        yield
    except apsw.NotADBError:
        connection.close()
        raise refusal(path, key_file) from None
    except apsw.Error as error:
        connection.close()
        raise MirrorUnusable(path, str(error)) from None
    except BaseException:
        connection.close()
        raise


@contextmanager
def immediate(connection: apsw.Connection) -> Iterator[None]:
    """Run a transaction that has the right to write from its first moment: a deferred one would be refused later."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _prepare(connection: apsw.Connection, path: Path, portal: str) -> None:
    found = _format(connection, path, portal)  # first of all: a file of something else is not touched
    _use_wal(connection)
    connection.execute("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA legacy_alter_table = ON")  # views of people's own name the tables that are swapped
    if found == migrations()[-1][0]:
        return
    with immediate(connection):
        there = _format(connection, path, portal)  # another process may have been first
        for number, sql in migrations():
            if number > there:
                connection.execute(sql)
                connection.execute(f"PRAGMA user_version = {number}")
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute("INSERT OR IGNORE INTO _mirror_about VALUES ('portal', ?)", (portal,))


def _use_wal(connection: apsw.Connection) -> None:
    """Put a file into WAL mode. Of two that do so at once SQLite refuses one, without the wait that it was told of."""
    end = time.monotonic() + BUSY_MILLISECONDS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except apsw.BusyError:
            if time.monotonic() > end:
                raise
            time.sleep(BUSY_PAUSE_SECONDS)


def _format(connection: apsw.Connection, path: Path, portal: str) -> int:
    """Return the file's format, 0 for an empty one. Raises MirrorUnusable for what is no shadow file of this portal."""
    if connection.in_transaction:
        return _format_seen(connection, path, portal)
    connection.execute("BEGIN")  # all of it at one moment: another process may be making the file
    try:
        return _format_seen(connection, path, portal)
    finally:
        if not connection.getautocommit():  # some errors end it
            connection.execute("COMMIT")


def _format_seen(connection: apsw.Connection, path: Path, portal: str) -> int:
    number, application = connection.pragma("user_version"), connection.pragma("application_id")
    if not number and not application:
        if connection.execute("SELECT count(*) FROM sqlite_schema").get:
            raise MirrorUnusable(path, "is a database of something else; name another file (setting mirror)")
        return 0
    if application != APPLICATION:
        raise MirrorUnusable(path, "is a database of something else; name another file (setting mirror)")
    if number > migrations()[-1][0]:
        raise MirrorUnusable(path, f"was made by a newer iptvvtab (format {number}); update this one")
    owner = connection.execute("SELECT value FROM _mirror_about WHERE name = 'portal'").get
    if owner != portal:
        raise MirrorUnusable(path, f"mirrors {owner!r}, not {portal!r}; name another file (setting mirror)")
    return int(number)
