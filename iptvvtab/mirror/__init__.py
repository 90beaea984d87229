"""The shadow file: tables of a portal in one ordinary SQLite file, with what is known of them beside.

From the file up: ddl (tables as SQL, pure), file (where and of what format), state (what is published, runs, leases),
load (rows into the file), cursor (how far changes were read), hashes (what the portal said of its rows), full,
incremental, verify (syncs), differences (where file and portal differ), keys, on_demand (rows as they are asked for),
select (a Read as SQL, pure), view (what a connection reads), attached (the file on a connection of a user), mirror (all
of it).
"""

from iptvvtab.mirror.attached import Attached, Snapshot, Standing, strangers
from iptvvtab.mirror.ddl import mirrored, quoted
from iptvvtab.mirror.differences import Differences, Rung
from iptvvtab.mirror.file import mirror_path, portal_of
from iptvvtab.mirror.mirror import Compared, Mirror, Status, Synced
from iptvvtab.mirror.on_demand import Demand
from iptvvtab.mirror.part import said_of
from iptvvtab.mirror.state import Published, Run
from iptvvtab.mirror.view import Reading, View

__all__ = [
    "Attached",
    "Compared",
    "Demand",
    "Differences",
    "Mirror",
    "Published",
    "Reading",
    "Run",
    "Rung",
    "Snapshot",
    "Standing",
    "Status",
    "Synced",
    "View",
    "mirror_path",
    "mirrored",
    "portal_of",
    "quoted",
    "said_of",
    "strangers",
]
