"""Look-ups of one cursor, shape by shape: a NULL key asks for IS NULL, a pattern travels or does not.

Look-ups that differ in more than values do not follow from each other, but each sort may be a long row of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from iptvvtab.remote import Op, Read
from iptvvtab.source import Row
from iptvvtab.vtab.lookups import Lookups, Open

Shape: TypeAlias = tuple[tuple[str, ...], tuple[tuple[str, Op], ...]]
"""The columns of a Read, and the columns and operators of its terms."""


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
