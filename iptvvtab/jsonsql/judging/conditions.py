"""Conditions of which both sides keep the same rows."""

from __future__ import annotations

from functools import reduce

from sqlglot import exp

from iptvvtab.jsonsql.expressions import number
from iptvvtab.jsonsql.judging.comparing import (
    OTHER,
    SAME,
    TURNED,
    WHY_NOT,
    Operator,
    compared,
    literal_of,
    members,
    truth,
    with_value,
)
from iptvvtab.jsonsql.judging.scopes import Context, Known, Level, Rule, Rules
from iptvvtab.jsonsql.judging.values import value
from iptvvtab.jsonsql.statement import sides, unwrapped
from iptvvtab.types import ColumnType

_COMPARED: tuple[Operator, ...] = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, SAME, OTHER)
_CONDITIONS = (*_COMPARED, exp.And, exp.Or, exp.Not, exp.Is, exp.In, exp.Between, exp.Exists)
_NO_COMPARISON = (ColumnType.JSON, ColumnType.UNKNOWN)


def condition(node: exp.Expr, level: Level, context: Context, *, keeps: bool = True) -> exp.Expr:
    """Return a condition. `keeps`: only where it is true matters, as in WHERE and ON. Raises NotExact."""
    node = unwrapped(node)
    if isinstance(node, exp.And | exp.Or):
        joined = [condition(one, level, context, keeps=keeps) for one in sides(node, context.take)]
        kind = type(node)
        return reduce(lambda left, right: kind(this=left, expression=right), joined)
    if isinstance(node, exp.Not):
        return exp.Not(this=condition(context.take(node, "this")[0], level, context, keeps=False))
    if isinstance(node, _COMPARED):
        return _comparison(node, level, context, keeps=keeps)
    if isinstance(node, exp.In) and node.args.get("query") is None:
        return _listed(node, level, context, keeps=keeps)
    if isinstance(node, exp.Between):
        return _between(node, level, context)
    known = literal_of(node)
    if isinstance(known, int | float):
        return truth(is_true=bool(known))
    return _truth_of(node, value(node, level, context), context)


def _truth_of(node: exp.Expr, one: Known, context: Context) -> exp.Expr:
    """Return an expression as a condition: SQLite takes numbers other than 0 for true."""
    if one.type is ColumnType.BOOLEAN:
        return one.tree
    if one.type is ColumnType.INTEGER:
        return exp.NEQ(this=one.tree, expression=number("0"))
    raise context.inexact(node, f"{one.type} as a condition", "the portal takes flags alone")


def _operand(node: exp.Expr, level: Level, context: Context) -> Known:
    """Return a side of a comparison. One that is a condition without parentheses may belong elsewhere to SQLite."""
    if isinstance(node, _CONDITIONS):
        raise context.inexact(node, "a condition beside another", "it needs parentheses to be read alike")
    return value(node, level, context)


def _comparison(node: exp.Expr, level: Level, context: Context, *, keeps: bool) -> exp.Expr:
    left, right = context.take(node, "this", "expression")
    operator: Operator = type(node)  # type: ignore[assignment]
    if isinstance(unwrapped(left), exp.Null) or isinstance(unwrapped(right), exp.Null):
        if operator in (SAME, OTHER) and not isinstance(unwrapped(left), exp.Null):
            found = _null(node, _operand(left, level, context), context)
            return exp.Not(this=found) if operator is OTHER else found
        if keeps and operator not in (SAME, OTHER):
            for one in (left, right):
                _look_at(one, level, context)
            return truth(is_true=False)
        raise context.inexact(node, "a comparison with NULL", "the portal may take it for IS NULL")
    one, other = literal_of(left), literal_of(right)
    if one is not None and other is not None:
        raise context.inexact(node, "a comparison of values", "the portal may take them for texts")
    if other is not None:
        return with_value(node, operator, _operand(left, level, context), other, context, keeps=keeps)
    if one is not None:
        turned = TURNED.get(operator, operator)
        return with_value(node, turned, _operand(right, level, context), one, context, keeps=keeps)
    return compared(node, operator, _operand(left, level, context), _operand(right, level, context), context)


def _look_at(node: exp.Expr, level: Level, context: Context) -> None:
    """Judge a side of a comparison with NULL, which is never true: SQLite must know what it names."""
    if not isinstance(unwrapped(node), exp.Null) and literal_of(node) is None:
        _operand(node, level, context)


def _between(node: exp.Expr, level: Level, context: Context) -> exp.Expr:
    this, low, high = context.take(node, "this", "low", "high")
    ends = ((exp.GTE, low), (exp.LTE, high))
    tests = [kind(this=this.copy(), expression=end.copy()) for kind, end in ends]
    first, second = (_comparison(one, level, context, keeps=False) for one in tests)
    return exp.And(this=first, expression=second)


def _listed(node: exp.Expr, level: Level, context: Context, *, keeps: bool) -> exp.Expr:
    this, listed = context.take(node, "this", "expressions")
    kept = [one for one in listed if not (keeps and isinstance(unwrapped(one), exp.Null))]
    values = [one for one in map(literal_of, kept) if one is not None]
    if not listed or len(values) < len(kept):
        raise context.inexact(
            node, "IN", "its list must hold values, and where it is denied or shown no NULL", near="IN"
        )
    left = _operand(this, level, context)
    return members(node, left, values, context, keeps=keeps) if values else truth(is_true=False)


def _null(node: exp.Expr, one: Known, context: Context) -> exp.Expr:
    if one.type in _NO_COMPARISON:
        raise context.inexact(node, f"{one.type} IS NULL", WHY_NOT[one.type])
    return exp.Is(this=one.tree, expression=exp.Null())


def _is(node: exp.Expr, level: Level, context: Context) -> Known:
    this, test, negate = context.take(node, "this", "expression", "negate")
    if isinstance(test, exp.Null):
        if literal_of(this) is not None:
            raise context.inexact(node, "IS NULL of a value", "the portal may take it for a text")
        found = _null(node, _operand(this, level, context), context)
    else:
        assert isinstance(test, exp.Boolean)  # SQLite's parser makes a comparison of everything else
        if isinstance(this, _CONDITIONS):
            raise context.inexact(node, "a condition beside another", "it needs parentheses to be read alike")
        found = exp.Is(this=condition(this, level, context, keeps=False), expression=test.copy())
    return _flag(exp.Not(this=found) if negate else found, can_be_null=False)


def _flag(tree: exp.Expr, *, can_be_null: bool = True) -> Known:
    return Known(tree, ColumnType.BOOLEAN, can_be_null)


def _shown(node: exp.Expr, level: Level, context: Context) -> Known:
    """Return a condition as a value: it is also seen where it is false, or NULL."""
    return _flag(condition(node, level, context, keeps=False))


def _in(node: exp.Expr, level: Level, context: Context) -> Known:
    """Return `x IN (SELECT y ...)`, or a list as a value."""
    if node.args.get("query") is None:
        return _shown(node, level, context)
    this, subquery = context.take(node, "this", "query")
    left = _operand(this, level, context)
    judged = context.query(context.take(subquery, "this")[0], level, context)
    if len(judged.columns) != 1:
        raise context.inexact(node, "IN of a select", "it must have one column", near="IN")
    compared(node, exp.EQ, left, judged.columns[0][1], context)
    return _flag(exp.In(this=left.tree, query=exp.Subquery(this=judged.tree)))


def _exists(node: exp.Expr, level: Level, context: Context) -> Known:
    judged = context.query(context.take(node, "this")[0], level, context)
    if not judged.is_plain:
        raise context.inexact(node, "EXISTS of groups", "it is no row for each that WHERE keeps", near="EXISTS")
    judged.tree.set("expressions", [number("1")])
    return _flag(exp.Exists(this=judged.tree), can_be_null=False)


def _subquery(node: exp.Expr, level: Level, context: Context) -> Known:
    """Return a select that stands as a value, which has exactly one row."""
    judged = context.query(context.take(node, "this")[0], level, context)
    if len(judged.columns) != 1 or not judged.is_one_row:
        raise context.inexact(node, "a select as a value", "it may have no row or several", near="SELECT")
    [(_, one)] = judged.columns
    return Known(exp.Subquery(this=judged.tree), one.type, one.can_be_null)


_rule_of_condition: Rule = _shown
CONDITIONS: Rules = {
    **dict.fromkeys((*_COMPARED, exp.And, exp.Or, exp.Not, exp.Between), _rule_of_condition),
    exp.Is: _is,
    exp.In: _in,
    exp.Exists: _exists,
    exp.Subquery: _subquery,
}
"""Conditions, which are flags as values, and selects that stand in an expression."""
