"""The demo portal without HTTP: a JSONSQL document in, rows out, on a real database.

    engine = open_engine("sqlite", rows=50, seed=1)
    engine.execute("select", {"data": ["id", "username"], "from": "subscriber", "limit": 2})

What has no evidence in jsonsql.md is refused unless a switch turns it on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from iptvvtab.demo.sqlite_store import SqliteStore
from iptvvtab.demo.store import Rows, Store
from iptvvtab.demo.tables import DemoTable, demo_catalog
from iptvvtab.errors import DecodeError, SqlRefused, UnknownName, UsageError
from iptvvtab.jsonsql import EVIDENT_FUNCTIONS, Features, Typing, decode, prepare
from iptvvtab.types import Json

StoreName = Literal["sqlite", "postgresql"]
INVALID_PARAMS = -32602
"""JSON-RPC: the document itself."""
DATABASE_ERROR = -32000
"""JSON-RPC: what the database says about the document."""


class Refusal(Exception):
    """The portal understood the request and says no. `message`: as the portal words it; `code`: of JSON-RPC."""

    def __init__(self, message: str, code: int = DATABASE_ERROR) -> None:
        self.message, self.code = message, code
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Switches:
    """What this portal can do. `batch`, `gzip` and `longest_body` (bytes) are the server's; the rest the engine's."""

    order_direction: Literal["list", "object"] | None = "list"
    batch: bool = True
    gzip: bool = True
    longest_body: int | None = None
    ilike: bool = True
    group_by_expression: bool = False
    derived_tables: bool = True
    count: bool = True
    hashtext: bool = False
    md5: bool = False
    now: bool = False
    row_cap: int | None = None
    """Rows after which a select is cut without a word, or None."""
    longest_in: int | None = None
    """Values that one `in` may list, or None."""
    bytewise_text: bool = False
    """Whether text is ordered by its bytes."""
    distinct: Literal["done", "refused", "ignored"] = "done"
    """What becomes of a select's `distinct`; where it is ignored, equal rows come as often as they are."""


PROFILES = {
    "full": Switches(group_by_expression=True, hashtext=True, md5=True, now=True),
    "default": Switches(),
    "bare": Switches(
        order_direction=None,
        batch=False,
        gzip=False,
        longest_body=65_536,
        ilike=False,
        count=False,
        row_cap=1000,
        longest_in=100,
    ),
}


class _Names:
    """What decoding knows of the tables."""

    def __init__(self, tables: Mapping[str, DemoTable]) -> None:
        self.tables = tables
        self.columns = {name: table.column_names for name, table in tables.items()}
        self.typing = Typing(
            catalog={name: {one.name: one.type for one in table.columns} for name, table in tables.items()},
            keys={name: table.key for name, table in tables.items()},
        )


class Engine:
    """A portal's tables and what it answers. Threads may call at once, and replace `switches` at any time."""

    def __init__(self, store: Store, switches: Switches) -> None:
        self._store, self.switches = store, switches
        self._names = _Names(demo_catalog())
        self._puts = 0

    def put(self, table: DemoTable, rows: Rows) -> None:
        """Answer from a table and rows of the caller's, in place of a table of that name. Raises Refusal."""
        try:
            self._store.put(table, rows)
        except SqlRefused as error:
            raise Refusal(str(error)) from error
        self._puts += 1
        self._names = _Names({**self._names.tables, table.name: table})

    @property
    def changes(self) -> int:
        """Rows that statements have changed since the start, and tables that were put."""
        return self._store.changes + self._puts

    def execute(self, method: str, params: Json) -> list[Json]:
        """Run select, insert, update or delete and return its rows; one returned column of a change comes flat [B].

        Raises Refusal.
        """
        switches, names = self.switches, self._names
        if isinstance(params, dict) and "distinct" in params and switches.distinct != "done":
            if switches.distinct == "refused":
                raise Refusal("select: has no 'distinct'", INVALID_PARAMS)
            params = {name: value for name, value in params.items() if name != "distinct"}
        try:
            tree = decode(method, params, names.columns, _features(switches))
            prepared = prepare(tree, self._store.dialect, names.typing, bytewise_text=switches.bytewise_text)
            rows = self._store.run(prepared, switches.row_cap if method == "select" else None)
        except UnknownName as error:
            raise Refusal(error.reason) from error
        except DecodeError as error:
            raise Refusal(str(error), INVALID_PARAMS) from error
        except SqlRefused as error:
            raise Refusal(str(error)) from error
        except RecursionError as error:
            raise Refusal("stack depth limit exceeded") from error
        is_flat = method != "select" and rows and len(rows[0]) == 1
        return [row[0] for row in rows] if is_flat else rows

    def close(self) -> None:
        """Free the database."""
        self._store.close()


_SWITCHED_FUNCTIONS = ("count", "hashtext", "md5", "now")


@lru_cache(maxsize=16)
def _features(switches: Switches) -> Features:
    functions = {name for name in _SWITCHED_FUNCTIONS if getattr(switches, name)}
    return Features(
        order_direction=switches.order_direction,
        ilike=switches.ilike,
        group_by_expression=switches.group_by_expression,
        derived_tables=switches.derived_tables,
        functions=(EVIDENT_FUNCTIONS - set(_SWITCHED_FUNCTIONS)) | functions,
        longest_in=switches.longest_in,
    )


def open_engine(store: StoreName, rows: int, seed: int, switches: Switches = PROFILES["default"]) -> Engine:
    """Build a seeded portal of `rows` subscribers. Raises UsageError when the store's extra is not installed."""
    if store == "sqlite":
        return Engine(SqliteStore(rows, seed), switches)
    try:
        from iptvvtab.demo.postgresql_store import PostgresqlStore
    except ModuleNotFoundError as error:
        raise UsageError(
            f"--store postgresql needs {error.name}: pip install 'iptvvtab[postgresql]', or use --store sqlite"
        ) from error
    return Engine(PostgresqlStore(rows, seed), switches)
