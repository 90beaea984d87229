"""An adapter of Shillelagh for JSONSQL, as good as its interface allows, and the workloads through it.

Conditions, order, limit and offset travel, and only the columns that are used; rows come by pages of the key. What
SQLite does not show it (counts, groups, which keys of a join will follow) cannot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from itertools import count
from typing import Any

import orjson
import requests
import requests_cache
from shillelagh.adapters.base import Adapter
from shillelagh.adapters.registry import registry
from shillelagh.backends.apsw.db import APSWConnection, connect
from shillelagh.fields import Boolean, Field, Float, Integer, Order, String
from shillelagh.filters import Equal, Filter, Impossible, IsNotNull, IsNull, Like, NotEqual, Operator, Range

from iptvvtab.schema import Table, load_catalog
from iptvvtab.types import ColumnType
from tests.bench.loads import INDEXED
from tests.bench.neighbours.workloads import REPEAT, SYNC, Given, Task
from tests.bench.scans import TABLE
from tests.bench.wire import PAGE, Wire

SCHEME = "jsonsql://"
NAME, WIDE = "jsonsql", "jsonsql-wide"
NEEDS_WIDE = {"three-table join"}
COMPARED = (Range, NotEqual, IsNull, IsNotNull)
"""Range is also `=`. Numbers, flags and moments are compared by the portal as by SQLite; texts are not (COLLATED)."""

COLLATED = (Equal, NotEqual, IsNull, IsNotNull, Like)
FULL_SCAN, BY_RANGE, BY_VALUE, BY_KEY = 1_000_000.0, 100_000.0, 1_000.0, 10.0
"""Costs: what matters is that a join begins where it is narrowed, and that look-ups go by key or value."""


class JsonSql(Adapter):
    """One table of a portal; the arguments travel through SQLite as text."""

    safe = True
    supports_limit = True
    supports_offset = True
    supports_requested_columns = True

    def __init__(self, table: str, url: str, session: str, is_cached: bool = False) -> None:
        super().__init__()
        described = load_catalog()[table]
        self._table, self._url, self._session = table, url, _session(session, is_cached)
        self._columns = {column.name: _field(column.type) for column in described.columns}
        self._key = _key(described)

    @staticmethod
    def supports(uri: str, fast: bool = True, **kwargs: Any) -> bool:
        return uri.startswith(SCHEME)

    @staticmethod
    def parse_uri(uri: str) -> tuple[str]:
        return (uri.removeprefix(SCHEME),)

    def close(self) -> None:
        self._session.close()

    def get_columns(self) -> dict[str, Field[Any, Any]]:
        return self._columns

    def get_cost(self, filtered_columns: list[tuple[str, Operator]], order: list[tuple[str, Any]]) -> float:
        costs = [FULL_SCAN]
        for name, operator in filtered_columns:
            if operator is not Operator.EQ:
                costs.append(BY_RANGE)
            else:
                costs.append(BY_KEY if name == self._key else BY_VALUE)
        return min(costs)

    def get_rows(self, bounds: dict[str, Filter], order: list[tuple[str, Order]], **more: Any) -> Iterator[Any]:
        """What JSON says is what Python wants: no value needs converting, which `Adapter.get_rows` would do."""
        return self.get_data(bounds, order, **more)

    def get_data(
        self,
        bounds: dict[str, Filter],
        order: list[tuple[str, Order]],
        limit: int | None = None,
        offset: int | None = None,
        requested_columns: set[str] | None = None,
        **_: Any,
    ) -> Iterator[dict[str, Any]]:
        terms = [term for name, bound in bounds.items() for term in _terms(name, bound)]
        if None in terms:
            return
        used = [name for name in self._columns if requested_columns is None or name in requested_columns]
        if order or offset or (limit is not None and limit <= PAGE) or not self._key:
            names = used or [next(iter(self._columns))]
            pages = iter([self._select(names, terms, _sorted(order, self._key), limit, offset)])
        else:
            names = [self._key, *(name for name in used if name != self._key)]
            pages = self._pages(names, terms, limit)
        numbers = count()
        for rows in pages:
            for row in rows:
                yield {"rowid": next(numbers), **dict(zip(names, row, strict=True))}

    def _pages(self, names: list[str], terms: list[Any], limit: int | None) -> Iterator[list[list[Any]]]:
        """By the key, which is the first column."""
        key, after, left = {"t": names[0]}, [], limit
        while True:
            size = PAGE if left is None else min(PAGE, left)
            rows = self._select(names, [*terms, *after], [key], size)
            yield rows
            left = None if left is None else left - len(rows)
            if len(rows) < size or left == 0:
                return
            after = [{"gt": [key, rows[-1][0]]}]

    def _select(
        self, names: list[str], terms: list[Any], order: list[Any], limit: int | None = None, offset: int | None = None
    ) -> list[list[Any]]:
        said = {
            "where": {"and": terms} if len(terms) > 1 else terms[0] if terms else None,
            "order_by": order or None,
            "limit": limit,
            "offset": offset or None,
        }
        params = {
            "data": [{"t": name} for name in names],
            "from": [{"table": self._table, "as": "t"}],
            **{name: value for name, value in said.items() if value is not None},
        }
        body = orjson.dumps({"jsonrpc": "2.0", "id": 1, "method": "select", "params": params})
        rows: list[list[Any]] = orjson.loads(self._session.post(self._url, data=body).content)["result"]
        return rows


class JsonSqlWide(JsonSql):
    """The same without the choice of columns.

    Where a join offers Shillelagh 1.4.5 a condition that is not usable before one that is, it mistakes the one for the
    other, and SQLite ends the statement (`xBestIndex malfunction`). Without that choice APSW sorts them out.
    """

    supports_requested_columns = False


@lru_cache
def _session(session: str, is_cached: bool) -> requests.Session:
    """One session for all tables; a repetition is answered by Shillelagh's library of cached answers, from memory."""
    made = (
        requests_cache.CachedSession(backend="memory", allowable_methods=("GET", "POST"))
        if is_cached
        else requests.Session()
    )
    made.trust_env = False
    made.headers["Iptvportal-Authorization"] = session
    return made


def _field(kind: ColumnType) -> Field[Any, Any]:
    """Moments are texts here, which is quicker than `datetime`, and right as the portal's are written alike."""
    match kind:
        case ColumnType.INTEGER:
            return Integer(COMPARED, Order.ANY, exact=True)
        case ColumnType.BOOLEAN:
            return Boolean(COMPARED, Order.NONE, exact=True)
        case ColumnType.FLOAT:
            return Float(COMPARED, Order.NONE, exact=False)
        case ColumnType.DATETIME:
            return String(COMPARED, Order.ANY, exact=True)
        case _:
            return String(COLLATED, Order.NONE, exact=False)


def _key(table: Table) -> str:
    """The column by which pages go, if it is one."""
    return table.key[0] if len(table.key) == 1 else ""


def _sorted(order: list[tuple[str, Order]], key: str) -> list[Any]:
    if not order:
        return [{"t": key}] if key else []
    return [[{"t": name}, "DESC"] if way is Order.DESCENDING else {"t": name} for name, way in order]


def _terms(name: str, bound: Filter) -> Iterator[dict[str, Any] | None]:
    """A condition as JSONSQL; None: nothing can match."""
    column = {"t": name}
    match bound:
        case Impossible() | Equal(value=None) | NotEqual(value=None):
            yield None
        case Equal():
            yield {"eq": [column, bound.value]}
        case NotEqual():
            yield {"neq": [column, bound.value]}
        case IsNull() | IsNotNull():
            yield {"is" if isinstance(bound, IsNull) else "is_not": [column, None]}
        case Like():
            yield {"ilike": [column, bound.value]}
        case Range():
            yield from _bounds(column, bound)
        case _:
            raise NotImplementedError(bound)


def _bounds(column: dict[str, str], bound: Range) -> Iterator[dict[str, Any] | None]:
    if bound.start is None and bound.end is None:
        yield None  # `= NULL`
    elif bound.start == bound.end:
        yield {"eq": [column, bound.start]}
    else:
        if bound.start is not None:
            yield {"gte" if bound.include_start else "gt": [column, bound.start]}
        if bound.end is not None:
            yield {"lte" if bound.include_end else "lt": [column, bound.end]}


@contextmanager
def shillelagh(given: Given) -> Iterator[Task]:
    """Prepare a workload: log in, and make the tables, which Shillelagh does at their first use."""
    registry.add(NAME, JsonSql)
    registry.add(WIDE, JsonSqlWide)
    path = given.own / "shillelagh.db" if given.workload == SYNC else ":memory:"
    connection = _connect(str(path), given)
    try:
        yield _task(given, connection)
    finally:
        connection.close()
        connection._connection.close()


def _connect(path: str, given: Given) -> APSWConnection:
    with closing(Wire(given.environment)) as wire:
        session = wire.headers["Iptvportal-Authorization"]
    url = given.environment["IPTVPORTAL_API_URL"]
    portal = {"url": url, "session": session, "is_cached": given.workload == REPEAT}
    name = WIDE if given.workload in NEEDS_WIDE else NAME
    return connect(path, adapters=[name], adapter_kwargs={name: portal})


def _task(given: Given, connection: APSWConnection) -> Task:
    cursor = connection.cursor()
    if given.workload == SYNC:
        return Task(lambda: _load(connection), lambda _: cursor.execute(f"SELECT * FROM {TABLE}").fetchall())
    sql = re.sub(r"portal\.(\w+)", rf'"{SCHEME}\1"', given.sql)
    cursor.execute(sql if given.workload == REPEAT else f"EXPLAIN {sql}").fetchall()
    return Task(lambda: cursor.execute(sql).fetchall(), is_local=given.workload == REPEAT)


def _load(connection: APSWConnection) -> None:
    """A table into the file of the connection, with the key and the indexes that the others make, too."""
    cursor = connection.cursor()
    columns = load_catalog()[TABLE].columns
    types = (f"{one.name} {one.type.declaration}{' PRIMARY KEY' * (one.name == 'id')}" for one in columns)
    cursor.execute("PRAGMA journal_mode = WAL").fetchall()
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute(f"CREATE TABLE {TABLE} ({', '.join(types)})")
    cursor.execute(f'INSERT INTO {TABLE} SELECT * FROM "{SCHEME}{TABLE}"')
    for column in INDEXED:
        cursor.execute(f"CREATE INDEX {TABLE}_{column} ON {TABLE} ({column})")
