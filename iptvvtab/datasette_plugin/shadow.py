"""A shadow file as Datasette's database: opened with `mode=ro`, for it changes while it is read.

Datasette makes a page by several questions. Each is asked of one moment of the file; between two of them a sync may
make or drop a table, so what one found need not be there for the next. Where Datasette relies on it, it is told less.
"""

from __future__ import annotations

import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from datasette.app import Datasette
from datasette.database import Database, QueryInterrupted, Results

T = TypeVar("T")

_STAGE = "_mirror_stage_"
"""How the names of tables begin that a sync is filling."""

_TRIES, _PAUSE_SECONDS = 100, 0.005
"""How often a moment is tried to be had while syncs change tables, and the pause between two tries."""


class ShadowFile(Database):  # type: ignore[misc]  # of a module without types
    """A file whose tables are labelled by the columns that `labels` names: what a link to a row says."""

    def __init__(self, datasette: Datasette, path: str, labels: Mapping[str, str]) -> None:
        super().__init__(datasette, path=path, is_mutable=True)
        self._labels = labels

    async def execute_fn(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """Ask a question, however many statements it takes, of one moment."""
        answer: T = await super().execute_fn(partial(_at_one_moment, fn))
        return answer

    async def execute(self, sql: str, params: Any = None, **options: Any) -> Results:
        """Run a query. Raises QueryInterrupted past its time, sqlite3.Error.

        While tables change, SQLite may call an interrupt "database schema has changed"; its code tells. Errors are on
        the page of who asked, so that they are not logged.
        """
        try:
            return await super().execute(sql, params, **{**options, "log_sql_errors": False})
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
            raise QueryInterrupted(error, sql, params) from None

    async def table_names(self) -> list[str]:
        """Return the tables that stay: none that a sync is filling."""
        return [name for name in await super().table_names() if not name.startswith(_STAGE)]

    async def get_all_foreign_keys(self) -> Mapping[str, dict[str, Any]]:
        """Return them for any table: one that came since has none, and none leads from a table that will go."""
        found: defaultdict[str, dict[str, Any]] = defaultdict(lambda: {"incoming": [], "outgoing": []})
        for name, keys in (await super().get_all_foreign_keys()).items():
            lasting = [one for one in keys["incoming"] if not one["other_table"].startswith(_STAGE)]
            found[name] = {**keys, "incoming": lasting}
        return found

    async def foreign_keys_for_table(self, table: str) -> list[dict[str, Any]]:
        """Return those that lead to tables of the file: others may not be synced yet, and a link would lead nowhere."""
        there = set(await self.table_names())
        return [one for one in await super().foreign_keys_for_table(table) if one["other_table"] in there]

    async def label_column_for_table(self, table: str) -> str | None:
        """Return it if the table is there and has it: Datasette takes its metadata's word, and fails without it."""
        columns = await self.table_columns(table)
        label = self._labels.get(table)
        found: str | None = label if label in columns else await super().label_column_for_table(table)
        return found


def _at_one_moment(ask: Callable[[sqlite3.Connection], T], connection: sqlite3.Connection) -> T:
    _begin(connection)
    try:
        return ask(connection)
    finally:
        connection.rollback()


def _begin(connection: sqlite3.Connection) -> None:
    """Begin a snapshot. SQLite gives up where tables change twice while it prepares a statement: it is asked again."""
    connection.execute("BEGIN")
    for tries_left in reversed(range(_TRIES)):
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_SCHEMA or not tries_left:
                connection.rollback()
                raise
        time.sleep(_PAUSE_SECONDS)
