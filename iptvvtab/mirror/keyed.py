"""What may not stand in a shadow file, as a keyed hash of it: rows with the same secret are found, the secret is not.

HMAC-SHA256 of a value's text, by a random key in a file of its own in the state folder: a copy of the shadow file alone
tells nothing of what was hashed, not even to who tries every password. Values are hashed in Python, before SQLite or
any file sees them.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

import apsw

from iptvvtab.errors import MirrorUnusable
from iptvvtab.types import Value

KEY_BYTES = 32

_KEY = "hash_key"
"""The line of `_mirror_about` that tells keys apart, without telling the key."""


def load_key(path: Path) -> bytes:
    """Return the key that a file holds; made, for its owner only, if there is none. Raises MirrorUnusable."""
    try:
        if not path.exists():
            _make(path)
        key = path.read_bytes()
    except OSError as error:
        raise MirrorUnusable(path, f"the key of hashes cannot be read: {error.strerror}") from None
    if len(key) != KEY_BYTES:
        raise MirrorUnusable(path, f"is no key of hashes: {len(key)} bytes where {KEY_BYTES} belong; remove it")
    return key


def _make(path: Path) -> None:
    """Put a new key there whole, unless another process is first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            os.fsync(file.fileno())
        path.hardlink_to(beside)
    except FileExistsError:
        return
    finally:
        beside.unlink()


def keyed(key: bytes, value: Value) -> str | None:
    """Return the hash of a value: 64 hex digits; NULL stays NULL."""
    return None if value is None else hmac.digest(key, str(value).encode(), "sha256").hex()


def note_key(connection: apsw.Connection, key: bytes, names: Iterable[str]) -> None:
    """Note by which key the tables of these names are hashed, within a transaction.

    Where it is another one than before, they are made anew: nothing hashed by the one compares with the other.
    """
    mark = hmac.digest(key, b"which key", "sha256").hex()[:16]
    if connection.execute("SELECT value FROM _mirror_about WHERE name = ?", (_KEY,)).get == mark:
        return
    for name in names:
        connection.execute("UPDATE _mirror_table SET schema_hash = '' WHERE name = ?", (name,))
        connection.execute("UPDATE _mirror_run SET schema_hash = '' WHERE name = ? AND outcome IS NULL", (name,))
    connection.execute("INSERT OR REPLACE INTO _mirror_about VALUES (?, ?)", (_KEY, mark))
