"""What became a secret leaves the file for good: free pages and the WAL keep the bytes of a dropped table.

`PRAGMA secure_delete` would not do: earlier syncs left copies on free pages, and it makes each swap five to ten times
longer (300,000 rows: 30 ms without, 200-400 ms with it). So the whole file is written anew, once, when it is needed.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import apsw

from iptvvtab.mirror.ddl import hash_of, hashed
from iptvvtab.mirror.file import BUSY_MILLISECONDS, immediate
from iptvvtab.schema import Table

_DUE = "purge"
"""The line of `_mirror_about` that stands there from the swap on until no byte is left."""

_WAIT_MILLISECONDS = 500
"""How long it waits for readers to leave their snapshots: there will be another sync."""


def note_secrets(connection: apsw.Connection, table: Table, name: str) -> None:
    """Note within the transaction that drops rows of a table, which stand under a name, if they hold what is secret."""
    found: list[Any] = connection.execute("SELECT name FROM pragma_table_info(?)", (name,)).fetchall()
    sensitive = [column for column in table.columns if column.sensitive]
    kept = hashed(table)
    secret = {column.name for column in sensitive} | {hash_of(column) for column in sensitive if column not in kept}
    if {one.casefold() for one in secret} & {one.casefold() for (one,) in found}:
        note_dropped(connection, name)


def note_dropped(connection: apsw.Connection, name: str) -> None:
    """Note within the transaction that drops a table that none of its bytes shall stay."""
    connection.execute("INSERT OR REPLACE INTO _mirror_about VALUES (?, ?)", (_DUE, name))


def purge(connection: apsw.Connection) -> None:
    """Write the file anew if that is due; where readers or writers are in the way, the next sync tries again."""
    if connection.execute("SELECT 1 FROM _mirror_about WHERE name = ?", (_DUE,)).get is None:
        return
    connection.set_busy_timeout(_WAIT_MILLISECONDS)
    with suppress(apsw.BusyError, apsw.LockedError):
        connection.execute("VACUUM")
        is_busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").get
        if not is_busy:
            with immediate(connection):
                connection.execute("DELETE FROM _mirror_about WHERE name = ?", (_DUE,))
    connection.set_busy_timeout(BUSY_MILLISECONDS)
