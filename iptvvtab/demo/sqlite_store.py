"""The demo portal's tables in SQLite, in memory: starts in no time, answers as PostgreSQL would.

Known to differ (all else is compared, tests/demo/test_engine_differential.py): documents are ordered by their text, a
LIKE pattern that ends in its escape matches nothing instead of failing, a moment is read in ISO spellings only, time
has no arithmetic, and hashtext() is another hash.
"""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Callable
from threading import Lock
from typing import Literal

from iptvvtab.demo.seed import rows_of
from iptvvtab.demo.sqlite_functions import install
from iptvvtab.demo.store import STATEMENT_SECONDS, TIMED_OUT, Rows
from iptvvtab.demo.tables import DemoTable, demo_catalog
from iptvvtab.errors import SqlRefused
from iptvvtab.jsonsql import PgType, Prepared
from iptvvtab.types import Json

_INSTRUCTIONS_PER_CHECK = 100_000
_DECLARED = {
    PgType.INTEGER: "INTEGER",
    PgType.BIGINT: "INTEGER",
    PgType.BOOLEAN: "INTEGER",
    PgType.NUMERIC: "REAL",
    PgType.DOUBLE: "REAL",
}
_NOT_NULL = re.compile(r"NOT NULL constraint failed: (\w+)\.(\w+)")
_UNIQUE = re.compile(r"UNIQUE constraint failed: (\w+)\.(\w+)")


class SqliteStore:
    """Runs prepared statements, one at a time."""

    dialect: Literal["sqlite", "postgres"] = "sqlite"

    def __init__(self, subscribers: int, seed: int, *, statement_seconds: float = STATEMENT_SECONDS) -> None:
        self._lock, self._statement_seconds = Lock(), statement_seconds
        self.changes = 0
        self._connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA case_sensitive_like = ON")
        self._failures = install(self._connection)
        self._tables: dict[str, DemoTable] = {}
        for table in demo_catalog().values():
            self.put(table, rows_of(table, subscribers, seed))

    def put(self, table: DemoTable, rows: Rows) -> None:
        """Hold a table and its rows, in place of one of that name. Raises SqlRefused for rows that do not fit."""
        places = ", ".join("?" * len(table.columns))
        with self._lock, self._connection:  # all or nothing
            try:
                self._connection.execute("BEGIN")
                self._connection.execute(f'DROP TABLE IF EXISTS "{table.name}"')
                self._connection.execute(_create(table))
                self._connection.executemany(f'INSERT INTO "{table.name}" VALUES ({places})', rows)
                for column in table.indexes:
                    index = f'"{table.name}_{column}_idx"'
                    self._connection.execute(f'CREATE INDEX {index} ON "{table.name}" ("{column}")')
                self._connection.execute(f'ANALYZE "{table.name}"')
            except (sqlite3.Error, OverflowError) as error:
                raise SqlRefused(str(error)) from error
        self._tables[table.name] = table

    def run(self, prepared: Prepared, row_cap: int | None) -> list[Json]:
        """Return a statement's rows, at most `row_cap`. Raises SqlRefused."""
        with self._lock:
            before = self._connection.total_changes
            try:
                rows = self._run(prepared.sql, row_cap)
            finally:
                self.changes += self._connection.total_changes - before
        converters = [(at, _CONVERTERS[kind]) for at, kind in enumerate(prepared.types or ()) if kind in _CONVERTERS]
        return _converted(rows, converters) if converters else rows

    def _run(self, sql: str, row_cap: int | None) -> list[Json]:
        deadline = time.monotonic() + self._statement_seconds
        self._connection.set_progress_handler(lambda: time.monotonic() > deadline, _INSTRUCTIONS_PER_CHECK)
        try:
            cursor = self._connection.execute(sql)
            return cursor.fetchall() if row_cap is None else cursor.fetchmany(row_cap)
        except sqlite3.IntegrityError as error:
            raise SqlRefused(self._constraint(str(error))) from error
        except (sqlite3.Error, OverflowError) as error:
            failure = self._failures.take()
            raise failure or SqlRefused(TIMED_OUT if "interrupted" in str(error) else str(error)) from error

    def _constraint(self, message: str) -> str:
        """Return SQLite's complaint about a constraint in PostgreSQL's words, which name the constraint [B]."""
        if found := _NOT_NULL.match(message):
            table, column = found.groups()
            return f'null value in column "{column}" of relation "{table}" violates not-null constraint'
        if found := _UNIQUE.match(message):
            table, column = found.groups()
            name = f"{table}_pkey" if column in self._tables[table].key else f"{table}_{column}_key"
            return f'duplicate key value violates unique constraint "{name}"'
        return message

    def close(self) -> None:
        """Free the memory."""
        with self._lock:
            self._connection.close()


def _create(table: DemoTable) -> str:
    columns = [
        f'"{column.name}" {_DECLARED.get(column.type, "TEXT")}{" NOT NULL" if column.is_required else ""}'
        for column in table.columns
    ]
    if table.key:
        columns.append(f"PRIMARY KEY ({_names(table.key)})")
    if table.unique:
        columns.append(f'UNIQUE ("{table.unique}")')
    return f'CREATE TABLE "{table.name}" ({", ".join(columns)}){" WITHOUT ROWID" if len(table.key) > 1 else ""}'


def _names(columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


_CONVERTERS: dict[PgType, Callable[[Json], Json]] = {PgType.BOOLEAN: bool, PgType.JSONB: json.loads}


def _converted(rows: list[Json], converters: list[tuple[int, Callable[[Json], Json]]]) -> list[Json]:
    """Return rows with booleans and documents as JSON has them."""
    changed = [list(row) for row in rows]
    for at, convert in converters:
        for row in changed:
            if row[at] is not None:
                row[at] = convert(row[at])
    return changed
