"""Tables that leave the file, with all that is known of them; none of their bytes stays."""

from __future__ import annotations

from collections.abc import Callable

import apsw

from iptvvtab.mirror import hashes, keys
from iptvvtab.mirror.ddl import is_mirrorable, quoted
from iptvvtab.mirror.file import immediate
from iptvvtab.mirror.load import stages
from iptvvtab.mirror.purge import note_dropped, purge
from iptvvtab.mirror.state import end_killed, held, leave_lease, published, take_lease
from iptvvtab.schema import Catalog


def drop_forbidden(connection: apsw.Connection, catalog: Catalog, now: Callable[[], float]) -> None:
    """Drop tables that are in the file and may not be any more: switched off, or their key is a secret now."""
    tables = (catalog.get(name) for name in held(connection))
    forbidden = [table.name for table in tables if table is not None and not is_mirrorable(table)]
    if forbidden:
        with immediate(connection):
            for name in forbidden:
                drop(connection, name, now())
    purge(connection)


def drop(connection: apsw.Connection, name: str, now: float) -> bool:
    """Drop a table and what syncs of it left, within a transaction; return whether anything was there.

    What a sync is filling at this moment stays: it will be published, or dropped by the next one.
    """
    doomed = [name] if published(connection, name) else []
    lease = take_lease(connection, name, now)
    if lease is not None:
        doomed += stages(connection, name)
        end_killed(connection, name)
        leave_lease(connection, lease)
    for one in doomed:
        connection.execute(f"DROP TABLE IF EXISTS {quoted(one)}")
    if doomed:
        connection.execute("DELETE FROM _mirror_table WHERE name = ?", (name,))
        hashes.clear(connection, name)
        keys.clear(connection, name)
        note_dropped(connection, name)
    return bool(doomed)
