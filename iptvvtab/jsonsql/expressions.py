"""A JSONSQL expression as a SQL tree.

The rule that bites: a bare string that names a column in scope is that column, any other string is a text [V]. Texts
and numbers stay untyped literals, as PostgreSQL's `unknown`: what they are compared with decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import TypeAlias

from sqlglot import exp

from iptvvtab.errors import DecodeError, did_you_mean
from iptvvtab.jsonsql.features import AGGREGATES, Features
from iptvvtab.jsonsql.scope import Catalog, Scope
from iptvvtab.types import Json

HearsText: TypeAlias = Callable[[str, str, Scope], None]
"""Is told of a text where a column might stand: its place, itself, what names mean there."""


@dataclass(frozen=True, slots=True)
class Context:
    """What does not change within a document. `subselect` decodes the select inside `in`; `hears` is told of texts."""

    catalog: Catalog
    features: Features
    subselect: Callable[[Json, str, Scope, Context], exp.Select]
    hears: HearsText


def decode_expression(value: Json, path: str, scope: Scope, context: Context) -> exp.Expr:
    """Return the tree of an expression at `path`. Raises DecodeError."""
    if isinstance(value, str):
        found = scope.bare(value, path)
        if found is None:
            context.hears(path, value, scope)
        return found or literal(value, path)
    if not isinstance(value, dict):
        return literal(value, path)
    if "as" in value:
        raise DecodeError(path, '"as" names an item of "data", nothing else')
    if "function" in value:
        return _function(value, path, scope, context)
    if len(value) != 1:
        raise DecodeError(path, f"an expression has one key, not {sorted(value)}")
    [(key, argument)] = value.items()
    place = f"{path}.{key}"
    if isinstance(argument, str) and (key not in OPERATORS or scope.relation(key)):
        return scope.qualified(key, argument, place)
    if key not in OPERATORS:
        raise DecodeError(path, f"unknown operator {key!r}{did_you_mean(key, OPERATORS)}")
    return OPERATORS[key](key, argument, place, scope, context)


def literal(value: Json, path: str) -> exp.Expr:
    """Return a scalar as an untyped literal. Raises DecodeError for anything else."""
    if value is None:
        return exp.Null()
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, str):
        if "\0" in value:
            raise DecodeError(path, 'invalid byte sequence for encoding "UTF8": 0x00')
        return exp.Literal(this=value, is_string=True)
    if isinstance(value, (int, float)):
        return number(repr(value))
    raise DecodeError(path, f"a value is null, true, false, a number or a text, not a {type(value).__name__}")


def number(text: str) -> exp.Expr:
    """Return a number from its digits; a sign becomes a node of its own, as in SQL."""
    digits = exp.Literal(this=text.removeprefix("-"), is_string=False)
    return exp.Neg(this=digits) if text.startswith("-") else digits


def decode_values(rows: Json, path: str) -> exp.Values:
    """Return rows of data: strings here are never columns [V]. Raises DecodeError."""
    if not isinstance(rows, list) or not rows:
        raise DecodeError(path, '"values" is a list of at least one row')
    tuples = []
    for at, row in enumerate(rows):
        if not isinstance(row, list) or not row:
            raise DecodeError(f"{path}[{at}]", "a row is a list of at least one value")
        if len(row) != len(rows[0]):
            raise DecodeError(f"{path}[{at}]", "VALUES lists must all be the same length")
        tuples.append(exp.Tuple(expressions=[literal(one, f"{path}[{at}][{n}]") for n, one in enumerate(row)]))
    return exp.Values(expressions=tuples)


def _function(value: dict[str, Json], path: str, scope: Scope, context: Context) -> exp.Expr:
    name, place = value["function"], f"{path}.args"
    if set(value) - {"function", "args"}:
        raise DecodeError(path, f'a function has "function" and "args", not {sorted(value)}')
    if not isinstance(name, str) or name not in context.features.functions:
        if name == "distinct":
            raise DecodeError(path, '"distinct" stands only inside an aggregate, as the whole of its "args"')
        raise DecodeError(
            path, f"function {name!r} is not available{did_you_mean(str(name), context.features.functions)}"
        )
    arguments = value.get("args", [])
    if name not in AGGREGATES:
        items = arguments if isinstance(arguments, list) else [arguments]
        return exp.Anonymous(this=name, expressions=_each(items, place, scope, context))
    return _AGGREGATE_NODES[name](this=_aggregated(name, arguments, place, scope, context))


def _aggregated(name: str, arguments: Json, path: str, scope: Scope, context: Context) -> exp.Expr:
    if arguments == ["*"] and name == "count":
        return exp.Star()
    if isinstance(arguments, dict) and arguments.get("function") == "distinct":
        if set(arguments) != {"function", "args"}:
            raise DecodeError(path, '"distinct" has "args" and nothing else')
        return exp.Distinct(expressions=[_aggregated("", arguments["args"], f"{path}.args", scope, context)])
    if isinstance(arguments, list):
        if len(arguments) != 1:
            raise DecodeError(path, "an aggregate has one argument")
        arguments, path = arguments[0], f"{path}[0]"
    return decode_expression(arguments, path, scope, context)


_AGGREGATE_NODES: dict[str, type[exp.Expr]] = {
    "avg": exp.Avg,
    "count": exp.Count,
    "max": exp.Max,
    "min": exp.Min,
    "sum": exp.Sum,
}

Operator: TypeAlias = Callable[[str, Json, str, Scope, Context], exp.Expr]
"""Decodes one operator: its name, its argument, where that stands, what names mean there."""


def _each(items: list[Json], path: str, scope: Scope, context: Context) -> list[exp.Expr]:
    return [decode_expression(one, f"{path}[{n}]", scope, context) for n, one in enumerate(items)]


def operand(tree: exp.Expr) -> exp.Expr:
    """Return a tree that may stand beside any operator: what binds looser gets its parentheses."""
    return exp.Paren(this=tree) if isinstance(tree, (exp.Binary, exp.Not, exp.In)) else tree


def _operands(
    argument: Json, path: str, scope: Scope, context: Context, *, least: int, most: int | None = None
) -> list[exp.Expr]:
    if not isinstance(argument, list) or len(argument) < least or (most and len(argument) > most):
        wanted = f"{least}" if least == most else f"{least} or more"
        raise DecodeError(path, f"takes a list of {wanted} expressions")
    return [operand(one) for one in _each(argument, path, scope, context)]


def _pair(node: type[exp.Expr]) -> Operator:
    """Return the decoder of an operator with two sides."""

    def decode(_: str, argument: Json, path: str, scope: Scope, context: Context) -> exp.Expr:
        left, right = _operands(argument, path, scope, context, least=2, most=2)
        return node(this=left, expression=right)

    return decode


def _chain(node: type[exp.Expr], **options: bool) -> Operator:
    """Return the decoder of an operator that takes any number of sides, from the left."""

    def decode(_: str, argument: Json, path: str, scope: Scope, context: Context) -> exp.Expr:
        sides = _operands(argument, path, scope, context, least=1)
        return reduce(lambda left, right: node(this=left, expression=right, **options), sides)

    return decode


def _truth(test: Json, path: str) -> exp.Expr:
    if test is not None and not isinstance(test, bool):
        raise DecodeError(path, "only null, true and false can stand here")
    return literal(test, path)


def _is(key: str, argument: Json, path: str, scope: Scope, context: Context) -> exp.Expr:
    if not isinstance(argument, list) or len(argument) != 2:
        raise DecodeError(path, "takes a list of 2 expressions")
    tested = operand(decode_expression(argument[0], f"{path}[0]", scope, context))
    tree = exp.Is(this=tested, expression=_truth(argument[1], f"{path}[1]"))
    return exp.Not(this=tree) if key == "is_not" else tree


def _not(_: str, argument: Json, path: str, scope: Scope, context: Context) -> exp.Expr:
    if isinstance(argument, list):
        [denied] = _operands(argument, path, scope, context, least=1, most=1)
    else:
        denied = operand(decode_expression(argument, path, scope, context))
    return exp.Not(this=denied)


def _ilike(key: str, argument: Json, path: str, scope: Scope, context: Context) -> exp.Expr:
    if not context.features.ilike:
        raise DecodeError(path, "this portal has no ilike")
    return _pair(exp.ILike)(key, argument, path, scope, context)


def _coalesce(_: str, argument: Json, path: str, scope: Scope, context: Context) -> exp.Expr:
    first, *rest = _operands(argument, path, scope, context, least=1)
    return exp.Coalesce(this=first, expressions=rest)


def _concat(_: str, argument: Json, path: str, scope: Scope, context: Context) -> exp.Expr:
    """NULL counts as nothing: PostgreSQL's concat(), not its `||`."""
    parts = _operands(argument, path, scope, context, least=1)
    return exp.Concat(expressions=parts, safe=True, coalesce=True)


def _in(_: str, argument: Json, path: str, scope: Scope, context: Context) -> exp.Expr:
    """Decode `[lhs, v1, v2, ...]` [V O], `[lhs, {"select": ...}]` [V] and `[lhs, {"values": [[v1], [v2]]}]` [V]."""
    if not isinstance(argument, list) or len(argument) < 2:
        raise DecodeError(path, "takes a list of an expression and at least one value")
    left = operand(decode_expression(argument[0], f"{path}[0]", scope, context))
    first, place = argument[1], f"{path}[1]"
    if len(argument) == 2 and isinstance(first, dict) and set(first) == {"select"}:
        query = context.subselect(first["select"], f"{place}.select", scope, context)
        return exp.In(this=left, query=exp.Subquery(this=query))
    if len(argument) == 2 and isinstance(first, dict) and set(first) == {"values"}:
        values = decode_values(first["values"], f"{place}.values")
        _check_length(len(values.expressions), place, context)
        return exp.In(this=left, query=exp.Subquery(this=values))
    if isinstance(first, list):
        raise DecodeError(place, 'values follow one by one, or as {"values": [[v1], [v2]]}, never as a list')
    _check_length(len(argument) - 1, path, context)
    values_here = [
        operand(decode_expression(one, f"{path}[{n}]", scope, context)) for n, one in enumerate(argument[1:], start=1)
    ]
    return exp.In(this=left, expressions=values_here)


def _check_length(count: int, path: str, context: Context) -> None:
    longest = context.features.longest_in
    if longest is not None and count > longest:
        raise DecodeError(path, f"too many values in a list: {count}, at most {longest}")


OPERATORS: dict[str, Operator] = {
    "and": _chain(exp.And),
    "or": _chain(exp.Or),
    "not": _not,
    "is": _is,
    "is_not": _is,
    "eq": _pair(exp.EQ),
    "neq": _pair(exp.NEQ),
    "lt": _pair(exp.LT),
    "gt": _pair(exp.GT),
    "lte": _pair(exp.LTE),
    "gte": _pair(exp.GTE),
    "like": _pair(exp.Like),
    "ilike": _ilike,
    "in": _in,
    "add": _chain(exp.Add),
    "sub": _chain(exp.Sub),
    "mul": _chain(exp.Mul),
    "div": _chain(exp.Div, typed=True, safe=False),  # as PostgreSQL: integers divide to an integer, zero is refused
    "mod": _chain(exp.Mod),
    "concat": _concat,
    "coalesce": _coalesce,
}
"""Every operator with evidence [V C]."""
