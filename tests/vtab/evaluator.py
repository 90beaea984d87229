"""What a portal on PostgreSQL keeps for a term: a second, slow and independent reading of the contract.

Values are PostgreSQL's (bool, int, float, str, datetime, date, None), conditions have three values (True, False, None).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from iptvvtab.remote import Op, Term


class Padded(str):
    """A value of char(n): to compare it, PostgreSQL leaves the blanks at the end of both sides out; LIKE sees them."""

    __slots__ = ()


def keeps(term: Term, value: object) -> bool:
    """Return whether a WHERE with this term keeps a row that has this value."""
    return _truth(term, value) is True


def _truth(term: Term, value: object) -> bool | None:
    if term.op is Op.IS_NULL:
        return value is None
    if term.op is Op.NOT_NULL:
        return value is not None
    if term.op is Op.NE_OR_NULL:
        return value is None or _compared(value) != _as_type(value, term.values[0])
    if value is None:
        return None
    if term.op is Op.IN:
        return any(_compared(value) == _as_type(value, one) for one in term.values)
    if term.op in (Op.LIKE, Op.ILIKE):
        return _like(value, term.values[0], folds=term.op is Op.ILIKE)
    return _compare(term.op, _compared(value), _as_type(value, term.values[0]))


def _compared(value: object) -> object:
    return str(value).rstrip(" ") if isinstance(value, Padded) else value


def _compare(op: Op, left: object, right: object) -> bool:
    match op:
        case Op.EQ:
            return left == right
        case Op.NE:
            return left != right
        case Op.LT:
            return left < right
        case Op.LE:
            return left <= right
        case Op.GT:
            return left > right
        case Op.GE:
            return left >= right
    raise AssertionError(op)


def _as_type(value: object, literal: object) -> object:
    """Read an untyped literal as the type of the column, or fail as PostgreSQL would."""
    if isinstance(value, datetime):
        return datetime.fromisoformat(literal).astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, date):
        return date.fromisoformat(literal)
    if isinstance(value, bool) != isinstance(literal, bool) or isinstance(value, str) != isinstance(literal, str):
        raise TypeError(f"operator does not exist: {type(value)} {type(literal)}")
    return literal.rstrip(" ") if isinstance(value, Padded) else literal


def _like(value: str, pattern: str, *, folds: bool) -> bool:
    if folds:  # PostgreSQL folds both sides by the rules of the language before it compares
        value, pattern = value.lower(), pattern.lower()
    parts = []
    characters = iter(pattern)
    for one in characters:
        if one == "\\":
            parts.append(re.escape(next(characters)))  # a StopIteration is PostgreSQL's error
        else:
            parts.append({"%": ".*", "_": "."}.get(one) or re.escape(one))
    return re.fullmatch("".join(parts), value, re.DOTALL) is not None
