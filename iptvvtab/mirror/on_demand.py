"""Tables that are kept on demand: rows by key as they are asked for, and which keys the portal has no row of."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iptvvtab.errors import NotMirrored, NotProven
from iptvvtab.mirror import hashes, keys
from iptvvtab.mirror.ddl import creation, indexes, mirrored, quoted
from iptvvtab.mirror.drift import notices
from iptvvtab.mirror.file import immediate
from iptvvtab.mirror.full import LARGE_LOSS_ROWS, LARGE_LOSS_SHARE
from iptvvtab.mirror.keys import BEGAN, IS_THERE, STRATEGY, Key, is_on_demand, keys_table
from iptvvtab.mirror.load import Load, Task, begin
from iptvvtab.mirror.purge import note_secrets
from iptvvtab.mirror.state import published, put_published
from iptvvtab.remote import Op, Read, Term, in_order
from iptvvtab.schema import Table
from iptvvtab.types import Value

if TYPE_CHECKING:
    from collections.abc import Container

    import apsw

Kept = Callable[[Table, Mapping[Key, Sequence[Value] | None], float], None]
"""Puts what was read of some keys into the file, from a moment on (seconds since 1970)."""


@dataclass(frozen=True, slots=True)
class Demand:
    """A Read of a table that is kept on demand: rows that are known and fresh, and what to ask for the others.

    `ask` is a Read of whole rows, as they are kept, of the keys that lack. `age`: of the known rows, in seconds.
    """

    table: Table
    read: Read
    lacking: tuple[Key, ...]
    ask: Read
    known: Sequence[Sequence[Value]]
    age: float
    keep: Kept
    now: Callable[[], float] = time.time

    def answered(self, rows: Sequence[Sequence[Value]], age: float) -> list[Sequence[Value]]:
        """Return all rows of the Read in its order, given those of `ask`, so old by now; these are kept."""
        places = [self.ask.columns.index(name) for name in self.table.key]
        found: dict[Key, Sequence[Value] | None] = dict.fromkeys(self.lacking)
        found |= {tuple(row[place] for place in places): row for row in rows}
        self.keep(self.table, found, self.now() - age)
        shown = [self.ask.columns.index(name) for name in self.read.columns]
        return in_order(self.table, self.read, [*self.known, *([row[place] for place in shown] for row in rows)])


def demand_for(
    table: Table,
    read: Read,
    lacking: tuple[Key, ...],
    known: Sequence[Sequence[Value]],
    age: float,
    keep: Kept,
    now: Callable[[], float],
) -> Demand:
    """Return what to ask for the keys that lack. Pure."""
    columns = tuple(column.name for column in mirrored(table))
    ask = Read(table.name, columns, keys.terms_of(table, lacking))
    return Demand(table, read, lacking, ask, known, age, keep, now)


def prepare(connection: apsw.Connection, table: Table, tables: Container[str], now: float) -> None:
    """Make room for rows on demand within a transaction; what another strategy or schema put there is dropped."""
    state = published(connection, table.name)
    is_ready = state is not None and state.strategy == STRATEGY and state.schema_hash == table.schema_hash
    if is_ready and state is not None and not state.is_closed:
        return
    note_secrets(connection, table, table.name)
    hashes.clear(connection, table.name)
    keys.clear(connection, table.name)
    connection.execute(f"DROP TABLE IF EXISTS {quoted(table.name)}")
    connection.execute(creation(table, table.name, tables))
    connection.execute(keys.creation(table))
    for name, columns in indexes(table, 0):
        connection.execute(f"CREATE INDEX {quoted(name)} ON {quoted(table.name)} ({columns})")
    put_published(connection, table, STRATEGY, now, now, 0, None)


def keep(
    connection: apsw.Connection,
    table: Table,
    tables: Container[str],
    rows: Mapping[Key, Sequence[Value] | None],
    began: float,
) -> None:
    """Put what was read of some keys into the file, in one short transaction."""
    with immediate(connection):
        prepare(connection, table, tables, began)
        keys.put(connection, table, rows, began)
        number = f"SELECT count(*) FROM {quoted(table.name)}"
        connection.execute(f'UPDATE _mirror_table SET "rows" = ({number}) WHERE name = ?', (table.name,))


def sync(task: Task, *, is_forced: bool = False) -> int:
    """Fetch the rows of the known keys anew; return how many came. Raises NotMirrored, and as a full sync does."""
    if not is_on_demand(task.table):
        raise NotMirrored(
            task.table.name, "on demand it needs a key of numbers or texts, and no where, limit or hash_fields"
        )
    with immediate(task.connection):
        task.keep()
        prepare(task.connection, task.table, task.catalog, task.now())
    load = begin(task, STRATEGY)
    with task.journal.meter() as meter:
        try:
            if first := _first_of_keys(task):
                load.fetch(Term(task.table.key[0], Op.IN, first))
            if not is_forced:
                _prove(task, load)
            notice = notices(task)
            with immediate(task.connection):
                rows = _merge(task, load)
                load.end(meter.receipt(), notice)
        except BaseException as error:
            load.fail(error, meter.receipt())
            raise
    return rows


def _first_of_keys(task: Task) -> tuple[Value, ...]:
    """Return the values that the first column of the known keys has: other keys of them are left out later."""
    name = quoted(task.table.key[0])
    found = task.connection.execute(f"SELECT DISTINCT {name} FROM {quoted(keys_table(task.table.name))} ORDER BY 1")
    return tuple(value for (value,) in found)


def _prove(task: Task, load: Load) -> None:
    """Refuse to believe that most of many rows are gone, or all. Raises NotProven."""
    names = ", ".join(map(quoted, task.table.key))
    table, staging = quoted(task.table.name), quoted(load.staging)
    there = task.value(f"SELECT count(*) FROM {table}")
    left = task.value(f"SELECT count(*) FROM {table} WHERE ({names}) IN (SELECT {names} FROM {staging})")
    if (there and not left and there > 1) or there - left > max(LARGE_LOSS_ROWS, LARGE_LOSS_SHARE * there):
        raise NotProven(task.table.name, left, f"{there - left} of the rows that are kept on demand would vanish")


def _merge(task: Task, load: Load) -> int:
    """Put rows that came in place of those of their keys; a key that was read meanwhile stays as it is."""
    names = ", ".join(map(quoted, task.table.key))
    table, staging = quoted(task.table.name), quoted(load.staging)
    known = quoted(keys_table(task.table.name))
    run, began = task.connection.execute, (load.began,)
    task.keep()
    older = f"SELECT {names} FROM {known} WHERE {BEGAN} < ?"
    run(f"DELETE FROM {table} WHERE ({names}) IN ({older})", began)
    run(f"INSERT INTO {table} SELECT * FROM {staging} WHERE ({names}) IN ({older})", began)
    rows = task.connection.changes()
    is_there = f"({names}) IN (SELECT {names} FROM {staging})"
    run(f"UPDATE {known} SET {BEGAN} = ?1, {IS_THERE} = {is_there} WHERE {BEGAN} < ?1", began)
    load.drop()
    there = task.value(f"SELECT count(*) FROM {table}")
    put_published(task.connection, task.table, STRATEGY, load.began, task.now(), there, None)
    return rows
