"""The types of a tree's expressions by PostgreSQL's rules, and its refusals where they do not fit.

An untyped literal takes the type of what stands beside it; two types meet only where PostgreSQL has an operator for
them. What was found is kept on the nodes (`type_of`, `operands_of`), so that a store which types differently can be
made to answer the same. Source of the rules and words: PostgreSQL documentation, chapter "Type Conversion", and a
PostgreSQL 18 asked for each refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import TypeAlias

from sqlglot import exp

from iptvvtab.errors import SqlRefused
from iptvvtab.jsonsql.pgliterals import parse
from iptvvtab.jsonsql.pgtypes import PgType

TypedColumns: TypeAlias = Mapping[str, PgType]
"""Types by column name, in the table's order."""


@dataclass(frozen=True, slots=True)
class Names:
    """The types of the columns that a place can see, by alias; `query` types a select that stands within."""

    relations: Mapping[str, TypedColumns]
    query: Callable[[exp.Expr, Names], list[PgType]]

    def type_of(self, column: exp.Column) -> PgType:
        """Return a qualified column's type."""
        return self.relations[column.table][column.name]


def type_of(tree: exp.Expr) -> PgType:
    """Return the type that was found for a node."""
    found: PgType = tree.meta.get("pg", PgType.UNKNOWN)
    return found


def operands_of(tree: exp.Expr) -> PgType:
    """Return the common type of a node's operands: what an untyped literal among them becomes."""
    found: PgType = tree.meta.get("operands", PgType.UNKNOWN)
    return found


def infer(tree: exp.Expr, names: Names) -> PgType:
    """Type an expression and everything in it. Raises SqlRefused as PostgreSQL would."""
    rule = _RULES.get(type(tree))
    if rule is None:
        raise SqlRefused(f"no type is known for {type(tree).__name__}")
    kind = rule(tree, names)
    if not isinstance(tree, exp.Literal):
        tree.meta["pg"] = kind
    return kind


def coerce(tree: exp.Expr, kind: PgType) -> None:
    """Check that an untyped literal reads as a value of `kind`. Raises SqlRefused."""
    literal = tree.unnest()
    if isinstance(literal, exp.Literal) and literal.is_string:
        parse(kind, literal.this)


def expect_boolean(tree: exp.Expr, names: Names, place: str) -> None:
    """Type a condition. Raises SqlRefused when it is none."""
    kind = infer(tree, names)
    if kind is PgType.UNKNOWN:
        coerce(tree, PgType.BOOLEAN)
    elif kind is not PgType.BOOLEAN:
        raise SqlRefused(f"argument of {place} must be type boolean, not type {kind}")


def unify(kinds: Iterable[PgType], refuse: Callable[[PgType, PgType], SqlRefused]) -> PgType:
    """Return the type that all of `kinds` become side by side; UNKNOWN when none is known."""

    def meet(left: PgType, right: PgType) -> PgType:
        if left is right or right is PgType.UNKNOWN:
            return left
        if left is PgType.UNKNOWN:
            return right
        for family in _FAMILIES:
            if left in family and right in family:
                return max(left, right, key=family.index)
        raise refuse(left, right)

    return reduce(meet, kinds, PgType.UNKNOWN)


_FAMILIES = (
    (PgType.INTEGER, PgType.BIGINT, PgType.NUMERIC, PgType.DOUBLE),
    (PgType.DATE, PgType.TIMESTAMP, PgType.TIMESTAMPTZ),
)
"""Types that meet, the narrower first."""

_SYMBOLS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.GT: ">",
    exp.LTE: "<=",
    exp.GTE: ">=",
    exp.Like: "~~",
    exp.ILike: "~~*",
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "*",
    exp.Div: "/",
    exp.Mod: "%",
    exp.In: "=",
}


def _no_operator(node: exp.Expr, left: PgType, right: PgType) -> SqlRefused:
    return SqlRefused(f"operator does not exist: {left} {_SYMBOLS[type(node)]} {right}")


def _meet(node: exp.Expr, sides: list[exp.Expr], names: Names) -> PgType:
    """Type the sides of an operator; literals among them must read as the common type."""
    common = unify((infer(side, names) for side in sides), lambda left, right: _no_operator(node, left, right))
    node.meta["operands"] = PgType.TEXT if common is PgType.UNKNOWN else common
    if common is not PgType.UNKNOWN:
        for side in sides:
            coerce(side, common)
    return common


def _comparison(node: exp.Expr, names: Names) -> PgType:
    _meet(node, [node.left, node.right], names)  # type: ignore[attr-defined]
    return PgType.BOOLEAN


def _like(node: exp.Expr, names: Names) -> PgType:
    left, right = infer(node.this, names), infer(node.expression, names)
    if not {left, right} <= {PgType.TEXT, PgType.UNKNOWN}:
        raise _no_operator(node, left, right)
    return PgType.BOOLEAN


def _arithmetic(node: exp.Expr, names: Names) -> PgType:
    left, right = infer(node.this, names), infer(node.expression, names)
    if left is right is PgType.UNKNOWN:
        raise SqlRefused(f"operator is not unique: unknown {_SYMBOLS[type(node)]} unknown")
    common = _meet(node, [node.this, node.expression], names)
    if not common.is_number:
        raise _no_operator(node, left, right)
    return common


def _connective(word: str) -> Rule:
    def rule(node: exp.Expr, names: Names) -> PgType:
        for side in node.iter_expressions():
            expect_boolean(side, names, word)
        return PgType.BOOLEAN

    return rule


def _is(node: exp.Expr, names: Names) -> PgType:
    if isinstance(node.expression, exp.Boolean):
        expect_boolean(node.this, names, f"IS {str(node.expression.this).upper()}")
    else:
        infer(node.this, names)
    return PgType.BOOLEAN


def _in(node: exp.Expr, names: Names) -> PgType:
    query = node.args.get("query")
    if query is None:
        _meet(node, [node.this, *node.expressions], names)
        return PgType.BOOLEAN
    left, outputs = infer(node.this, names), names.query(query.this, names)
    if len(outputs) != 1:
        raise SqlRefused("subquery has too many columns")
    common = unify([left, outputs[0]], lambda one, other: _no_operator(node, one, other))
    coerce(node.this, common)
    node.meta["operands"] = common
    return PgType.BOOLEAN


def _number(node: exp.Expr, _: Names) -> PgType:
    text: str = node.this
    if not text.isdigit():
        return PgType.NUMERIC
    value = int(text)
    return PgType.INTEGER if value < 2**31 else PgType.BIGINT if value < 2**63 else PgType.NUMERIC


def _literal(node: exp.Expr, names: Names) -> PgType:
    return PgType.UNKNOWN if node.is_string else _number(node, names)


def _coalesce(node: exp.Expr, names: Names) -> PgType:
    sides = [node.this, *node.expressions]
    common = unify(
        (infer(side, names) for side in sides),
        lambda left, right: SqlRefused(f"COALESCE types {left} and {right} cannot be matched"),
    )
    kind = PgType.TEXT if common is PgType.UNKNOWN else common
    for side in sides:
        coerce(side, kind)
    node.meta["operands"] = kind
    return kind


def _concat(node: exp.Expr, names: Names) -> PgType:
    for part in node.expressions:
        infer(part, names)
    return PgType.TEXT


def _aggregate_argument(node: exp.Expr, names: Names) -> PgType:
    argument = node.this
    if isinstance(argument, exp.Star):
        return PgType.UNKNOWN
    inner = argument.expressions[0] if isinstance(argument, exp.Distinct) else argument
    if inner.find(exp.AggFunc):
        raise SqlRefused("aggregate function calls cannot be nested")
    return infer(inner, names)


def _count(node: exp.Expr, names: Names) -> PgType:
    _aggregate_argument(node, names)
    return PgType.BIGINT


def _sum_or_avg(node: exp.Expr, names: Names) -> PgType:
    kind, name = _aggregate_argument(node, names), type(node).__name__.lower()
    if kind is PgType.UNKNOWN:
        raise SqlRefused(f"function {name}(unknown) is not unique")
    if not kind.is_number:
        raise SqlRefused(f"function {name}({kind}) does not exist")
    if kind is PgType.DOUBLE:
        return PgType.DOUBLE
    return PgType.BIGINT if name == "sum" and kind is PgType.INTEGER else PgType.NUMERIC


def _min_or_max(node: exp.Expr, names: Names) -> PgType:
    kind = _aggregate_argument(node, names)
    if kind in (PgType.BOOLEAN, PgType.JSONB):
        raise SqlRefused(f"function {type(node).__name__.lower()}({kind}) does not exist")
    return PgType.TEXT if kind is PgType.UNKNOWN else kind


def _call(node: exp.Expr, names: Names) -> PgType:
    """Type the plain functions of a portal (features.py)."""
    name, kinds = node.name.lower(), [infer(one, names) for one in node.expressions]
    signatures, result = _FUNCTIONS[name]
    for signature in signatures:
        if len(signature) == len(kinds) and all(
            kind in (wanted, PgType.UNKNOWN) for kind, wanted in zip(kinds, signature, strict=True)
        ):
            for argument, kind in zip(node.expressions, signature, strict=True):
                coerce(argument, kind)
            return result
    raise SqlRefused(f"function {name}({', '.join(kinds)}) does not exist")


_TEXT = PgType.TEXT
_FUNCTIONS: dict[str, tuple[list[tuple[PgType, ...]], PgType]] = {
    "date": ([(PgType.DATE,), (PgType.TIMESTAMP,), (PgType.TIMESTAMPTZ,), (_TEXT,)], PgType.DATE),
    "regexp_replace": ([(_TEXT, _TEXT, _TEXT), (_TEXT, _TEXT, _TEXT, _TEXT)], _TEXT),
    "md5": ([(_TEXT,)], _TEXT),
    "hashtext": ([(_TEXT,)], PgType.INTEGER),
    "now": ([()], PgType.TIMESTAMPTZ),
}
"""Signatures and result of each plain function."""

Rule: TypeAlias = Callable[[exp.Expr, Names], PgType]

_RULES: dict[type[exp.Expr], Rule] = {
    exp.Column: lambda node, names: names.type_of(node),  # type: ignore[arg-type]
    exp.Literal: _literal,
    exp.Null: lambda _node, _names: PgType.UNKNOWN,
    exp.Boolean: lambda _node, _names: PgType.BOOLEAN,
    exp.Neg: lambda node, names: infer(node.this, names),
    exp.Paren: lambda node, names: infer(node.this, names),
    exp.Alias: lambda node, names: infer(node.this, names),
    exp.And: _connective("AND"),
    exp.Or: _connective("OR"),
    exp.Not: _connective("NOT"),
    exp.Is: _is,
    exp.In: _in,
    exp.Like: _like,
    exp.ILike: _like,
    exp.Coalesce: _coalesce,
    exp.Concat: _concat,
    exp.Count: _count,
    exp.Sum: _sum_or_avg,
    exp.Avg: _sum_or_avg,
    exp.Min: _min_or_max,
    exp.Max: _min_or_max,
    exp.Anonymous: _call,
    **dict.fromkeys((exp.EQ, exp.NEQ, exp.LT, exp.GT, exp.LTE, exp.GTE), _comparison),
    **dict.fromkeys((exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod), _arithmetic),
}
