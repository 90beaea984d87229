"""What the engine asks of a database that holds the demo portal's tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, Protocol, TypeAlias

from iptvvtab.demo.tables import DemoTable
from iptvvtab.jsonsql import Prepared
from iptvvtab.types import Json

Rows: TypeAlias = Iterable[Sequence[object]]
"""The rows of a table, in the order of its columns, in the form of `seed`."""

STATEMENT_SECONDS = 60.0
"""A statement that takes longer is ended, as by PostgreSQL's statement_timeout."""
TIMED_OUT = "canceling statement due to statement timeout"


class Store(Protocol):
    """Tables, filled. May be called from several threads."""

    dialect: Literal["sqlite", "postgres"]
    changes: int
    """Rows that statements have changed, again and again; tables that are put do not count."""

    def put(self, table: DemoTable, rows: Rows) -> None:
        """Hold a table and its rows, in place of one of that name. Raises SqlRefused for rows that do not fit."""
        ...

    def run(self, prepared: Prepared, row_cap: int | None) -> list[Json]:
        """Return a statement's rows, at most `row_cap`. Raises SqlRefused."""
        ...

    def close(self) -> None:
        """Free what the database holds."""
        ...
