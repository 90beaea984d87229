"""Look-ups of one cursor, shape by shape: a NULL key asks for IS NULL, a pattern travels or does not.

Look-ups that differ in more than values do not follow from each other, but each sort may be a long row of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from iptvvtab.remote import Op, Read
from iptvvtab.schema import Table
from iptvvtab.source import Row
from iptvvtab.types import ColumnType
from iptvvtab.vtab.contract import BINARY, Comparison
from iptvvtab.vtab.lookups import Lookups, Open
from iptvvtab.vtab.plan import Recipe, from_text
from iptvvtab.vtab.scan import Argument

_PLAIN = (ColumnType.INTEGER, ColumnType.STRING, ColumnType.BOOLEAN)

Shape: TypeAlias = tuple[tuple[str, ...], tuple[tuple[str, Op], ...]]
"""The columns of a Read, and the columns and operators of its terms."""


class Again:
    """Look-ups by one plan, whose values are the terms' as they come: what is kept is found without judging them anew.

    That is so where each use is one EQ of a whole number or a text, and SQLite's value and the portal's are the same.
    What is not kept is judged as ever: `find` returns None.
    """

    __slots__ = ("_lookups", "_types", "columns", "plan")

    def __init__(self, plan: str, read: Read, lookups: Lookups, values: Sequence[Argument]) -> None:
        self.plan, self.columns, self._lookups = plan, read.columns, lookups
        self._types = [type(one) for one in values]

    def find(self, values: Sequence[Argument]) -> list[Row] | None:
        """Return the rows that are kept for these values; None where nobody knows."""
        if [type(one) for one in values] != self._types:
            return None
        return self._lookups.find_by_values(values)  # type: ignore[arg-type]  # no sets: as the types say

    @staticmethod
    def is_possible(recipe: Recipe, read: Read, values: Sequence[Argument], table: Table) -> bool:
        """Return whether look-ups like this one may be answered so."""
        if recipe.bounds or len(recipe.uses) != len(read.terms):
            return False
        return all(
            use.comparison is Comparison.EQ
            and use.collation == BINARY
            and (term.column, term.op, term.values) == (use.column, Op.EQ, (value,))
            and table.column(use.column).type in _PLAIN
            for use, term, value in zip(recipe.uses, read.terms, values, strict=True)
        )


class Shapes:
    """What follows the look-ups of a cursor: `make` gives what follows those of one shape."""

    def __init__(self, make: Callable[[], Lookups]) -> None:
        self._make = make
        self._by_shape: dict[Shape, Lookups] = {}
        self._now: Lookups | None = None
        self._shape: Shape | None = None

    def find(self, read: Read, open_read: Open, *, is_summed_up: bool = False) -> list[Row] | None:
        """Return the rows of a look-up, or None when it should be asked for by itself (Lookups.find)."""
        shape = read.columns, tuple((term.column, term.op) for term in read.terms)
        if self._now is None or shape != self._shape:
            self._now = self._by_shape.get(shape) or self._by_shape.setdefault(shape, self._make())
            self._shape = shape
        return self._now.find(read, open_read, is_summed_up=is_summed_up)

    def again(self, plan: str, read: Read, values: Sequence[Argument], table: Table) -> Again | None:
        """Return what finds what is kept for look-ups by the plan of one that was just found; None if they differ."""
        is_possible = self._now is not None and Again.is_possible(from_text(plan), read, values, table)
        return Again(plan, read, self._now, values) if is_possible and self._now is not None else None

    def opened(self, source: str) -> None:
        """Be told where the rows of a look-up came from."""
        if self._now is not None:
            self._now.opened(source)

    def ahead(self) -> Iterator[Row]:
        """Yield kept rows: first those of look-ups like the present one."""
        if self._now is not None:
            yield from self._now.ahead()
        for one in self._by_shape.values():
            if one is not self._now:
                yield from one.ahead()

    @property
    def batches(self) -> int:
        """Reads that answered more than one look-up."""
        return sum(one.batches for one in self._by_shape.values())

    @property
    def hits(self) -> int:
        """Look-ups that were answered out of them."""
        return sum(one.hits for one in self._by_shape.values())
