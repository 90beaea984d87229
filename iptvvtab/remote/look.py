"""A limited look at a table of the portal: some rows whole, the same rows by name, how many there are.

A portal has no catalog to ask. What it refuses tells which names it does not know: a column that does not exist is
refused where it is qualified (jsonsql.md, Expressions).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from iptvvtab import jsonsql
from iptvvtab.errors import Forbidden, Refused
from iptvvtab.remote.wire import Wire
from iptvvtab.schema import Observation, Table
from iptvvtab.types import Json

SAMPLE_ROWS = 200
_PAGE_ROWS = 10_000
_PAGES = 20
"""Pages of keys that are read to count rows where the portal does not count: beyond, the number stays unknown."""
_USUAL_KEY = "id"


@dataclass(frozen=True, slots=True)
class Subject:
    """What to look at: a table by its SQL name and the portal's, the columns it may have, the key it may have."""

    name: str
    remote_name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]


def subject_of(table: Table) -> Subject:
    """Return how to look at a table that is described."""
    columns = tuple(column.remote_name for column in table.columns if column.remote_name)
    key = tuple(str(table.column(name).remote_name) for name in table.key)
    return Subject(table.name, table.remote_name, columns, key)


def unknown_subject(name: str) -> Subject:
    """Return how to look at a table of which only the name is known."""
    return Subject(name, name, (_USUAL_KEY,), (_USUAL_KEY,))


class Look:
    """Asks a portal about one table after another."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def at(self, subject: Subject) -> Observation:
        """Return what is there. Raises Forbidden, Refused where there is no such table, and PortalError."""
        absent = self.absent(subject, subject.columns)
        present = tuple(name for name in subject.columns if name not in absent)
        key = tuple(name for name in subject.key if name in present)
        rows = self._rows(subject, jsonsql.select(subject.remote_name, ["*"], order_by=key, limit=SAMPLE_ROWS))
        named = self._named(subject, present, key)
        lowest, highest = self._range(subject, key, named)
        return Observation(
            table=subject.name,
            width=len(rows[0]) if rows else None,
            rows=rows,
            named=named,
            absent=absent,
            row_count=self._count(subject, key),
            min_id=lowest,
            max_id=highest,
        )

    def absent(self, subject: Subject, names: Sequence[str]) -> tuple[str, ...]:
        """Return the names that the portal does not know: refused halves are halved again.

        Raises Refused where it is not the names, and PortalError.
        """
        absent = self._refused(subject, names)
        if len(absent) == len(names):  # of a table that is not there no name is known
            self.width(subject)
        return absent

    def _refused(self, subject: Subject, names: Sequence[str]) -> tuple[str, ...]:
        try:
            if names:
                self._rows(subject, jsonsql.select(subject.remote_name, names, limit=1))
        except Forbidden:
            raise
        except Refused:
            if len(names) == 1:
                return tuple(names)
            middle = len(names) // 2
            return (*self._refused(subject, names[:middle]), *self._refused(subject, names[middle:]))
        return ()

    def width(self, subject: Subject) -> int | None:
        """Return how many columns the table has, by one row of it; None where it has no row. Raises PortalError."""
        rows = self._rows(subject, jsonsql.select(subject.remote_name, ["*"], limit=1))
        return len(rows[0]) if rows else None

    def _rows(self, subject: Subject, document: dict[str, Json]) -> list[list[Json]]:
        return self._wire.receive(self._wire.ask(subject.name, document, document), None).rows

    def _rows_or_none(self, subject: Subject, document: dict[str, Json]) -> list[list[Json]] | None:
        """Return rows, None where the portal does not take the form."""
        try:
            return self._rows(subject, document)
        except Refused:
            return None

    def _named(self, subject: Subject, names: Sequence[str], key: Sequence[str]) -> dict[str, list[Json]]:
        if not names:
            return {}
        rows = self._rows(subject, jsonsql.select(subject.remote_name, names, order_by=key, limit=SAMPLE_ROWS))
        return {name: [row[place] for row in rows] for place, name in enumerate(names)}

    def _count(self, subject: Subject, key: Sequence[str]) -> int | None:
        counted = self._one(subject, "count", [jsonsql.EVERY_COLUMN])
        return counted if counted is not None else self._count_pages(subject, key)

    def _one(self, subject: Subject, function: str, argument: Json) -> int | None:
        """Return an aggregate over all rows; None where the portal does not give a number for it."""
        document = jsonsql.select(subject.remote_name, ())
        document["data"] = [{"function": function, "args": argument}]
        rows = self._rows_or_none(subject, document)
        value = rows[0][0] if rows and rows[0] else None
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def _count_pages(self, subject: Subject, key: Sequence[str]) -> int | None:
        if len(key) != 1:
            return None
        total, last = 0, None
        for _ in range(_PAGES):
            where = None if last is None else jsonsql.after(key, [last])
            page = self._rows(
                subject, jsonsql.select(subject.remote_name, key, where=where, order_by=key, limit=_PAGE_ROWS)
            )
            if not page:
                return total
            total, last = total + len(page), page[-1][0]
        return None

    def _range(
        self, subject: Subject, key: Sequence[str], named: dict[str, list[Json]]
    ) -> tuple[int | None, int | None]:
        """Return the lowest and highest value of a key that is one integer."""
        if len(key) != 1 or not all(isinstance(value, int) for value in named.get(key[0], [])):
            return None, None
        column = jsonsql.column(key[0])
        return self._one(subject, "min", column), self._one(subject, "max", column)
