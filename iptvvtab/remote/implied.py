"""Whether the rows of one question are among those of another, by what both ask of the same columns. Pure.

The portal judges both, by rules that are not ours: it may compare text by a collation, without regard to case or
blanks, or by what it means. So of texts it is known only that the same condition holds for the same rows; numbers and
moments are ordered alike everywhere.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any

from iptvvtab.remote.canonical import held
from iptvvtab.remote.read import Op, Term
from iptvvtab.schema import Table
from iptvvtab.types import ColumnType

_ORDERED = (ColumnType.INTEGER, ColumnType.BOOLEAN, ColumnType.DATETIME, ColumnType.DATE, ColumnType.FLOAT)
_ROUNDED = ColumnType.FLOAT
"""Numbers that the portal may round before it compares: two of them may then be equal, but never change places."""

_MAYBE_NULL = (Op.IS_NULL, Op.NE_OR_NULL)
_SETS = (Op.EQ, Op.IN)
_BELOW, _ABOVE = (Op.LT, Op.LE), (Op.GT, Op.GE)
_OPEN = (Op.LT, Op.GT)
_COMPARISONS: dict[Op, Any] = {Op.LT: operator.lt, Op.LE: operator.le, Op.GT: operator.gt, Op.GE: operator.ge}
_CLOSED = {Op.LT: (Op.LE, -1), Op.GT: (Op.GE, 1)}


def implies(table: Table, terms: Iterable[Term], known: Iterable[Term]) -> bool:
    """Return whether every row for which all `terms` hold is one for which all `known` hold.

    True is a proof. False is none: what several terms say only together is not seen.
    """
    said = tuple(terms)
    return all(any(_follows(table, wanted, term) for term in said) for wanted in known)


def excludes(table: Table, terms: Iterable[Term], others: Iterable[Term]) -> bool:
    """Return whether no row can have all `terms` and all `others` hold. True is a proof, False is none."""
    known = tuple(others)
    return any(_are_apart(table, one, other) for one in terms for other in known)


def _are_apart(table: Table, one: Term, other: Term) -> bool:
    """Return whether each value that a list of one term allows is one that the other rules out."""
    for listed, term in ((one, other), (other, one)):
        if listed.op in _SETS and listed.values and listed.column.casefold() == term.column.casefold():
            left = (Term(listed.column, Op.NE, (value,)) for value in listed.values)
            kind = table.column(term.column).type
            if all(_follows_by_order(kind, wanted, term) for wanted in left):
                return True
    return False


def _follows(table: Table, wanted: Term, term: Term) -> bool:
    """Return whether a row for which `term` holds is one for which `wanted` does."""
    if wanted.column.casefold() != term.column.casefold():
        return False
    if wanted.op is Op.NOT_NULL:
        return term.op not in _MAYBE_NULL
    if wanted.op is Op.NE_OR_NULL and (term.op is Op.IS_NULL or (term.op is Op.NE and term.values == wanted.values)):
        return True
    if wanted.op in _SETS and term.op in _SETS:
        return set(term.values) <= set(wanted.values)
    if (wanted.op, wanted.values) == (term.op, term.values):
        return True
    return _follows_by_order(table.column(term.column).type, wanted, term)


def _follows_by_order(kind: ColumnType, wanted: Term, term: Term) -> bool:
    wanted, term = _canonical(kind, wanted), _canonical(kind, term)
    if kind not in _ORDERED or not wanted.values or None in (*wanted.values, *term.values):
        return False
    limit: Any = wanted.values[0]
    if wanted.op in _COMPARISONS:
        return _is_beside(wanted.op, limit, term, kind)
    if wanted.op not in (Op.NE, Op.NE_OR_NULL) or kind is _ROUNDED:
        return False
    is_another = term.op in _SETS and limit not in term.values
    return is_another or any(_is_beside(side, limit, term, kind) for side in _OPEN)


def _canonical(kind: ColumnType, term: Term) -> Term:
    """Return a term whose values are ordered as the portal orders them; a bound of whole numbers is never open."""
    values = tuple(held(kind, value) for value in term.values)
    if kind is ColumnType.INTEGER and term.op in _CLOSED and isinstance(values[0], int):
        op, step = _CLOSED[term.op]
        return Term(term.column, op, (values[0] + step,))
    return Term(term.column, term.op, values)


def _is_beside(op: Op, limit: Any, term: Term, kind: ColumnType) -> bool:
    """Return whether what a term leaves stands below or above a limit: each of its values, or its bound, does."""
    if not term.values or term.op not in (*_SETS, *(_BELOW if op in _BELOW else _ABOVE)):
        return False
    if op in _OPEN and term.op in _OPEN:  # `x < 1` follows from `x < 1`
        op = Op.LE if op in _BELOW else Op.GE
    if op in _OPEN and kind is _ROUNDED:
        return False
    return all(_COMPARISONS[op](value, limit) for value in term.values)
