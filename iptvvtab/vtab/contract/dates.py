"""How dates and timestamps are compared with the texts that people write for them. Pure."""

from __future__ import annotations

from iptvvtab import jsonsql
from iptvvtab.remote import Op, Term
from iptvvtab.schema import Column
from iptvvtab.types import ColumnType
from iptvvtab.vtab.contract import patterns
from iptvvtab.vtab.contract.compare import Comparison
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

_NO_MOMENT = "it is no date or time, nor the beginning of one, as the portal would understand it"


def moment(column: Column, comparison: Comparison, value: Argument, _: Abilities) -> Judgement:
    """Compare with a full moment, or with a prefix of one such as `2024-01`."""
    if not isinstance(value, str):
        return local(_NO_MOMENT)
    find = jsonsql.date_bound if column.type is ColumnType.DATE else jsonsql.timestamp_bound
    bound = find(value)
    if bound is None:
        return local(_NO_MOMENT)
    if bound.is_full:
        return exactly(Term(column.name, OPS[comparison], (bound.value,)))
    match comparison:  # no canonical value equals a shorter one; it comes before all that start with it
        case Comparison.LT | Comparison.LE:
            return exactly(Term(column.name, Op.LT, (bound.value,)))
        case Comparison.GT | Comparison.GE:
            return exactly(Term(column.name, Op.GE, (bound.value,)))
        case Comparison.NE:
            return exactly(not_null(column))
        case _:
            return NOTHING


def pattern(column: Column, comparison: Comparison, value: Argument, _: Abilities) -> Judgement:
    """Match a pattern of LIKE or GLOB that begins with a year, month, day or hour."""
    if value is None:
        return NOTHING
    if not isinstance(value, str):
        return local(_NO_MOMENT)
    start = patterns.prefix(value) if comparison is Comparison.LIKE else patterns.glob_prefix(value)
    span = jsonsql.moment_span(start, column.type)
    if span is None:
        return local(_NO_MOMENT)
    return at_least(Term(column.name, Op.GE, (span[0],)), Term(column.name, Op.LT, (span[1],)))
