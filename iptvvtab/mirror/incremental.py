"""An incremental sync: rows that changed since the last one, those that tell no change, and those that vanished."""

from __future__ import annotations

from iptvvtab.errors import NotProven
from iptvvtab.mirror import hashes
from iptvvtab.mirror.cursor import cursor_of, high_of, since
from iptvvtab.mirror.ddl import BOOKKEEPING, quoted
from iptvvtab.mirror.drift import notices
from iptvvtab.mirror.file import immediate
from iptvvtab.mirror.full import LARGE_LOSS_ROWS, LARGE_LOSS_SHARE, is_near
from iptvvtab.mirror.keys import STRATEGY as ON_DEMAND
from iptvvtab.mirror.load import Load, Task, begin
from iptvvtab.mirror.state import Published, published, put_published
from iptvvtab.remote import Op, Read, Term

STRATEGY = "incremental"

_KEYS = f"temp.{BOOKKEEPING}keys"


def is_possible(task: Task) -> bool:
    """Return whether there is something to go on from: a whole table of this schema, and how far it was read.

    Of a table that is kept in part nobody tells which rows are no longer of it: they changed, and were not asked for.
    """
    if not task.part.is_all:
        return False
    column, state = cursor_of(task.table), published(task.connection, task.table.name)
    if column is None or state is None or state.is_closed or state.schema_hash != task.table.schema_hash:
        return False
    if state.strategy == ON_DEMAND:
        return False
    return since(column, state.high) is not None


def sync(task: Task, *, is_forced: bool = False) -> int:
    """Fetch and publish what changed; return how many rows came. Raises as a full sync does.

    Rows come by key under `cursor >= last change - overlap`: however many changed in one moment, none is passed by.
    """
    column, state = cursor_of(task.table), published(task.connection, task.table.name)
    assert column is not None
    assert state is not None
    load = begin(task, STRATEGY)
    with task.journal.meter() as meter:
        try:
            changed = Term(column.name, Op.GE, (since(column, state.high),))
            is_whole = _fetch_changes(task, load, changed, is_forced=is_forced)
            if column.nullable:
                load.fetch(Term(column.name, Op.IS_NULL))
            is_pruned = _find_vanished(task, load, state, is_forced=is_forced)
            notice = notices(task)
            with immediate(task.connection):
                _merge(task, load, is_pruned=is_pruned)
                high = high_of(task, task.table.name, load.began) if is_whole else state.high
                rows = task.value(f"SELECT count(*) FROM main.{quoted(task.table.name)}")
                put_published(task.connection, task.table, STRATEGY, load.began, task.now(), rows, high)
                load.end(meter.receipt(), notice)
        except BaseException as error:
            load.fail(error, meter.receipt())
            raise
        finally:
            task.connection.execute(f"DROP TABLE IF EXISTS {_KEYS}")
    return load.rows


def _fetch_changes(task: Task, load: Load, changed: Term, *, is_forced: bool) -> bool:
    """Fetch the rows that changed; return whether they are as many as the portal counted before.

    If not, some went meanwhile, or pages lacked rows: the next sync shall ask for the same changes again. Raises
    NotProven where too many lack.
    """
    counted = task.counted(changed)
    load.fetch(changed)
    got = load.counted()
    if counted is None or got >= counted:
        return True
    if not is_forced and not is_near(got, counted):
        raise NotProven(task.table.name, got, f"the portal counted {counted} that changed")
    return False


def _find_vanished(task: Task, load: Load, state: Published, *, is_forced: bool) -> bool:
    """Compare the portal's count with what will be there; where it differs, fetch all keys, and the rows that lack.

    Return whether the keys are there, and tell what vanished. Raises NotProven where too many would.
    """
    counted = task.counted()
    keys = ", ".join(map(quoted, task.table.key))
    table, staging = quoted(task.table.name), quoted(load.staging)
    union = f"SELECT {keys} FROM main.{table} UNION SELECT {keys} FROM main.{staging}"
    there = task.value(f"SELECT count(*) FROM ({union})")
    if counted is None or counted == there:
        return False
    _fetch_keys(task)
    number = task.value(f"SELECT count(*) FROM {_KEYS}")
    lost = task.value(f"SELECT count(*) FROM (SELECT {keys} FROM main.{table} EXCEPT SELECT * FROM {_KEYS})")
    is_large = lost > max(LARGE_LOSS_ROWS, LARGE_LOSS_SHARE * state.rows)
    is_proven = is_near(number, counted) and (not is_large or number == task.counted())
    if not is_forced and not is_proven:
        raise NotProven(task.table.name, number, f"{lost} rows would vanish, and the portal counts {counted}")
    if len(task.table.key) == 1:
        lacking = f"SELECT * FROM {_KEYS} EXCEPT SELECT * FROM ({union})"
        _fetch_by_key(task, load, [row[0] for row in task.connection.execute(lacking)])
    return True


def _fetch_keys(task: Task) -> None:
    key = task.table.key
    columns = ", ".join(f"{quoted(name)} {task.table.column(name).type.declaration}" for name in key)
    primary = f"PRIMARY KEY ({', '.join(map(quoted, key))})"
    task.connection.execute(f"DROP TABLE IF EXISTS {_KEYS}; CREATE TABLE {_KEYS} ({columns}, {primary}) WITHOUT ROWID")
    insert = f"INSERT OR IGNORE INTO {_KEYS} VALUES ({', '.join('?' * len(key))})"
    for page in task.pages(Read(task.table.name, key)):
        task.connection.executemany(insert, page)


def _fetch_by_key(task: Task, load: Load, keys: list[object]) -> None:
    """Fetch rows that came in with an old time of change: nothing else would ever see them."""
    if keys:
        load.fetch(Term(task.table.key[0], Op.IN, tuple(sorted(keys))))  # type: ignore[type-var, arg-type]  # of one type


def _merge(task: Task, load: Load, *, is_pruned: bool) -> None:
    """Put new rows over old ones and drop those that vanished, within a transaction."""
    connection, table = task.connection, quoted(task.table.name)
    task.keep()
    connection.execute(f"INSERT OR REPLACE INTO main.{table} SELECT * FROM main.{quoted(load.staging)}")
    if is_pruned:
        keys = ", ".join(map(quoted, task.table.key))
        connection.execute(f"DELETE FROM main.{table} WHERE ({keys}) NOT IN (SELECT * FROM {_KEYS})")
    hashes.merge(task, load)
    if is_pruned:
        hashes.prune(task)
    load.drop()
