"""Literals of SQL as values of a document, none of which a portal may take for a column.

A text that equals the name of a column in scope is that column to the portal. Beside `=` and IN it travels inside
`values`, which holds data by nature [V]; elsewhere in two halves that `concat` joins [V].
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from sqlglot import exp

from iptvvtab.jsonsql.build import could_be_a_name, some
from iptvvtab.jsonsql.pgtypes import PgType
from iptvvtab.jsonsql.sources import Context, Part, Scope
from iptvvtab.types import Json


def is_text(node: exp.Expr) -> bool:
    """Return whether a node is a text as it was written."""
    return isinstance(node, exp.Literal) and bool(node.args["is_string"])


def constant(node: exp.Expr, context: Context) -> Json:
    """Return a literal as data, in a place where no string is a column. Raises NoForm for anything else."""
    if isinstance(node, exp.Null):
        context.take(node)
        return None
    if isinstance(node, exp.Boolean):
        return bool(context.take(node, "this")[0])
    if isinstance(node, exp.Paren):
        return constant(context.take(node, "this")[0], context)
    if is_number(node):
        return number(node, context)
    if isinstance(node, exp.Literal):
        text: str = context.take(node, "this", "is_string")[0]
        if "\0" in text:
            raise context.refused(node, "a text with NUL", "PostgreSQL has none", "leave it out")
        return text
    if isinstance(node, exp.Column):
        name = str(node.args["this"].this)
        raise context.refused(
            node,
            f"the name {name!r} among values",
            "values of a document are data",
            f"a text stands in quotes: '{name}'",
        )
    raise context.refused(
        node, "an expression among values", "values of a document are data", "write the value, or INSERT ... SELECT"
    )


def is_number(node: exp.Expr) -> bool:
    """Return whether a node is a number as it was written, with its sign."""
    if isinstance(node, exp.Neg):
        inner = node.args["this"]
        return isinstance(inner, exp.Literal) and is_number(inner)
    return isinstance(node, exp.Literal) and not node.args["is_string"]


def digits(node: exp.Expr, context: Context) -> str:
    """Return a number as PostgreSQL prints it."""
    sign = ""
    if isinstance(node, exp.Neg):
        [node] = context.take(node, "this")
        sign = "-"
    written: str = context.take(node, "this", "is_string")[0]
    value = Decimal(written)
    if abs(value.adjusted()) > _LONGEST:
        raise context.refused(node, "a number of this size", "is beyond what JSON keeps", "write a smaller one")
    return f"{sign if value else ''}{value:f}"


def number(node: exp.Expr, context: Context) -> int | float:
    """Return a number that JSON keeps. Raises NoForm for more digits than a double has."""
    text = digits(node, context)
    literal = node.args["this"] if isinstance(node, exp.Neg) else node
    if re.fullmatch(r"\d+", literal.args["this"]):
        return int(text)
    if Decimal(repr(float(text))) != Decimal(text):
        raise context.refused(node, f"the number {text}", "has more digits than a number of JSON keeps", "round it")
    return float(text)


_LONGEST = 330
"""Digits of the largest and the smallest double, and some."""


def text(node: exp.Expr, scope: Scope, context: Context) -> Part:
    """Return a text in a place where a string may be a column. Raises NoForm where it cannot be said otherwise."""
    value = constant(node, context)
    if not scope.is_a_column(value):
        if could_be_a_name(value) and not scope.is_whole:
            context.notes[
                f"the text {value!r} is read as a column if the portal has one of that name that the schema lacks"
            ] = None
        return Part(value, can_be_null=False)
    for cut in range(1, len(value)):
        halves = [value[:cut], value[cut:]]
        if not any(map(scope.is_a_column, halves)):
            return Part({"concat": halves}, PgType.TEXT, can_be_null=False)
    raise context.refused(
        node, f"the text {value!r}", "names a column, which the portal would read", "compare it with = or IN"
    )


def member(left: Part, values: Sequence[Json], scope: Scope) -> Json:
    """Return `left IN (values)` for data: those that could be taken for a name travel inside `values`."""
    risky = [one for one in values if isinstance(one, str) and _is_risky(one, left, scope)]
    if not risky:
        return {"in": [left.json, *values]}
    # `values` are texts, which equal no char(n) that ends in blanks.
    if all(isinstance(one, str) and not one.endswith(" ") for one in values):
        risky = list(values)
    rest = [one for one in values if one not in risky]
    inside: Json = {"in": [left.json, {"values": [[one] for one in risky]}]}
    return some([inside, {"in": [left.json, *rest]}]) if rest else inside


def is_safer_in_values(value: Json, left: Part, scope: Scope) -> bool:
    """Return whether a text beside `=` should travel inside `values`."""
    return isinstance(value, str) and _is_risky(value, left, scope)


def _is_risky(value: str, left: Part, scope: Scope) -> bool:
    return scope.is_a_column(value) or (left.type is PgType.TEXT and could_be_a_name(value))
