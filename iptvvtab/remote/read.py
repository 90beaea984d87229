"""A Read: what is asked of one table, in the portal's own terms. Hashable: the key of memory and single flight."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from iptvvtab.jsonsql import HashFunction
from iptvvtab.types import Value


class Op(StrEnum):
    """What a term says of its column; each has one form in JSONSQL."""

    EQ = "eq"
    NE = "neq"
    LT = "lt"
    LE = "lte"
    GT = "gt"
    GE = "gte"
    IN = "in"
    LIKE = "like"
    ILIKE = "ilike"
    IS_NULL = "is_null"
    NOT_NULL = "not_null"
    NE_OR_NULL = "ne_or_null"


@dataclass(frozen=True, slots=True)
class Term:
    """One condition on one column. `values` is empty for the tests of NULL, sorted for IN, else a single value."""

    column: str
    op: Op
    values: tuple[Value | bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """A column that rows are sorted by. NULL comes before everything, last when `is_down`; only if `has_null`."""

    column: str
    is_down: bool = False
    has_null: bool = False


@dataclass(frozen=True, slots=True)
class Digest:
    """A hash that the portal makes of each row, from these columns: one more value at the end of the row."""

    function: HashFunction
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows by their one integer key: those whose key, divided and cut off towards zero, is one of `numbers`."""

    divisor: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """What is asked of one table: these columns of the rows for which every term holds, in this order.

    Without an `order` rows come by key, upward, if the table has one.
    `columns` are SQL names in the order that rows will have. With `is_count` there is one row, of one value: how many
    rows there are. With `is_distinct` equal rows may come once; none is missing that differs. Only the first column of
    `order` may hold NULL. `digest` and `slice` are for syncs: no query asks for them, no memory answers them.
    """

    table: str
    columns: tuple[str, ...]
    terms: tuple[Term, ...] = ()
    is_count: bool = False
    order: tuple[Order, ...] = ()
    is_distinct: bool = False
    digest: Digest | None = None
    slice: Slice | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """The table, as whole statements say it of theirs."""
        return (self.table,)

    def with_terms(self, terms: tuple[Term, ...]) -> Read:
        """Return the same question under other terms."""
        return replace(self, terms=terms)
