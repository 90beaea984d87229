"""A condition that a person wrote as SQL, as comparisons of columns with values, which a portal can be asked. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from iptvvtab.errors import SchemaError

Literal: TypeAlias = bool | int | float | str

_OPERATORS: dict[type[exp.Expr], tuple[str, str]] = {
    exp.EQ: ("eq", "eq"),
    exp.NEQ: ("neq", "neq"),
    exp.LT: ("lt", "gt"),
    exp.LTE: ("lte", "gte"),
    exp.GT: ("gt", "lt"),
    exp.GTE: ("gte", "lte"),
}
"""The operator of `column op value`, and that of `value op column`, as the portal's language calls them."""

_ALLOWED = "only comparisons of a column with a value, BETWEEN, IN (values), IS [NOT] NULL and flags, joined by AND"


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison of one column. `values` is empty for `is_null` and `not_null`, else one value, or those of `in`."""

    column: str
    operator: str
    values: tuple[Literal, ...] = ()


def conditions(sql: str) -> tuple[Condition, ...]:
    """Return the comparisons that a condition is the conjunction of. Raises SchemaError, naming what is none."""
    try:
        trees = sqlglot.parse(sql, dialect="sqlite")
    except SqlglotError:
        raise SchemaError(f"{sql!r} is no condition of SQL") from None
    if len(trees) != 1 or trees[0] is None:
        raise SchemaError(f"{sql!r} is no single condition of SQL")
    return tuple(one for part in _parts(trees[0]) for one in _read(part))


def _parts(tree: exp.Expr) -> Iterator[exp.Expr]:
    tree = tree.unnest()
    if isinstance(tree, exp.And):
        yield from _parts(tree.this)
        yield from _parts(tree.expression)
    else:
        yield tree


def _read(part: exp.Expr) -> tuple[Condition, ...]:
    if isinstance(part, exp.Column):
        return (Condition(_name(part), "eq", (True,)),)
    if isinstance(part, exp.Not):
        return _read_not(part, part.this.unnest())
    if type(part) in _OPERATORS:
        return (_read_comparison(part),)
    if isinstance(part, exp.Between):
        name, low, high = _name(part.this), part.args["low"], part.args["high"]
        return Condition(name, "gte", (_value(low),)), Condition(name, "lte", (_value(high),))
    if isinstance(part, exp.In) and part.expressions:
        return (Condition(_name(part.this), "in", tuple(map(_value, part.expressions))),)
    if isinstance(part, exp.Is) and isinstance(part.expression, exp.Null):
        return (Condition(_name(part.this), "is_null"),)
    if isinstance(part, exp.Is) and isinstance(part.expression, exp.Boolean):
        return (Condition(_name(part.this), "eq", (_value(part.expression),)),)
    raise _refusal(part)


def _read_not(part: exp.Expr, denied: exp.Expr) -> tuple[Condition, ...]:
    if isinstance(denied, exp.Column):
        return (Condition(_name(denied), "eq", (False,)),)
    if isinstance(denied, exp.Is) and isinstance(denied.expression, exp.Null):
        return (Condition(_name(denied.this), "not_null"),)
    if isinstance(denied, exp.Is) and isinstance(denied.expression, exp.Boolean):
        return (Condition(_name(denied.this), "ne_or_null", (_value(denied.expression),)),)
    raise _refusal(part)


def _read_comparison(part: exp.Expr) -> Condition:
    as_written, turned = _OPERATORS[type(part)]
    left, right = part.this.unnest(), part.expression.unnest()
    if isinstance(left, exp.Column):
        return Condition(_name(left), as_written, (_value(right),))
    if isinstance(right, exp.Column):
        return Condition(_name(right), turned, (_value(left),))
    raise _refusal(part)


def _name(part: exp.Expr) -> str:
    column = part.unnest()
    if not isinstance(column, exp.Column) or column.table:
        raise _refusal(part)
    return column.name


def _value(part: exp.Expr) -> Literal:
    value = part.unnest()
    if isinstance(value, exp.Boolean):
        return bool(value.this)
    is_below_zero = isinstance(value, exp.Neg)
    literal = value.this if is_below_zero else value
    if not isinstance(literal, exp.Literal) or (literal.is_string and is_below_zero):
        raise _refusal(part)
    if literal.is_string:
        return str(literal.this)
    number = float(literal.this) if not literal.this.isdigit() else int(literal.this)
    return -number if is_below_zero else number


def _refusal(part: exp.Expr) -> SchemaError:
    return SchemaError(f"{part.sql('sqlite')} cannot be asked for; {_ALLOWED}")
