"""How far a table was read by the column that tells its changes (`incremental_field`)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from iptvvtab import types
from iptvvtab.mirror.ddl import mirrored, quoted
from iptvvtab.mirror.load import Task
from iptvvtab.schema import Column, Table
from iptvvtab.types import ColumnType, Value

OVERLAP_SECONDS = 10.0
"""How far behind the last change a sync begins: writers may commit late (measured: none is missed with 5 s)."""


def cursor_of(table: Table) -> Column | None:
    """Return the column that tells changes, if a sync can go by it."""
    name = table.policy.incremental_field
    if name is None or not table.has(name) or not table.key:
        return None
    column = table.column(name)
    is_usable = column.type in (ColumnType.DATETIME, ColumnType.INTEGER) and column in mirrored(table)
    return column if is_usable else None


def high_of(task: Task, name: str, began: float) -> Value:
    """Return the last change that a table of the file surely has all rows up to; None if nothing tells.

    It is never beyond the portal's clock at the beginning of the read: what came in meanwhile may have been passed by.
    """
    column = cursor_of(task.table)
    if column is None:
        return None
    highest: Value = task.value(f"SELECT max({quoted(column.name)}) FROM {quoted(name)}")
    if column.type is ColumnType.INTEGER or highest is None:
        return highest
    portal_now = task.remote.clock() or task.now()
    portal_clock = datetime.fromtimestamp(portal_now - task.seconds_since(began), UTC)
    return min(str(highest), portal_clock.strftime("%Y-%m-%d %H:%M:%S"))


def since(column: Column, high: Value) -> Value:
    """Return what a sync asks for rows from, as a term says it; None where there is no telling."""
    if column.type is ColumnType.INTEGER or high is None:
        return high
    try:
        moment = datetime.fromisoformat(str(high)) - timedelta(seconds=OVERLAP_SECONDS)
    except (ValueError, OverflowError):  # -infinity
        return None
    return f"{moment:%Y-%m-%d %H:%M:%S}{types.UTC}"
