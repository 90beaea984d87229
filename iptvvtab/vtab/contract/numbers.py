"""How numbers and flags are compared on both sides. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable

from iptvvtab.remote import Op, Term
from iptvvtab.schema import Column
from iptvvtab.vtab.contract.compare import Comparison, numeric
from iptvvtab.vtab.contract.verdict import (
    NOTHING,
    OPS,
    Abilities,
    Argument,
    Judgement,
    at_least,
    exactly,
    local,
    not_null,
)

INT64 = range(-(2**63), 2**63)


def _number(value: Argument) -> int | float | None:
    """Return the number that a value means under numeric affinity; None for text and blobs that mean none."""
    number = value if isinstance(value, frozenset) else numeric(value)
    return number if isinstance(number, (int, float)) else None


def _is_below_text(column: Column, comparison: Comparison) -> Judgement:
    """Compare numbers with a text or blob that is no number: every number is less (SQLite's storage classes)."""
    if comparison in (Comparison.LT, Comparison.LE, Comparison.NE):
        return exactly(not_null(column))
    return NOTHING


def integer(column: Column, comparison: Comparison, value: Argument, _: Abilities) -> Judgement:
    """Compare an integer: a number between two of them moves to its neighbour."""
    value = _number(value)
    if value is None:
        return _is_below_text(column, comparison)
    if math.isinf(value) or (whole := math.floor(value)) not in INT64:
        return _beyond_integers(column, comparison, is_above=value > 0)
    if value == whole:
        return exactly(Term(column.name, OPS[comparison], (whole,)))
    match comparison:  # id < 1.5 is id <= 1; id > 1.5 is id > 1
        case Comparison.LT | Comparison.LE:
            return exactly(Term(column.name, Op.LE, (whole,)))
        case Comparison.GT | Comparison.GE:
            return exactly(Term(column.name, Op.GT, (whole,)))
        case Comparison.NE:
            return exactly(not_null(column))
        case _:
            return NOTHING


def _beyond_integers(column: Column, comparison: Comparison, *, is_above: bool) -> Judgement:
    """Compare with a number that no 64 bits hold."""
    met = (Comparison.NE, Comparison.LT, Comparison.LE) if is_above else (Comparison.NE, Comparison.GT, Comparison.GE)
    return exactly(not_null(column)) if comparison in met else NOTHING


def boolean(column: Column, comparison: Comparison, value: Argument, _: Abilities) -> Judgement:
    """Compare a flag: try both of its values."""
    value = _number(value)
    if value is None:
        return _is_below_text(column, comparison)
    kept = [flag for flag in (False, True) if _HOLDS[comparison](int(flag), value)]
    if len(kept) == 2:
        return exactly(not_null(column))
    return exactly(Term(column.name, Op.EQ, (kept[0],))) if kept else NOTHING


_HOLDS: dict[Comparison, Callable[[int, int | float], bool]] = {
    Comparison.EQ: lambda one, other: one == other,
    Comparison.IS: lambda one, other: one == other,
    Comparison.NE: lambda one, other: one != other,
    Comparison.LT: lambda one, other: one < other,
    Comparison.LE: lambda one, other: one <= other,
    Comparison.GT: lambda one, other: one > other,
    Comparison.GE: lambda one, other: one >= other,
}

_ROUNDING = 1e-6
"""A float4 keeps 24 bits, a numeric is rounded to a double: neighbours within this share may be equal here."""

_SMALLEST = 1e-30
"""What a numeric or a float4 may round to zero from."""


def floating(column: Column, comparison: Comparison, value: Argument, _: Abilities) -> Judgement:
    """Widen by what rounding may have moved: the portal's number is not always the double that it became here."""
    value = _number(value)
    if value is None or math.isinf(value):
        return local("it is no number that the portal has")
    value = float(value)
    room = abs(value) * _ROUNDING + _SMALLEST
    low, high = Term(column.name, Op.GE, (value - room,)), Term(column.name, Op.LE, (value + room,))
    if not (math.isfinite(value - room) and math.isfinite(value + room)):
        return local("there is no room for rounding beside it")
    match comparison:
        case Comparison.LT | Comparison.LE:
            return at_least(high)
        case Comparison.GT | Comparison.GE:
            return at_least(low)
        case Comparison.NE:
            return at_least(not_null(column))
        case _:
            return at_least(low, high)
