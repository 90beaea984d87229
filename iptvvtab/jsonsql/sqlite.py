"""An analysed tree as SQLite must be asked for PostgreSQL's answer.

SQLite holds booleans as 0 and 1, timestamps, dates, addresses and jsonb as canonical text, numerics as REAL. What its
operators would do otherwise goes through functions that the store offers (`portal_*`, and PostgreSQL's own names).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce

from sqlglot import exp

from iptvvtab.jsonsql.expressions import number
from iptvvtab.jsonsql.pgliterals import parse
from iptvvtab.jsonsql.pgstatements import target_of
from iptvvtab.jsonsql.pgtypes import PgType
from iptvvtab.jsonsql.pgtyping import operands_of, type_of

ADDRESS_KEY = {PgType.INET: "portal_inet_key"}
"""The SQL function that gives an address the order of its bits; see ordering.py."""

_ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%"}
_CONDITIONS = (exp.And, exp.Or, exp.Not, exp.Where)
_WIDENED = {
    (PgType.DATE, PgType.TIMESTAMP): " 00:00:00",
    (PgType.DATE, PgType.TIMESTAMPTZ): " 00:00:00+00",
    (PgType.TIMESTAMP, PgType.TIMESTAMPTZ): "+00",
}
"""What makes the text of one type a text of the other; UTC, as the store's clock."""


def to_sqlite(tree: exp.Expr) -> None:
    """Rewrite an analysed tree in place. The root stays the statement that it was."""
    for node in reversed(list(tree.walk())):
        _read_literals(node)
        if (target := target_of(node)) is not None:
            _store(node, target)
        elif (rule := _RULES.get(type(node))) is not None:
            node.replace(rule(node))


def constant(kind: PgType, text: str) -> exp.Expr:
    """Return an untyped literal as SQLite holds a value of `kind`."""
    value = parse(kind, text)
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, str):
        return exp.Literal.string(value)
    # SQLite has no word for infinity, nor for PostgreSQL's NaN, which is equal to nothing stored here and above all.
    return number(repr(value) if math.isfinite(value) else "-9e999" if value < 0 else "9e999")


def _read_literals(node: exp.Expr) -> None:
    """Give the untyped literals beside an operator the type of its other operands."""
    if isinstance(node, _CONDITIONS) or (isinstance(node, exp.Is) and isinstance(node.expression, exp.Boolean)):
        kind = PgType.BOOLEAN
    else:
        kind = operands_of(node)
    if kind in (PgType.TEXT, PgType.UNKNOWN):
        return
    for child in list(node.iter_expressions()):
        literal = child.unnest()
        if isinstance(literal, exp.Literal) and literal.is_string:
            literal.replace(constant(kind, literal.this))
        elif suffix := _WIDENED.get((type_of(child), kind)):
            child.replace(exp.Paren(this=exp.DPipe(this=child.copy(), expression=exp.Literal.string(suffix))))


def _store(node: exp.Expr, target: PgType) -> None:
    """Convert what is stored in a column of another type."""
    literal = node.unnest()
    if isinstance(literal, exp.Literal) and literal.is_string:
        node.replace(constant(target, literal.this))
        return
    rule = _RULES.get(type(node))
    kind, value = type_of(literal), rule(node) if rule else node.copy()
    if isinstance(literal, exp.Literal):
        kind = PgType.NUMERIC if not literal.this.isdigit() else PgType.INTEGER
    if target is PgType.TEXT:
        value = _as_text(value, kind, boolean=("true", "false"))
    elif target.is_integer and kind in (PgType.NUMERIC, PgType.DOUBLE):
        value = exp.Cast(this=_round(value, 0), to=exp.DataType.build("INTEGER"))
    elif target is PgType.NUMERIC and not isinstance(literal, exp.Null):
        value = _round(value, 2)
    elif target is PgType.DATE and kind is not PgType.DATE:
        value = exp.Anonymous(this="date", expressions=[value])
    elif suffix := _WIDENED.get((kind, target)):
        value = exp.Paren(this=exp.DPipe(this=value, expression=exp.Literal.string(suffix)))
    node.replace(value)


def _round(value: exp.Expr, digits: int) -> exp.Expr:
    return exp.Anonymous(this="round", expressions=[value, exp.Literal.number(digits)])


def _as_text(tree: exp.Expr, kind: PgType, boolean: tuple[str, str] = ("t", "f")) -> exp.Expr:
    """Return an expression as the text that PostgreSQL prints; concat() and storing differ on booleans."""
    if kind in (PgType.TEXT, PgType.UNKNOWN, PgType.INET, PgType.TIMESTAMP, PgType.TIMESTAMPTZ, PgType.DATE):
        return tree
    words = [exp.Literal.string(word) for word in (kind, *boolean)]
    return exp.Anonymous(this="portal_text", expressions=[tree, *words])


def _concat(node: exp.Expr) -> exp.Expr:
    nothing = exp.Literal.string("")
    parts: list[exp.Expr] = [
        exp.Literal.string(part.this)  # a number prints as it was written
        if isinstance(part, exp.Literal)
        else exp.Coalesce(this=_as_text(part.copy(), type_of(part)), expressions=[nothing.copy()])
        for part in node.expressions
    ]
    return exp.Paren(this=reduce(lambda left, right: exp.DPipe(this=left, expression=right), parts))


def _like(node: exp.Expr) -> exp.Expr:
    # In parentheses: an ESCAPE would otherwise take what follows.
    return exp.Paren(this=exp.Escape(this=node.copy(), expression=exp.Literal.string("\\")))


def _ilike(node: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="portal_ilike", expressions=[node.this.copy(), node.expression.copy()])


def _arithmetic(node: exp.Expr) -> exp.Expr:
    words = [exp.Literal.string(_ARITHMETIC[type(node)]), exp.Literal.string(operands_of(node))]
    return exp.Anonymous(this="portal_arithmetic", expressions=[*words, node.this.copy(), node.expression.copy()])


def _exact(node: exp.Expr) -> exp.Expr:
    """Sum money as decimals: 0.1 + 0.2 is 0.3."""
    argument = node.this.expressions[0] if isinstance(node.this, exp.Distinct) else node.this
    if type_of(argument) is not PgType.NUMERIC:
        return node.copy()
    name = f"portal_{type(node).__name__.lower()}"
    return exp.Anonymous(this=name, expressions=[node.this.copy()])


_RULES: dict[type[exp.Expr], Callable[[exp.Expr], exp.Expr]] = {
    exp.Concat: _concat,
    exp.Like: _like,
    exp.ILike: _ilike,
    exp.Sum: _exact,
    exp.Avg: _exact,
    **dict.fromkeys(_ARITHMETIC, _arithmetic),
}
