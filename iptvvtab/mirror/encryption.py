"""A shadow file that is encrypted as a whole, by a build of SQLite that can: apsw-sqlite3mc in place of apsw."""

from __future__ import annotations

import re
from pathlib import Path

import apsw

from iptvvtab.errors import MirrorUnusable

BUILD = "pip install --force-reinstall --no-deps 'apsw-sqlite3mc~=3.53.4.0'"
"""What installs it. No extra can: both packages hold the module `apsw`, and installers let either of them win."""

_RAW = re.compile(r"[0-9a-fA-F]{64}")
_IN_MEMORY = 2


def unlock(connection: apsw.Connection, path: Path, key_file: Path | None) -> None:
    """Tell SQLite the key of a file, before anything else is asked of it. Raises MirrorUnusable.

    Nothing is ever written in plain where a key is set. Temporary tables stay in memory: on disk they would be plain.
    """
    if key_file is None:
        return
    if not hasattr(apsw, "mc_version"):
        raise MirrorUnusable(path, f"is to be encrypted (mirror_key_file), which this SQLite cannot do; {BUILD}")
    connection.pragma("key", _key(path, key_file))
    connection.pragma("temp_store", _IN_MEMORY)


def refusal(path: Path, key_file: Path | None) -> MirrorUnusable:
    """Return the error for a file in which SQLite finds no database."""
    if key_file is None:
        return MirrorUnusable(path, "is not a database, or is encrypted: then set mirror_key_file")
    return MirrorUnusable(
        path, f"cannot be read with the key in {key_file}: it is another one's, or in plain; remove it and sync anew"
    )


def _key(path: Path, key_file: Path) -> str:
    """Return the first line of a file: 32 bytes as hex digits, which are the key, or words that it is derived from."""
    try:
        line = key_file.read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        raise MirrorUnusable(path, f"its key cannot be read from {key_file}: {error.__class__.__name__}") from None
    if not line:
        raise MirrorUnusable(path, f"the first line of {key_file} (mirror_key_file) is empty")
    return f"raw:{line}" if _RAW.fullmatch(line) else line
