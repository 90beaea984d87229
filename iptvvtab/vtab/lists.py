"""What we know ourselves, as tables: `portal_requests`, `portal_tables`. Nothing travels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import apsw

from iptvvtab.mirror import quoted
from iptvvtab.types import Value

ListRow = Sequence[Value]


@dataclass(frozen=True, slots=True)
class ListTable:
    """A named list of rows: `columns` are (name, declared type), `rows` gives what is there now."""

    name: str
    columns: tuple[tuple[str, str], ...]
    rows: Callable[[], Iterable[ListRow]]

    @property
    def declaration(self) -> str:
        """The statement that declares the list to SQLite."""
        return f"CREATE TABLE x ({', '.join(f'{quoted(name)} {kind}' for name, kind in self.columns)})"

    def BestIndexObject(self, index: apsw.IndexInfo) -> bool:  # noqa: N802 -- APSW's name
        """Offer a scan, and nothing else: SQLite filters."""
        index.estimatedCost = 1.0
        return True

    def Open(self) -> ListCursor:  # noqa: N802 -- APSW's name
        """Return a cursor."""
        return ListCursor(self.rows)

    def Disconnect(self) -> None:  # noqa: N802 -- APSW's name
        """SQLite lets go of the table."""

    Destroy = Disconnect


class ListCursor:
    """Walks a list as it was when the scan began."""

    def __init__(self, rows: Callable[[], Iterable[ListRow]]) -> None:
        self._rows = rows
        self._numbered: Iterator[tuple[int, ListRow]] = iter(())
        self._at: tuple[int, ListRow] | None = None

    def Filter(self, number: int, plan: str | None, arguments: tuple[Value, ...]) -> None:  # noqa: N802 -- APSW's name
        """Start a scan."""
        self._numbered = enumerate(list(self._rows()), start=1)
        self.Next()

    def Next(self) -> None:  # noqa: N802 -- APSW's name
        """Go to the next row."""
        self._at = next(self._numbered, None)

    def Eof(self) -> bool:  # noqa: N802 -- APSW's name
        """Return whether the scan is over."""
        return self._at is None

    def Column(self, number: int) -> Value:  # noqa: N802 -- APSW's name
        """Return a value of the current row; column -1 is the rowid."""
        assert self._at is not None
        return self._at[1][number] if number >= 0 else self._at[0]

    def Rowid(self) -> int:  # noqa: N802 -- APSW's name
        """Return the row's number."""
        assert self._at is not None
        return self._at[0]

    def Close(self) -> None:  # noqa: N802 -- APSW's name
        """End the scan."""


class ListModule:
    """The module that SQLite makes lists from."""

    def __init__(self, lists: Iterable[ListTable]) -> None:
        self._lists = {one.name: one for one in lists}

    def Create(  # noqa: N802 -- APSW's name
        self, connection: apsw.Connection, module: str, schema: str, name: str, *arguments: str
    ) -> tuple[str, ListTable]:
        """Return a list's declaration and the list."""
        return self._lists[name].declaration, self._lists[name]

    Connect = Create
