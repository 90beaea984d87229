"""Rows that stand for others: counted ones, or different ones. When SQLite asks which row it is, all are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import repeat, takewhile
from operator import length_hint
from typing import Protocol

from iptvvtab.source import Row, Rows
from iptvvtab.types import Value


class Summary(Protocol):
    """What a cursor walks in place of rows; `columns` are those of its rows."""

    columns: tuple[str, ...]

    def pages(self) -> Iterator[Iterable[Row]]:
        """Yield the rows that stand for others."""

    def seen(self, current: Row) -> list[tuple[Value, ...]]:
        """Return the rows that were handed out, the current one last."""


class Counted:
    """As many equal rows as there are: SQLite looks at nothing in them but what is pinned."""

    def __init__(self, pinned: Mapping[str, Value], number: int) -> None:
        self.columns = tuple(pinned)
        self._row, self._number = tuple(pinned.values()), number
        self._left = repeat(self._row, number)

    def pages(self) -> Iterator[Iterable[Row]]:
        """Yield one page: the row, once for each that was counted."""
        yield self._left

    def seen(self, current: Row) -> list[tuple[Value, ...]]:
        """Return the row as often as it was handed out."""
        return [self._row] * (self._number - length_hint(self._left))


def number_in(counted: Rows) -> int:
    """Return the number that a Read of how many rows there are brought."""
    try:
        [[[number]]] = counted  # read to the end: only what was read whole is remembered
    finally:
        counted.close()
    assert isinstance(number, int)
    return number


class Different:
    """Rows each of which stands for all that equal it in the columns in use."""

    def __init__(self, columns: tuple[str, ...], rows: Rows) -> None:
        self.columns = columns
        self._rows = rows
        self._pages: list[Sequence[Row]] = []

    def pages(self) -> Iterator[Iterable[Row]]:
        """Yield the pages of the Read."""
        try:
            for page in self._rows:
                self._pages.append(page)
                yield page
        finally:
            self._rows.close()

    def seen(self, current: Row) -> list[tuple[Value, ...]]:
        """Return the rows that were handed out, each once, the current one last."""
        before = takewhile(lambda row: row is not current, (row for page in self._pages for row in page))
        last = tuple(current)
        return [*(one for one in dict.fromkeys(map(tuple, before)) if one != last), last]


def gone_on(
    seen: Sequence[tuple[Value, ...]], rows: Iterable[Row], project: Callable[[Row], tuple[Value, ...]]
) -> Iterator[Row]:
    """Yield the rows of which some were already handed out in a summary: first the current one, then what is left.

    `project` gives of a row what the summary shows of it. Nothing is yielded if the current row is gone.
    """
    passed, current = Counter(seen[:-1]), seen[-1]
    rows = iter(rows)
    held: list[Row] = []
    for row in rows:
        shown = project(row)
        if passed[shown]:
            passed[shown] -= 1
        elif shown == current:
            yield row
            break
        else:
            held.append(row)
    else:
        return
    yield from held
    for row in rows:
        shown = project(row)
        if passed[shown]:
            passed[shown] -= 1
        else:
            yield row
