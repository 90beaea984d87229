"""A full sync: all rows into a table of their own, proof that they are all, then one swap, never seen half done."""

from __future__ import annotations

import re
from typing import Any

from iptvvtab.errors import NotProven
from iptvvtab.mirror import hashes, keys
from iptvvtab.mirror.cursor import high_of
from iptvvtab.mirror.ddl import indexes, quoted
from iptvvtab.mirror.drift import notices
from iptvvtab.mirror.file import immediate
from iptvvtab.mirror.load import Load, Task, begin
from iptvvtab.mirror.purge import note_secrets
from iptvvtab.mirror.state import published, put_published

STRATEGY = "full"

BY_ROWS = "rows"
"""How a full sync compares a table with the portal: by all of its rows."""

SLACK_ROWS, SLACK_SHARE, SMALL_SHARE = 10, 0.002, 0.1
"""By how much the portal's own count may differ from what was fetched, for it is written to meanwhile.

So many rows but no more than a tenth of a small table, or that share of a large one.
"""

LARGE_LOSS_ROWS, LARGE_LOSS_SHARE = 1000, 0.05
"""A table that lost more than both since its last sync is not believed without the portal's count."""


def sync(task: Task, *, is_forced: bool = False, load: Load | None = None) -> int:
    """Fetch and publish all rows; return how many. Raises PortalError and its kin, NotProven and LeaseLost.

    `load`: one that was begun to fetch less, and takes all of them instead.
    """
    load = load or begin(task, STRATEGY)
    with task.journal.meter() as meter:
        try:
            load.fetch()
            rows = load.counted()
            _index(task, load)
            if not is_forced:
                _prove(task, rows)
            notice = notices(task)
            with immediate(task.connection):
                _swap(task, load, rows)
                load.end(meter.receipt(), notice)
        except BaseException as error:
            load.fail(error, meter.receipt())
            raise
    return rows


def _index(task: Task, load: Load) -> None:
    """Make indexes and statistics, each in a transaction of its own: other writers wait no longer than need be."""
    made = (
        f"CREATE INDEX IF NOT EXISTS {quoted(name)} ON {quoted(load.staging)} ({columns})"  # a killed run made it
        for name, columns in indexes(task.table, load.run)
    )
    for sql in (*made, f"ANALYZE {quoted(load.staging)}"):
        with immediate(task.connection):
            task.keep()
            task.connection.execute(sql)


def is_near(got: int, counted: int) -> bool:
    """Return whether so many rows may be all of those that the portal counts."""
    return abs(counted - got) <= max(min(SLACK_ROWS, SMALL_SHARE * counted), SLACK_SHARE * counted)


def _prove(task: Task, got: int) -> None:
    """Refuse rows that may not be all: that nothing failed is no proof. Raises NotProven."""
    name, counted = task.table.name, task.counted()
    if counted is not None:
        if not is_near(got, counted):
            raise NotProven(name, got, f"the portal counts {counted}")
        return
    before = published(task.connection, name)
    lost = before.rows - got if before else 0
    if before and (lost > max(LARGE_LOSS_ROWS, LARGE_LOSS_SHARE * before.rows) or (before.rows and not got)):
        raise NotProven(name, got, f"there were {before.rows} at the last sync, and the portal counts nothing")


def _of_people(task: Task) -> list[str]:
    """Return the triggers and indexes that people put on a table, as SQL; ours carry the run that made them."""
    ours = re.compile(f"{re.escape(task.table.name)}_.*_[0-9]+", re.IGNORECASE)
    found: list[Any] = task.connection.execute(
        "SELECT name, sql FROM sqlite_schema "
        "WHERE type IN ('trigger', 'index') AND sql NOT NULL AND tbl_name = ? COLLATE NOCASE",
        (task.table.name,),
    ).fetchall()
    return [sql for name, sql in found if not ours.fullmatch(name)]


def _swap(task: Task, load: Load, rows: int) -> None:
    """Put the new table in place of the old one, within a transaction."""
    connection, name = task.connection, task.table.name
    task.keep()
    kept = _of_people(task)
    note_secrets(connection, task.table, name)
    connection.execute(f"DROP TABLE IF EXISTS {quoted(name)}")
    keys.clear(connection, name)
    connection.execute(f"ALTER TABLE {quoted(load.staging)} RENAME TO {quoted(name)}")
    for statistics in ("sqlite_stat1", "sqlite_stat4"):
        if task.has(statistics):  # a renamed table leaves them behind
            connection.execute(f"UPDATE {statistics} SET tbl = ? WHERE tbl = ?", (name, load.staging))
    for sql in kept:
        connection.execute(sql)
    high = high_of(task, name, load.began)
    put_published(connection, task.table, STRATEGY, load.began, task.now(), rows, high)
    hashes.swap(task, load)
    hashes.put_verified(task, load, BY_ROWS)
