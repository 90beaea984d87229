"""Comparisons that both sides decide alike, by what is compared. The truths are those of the contract (docs/sql.md).

A value that a column is compared with is written as the portal needs it: `id < 1.5` is `id <= 1`, `flag = 1` is
`flag = true`, `created_at >= '2024-01'` is `created_at >= '2024-01-01 00:00:00+00'`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import TypeAlias

from sqlglot import exp

from iptvvtab.jsonsql.answering import Rest
from iptvvtab.jsonsql.expressions import number
from iptvvtab.jsonsql.judging.scopes import Context, Known
from iptvvtab.jsonsql.moments import date_bound, timestamp_bound
from iptvvtab.types import BY_MEANING, ColumnType

Operator: TypeAlias = type[exp.Binary]
Literal: TypeAlias = bool | int | float | str

INT64 = range(-(2**63), 2**63)
SAME, OTHER = exp.NullSafeEQ, exp.NullSafeNEQ
TURNED: dict[Operator, Operator] = {exp.LT: exp.GT, exp.GT: exp.LT, exp.LTE: exp.GTE, exp.GTE: exp.LTE}
"""What an operator is when its sides change places."""

_MOMENTS = (ColumnType.DATETIME, ColumnType.DATE)
_WIDER: dict[Operator, Operator] = {exp.LT: exp.LTE, exp.LTE: exp.LTE, exp.GT: exp.GTE, exp.GTE: exp.GTE}
"""Comparisons that hold of a number wherever these hold of the double next to it: rounding keeps the order."""
_DOUBLES = range(-(2**53), 2**53 + 1)
"""Whole numbers that are doubles."""
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_EQUALITIES = (exp.EQ, SAME)

WHY_NOT = {
    ColumnType.FLOAT: "the portal's number may differ from the double that it becomes",
    ColumnType.STRING: "the portal compares and sorts texts by its language and by types that are no text to it",
    ColumnType.JSON: "the portal may compare it otherwise, and a JSON null is a value to it",
    ColumnType.UNKNOWN: "its type on the portal is not known",
    **dict.fromkeys(BY_MEANING, "the portal compares what the text means: equal there may differ here"),
}
"""Why columns of a type are not compared."""


def truth(*, is_true: bool) -> exp.Expr:
    """Return a condition that always or never holds: a document has none shorter."""
    return exp.EQ(this=number("1"), expression=number("1" if is_true else "0"))


def literal_of(node: exp.Expr) -> Literal | None:
    """Return the value that a node is, or None."""
    while isinstance(node, exp.Paren):
        node = node.this
    if isinstance(node, exp.Neg):
        value = literal_of(node.this)
        return -value if isinstance(value, int | float) and not isinstance(value, bool) else None
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    if not isinstance(node, exp.Literal):
        return None
    text = str(node.this)
    if node.is_string:
        return text
    return int(text) if re.fullmatch(r"\d+", text, re.ASCII) else float(text)


def compared(node: exp.Expr, operator: Operator, left: Known, right: Known, context: Context) -> exp.Expr:
    """Return a comparison of two expressions, neither a value. Raises NotExact."""
    pair = {left.type, right.type}
    if len(pair) == 1:
        [kind] = pair
        is_told = kind in (ColumnType.INTEGER, ColumnType.BOOLEAN, ColumnType.DATE)
        if is_told or (kind is ColumnType.DATETIME and left.origin is not None and left.origin == right.origin):
            return operator(this=left.tree, expression=right.tree)
        if kind is ColumnType.DATETIME:
            raise context.inexact(node, "two moments", "one of the columns may have a time zone on the portal")
    for kind in sorted(pair & set(WHY_NOT)):
        raise context.inexact(node, f"a comparison of {kind}", WHY_NOT[kind])
    raise context.inexact(node, f"{' beside '.join(sorted(pair))}", "the portal has no such comparison")


def with_value(
    node: exp.Expr, operator: Operator, left: Known, value: Literal, context: Context, *, keeps: bool
) -> exp.Expr:
    """Return a comparison with a value. `keeps`: it is asked for what it keeps alone, not denied, not shown.

    Raises NotExact.
    """
    if left.type is ColumnType.INTEGER:
        return _integer(node, operator, left, value, context)
    if left.type is ColumnType.BOOLEAN and not isinstance(value, str):
        return _flag(operator, left.tree, value)
    if left.type in _MOMENTS and isinstance(value, str):
        return _moment(node, operator, left, value, context)
    if _is_wider(operator, left, value, context) and keeps:
        return _WIDER[operator](this=left.tree, expression=number(str(int(value))))
    if left.type is ColumnType.STRING and isinstance(value, str) and left.origin is not None:
        if operator not in _EQUALITIES or not keeps or "\0" in value:
            raise context.inexact(node, "a comparison of string", WHY_NOT[ColumnType.STRING])
        return exp.EQ(this=left.tree, expression=exp.Literal.string(value))
    if left.type in WHY_NOT and not (left.type is ColumnType.STRING and not isinstance(value, str)):
        raise context.inexact(node, f"a comparison of {left.type}", WHY_NOT[left.type])
    said = "a text" if isinstance(value, str) else "a number"
    raise context.inexact(node, f"{left.type} beside {said}", "SQLite compares by its own rules of types")


def _is_wider(operator: Operator, left: Known, value: Literal, context: Context) -> bool:
    """Return whether rows may be kept that SQLite then drops, for a comparison that the portal has in another way."""
    is_whole = not isinstance(value, str) and value == value // 1 and int(value) in _DOUBLES
    return context.rest is Rest.WHERE and left.type is ColumnType.FLOAT and operator in _WIDER and is_whole


def members(node: exp.Expr, left: Known, values: list[Literal], context: Context, *, keeps: bool) -> exp.Expr:
    """Return `left IN (values)`; those that it can never equal are left out. Raises NotExact."""
    found: list[exp.Expr] = []
    for value in values:
        equal = with_value(node, exp.EQ, left, value, context, keeps=keeps)
        if isinstance(equal, exp.EQ) and equal.this is left.tree and equal.expression not in found:
            found.append(equal.expression)
    if not found:
        return _never(left.tree)
    return exp.In(this=left.tree, expressions=found)


def _never(tree: exp.Expr) -> exp.Expr:
    """Return a condition that is NULL where an expression is, else false."""
    return exp.NEQ(this=tree, expression=tree.copy())


def _always(tree: exp.Expr) -> exp.Expr:
    """Return a condition that is NULL where an expression is, else true."""
    return exp.EQ(this=tree, expression=tree.copy())


def _settled(operator: Operator, tree: exp.Expr, *, holds: bool) -> exp.Expr:
    """Return a comparison of which the answer is known wherever an expression is not NULL."""
    if operator is SAME:
        return truth(is_true=False)
    if operator is OTHER:
        return truth(is_true=True)
    return _always(tree) if holds else _never(tree)


def _integer(node: exp.Expr, operator: Operator, left: Known, value: Literal, context: Context) -> exp.Expr:
    if isinstance(value, str):
        if left.origin is None or not _WHOLE.fullmatch(value) or int(value) not in INT64:
            raise context.inexact(node, "integer beside a text", "SQLite sorts texts after all numbers")
        value = int(value)
    if math.isinf(value) or (whole := math.floor(value)) not in INT64:
        raise context.inexact(node, "a number beyond 64 bits", "the portal may refuse it beside an integer")
    if value == whole:
        return operator(this=left.tree, expression=number(str(whole)))
    if operator in (exp.LT, exp.LTE):  # id < 1.5 is id <= 1; id > 1.5 is id > 1
        return exp.LTE(this=left.tree, expression=number(str(whole)))
    if operator in (exp.GT, exp.GTE):
        return exp.GT(this=left.tree, expression=number(str(whole)))
    return _settled(operator, left.tree, holds=operator is exp.NEQ)


_HOLDS: dict[Operator, Callable[[int, int | float], bool]] = {
    exp.EQ: lambda one, other: one == other,
    SAME: lambda one, other: one == other,
    exp.NEQ: lambda one, other: one != other,
    OTHER: lambda one, other: one != other,
    exp.LT: lambda one, other: one < other,
    exp.LTE: lambda one, other: one <= other,
    exp.GT: lambda one, other: one > other,
    exp.GTE: lambda one, other: one >= other,
}


def _flag(operator: Operator, tree: exp.Expr, value: int | float) -> exp.Expr:
    """Compare a flag: try both of its values."""
    kept = [flag for flag in (False, True) if _HOLDS[operator](int(flag), value)]
    if len(kept) != 1:
        return _settled(operator, tree, holds=bool(kept))
    if operator is OTHER:
        return exp.Not(this=exp.Is(this=tree, expression=exp.Boolean(this=not kept[0])))
    if operator is SAME:
        return exp.Is(this=tree, expression=exp.Boolean(this=kept[0]))
    return exp.EQ(this=tree, expression=exp.Boolean(this=kept[0]))


def _moment(node: exp.Expr, operator: Operator, left: Known, value: str, context: Context) -> exp.Expr:
    bound = date_bound(value) if left.type is ColumnType.DATE else timestamp_bound(value)
    if bound is None:
        raise context.inexact(
            node, f"{left.type} beside the text {value!r}", "it is no date or time, nor the beginning of one"
        )
    literal = exp.Literal.string(bound.value)
    if bound.is_full:
        return operator(this=left.tree, expression=literal)
    if operator in (exp.LT, exp.LTE):  # no canonical value equals a shorter one; it comes before all that start with it
        return exp.LT(this=left.tree, expression=literal)
    if operator in (exp.GT, exp.GTE):
        return exp.GTE(this=left.tree, expression=literal)
    return _settled(operator, left.tree, holds=operator is exp.NEQ)
