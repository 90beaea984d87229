"""Functions of SQL as JSONSQL: those that a portal is known to have, and `||`."""

from __future__ import annotations

from sqlglot import exp

from iptvvtab.errors import did_you_mean
from iptvvtab.jsonsql.features import AGGREGATES
from iptvvtab.jsonsql.pgtypes import PgType
from iptvvtab.jsonsql.sources import Context, Part, Scope
from iptvvtab.jsonsql.statement import unwrapped
from iptvvtab.jsonsql.terms import Rules, no_function, term, terms
from iptvvtab.jsonsql.texts import digits, is_number, number
from iptvvtab.types import Json

_JOINED = (
    *(PgType.TEXT, PgType.INTEGER, PgType.BIGINT, PgType.NUMERIC, PgType.DOUBLE),
    *(PgType.TIMESTAMP, PgType.TIMESTAMPTZ, PgType.DATE),
)
"""Types that `||` prints as concat() does; a boolean is `true` to one and `t` to the other."""


def is_aggregate(json: Json) -> bool:
    """Return whether a part of a document is an aggregate."""
    return isinstance(json, dict) and json.get("function") in AGGREGATES


def has_aggregate(json: Json) -> bool:
    """Return whether there is an aggregate in a part of a document, not counting those of a select within."""
    if isinstance(json, dict):
        return is_aggregate(json) or any(has_aggregate(one) for key, one in json.items() if key != "select")
    return isinstance(json, list) and any(map(has_aggregate, json))


def _call(name: str, node: exp.Expr, arguments: list[exp.Expr], scope: Scope, context: Context) -> Part:
    _available(name, node, context)
    parts = terms(arguments, scope, context)
    kind = _RESULTS.get(name, PgType.UNKNOWN)
    return Part({"function": name, "args": [one.json for one in parts]}, kind, any(one.can_be_null for one in parts))


_RESULTS = {"regexp_replace": PgType.TEXT, "md5": PgType.TEXT, "hashtext": PgType.INTEGER, "date": PgType.DATE}


def _available(name: str, node: exp.Expr, context: Context) -> None:
    if name not in context.features.functions:
        raise no_function(node, f"{name}(){did_you_mean(name, context.features.functions)}", context)


def _anonymous(node: exp.Expr, scope: Scope, context: Context) -> Part:
    name, arguments = context.take(node, "this", "expressions")
    return _call(name.lower(), node, arguments, scope, context)


def _aggregate(node: exp.Expr, scope: Scope, context: Context) -> Part:
    name = type(node).__name__.lower()
    _available(name, node, context)
    [argument] = context.take(node, "this")
    if isinstance(argument, exp.Star):
        context.take(argument)
        return Part({"function": name, "args": ["*"]}, PgType.BIGINT, can_be_null=False)
    is_distinct = isinstance(argument, exp.Distinct)
    if is_distinct:
        [listed] = context.take(argument, "expressions")
        if len(listed) != 1:
            raise context.refused(
                node, f"{name}(DISTINCT) of several columns", "has no form in JSONSQL", "count one column"
            )
        [argument] = listed
    inner = term(argument, scope, context)
    if has_aggregate(inner.json):
        raise context.refused(node, "an aggregate of an aggregate", "has no meaning in SQL", "use a subquery in FROM")
    args: Json = {"function": "distinct", "args": inner.json} if is_distinct else inner.json
    kind = inner.type if name in ("min", "max") else PgType.BIGINT if name == "count" else PgType.NUMERIC
    return Part({"function": name, "args": args}, kind, name != "count")


def _coalesce(node: exp.Expr, scope: Scope, context: Context) -> Part:
    first, others = context.take(node, "this", "expressions")
    parts = terms([first, *(others or [])], scope, context)
    kind = next((one.type for one in parts if one.type is not PgType.UNKNOWN), PgType.UNKNOWN)
    return Part({"coalesce": [one.json for one in parts]}, kind, all(one.can_be_null for one in parts))


def _printed(node: exp.Expr, scope: Scope, context: Context) -> Part:
    """Return what concat() joins: a number prints as it was written, and JSON would not keep 1.50."""
    literal = unwrapped(node)
    if is_number(literal):
        return Part(digits(literal, context), PgType.TEXT, can_be_null=False)
    for one in node.find_all(exp.Literal):
        if is_number(one) and repr(number(one, context)) != digits(one, context):
            text = digits(one, context)
            raise context.refused(
                one, f"the number {text} within a text", "JSON does not keep how it prints", f"write '{text}' as a text"
            )
    return term(node, scope, context)


def _concat(node: exp.Expr, scope: Scope, context: Context) -> Part:
    [arguments] = context.take(node, "expressions")
    parts = [_printed(one, scope, context) for one in arguments]
    return Part({"concat": [one.json for one in parts]}, PgType.TEXT, can_be_null=False)


def _joined(node: exp.Expr, scope: Scope, context: Context) -> Part:
    """`||` is concat where nothing can be NULL: to `||` NULL is NULL, to concat it is nothing."""
    nodes: list[exp.Expr] = []
    pending = [node]
    while pending:
        one = pending.pop()
        if isinstance(one, exp.DPipe):
            left, right = context.take(one, "this", "expression")
            pending += [right, left]
        else:
            nodes.append(one)
    parts = [_printed(one, scope, context) for one in nodes]
    for one, part in zip(nodes, parts, strict=True):
        if part.can_be_null:
            raise context.refused(
                one,
                "|| of what may be NULL",
                "JSONSQL joins with concat, to which NULL is nothing and not NULL",
                "write concat(a, b), or coalesce(a, '') || b",
            )
        if part.type not in _JOINED and not isinstance(part.json, str):
            raise context.refused(
                one, "|| of this type", "concat prints it in another way", "write concat(), and look at what comes"
            )
    texts = [
        isinstance(part.json, str) and not is_number(unwrapped(one)) for one, part in zip(nodes, parts, strict=True)
    ]
    kinds = [part.type is PgType.TEXT and not is_number(unwrapped(one)) for one, part in zip(nodes, parts, strict=True)]
    if not any(texts[:2]) and not any(kinds[:2]):
        raise context.refused(node, "|| of no text", "PostgreSQL has no such operator", "write concat()", near="||")
    return Part({"concat": [one.json for one in parts]}, PgType.TEXT, can_be_null=False)


def _is_no_text(part: Part) -> bool:
    return part.type is not PgType.TEXT and not isinstance(part.json, str)


def _regexp_replace(node: exp.Expr, scope: Scope, context: Context) -> Part:
    names = ("this", "expression", "replacement", "modifiers")
    return _call("regexp_replace", node, [one for one in context.take(node, *names) if one], scope, context)


def _date(node: exp.Expr, scope: Scope, context: Context) -> Part:
    return _call("date", node, context.take(node, "this"), scope, context)


def _cast(node: exp.Expr, scope: Scope, context: Context) -> Part:
    """A cast to a date is date(); there is no other."""
    this, kind = context.take(node, "this", "to")
    if context.take(kind, "this", "nested")[0] is exp.DataType.Type.DATE:
        return _call("date", node, [this], scope, context)
    raise context.refused(
        node,
        f"a cast to {kind.sql('postgres').lower()}",
        "has no form in JSONSQL",
        "leave it out: a text beside a column is read by the column's type",
    )


def _now(node: exp.Expr, scope: Scope, context: Context) -> Part:
    context.take(node)
    return _call("now", node, [], scope, context)


def _today(node: exp.Expr, scope: Scope, context: Context) -> Part:
    context.take(node)
    now = _call("now", node, [], scope, context)
    return Part({"function": "date", "args": [now.json]}, PgType.DATE, can_be_null=False)


def _md5(node: exp.Expr, scope: Scope, context: Context) -> Part:
    return _call("md5", node, context.take(node, "this"), scope, context)


CALLS: Rules = {
    exp.Anonymous: _anonymous,
    **dict.fromkeys((exp.Avg, exp.Count, exp.Max, exp.Min, exp.Sum), _aggregate),
    exp.Coalesce: _coalesce,
    exp.Concat: _concat,
    exp.DPipe: _joined,
    exp.RegexpReplace: _regexp_replace,
    exp.Date: _date,
    exp.Cast: _cast,
    exp.CurrentTimestamp: _now,
    exp.CurrentDate: _today,
    exp.MD5: _md5,
}
