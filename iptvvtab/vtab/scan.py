"""A plan and its values as a scan. Pure: nothing travels here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from iptvvtab.remote import Op, Order, Read, Term
from iptvvtab.schema import Table
from iptvvtab.types import Value
from iptvvtab.vtab.compare import WITHOUT_VALUE, Comparison
from iptvvtab.vtab.judge import Abilities, Judgement, Verdict, judge
from iptvvtab.vtab.plan import Bound, Use, from_text

Argument = Value | set[Value] | frozenset[Value]


@dataclass(frozen=True, slots=True)
class Scan:
    """What to read, and how many rows SQLite will take at most (None: it does not say).

    `pinned`: where the number of rows will do, the one value that each of the columns in use has; else None.
    """

    read: Read
    wanted: int | None
    pinned: Mapping[str, Value] | None = None

    @property
    def count(self) -> Read:
        """The Read that asks for the number of rows."""
        return Read(self.read.table, (), self.read.terms, is_count=True)


def scan_for(table: Table, text: str, arguments: Sequence[Argument], abilities: Abilities) -> Scan | None:
    """Return the scan for a plan (as idxStr) and Filter's arguments; None when no row can match.

    A set is the members of an IN; None in its place is the empty set (vtab-facts 7). LIMIT and OFFSET tell the rows
    that are wanted only if no condition travels wider than it is.
    """
    recipe = from_text(text)
    terms: dict[Term, None] = {}
    is_exact = True
    for use, argument in zip(recipe.uses, arguments, strict=False):
        judgement = _judged(table, use, argument, abilities)
        if judgement.is_empty:
            return None
        terms.update(dict.fromkeys(judgement.terms))
        is_exact = is_exact and judgement.verdict is Verdict.EXACT
    order = tuple(Order(table.columns[one.column].name, one.is_down) for one in recipe.order)
    terms.update(dict.fromkeys(_filled(table, order)))
    read = Read(table.name, tuple(table.columns[place].name for place in recipe.columns), tuple(terms), order=order)
    bounds = dict(zip(recipe.bounds, arguments[len(recipe.uses) :], strict=True))
    wanted = _wanted(bounds) if is_exact else None
    pinned = _pinned(read.terms) if recipe.is_counted and is_exact and wanted is None else None
    return Scan(read, wanted, pinned)


def _filled(table: Table, order: Iterable[Order]) -> Iterable[Term]:
    """Return the terms that keep NULL out of an order: where a condition drops such rows, nobody misses them."""
    for one in order:
        if one.column not in table.key:
            yield Term(one.column, Op.NOT_NULL)


def _pinned(terms: Iterable[Term]) -> dict[str, Value] | None:
    """Return the one value of each column that terms pin; None if one of them does not."""
    pinned: dict[str, Value] = {}
    for term in terms:
        if term.op not in (Op.EQ, Op.IS_NULL) or term.column in pinned:
            return None
        value = term.values[0] if term.values else None
        pinned[term.column] = int(value) if isinstance(value, bool) else value
    return pinned


def _judged(table: Table, use: Use, argument: Argument, abilities: Abilities) -> Judgement:
    value = None if use.comparison in WITHOUT_VALUE else argument
    if use.comparison is Comparison.IN:
        value = frozenset(value) if isinstance(value, (set, frozenset)) else frozenset()
    return judge(table.columns[use.column], use.comparison, value, abilities, use.collation)  # type: ignore[arg-type]


def _wanted(bounds: dict[Bound, Argument]) -> int | None:
    """Return the rows that SQLite takes. A negative LIMIT is none at all, a negative OFFSET is 0."""
    numbers = {bound.is_offset: value for bound, value in bounds.items() if isinstance(value, int)}
    limit, offset = numbers.get(False, -1), numbers.get(True, 0)
    return limit + max(offset, 0) if limit >= 0 else None
