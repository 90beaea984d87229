"""Whether a condition leaves any row of a table out, as far as it tells by itself. Pure.

    username = 'a'           some rows: a column beside something else
    id = id, 1 = 1 OR x      every row
    1 = 0                    no row

What is neither sure of every row nor of none, and looks at a column of the table, is taken for a condition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from enum import Enum
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from sqlglot import exp


class Meets(Enum):
    """Which rows a condition keeps, as far as it tells."""

    EVERY = "every"
    SOME = "some"
    NONE = "none"


_OPPOSITE = {Meets.EVERY: Meets.NONE, Meets.NONE: Meets.EVERY, Meets.SOME: Meets.SOME}
_COMPARED: dict[type[exp.Expr], Callable[[Any, Any], bool]] = {
    exp.EQ: eq,
    exp.NEQ: ne,
    exp.LT: lt,
    exp.LTE: le,
    exp.GT: gt,
    exp.GTE: ge,
}
_PATTERNS = (exp.Like, exp.ILike)


def meets(condition: exp.Expr) -> Meets:
    """Return which rows a condition keeps; its columns are qualified by the names of their tables.

    A column beside itself keeps every row or none: rows where it is NULL do not count.
    """
    node = condition.unnest()
    if isinstance(node, exp.And):
        return _both(meets(node.left), meets(node.right))
    if isinstance(node, exp.Or):
        return _either(map(meets, (node.left, node.right)))
    if isinstance(node, exp.Not):
        return _OPPOSITE[meets(node.this)]
    if isinstance(node, exp.Boolean):
        return _as_said(bool(node.this))
    if isinstance(node, exp.Is) and isinstance(node.expression, exp.Boolean):
        found = meets(node.this)
        return found if node.expression.this else _OPPOSITE[found]
    if isinstance(node, exp.In) and node.expressions:
        return _either(_compared(exp.EQ, node.this.unnest(), one.unnest()) for one in node.expressions)
    if isinstance(node, exp.Binary):
        return _compared(type(node), node.left.unnest(), node.right.unnest())
    return _told(node)


def _both(left: Meets, right: Meets) -> Meets:
    return _OPPOSITE[_either((_OPPOSITE[left], _OPPOSITE[right]))]


def _either(sides: Iterable[Meets]) -> Meets:
    found = set(sides)
    return next(one for one in Meets if one in found)  # every before some before none


def _as_said(holds: bool) -> Meets:
    return Meets.EVERY if holds else Meets.NONE


def _compared(kind: type[exp.Expr], left: exp.Expr, right: exp.Expr) -> Meets:
    compare = _COMPARED.get(kind)
    if left == right and (compare is not None or kind in _PATTERNS):
        return _as_said(compare is None or compare(0, 0))
    values = _value(left), _value(right)
    if compare is not None and None not in values and type(values[0]) is type(values[1]):
        return _as_said(compare(*values))
    if kind in _PATTERNS and isinstance(values[1], str) and values[1] and not values[1].strip("%"):
        return Meets.EVERY
    return Meets.SOME if _looks(left) or _looks(right) else Meets.EVERY


def _told(node: exp.Expr) -> Meets:
    if isinstance(node, exp.Null):
        return Meets.NONE
    return Meets.SOME if _looks(node) else Meets.EVERY


def _value(node: exp.Expr) -> Decimal | str | None:
    """Return a literal's value; None for what is none."""
    if isinstance(node, exp.Neg):
        number = _value(node.this)
        return -number if isinstance(number, Decimal) else None
    if not isinstance(node, exp.Literal):
        return None
    return str(node.this) if node.is_string else Decimal(str(node.this))


def _looks(node: exp.Expr) -> bool:
    """Return whether a node has a column of a table outside of it: a select in it has columns of its own."""
    return any(not _is_inside(column, node) for column in node.find_all(exp.Column))


def _is_inside(column: exp.Column, node: exp.Expr) -> bool:
    """Return whether a select between a column and a node has the table that the column is of."""
    parent = column.parent
    while parent is not None and parent is not node.parent:
        if isinstance(parent, exp.Select) and column.table in _sources(parent):
            return True
        parent = parent.parent
    return False


def _sources(select: exp.Select) -> list[str]:
    sources = (select.args.get("from_"), *(select.args.get("joins") or ()))
    return [one.this.alias_or_name for one in sources if one is not None]
