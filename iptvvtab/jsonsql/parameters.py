"""Values in place of the parameters of a statement: they become literals of its tree, never a part of its text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any, TypeAlias

from sqlglot import exp

from iptvvtab.errors import UsageError, did_you_mean
from iptvvtab.jsonsql.literals import FALSE, NULL, TRUE, literal
from iptvvtab.jsonsql.statement import Statement, parse

Parameters: TypeAlias = Sequence[Any] | Mapping[str, Any] | None
"""Values for `?` in their order, or for `:name` by name."""

NUMBERED = "?"
"""How the name of a parameter begins that has none but its number."""

_LISTS = (list, tuple, set, frozenset)


def parse_with(sql: str, parameters: Parameters) -> Statement:
    """Return the one statement of a text with values in place of `?` and `:name`. Raises StatementRefused, UsageError.

    A list in `IN (:ids)` stands for its members; IN of an empty one is false.
    """
    if parameters is None:
        return parse(sql)
    if isinstance(parameters, str | bytes):
        raise UsageError("parameters are a list of values, or values by name: a text alone is neither")
    is_named = isinstance(parameters, Mapping)
    statement = parse(sql, change=list if is_named else _numbered)
    values = dict(parameters) if isinstance(parameters, Mapping) else _by_number(parameters)
    places = {_name(one) for one in statement.tree.find_all(exp.Placeholder)} - {""}
    if not is_named and places != set(values):
        raise UsageError(f"the statement has {len(places)} places for values, and {len(values)} were given")
    for name in sorted(set(values) - places):
        raise UsageError(f"the statement has no parameter :{name}{did_you_mean(name, places)}")
    for name in sorted(places - set(values)):
        raise UsageError(f"no value is given for the parameter :{name}{did_you_mean(name, values)}")
    _fill(statement.tree, values)
    return statement


def _numbered(tokens: Sequence[Any]) -> Iterator[Any]:
    """Yield tokens with `:?1` in place of the first `?`: the order of a tree is not that of its text."""
    numbers = count(1)
    for token in tokens:
        made, kinds = type(token), type(token.token_type)
        if token.token_type is not kinds.PLACEHOLDER:
            yield token
            continue
        place = (token.line, token.col, token.start, token.end)
        yield made(kinds.COLON, ":", *place)
        yield made(kinds.VAR, f"{NUMBERED}{next(numbers)}", *place)


def _by_number(values: Sequence[Any]) -> dict[str, Any]:
    return {f"{NUMBERED}{number}": value for number, value in enumerate(values, start=1)}


def _name(node: exp.Expr) -> str:
    return node.name


def _fill(tree: exp.Expr, values: Mapping[str, Any]) -> None:
    for one in list(tree.find_all(exp.In)):
        _fill_list(one, values)
    for place in list(tree.find_all(exp.Placeholder)):
        if name := _name(place):
            place.replace(_node(values[name]))


def _fill_list(node: exp.In, values: Mapping[str, Any]) -> None:
    found: list[exp.Expr] = []
    for member in node.expressions:
        value = values.get(_name(member)) if isinstance(member, exp.Placeholder) else None
        found += map(_node, value) if isinstance(value, _LISTS) else [member]
    if found:
        node.set("expressions", found)
    elif node.expressions:
        node.replace(exp.EQ(this=_node(1), expression=_node(0)))


def _node(value: object) -> exp.Expr:
    text = literal(value)
    if text in (NULL, TRUE, FALSE):
        return exp.null() if text == NULL else exp.Boolean(this=text == TRUE)
    if text.startswith("'"):
        return exp.Literal.string(text[1:-1].replace("''", "'"))
    number = exp.Literal(this=text.removeprefix("-"), is_string=False)
    return exp.Neg(this=number) if text.startswith("-") else number
