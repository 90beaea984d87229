"""Look-ups by key, one after another, as SQLite's nested loops make them on the inner table of a join.

Nobody says how many will come. So they are sent one by one until they have cost as much as reading the table would;
then the table is read, and the rest is answered from it. That is never more than twice the cheaper of the two ways.
What is kept lives on one cursor and dies with its statement; it is found by value alone, and SQLite checks each row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from iptvvtab.remote import Op, Read, Term
from iptvvtab.schema import Table
from iptvvtab.source import Row, Rows
from iptvvtab.types import BY_MEANING, ColumnType, Value

FEWEST = 8
"""Look-ups before a table is read, however small it is: most joins need no more."""

MOST_ROWS = 200_000
"""Rows that are kept for a join; a table with more is looked up key by key."""

_BY_VALUE = BY_MEANING | {ColumnType.INTEGER, ColumnType.STRING}
"""Types whose canonical values are equal exactly when the portal's are, or more often on the portal."""


class Lookups:
    """The look-ups of one cursor. `worth`: how many of them cost what reading the table does.

    Unless `is_allowed`, each is asked for by itself.
    """

    def __init__(self, table: Table, worth: float, *, is_allowed: bool = True) -> None:
        self._table, self._worth, self._is_allowed = table, worth, is_allowed
        self._last: Read | None = None
        self._varying: frozenset[int] = frozenset()
        self._spent = 0
        self._is_too_large = False
        self._index: dict[tuple[Value | bool, ...], list[Row]] | None = None

    def find(self, read: Read, open_read: Callable[[Read], Rows], *, is_summed_up: bool = False) -> list[Row] | None:
        """Return the rows of a look-up, or None when it should be asked for by itself. `open_read` opens a Read.

        `is_summed_up`: a summary will do, so that asking for the very same one again is cheaper than its rows.
        """
        if not self._is_allowed or not self._is_next(read) or (is_summed_up and not self._varying):
            return None
        if self._index is None and not self._load(read, open_read):
            return None
        assert self._index is not None
        return self._index.get(self._key(read), [])

    def _is_next(self, read: Read) -> bool:
        """Follow the row of look-ups: which terms change from one to the next, and how many there were."""
        last, self._last = self._last, read
        changed = None if last is None else _changed(last, read)
        if changed is None:
            self._varying, self._spent, self._index = frozenset(), 1, None
            return False
        if not changed <= self._varying:
            self._varying, self._index = self._varying | changed, None
        self._spent += 1
        return True

    def _is_key(self, read: Read, term: Term) -> bool:
        is_kept = term.column in read.columns
        return is_kept and term.op is Op.EQ and self._table.column(term.column).type in _BY_VALUE

    def _load(self, read: Read, open_read: Callable[[Read], Rows]) -> bool:
        # The very same question again, as a join without a usable condition asks: the first answer would have done.
        patience = max(FEWEST, self._worth) if self._varying else 1
        if self._is_too_large or self._spent <= patience:
            return False
        whole = read.with_terms(tuple(term for place, term in enumerate(read.terms) if place not in self._varying))
        places = [read.columns.index(term.column) for term in self._keys(read)]
        index: dict[tuple[Value | bool, ...], list[Row]] = defaultdict(list)
        count = 0
        for page in _pages(open_read(whole)):
            count += len(page)
            if count > MOST_ROWS:
                self._is_too_large = True
                return False
            for row in page:
                index[tuple(row[place] for place in places)].append(row)
        self._index = dict(index)
        return True

    def _key(self, read: Read) -> tuple[Value | bool, ...]:
        return tuple(term.values[0] for term in self._keys(read))

    def _keys(self, read: Read) -> list[Term]:
        """Return the changing terms by which rows are found; other ones, such as a range, are left to SQLite."""
        changing = (read.terms[place] for place in sorted(self._varying))
        return [term for term in changing if self._is_key(read, term)]


def _pages(rows: Rows) -> Iterator[Sequence[Row]]:
    try:
        yield from rows
    finally:
        rows.close()


def _changed(last: Read, read: Read) -> frozenset[int] | None:
    """Return the places of the terms whose values changed; None when more than values did."""
    if last.columns != read.columns or len(last.terms) != len(read.terms):
        return None
    pairs = list(zip(last.terms, read.terms, strict=True))
    if any((one.column, one.op) != (other.column, other.op) for one, other in pairs):
        return None
    return frozenset(place for place, (one, other) in enumerate(pairs) if one != other)
