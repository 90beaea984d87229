"""A plan and its values as a scan. Pure: nothing travels here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from iptvvtab.remote import Op, Order, Read, Term, excludes
from iptvvtab.schema import Table
from iptvvtab.types import Value
from iptvvtab.vtab.contract import WITHOUT_VALUE, Abilities, Comparison, Contract, Judgement, Verdict
from iptvvtab.vtab.offer import Bound
from iptvvtab.vtab.plan import Recipe, Use

Argument = Value | set[Value] | frozenset[Value]


@dataclass(frozen=True, slots=True)
class Scan:
    """What to read, and how many rows SQLite will take at most (None: it does not say).

    `summary`: a Read that will do in place of the rows, until SQLite asks which row it is: their number, or the
    different ones. `pinned`: where it is their number, the one value that each of the columns in use has.
    """

    read: Read
    wanted: int | None
    summary: Read | None = None
    pinned: Mapping[str, Value] | None = None


def scan_for(
    table: Table, recipe: Recipe, arguments: Sequence[Argument], contract: Contract, abilities: Abilities
) -> Scan | None:
    """Return the scan for a recipe and Filter's arguments; None when no row can match.

    A set is the members of an IN; None in its place is the empty set (vtab-facts 7).
    """
    pairs = zip(recipe.uses, arguments, strict=False)
    judged = [_judged(table, use, argument, contract, abilities) for use, argument in pairs]
    bounds = dict(zip(recipe.bounds, arguments[len(recipe.uses) :], strict=True))
    return scan_of(table, recipe, judged, taken(bounds), abilities)


def scan_of(
    table: Table, recipe: Recipe, judged: Sequence[Judgement], wanted: int | None, abilities: Abilities
) -> Scan | None:
    """Return the scan for a recipe and what its constraints were judged to be; None when no row can match.

    The rows that are `wanted` are known only if no condition travels wider than it is.
    """
    if any(one.is_empty for one in judged):
        return None
    terms = dict.fromkeys(term for one in judged for term in one.terms)
    if len({term.column for term in terms}) < len(terms) and any(
        excludes(table, (one,), (other,)) for one, other in combinations(terms, 2)
    ):
        return None
    terms.update(dict.fromkeys(_filled(table, recipe.order)))
    read = Read(table.name, recipe.columns, tuple(terms), order=recipe.order)
    is_exact = all(one.verdict is Verdict.EXACT for one in judged)
    wanted = wanted if is_exact else None
    if recipe.distinct:
        return Scan(read, wanted, replace(read, columns=recipe.distinct, order=(), is_distinct=True))
    pinned = _pinned(read.terms) if recipe.is_counted and is_exact and wanted is None else None
    if pinned is not None and abilities().count:
        return Scan(read, wanted, Read(table.name, (), read.terms, is_count=True), pinned)
    return Scan(read, wanted)


def _filled(table: Table, order: Iterable[Order]) -> Iterable[Term]:
    """Return the terms that keep NULL out of an order: where a condition drops such rows, nobody misses them."""
    for one in order:
        if one.column not in table.key and not one.has_null:
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


def _judged(table: Table, use: Use, argument: Argument, contract: Contract, abilities: Abilities) -> Judgement:
    value = None if use.comparison in WITHOUT_VALUE else argument
    if use.comparison is Comparison.IN or isinstance(value, (set, frozenset)):
        value = frozenset(value) if isinstance(value, (set, frozenset)) else frozenset()
    return contract.judge(table.column(use.column), use.comparison, value, abilities, use.collation)


def taken(bounds: Mapping[Bound, Argument]) -> int | None:
    """Return the rows that SQLite takes, by LIMIT and OFFSET; None if it does not say.

    A negative LIMIT is none at all, a negative OFFSET is 0.
    """
    numbers = {bound.is_offset: value for bound, value in bounds.items() if isinstance(value, int)}
    limit, offset = numbers.get(False, -1), numbers.get(True, 0)
    return limit + max(offset, 0) if limit >= 0 else None
