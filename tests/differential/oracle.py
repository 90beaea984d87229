"""The oracle: plain SQLite tables of the same declarations, filled with the portal's rows, read without our engine."""

from __future__ import annotations

import json
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import apsw

from iptvvtab.demo import DemoProcess
from iptvvtab.mirror import quoted
from iptvvtab.schema import Catalog, Column, Table
from iptvvtab.types import ColumnType
from iptvvtab.vtab import declaration

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Outcome:
    """What a statement gave: rows, or the class and words of an error."""

    rows: tuple[Row, ...] = ()
    error: str | None = None


def ask(url: str, method: str, params: dict[str, Any], session: str | None = None) -> Any:
    """One JSON-RPC request by hand."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    headers = {"Content-Type": "application/json"}
    if session:
        headers["Iptvportal-Authorization"] = f"sessionid={session}"
    request = urllib.request.Request(url, body, headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=30) as answer:
        envelope = json.load(answer)
    assert "error" not in envelope, envelope["error"]
    return envelope["result"]


def portal_rows(demo: DemoProcess, tables: Sequence[Table]) -> Iterator[tuple[Table, list[list[Any]]]]:
    """Read whole tables by hand: by name, or `["*"]` where only positions are known."""
    environment = demo.environment
    who = {"username": environment["IPTVPORTAL_USERNAME"], "password": environment["IPTVPORTAL_PASSWORD"]}
    session = ask(environment["IPTVPORTAL_AUTH_URL"], "authorize_user", who)["session_id"]
    for table in tables:
        named = all(column.remote_name for column in table.columns)
        data = [{"t": column.remote_name} for column in table.columns] if named else ["*"]
        select = {"data": data, "from": [{"table": table.remote_name, "as": "t"}]}
        yield table, ask(environment["IPTVPORTAL_API_URL"], "select", select, session)


def stored(column: Column, value: Any) -> Any:
    """The value to insert: SQLite's affinity does the rest, as it does for anybody's plain table."""
    if isinstance(value, (list, dict)) or (column.type is ColumnType.JSON and value is not None):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return value


def plain_tables(demo: DemoProcess, catalog: Catalog, schema: str = "portal") -> apsw.Connection:
    """A connection with plain tables of a portal's rows."""
    connection = apsw.Connection(":memory:")
    connection.execute(f"ATTACH ':memory:' AS {quoted(schema)}")
    with connection:
        for table, rows in portal_rows(demo, list(catalog.values())):
            name = f"{quoted(schema)}.{quoted(table.name)}"
            connection.execute(declaration(table).replace("CREATE TABLE x", f"CREATE TABLE {name}", 1))
            marks = ", ".join("?" * len(table.columns))
            values = ([stored(*pair) for pair in zip(table.columns, row, strict=True)] for row in rows)
            connection.executemany(f"INSERT INTO {name} VALUES ({marks})", values)
    return connection


def run(connection: apsw.Connection, sql: str, bindings: Any = None) -> Outcome:
    """Run a statement to its end."""
    try:
        return Outcome(rows=tuple(connection.execute(sql, bindings)))
    except apsw.Error as error:
        return Outcome(error=f"{type(error).__name__}: {error}")


def is_ordered(sql: str) -> bool:
    """Whether the statement as a whole fixes the order of its rows: an ORDER BY outside of parentheses."""
    outside, depth = [], 0
    for one in sql:
        depth += (one == "(") - (one == ")")
        outside.append(one if not depth else " ")
    return "ORDER BY" in "".join(outside).upper()


def exact(row: Row) -> tuple[str, ...]:
    """A row by value and type: 1 and 1.0 differ."""
    return tuple(f"{type(one).__name__} {one!r}" for one in row)


def difference(expected: Outcome, got: Outcome, *, ordered: bool) -> str | None:
    """Say what differs between the oracle's outcome and ours; None when nothing does."""
    if expected.error or got.error:
        return (
            None if expected.error == got.error else f"expected {expected.error or 'rows'}, got {got.error or 'rows'}"
        )
    left, right = [*map(exact, expected.rows)], [*map(exact, got.rows)]
    if ordered:
        if left == right:
            return None
        pairs = enumerate(zip(left, right, strict=False))
        first = next((n for n, pair in pairs if pair[0] != pair[1]), min(len(left), len(right)))
        at = slice(first, first + 1)
        return f"{len(left)} rows expected, {len(right)} got; differ at {first}: {left[at]} / {right[at]}"
    missing, extra = Counter(left) - Counter(right), Counter(right) - Counter(left)
    if not missing and not extra:
        return None
    return f"missing {sum(missing.values())}: {[*missing][:3]}; too many {sum(extra.values())}: {[*extra][:3]}"
