"""Where a table of the file and the portal differ, found out from sums of hashes, hashes, totals, keys or rows.

From a few sums down to single rows: only what lies in differing groups is looked at more closely. What was seen stands
in temporary tables: the keys that the portal has within some ranges, each with its hash where that is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from iptvvtab.errors import NotProven
from iptvvtab.mirror.cursor import cursor_of
from iptvvtab.mirror.ddl import BOOKKEEPING, creation, quoted
from iptvvtab.mirror.full import is_near
from iptvvtab.mirror.hashes import hashes_of
from iptvvtab.mirror.load import Task
from iptvvtab.remote import Digest, Group, Op, Read, Slice, Term
from iptvvtab.types import Value

GROUP_ROWS, FINER = 1024, 32
"""Rows that the first groups have about, and how many smaller groups one of them is looked at by."""

FEW_ROWS = 1000
"""Rows whose hashes are asked for at once, without smaller groups."""

RANGES, MOST_READS = 32, 8
"""Ranges of keys that are asked about in one request, and from how many differing ones on all hashes are read."""

LOWEST, HIGHEST = -(2**63), 2**63 - 1

_SEEN, _SCOPE = f"temp.{BOOKKEEPING}seen", f"temp.{BOOKKEEPING}scope"
_ROWS = f"{BOOKKEEPING}seen_rows"


class Rung(StrEnum):
    """What a table is compared by, from little that travels to all of it. Only what sees values proves equality."""

    GROUPS = "groups"
    RANGES = "ranges"
    HASHES = "hashes"
    TOTALS = "totals"
    KEYS = "keys"
    ROWS = "rows"

    @property
    def sees_values(self) -> bool:
        """Whether a row that only changed is noticed."""
        return self not in (Rung.TOTALS, Rung.KEYS)


@dataclass(frozen=True, slots=True)
class Differences:
    """How many rows differ: changed, only on the portal, only in the file; None: it was not looked for."""

    rung: Rung
    changed: int | None
    new: int
    gone: int

    @property
    def number(self) -> int:
        """How many rows differ, as far as is known."""
        return (self.changed or 0) + self.new + self.gone


@contextmanager
def comparing(task: Task) -> Iterator[Comparison]:
    """Give what finds differences; its temporary tables go when it is done."""
    comparison = Comparison(task)
    try:
        comparison.begin()
        yield comparison
    finally:
        comparison.drop()


class Comparison:
    """Finds the rows in which a table of the file and the portal differ; `comparing` gives one."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._table, self._hashes = quoted(task.table.name), quoted(hashes_of(task.table.name))
        self._key = quoted(task.table.key[0]) if len(task.table.key) == 1 else ""

    def begin(self) -> None:
        """Make the temporary tables, empty."""
        self.drop()
        self._task.connection.execute(f"CREATE TABLE {_SEEN} (key INTEGER PRIMARY KEY, hash)")
        self._task.connection.execute(f"CREATE TABLE {_SCOPE} (low INTEGER, high INTEGER)")
        self._look_at([(LOWEST, HIGHEST)])

    def drop(self) -> None:
        """Drop them."""
        for name in (_SEEN, _SCOPE, f"temp.{_ROWS}"):
            self._task.connection.execute(f"DROP TABLE IF EXISTS {name}")

    def by(self, rung: Rung) -> Differences:
        """Find the differences by a rung; totals that differ are followed by keys, which tell where.

        Raises PortalError and its kin, NotProven for answers that do not fit together.
        """
        with self._task.naming_drift():
            return self._by(rung)

    def _by(self, rung: Rung) -> Differences:
        match rung:
            case Rung.GROUPS:
                self._by_groups()
            case Rung.RANGES:
                self._by_ranges()
            case Rung.HASHES:
                self._see_all(self._hashed)
            case Rung.TOTALS:
                return Differences(rung, None, 0, 0) if self._are_totals_equal() else self._by(Rung.KEYS)
            case Rung.KEYS:
                self._see_all(self._read(self._task.table.key))
                return Differences(rung, None, self._count(self._new), self._count(self.gone))
            case Rung.ROWS:
                return self._by_rows()
        return Differences(rung, self._count(self._changed), self._count(self._new), self._count(self.gone))

    def wanted(self) -> list[int]:
        """Return the keys of rows that must be fetched: changed, new, or with a hash that is not known."""
        found: list[Any] = self._task.connection.execute(f"{self._changed} UNION ALL {self._new}").fetchall()
        return sorted(key for (key,) in found)

    @property
    def gone(self) -> str:
        """The keys of rows that the portal has no more, as a SELECT."""
        return (
            f"SELECT t.{self._key} FROM {_SCOPE} s JOIN main.{self._table} t ON t.{self._key} BETWEEN s.low AND s.high "
            f"WHERE t.{self._key} NOT IN (SELECT key FROM {_SEEN})"
        )

    @property
    def _new(self) -> str:
        return f"SELECT key FROM {_SEEN} WHERE key NOT IN (SELECT {self._key} FROM main.{self._table})"

    @property
    def _changed(self) -> str:
        return (
            f"SELECT s.key FROM {_SEEN} s JOIN main.{self._table} t ON t.{self._key} = s.key "
            f"LEFT JOIN main.{self._hashes} h ON h.key = s.key WHERE (h.hash = s.hash) IS NOT TRUE"
        )

    def _count(self, select: str) -> int:
        return int(self._task.value(f"SELECT count(*) FROM ({select})"))

    def _look_at(self, ranges: Sequence[tuple[int, int]]) -> None:
        """Say within which keys, both ends included, rows may differ."""
        self._task.connection.execute(f"DELETE FROM {_SCOPE}")
        self._task.connection.executemany(f"INSERT INTO {_SCOPE} VALUES (?, ?)", ranges)

    @property
    def _hashed(self) -> Read:
        """The Read of keys and hashes."""
        return self._read(self._task.table.key, self._task.digest)

    def _read(self, columns: tuple[str, ...] = (), digest: Digest | None = None) -> Read:
        """Return the Read of some columns, perhaps with hashes, of the part of the table that is kept."""
        return self._task.part.read(Read(self._task.table.name, columns, digest=digest))

    def _see(self, reads: Sequence[tuple[Read, int]]) -> None:
        """Take in the keys that Reads find, each with its hash; with each how many the portal just said there are."""
        for read, expected in reads:
            seen = 0
            for page in self._pages(read, expected):
                self._take(page)
                seen += len(page)
            if not is_near(seen, expected):
                raise NotProven(self._task.table.name, seen, f"the portal had said that there are {expected}")

    def _see_all(self, read: Read) -> None:
        """Take in all keys, each with its hash if it comes with one."""
        for page in self._task.pages(read):
            self._take(page if read.digest is not None else [[*row, None] for row in page])

    def _take(self, page: list[list[Value]]) -> None:
        self._task.connection.executemany(f"INSERT OR REPLACE INTO {_SEEN} VALUES (?, ?)", page)

    def _pages(self, read: Read, expected: int) -> Iterator[list[list[Value]]]:
        """Yield pages; one that is short, and has as many rows as are expected, is the only one."""
        wanted = expected + 1
        is_one = self._task.remote.sizes.limit(wanted, len(read.columns) + 1) == wanted
        for page in self._task.pages(read, wanted):
            yield page
            if is_one and len(page) == expected:
                return

    # Groups: of a thousand rows first, then smaller ones within those that differ, then the rows of these.

    def _by_groups(self) -> None:
        parts: list[tuple[Slice | None, int]] = [(None, self._count(f"SELECT key FROM main.{self._hashes}"))]
        width = self._width()
        for divisor in (width, width // FINER):
            remote, local = self._remote_groups(divisor, parts), self._local_groups(divisor)
            suspects = [one for one in sorted({*remote, *local}) if remote.get(one) != local.get(one)]
            if 2 * len(suspects) > len(local) and parts[0][0] is None:  # no list of so many is worth it
                parts = [(None, sum(one.rows for one in remote.values()))]
            else:
                parts = self._slices(divisor, suspects, remote)
                self._look_at([_range(one, divisor) for one in suspects])
            if sum(rows for _, rows in parts) <= FEW_ROWS:
                break
        self._see([(replace(self._hashed, slice=one), rows) for one, rows in parts])

    def _width(self) -> int:
        """Return by how much to divide keys, so that the groups of the rows here are of a good size."""
        width = GROUP_ROWS
        while width < HIGHEST // FINER:
            sql = f"SELECT count(*), count(DISTINCT key / ?) FROM main.{self._hashes}"
            rows, groups = self._task.connection.execute(sql, (width,)).fetchone()  # type: ignore[misc]
            if groups <= 2 * rows / GROUP_ROWS + FINER:  # keys with gaps, or one far from the others
                break
            width *= FINER
        return width

    def _remote_groups(self, divisor: int, parts: Sequence[tuple[Slice | None, int]]) -> dict[int, Group]:
        task = self._task
        digests, grouping = task.remote.digests(task.table.name, task.journal), task.remote.digesting.digest_groups
        assert grouping in ("derived", "direct")
        groups: dict[int, Group] = {}
        for one, rows in parts:
            read = replace(self._read(digest=task.digest), slice=one)
            groups |= {group.number: group for group in digests.groups(read, divisor, grouping, rows)}
        return groups

    def _local_groups(self, divisor: int) -> dict[int, Group | None]:
        """Return the groups of the rows here; None for one with a hash that is not known: it equals nothing."""
        sql = (
            f"SELECT h.key / ?, count(*), sum(h.hash), count(h.hash) "
            f"FROM {_SCOPE} s JOIN main.{self._hashes} h ON h.key BETWEEN s.low AND s.high GROUP BY 1"
        )
        found: list[Any] = self._task.connection.execute(sql, (divisor,)).fetchall()
        return {number: Group(number, rows, total) if rows == known else None for number, rows, total, known in found}

    def _slices(self, divisor: int, numbers: list[int], remote: Mapping[int, Group]) -> list[tuple[Slice | None, int]]:
        """Return groups in lists that the portal takes, and how many rows it said that those of each list have."""
        longest = self._task.remote.longest_in
        parts = (numbers[start : start + longest] for start in range(0, len(numbers), longest))
        return [(Slice(divisor, tuple(part)), sum(remote[one].rows for one in part if one in remote)) for part in parts]

    # Ranges of keys, each a select of its own, all in one request: for portals that group by columns only.

    def _by_ranges(self) -> None:
        task, ranges = self._task, self._ranges()
        whole, key = self._hashed, task.table.key[0]
        reads = [whole.with_terms((*whole.terms, *_between(key, *one))) for one in ranges]
        remote = task.remote.digests(task.table.name, task.journal).ranges(reads)
        suspects = [at for at, (low, high) in enumerate(ranges) if not self._is_equal(remote[at], low, high)]
        if len(suspects) > MOST_READS:
            self._see([(whole, sum(one.rows for one in remote))])
        else:
            self._look_at([ranges[at] for at in suspects])
            self._see([(reads[at], remote[at].rows) for at in suspects])

    def _ranges(self) -> list[tuple[int, int]]:
        """Return ranges of keys, both ends included, that have about as many rows here each."""
        sql = (
            f"SELECT min(key) FROM (SELECT key, ntile({RANGES}) OVER (ORDER BY key) AS tile FROM main.{self._hashes}) "
            "GROUP BY tile ORDER BY tile"
        )
        found: list[Any] = self._task.connection.execute(sql).fetchall()
        starts = [LOWEST, *(key for (key,) in found[1:])]
        return [*zip(starts, [*(one - 1 for one in starts[1:]), HIGHEST], strict=True)]

    def _is_equal(self, remote: Group, low: int, high: int) -> bool:
        sql = f"SELECT count(*), count(hash), coalesce(sum(hash), 0) FROM main.{self._hashes} WHERE key BETWEEN ? AND ?"
        rows, known, total = self._task.connection.execute(sql, (low, high)).fetchone()  # type: ignore[misc]
        return bool(rows == known == remote.rows and total == remote.sum)

    # Totals and rows.

    def _are_totals_equal(self) -> bool:
        """Compare the number of rows, the sum of their keys and their last change; all that some portals can tell."""
        task, column = self._task, cursor_of(self._task.table)
        if not self._key:
            return task.counted() == int(task.value(f"SELECT count(*) FROM main.{self._table}"))
        highest = None if column is None else column.name
        told = task.remote.digests(task.table.name, task.journal).totals(self._read(), highest)
        last = "NULL" if column is None else f"max({quoted(column.name)})"
        high, low = f"sum({self._key} / {2**31})", f"sum({self._key} % {2**31})"  # a sum might be beyond 64 bits
        sql = f"SELECT count(*), {high}, {low}, {last} FROM main.{self._table}"
        found: Any = task.connection.execute(sql).fetchone()
        keys = None if found[1] is None else found[1] * 2**31 + found[2]
        return bool((told.rows, told.keys, told.highest) == (found[0], keys, found[3]))

    def _by_rows(self) -> Differences:
        task, rows = self._task, f"temp.{_ROWS}"
        task.connection.execute(creation(task.table, _ROWS).replace("CREATE TABLE", "CREATE TEMP TABLE", 1))
        columns = (*task.columns, *task.secrets)
        insert = f"INSERT INTO {rows} VALUES ({', '.join('?' * len(columns))})"
        seen, limit = 0, task.part.limit
        for page in task.pages(self._read(columns), limit):
            kept = page if limit is None else page[: limit - seen]
            task.connection.executemany(insert, task.held(kept))
            seen += len(kept)
            if seen == limit:
                break
        counted = task.counted()
        if counted is not None and not is_near(seen, counted):
            raise NotProven(task.table.name, seen, f"the portal counts {counted}")
        return self._of_rows(rows, f"main.{self._table}")

    def _of_rows(self, there: str, here: str) -> Differences:
        """Compare two tables of rows; without a key, a row that changed is one that went and one that is new."""
        if not self._task.table.key:
            held: list[Any] = self._task.connection.execute(
                "SELECT name FROM pragma_table_info(?)", (_ROWS,)
            ).fetchall()
            columns = ", ".join(quoted(name) for (name,) in held)
            there, here = (f"SELECT {columns}, count(*) FROM {one} GROUP BY {columns}" for one in (there, here))
            return Differences(
                Rung.ROWS, 0, self._count(f"{there} EXCEPT {here}"), self._count(f"{here} EXCEPT {there}")
            )
        keys = ", ".join(map(quoted, self._task.table.key))
        new = self._count(f"SELECT {keys} FROM {there} EXCEPT SELECT {keys} FROM {here}")
        gone = self._count(f"SELECT {keys} FROM {here} EXCEPT SELECT {keys} FROM {there}")
        return Differences(
            Rung.ROWS, self._count(f"SELECT * FROM {there} EXCEPT SELECT * FROM {here}") - new, new, gone
        )


def _range(number: int, divisor: int) -> tuple[int, int]:
    """Return the least and the greatest key that gives a number when it is divided, which cuts off towards zero."""
    low = number * divisor - (divisor - 1) * (number <= 0)
    high = number * divisor + (divisor - 1) * (number >= 0)
    return max(low, LOWEST), min(high, HIGHEST)


def _between(key: str, low: int, high: int) -> tuple[Term, ...]:
    terms: list[Term] = []
    if low != LOWEST:
        terms.append(Term(key, Op.GE, (low,)))
    if high != HIGHEST:
        terms.append(Term(key, Op.LE, (high,)))
    return tuple(terms)
