"""Values of which both sides make the same: columns, whole numbers, counts, and what is made of them."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from iptvvtab.jsonsql.expressions import number
from iptvvtab.jsonsql.judging.comparing import INT64, WHY_NOT, literal_of
from iptvvtab.jsonsql.judging.scopes import Context, Known, Level, Rule, Rules, resolve
from iptvvtab.types import ColumnType

_INTEGER, _FLAG = ColumnType.INTEGER, ColumnType.BOOLEAN
_ORDERED = (_INTEGER, ColumnType.FLOAT, ColumnType.DATE, ColumnType.DATETIME)
_TOLD_APART = frozenset(
    {_INTEGER, _FLAG, ColumnType.DATE, ColumnType.DATETIME, ColumnType.INET, ColumnType.MACADDR, ColumnType.UUID}
)
"""Types of which two values are one to the portal exactly if they are one here."""


_PATTERNS: dict[type[exp.Expr], str] = {
    exp.Like: "SQLite folds the case of ASCII letters, and the portal none or all",
    exp.Glob: "the portal knows no classes of characters",
}


def is_told_apart(kind: ColumnType, context: Context) -> bool:
    """Return whether the portal finds two values equal exactly where SQLite does."""
    return kind in _TOLD_APART or (kind is ColumnType.STRING and context.features.bytewise_text)


def refuse_merging(node: exp.Expr, what: str, one: Known, context: Context) -> None:
    """Refuse what depends on which values of a type are equal. Raises NotExact."""
    if not is_told_apart(one.type, context):
        raise context.inexact(node, f"{what} {one.type}", WHY_NOT.get(one.type, "the portal may take two for one"))


def value(node: exp.Expr, level: Level, context: Context) -> Known:
    """Return an expression. Raises NotExact."""
    rule = context.rules.get(type(node))
    if rule is None:
        why = _PATTERNS.get(type(node), "it is not known to mean the same on both sides")
        raise context.inexact(node, context.statement.called(node), why)
    return rule(node, level, context)


def _column(node: exp.Expr, level: Level, context: Context) -> Known:
    found = resolve(node, level, context)
    return found if isinstance(found, Known) else value(found, replace(level, labels={}), context)


def _number(node: exp.Expr, _: Level, context: Context) -> Known:
    found = literal_of(node)
    if isinstance(found, bool) or not isinstance(found, int) or found not in INT64:
        raise context.inexact(node, "a value of this type", "a document may answer it in another one")
    return Known(number(str(found)), _INTEGER, can_be_null=False)


def _neg(node: exp.Expr, level: Level, context: Context) -> Known:
    if literal_of(node) is not None:
        return _number(node, level, context)
    side = _integer(context.take(node, "this")[0], level, context)
    return Known(exp.Mul(this=number("-1"), expression=side.tree), _INTEGER, side.can_be_null)


def _paren(node: exp.Expr, level: Level, context: Context) -> Known:
    return value(context.take(node, "this")[0], level, context)


def _integer(node: exp.Expr, level: Level, context: Context) -> Known:
    found = value(node, level, context)
    if found.type is not _INTEGER:
        raise context.inexact(node, f"arithmetic on {found.type}", "only that on integers is the same on both sides")
    return found


def _arithmetic(kind: type[exp.Binary]) -> Rule:
    """Return the rule of + - *. The portal refuses what overflows, where SQLite goes on with a double."""

    def rule(node: exp.Expr, level: Level, context: Context) -> Known:
        sides = context.take(node, "this", "expression")
        if all(literal_of(one) is not None for one in sides):
            raise context.inexact(node, "arithmetic on values", "the portal may take them for texts")
        left, right = (_integer(one, level, context) for one in sides)
        return Known(kind(this=left.tree, expression=right.tree), _INTEGER, left.can_be_null or right.can_be_null)

    return rule


def _mod(node: exp.Expr, level: Level, context: Context) -> Known:
    left, right = context.take(node, "this", "expression")
    if not isinstance(divisor := literal_of(right), int) or divisor in (0, -1) or literal_of(left) is not None:
        raise context.inexact(node, "%", "a division by zero is an error there, and NULL in SQLite")
    one = _integer(left, level, context)
    return Known(exp.Mod(this=one.tree, expression=number(str(divisor))), _INTEGER, one.can_be_null)


def _div(node: exp.Expr, _: Level, context: Context) -> Known:
    raise context.inexact(
        node, "/", "the portal's integers may be numeric, which keeps the fraction, and by zero is an error there"
    )


def _coalesce(node: exp.Expr, level: Level, context: Context) -> Known:
    first, others = context.take(node, "this", "expressions")
    head = value(first, level, context)
    found = [head]
    for one in others:
        known = literal_of(one)
        if head.type is _FLAG and not isinstance(known, str | float) and known in (0, 1):
            found.append(Known(exp.Boolean(this=bool(known)), _FLAG, can_be_null=False))
        else:
            found.append(value(one, level, context))
    if head.type not in (_INTEGER, _FLAG) or {one.type for one in found} != {head.type}:
        raise context.inexact(node, "coalesce()", "it is the same on both sides for integers and flags alone")
    tree = exp.Coalesce(this=head.tree, expressions=[one.tree for one in found[1:]])
    return Known(tree, head.type, all(one.can_be_null for one in found))


def argument(node: exp.Expr, level: Level, context: Context) -> tuple[Known, bool]:
    """Return what an aggregate is made of, and whether equal values count once. Raises NotExact."""
    name = context.statement.called(node).removesuffix("()")
    if not level.takes_aggregates:
        raise context.inexact(node, f"{name}()", "an aggregate has no place here")
    if isinstance(node, exp.Anonymous):
        [listed] = context.take(node, "this", "expressions")[1:]
        one = listed[0] if len(listed) == 1 else None
    else:
        [one] = context.take(node, "this")
    if one is None:
        raise context.inexact(node, f"{name}()", "it wants one argument")
    is_distinct = isinstance(one, exp.Distinct)
    if is_distinct:
        [listed] = context.take(one, "expressions")
        if len(listed) != 1:
            raise context.inexact(node, f"{name}(DISTINCT)", "it wants one argument")
        [one] = listed
    if literal_of(one) is not None:
        raise context.inexact(node, f"{name}() of a value", "the portal may take it for a text")
    level.has_aggregates = True
    found = value(one, replace(level, takes_aggregates=False), context)
    if {each.table for each in found.tree.find_all(exp.Column)} - {place.alias for place in level.places}:
        raise context.inexact(node, f"{name}() of an outer column", "it may belong to the select outside")
    if is_distinct:
        refuse_merging(node, f"{name}(DISTINCT) of", found, context)
    return found, is_distinct


def aggregate(kind: type[exp.Expr], one: Known, *, is_distinct: bool) -> exp.Expr:
    """Return an aggregate over an expression."""
    tree = one.tree.copy()
    return kind(this=exp.Distinct(expressions=[tree]) if is_distinct else tree)


def _count(node: exp.Expr, level: Level, context: Context) -> Known:
    if "count" not in context.features.functions:
        raise context.inexact(node, "count()", "this portal is not known to have it")
    this = node.this
    if this is None or isinstance(this, exp.Star):
        context.take(node, "this")
        if not level.takes_aggregates:
            raise context.inexact(node, "count()", "an aggregate has no place here")
        level.has_aggregates = True
        return Known(exp.Count(this=exp.Star()), _INTEGER, can_be_null=False)
    one, is_distinct = argument(node, level, context)
    if one.type in (ColumnType.JSON, ColumnType.UNKNOWN):
        raise context.inexact(node, f"count() of {one.type}", WHY_NOT[one.type])
    return Known(aggregate(exp.Count, one, is_distinct=is_distinct), _INTEGER, can_be_null=False)


def _extreme(kind: type[exp.Expr]) -> Rule:
    def rule(node: exp.Expr, level: Level, context: Context) -> Known:
        one, is_distinct = argument(node, level, context)
        name = context.statement.called(node)
        if one.type is _FLAG:
            raise context.inexact(node, f"{name} of flags", "the portal has no such function")
        if one.type not in _ORDERED:
            raise context.inexact(node, f"{name} of {one.type}", WHY_NOT[one.type])
        return Known(aggregate(kind, one, is_distinct=is_distinct and one.type is not ColumnType.FLOAT), one.type)

    return rule


def _sum(node: exp.Expr, _: Level, context: Context) -> Known:
    raise context.inexact(
        node,
        context.statement.called(node),
        "whether it overflows is seen in the answer alone, so that it stands by itself in a column",
    )


VALUES: Rules = {
    exp.Column: _column,
    exp.Literal: _number,
    exp.Neg: _neg,
    exp.Paren: _paren,
    exp.Add: _arithmetic(exp.Add),
    exp.Sub: _arithmetic(exp.Sub),
    exp.Mul: _arithmetic(exp.Mul),
    exp.Mod: _mod,
    exp.Div: _div,
    exp.Coalesce: _coalesce,
    exp.Count: _count,
    exp.Min: _extreme(exp.Min),
    exp.Max: _extreme(exp.Max),
    exp.Sum: _sum,
    exp.Avg: _sum,
}
"""What a value may be; conditions.py and selects.py have the others."""
