"""Verification: the portal is compared with what it said of its rows before; only what differs is fetched."""

from __future__ import annotations

from dataclasses import dataclass, replace

from iptvvtab.errors import Forbidden, NotProven, Refused
from iptvvtab.mirror import full, hashes
from iptvvtab.mirror.cursor import high_of
from iptvvtab.mirror.ddl import BOOKKEEPING, quoted
from iptvvtab.mirror.differences import Comparison, Differences, Rung, comparing
from iptvvtab.mirror.file import immediate
from iptvvtab.mirror.full import LARGE_LOSS_ROWS, LARGE_LOSS_SHARE, is_near
from iptvvtab.mirror.load import Load, Task, begin
from iptvvtab.mirror.state import published, put_published
from iptvvtab.remote import Digest, Op, Read, Term
from iptvvtab.types import ColumnType

STRATEGY = "verify"

FEW_CHANGES, MANY_CHANGES = 500, 0.1
"""More rows than both, as a number and as a share of the table, are not picked out: all are read anew."""

_GONE = f"temp.{BOOKKEEPING}gone"


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verifying sync came to: rows that were fetched, and by what the table was compared."""

    rows: int
    rung: Rung


def with_digest(task: Task) -> Task:
    """Return the task with the hash that rows shall come with, if the portal can hash those of this table.

    It takes one integer as key, a name for each column, and not only the first rows of a table. Where keyed hashes of
    secrets are held it cannot be: a hash by the portal has no key, and would tell of a secret to who guesses it.
    """
    columns = [task.table.column(name) for name in task.columns]
    is_hashable = _has_integer_key(task) and task.part.limit is None and not task.secrets
    if not is_hashable or any(one.remote_name is None for one in columns):
        return task
    function = task.remote.digesting.digest
    return task if function is None or function == "none" else replace(task, digest=Digest(function, task.columns))


def rung(task: Task) -> Rung:
    """Return the highest rung that compares a table by its hashes, or by its rows where none are kept of it."""
    if not _are_hashes_kept(task):
        return Rung.ROWS
    seen = task.remote.digesting
    if seen.digest_groups in ("derived", "direct"):
        return Rung.GROUPS
    return Rung.RANGES if seen.digest_ranges and seen.batch else Rung.HASHES


def cheapest_rung(task: Task) -> Rung:
    """Return the highest rung that compares a table without reading all of it; those without hashes see no values."""
    best, seen = rung(task), task.remote.digesting
    if best is not Rung.ROWS:
        return best
    if _has_integer_key(task) and task.part.limit is None:
        return Rung.TOTALS if seen.key_totals else Rung.KEYS
    return Rung.ROWS


def sync(task: Task, *, is_forced: bool = False) -> Verified:
    """Find out what differs, fetch that, and publish the table as of now. Raises as a full sync does.

    Where no hashes are kept yet, or the portal has none, all rows are read. A portal that refuses what it had been seen
    to do is asked anew, and compared by what is left. `task` comes `with_digest`.
    """
    by = rung(task)
    try:
        return _sync(task, by, is_forced=is_forced)
    except Refused as error:
        if task.digest is None or isinstance(error, Forbidden):
            raise
    task = _asked_anew(task, by)
    return _sync(task, rung(task), is_forced=is_forced)


def _sync(task: Task, by: Rung, *, is_forced: bool) -> Verified:
    """Compare a table by a rung; fetch what differs, or all rows if that is much."""
    if by is Rung.ROWS:
        return _read_all(task, is_forced=is_forced)
    load = begin(task, STRATEGY)
    with task.journal.meter() as meter:
        try:
            with comparing(task) as comparison:
                found = comparison.by(by)
                is_little = not _are_many(task, found)
                if is_little:
                    _fetch(task, load, comparison)
                    if found.number and not is_forced:
                        _prove(task, load)
                    with immediate(task.connection):
                        _merge(task, load, by)
                        load.end(meter.receipt(), None)
        except BaseException as error:
            load.fail(error, meter.receipt())
            raise
    if is_little:
        return Verified(load.rows, by)
    return _read_all(task, is_forced=is_forced, load=load)


def compare(task: Task, *, is_full: bool = False) -> Differences:
    """Return what differs, by the cheapest rung or by all rows; nothing is changed. Raises as a full sync does."""
    by = Rung.ROWS if is_full else cheapest_rung(task)
    with comparing(task) as comparison:
        try:
            return comparison.by(by)
        except Refused as error:
            if is_full or isinstance(error, Forbidden):
                raise
    task = _asked_anew(task, by)
    with comparing(task) as comparison:
        return comparison.by(cheapest_rung(task))


def _asked_anew(task: Task, refused: Rung) -> Task:
    """Ask the portal anew what it can do; if that is what it refused, it will not hash the rows of this table."""
    task.remote.ask_digesting_again()
    again = with_digest(replace(task, digest=None))
    return replace(again, digest=None) if again.digest == task.digest and rung(again) is refused else again


def _read_all(task: Task, *, is_forced: bool, load: Load | None = None) -> Verified:
    """Fetch all rows with their hashes."""
    return Verified(full.sync(task, is_forced=is_forced, load=load), Rung.ROWS)


def _has_integer_key(task: Task) -> bool:
    key = task.table.key
    return len(key) == 1 and task.table.column(key[0]).type is ColumnType.INTEGER


def _are_hashes_kept(task: Task) -> bool:
    """Return whether the rows that are published stand with hashes by the function that rows would come with now."""
    name, state = task.table.name, published(task.connection, task.table.name)
    if task.digest is None or state is None or state.is_closed or state.schema_hash != task.table.schema_hash:
        return False
    kept, table = hashes.verified(task.connection, name), quoted(hashes.hashes_of(name))
    if kept is None or kept.function != task.digest.function or not task.has(hashes.hashes_of(name)):
        return False
    same = f"SELECT (SELECT count(*) FROM main.{quoted(name)}) = (SELECT count(*) FROM main.{table})"
    return bool(task.value(same))


def _are_many(task: Task, found: Differences) -> bool:
    wanted = (found.changed or 0) + found.new
    rows = int(task.value(f"SELECT count(*) FROM main.{quoted(task.table.name)}"))
    return wanted > max(FEW_CHANGES, MANY_CHANGES * rows)


def _fetch(task: Task, load: Load, comparison: Comparison) -> None:
    """Fetch the rows that differ, and tell the keys of those that vanished. Raises NotProven for rows that stay away.

    What the portal had when it gave their hashes, and does not give now, must be gone by its own count.
    """
    key, wanted = task.table.key[0], comparison.wanted()
    if wanted:
        load.fetch(Term(key, Op.IN, tuple(wanted)))
    came = {row[0] for row in task.connection.execute(f"SELECT {quoted(key)} FROM main.{quoted(load.staging)}")}
    lacking = [one for one in wanted if one not in came]
    if lacking and _counted_of(task, lacking) != 0:
        raise NotProven(task.table.name, len(came), f"the portal had said that {len(wanted)} differ")
    task.connection.execute(f"DROP TABLE IF EXISTS {_GONE}")
    task.connection.execute(f"CREATE TABLE {_GONE} (key INTEGER PRIMARY KEY)")
    task.connection.execute(f"INSERT INTO {_GONE} {comparison.gone}")
    task.connection.executemany(f"INSERT OR IGNORE INTO {_GONE} VALUES (?)", [(one,) for one in lacking])


def _counted_of(task: Task, keys: list[int]) -> int | None:
    """Return how many rows of these keys the portal counts; None where it cannot, or there are too many of them."""
    if not task.remote.capabilities.count or len(keys) > task.remote.longest_in:
        return None
    term = Term(task.table.key[0], Op.IN, tuple(keys))
    [[[number]]] = task.pages(task.part.read(Read(task.table.name, (), (term,), is_count=True)))
    assert isinstance(number, int)
    return number


def _prove(task: Task, load: Load) -> None:
    """Refuse a table that would not have as many rows as the portal counts, or would lose many without its word."""
    name, key = task.table.name, quoted(task.table.key[0])
    before = int(task.value(f"SELECT count(*) FROM main.{quoted(name)}"))
    lost = int(task.value(f"SELECT count(*) FROM {_GONE} WHERE key IN (SELECT {key} FROM main.{quoted(name)})"))
    known = f"SELECT {key} FROM main.{quoted(name)}"
    new = int(task.value(f"SELECT count(*) FROM main.{quoted(load.staging)} WHERE {key} NOT IN ({known})"))
    after, counted = before + new - lost, task.counted()
    is_large = lost > max(LARGE_LOSS_ROWS, LARGE_LOSS_SHARE * before)
    if counted is None:
        if is_large or not after:
            raise NotProven(name, after, f"{lost} rows would vanish, and the portal counts nothing")
    elif not is_near(after, counted) or (is_large and after != task.counted()):
        raise NotProven(name, after, f"{lost} rows would vanish, and the portal counts {counted}")


def _merge(task: Task, load: Load, by: Rung) -> None:
    """Put new rows and hashes over old ones and drop those that vanished, within a transaction."""
    connection, table, key = task.connection, quoted(task.table.name), quoted(task.table.key[0])
    task.keep()
    connection.execute(f"INSERT OR REPLACE INTO main.{table} SELECT * FROM main.{quoted(load.staging)}")
    connection.execute(f"DELETE FROM main.{table} WHERE {key} IN (SELECT key FROM {_GONE})")
    hashes.merge(task, load)
    hashes.prune(task)
    load.drop()
    connection.execute(f"DROP TABLE {_GONE}")
    rows = int(task.value(f"SELECT count(*) FROM main.{table}"))
    high = high_of(task, task.table.name, load.began)
    put_published(connection, task.table, STRATEGY, load.began, task.now(), rows, high)
    hashes.put_verified(task, load, by)
