"""An expression of SQL as JSONSQL: the way back of expressions.py, by PostgreSQL's meaning of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from sqlglot import exp

from iptvvtab.errors import NoForm
from iptvvtab.jsonsql.pgtypes import PgType
from iptvvtab.jsonsql.sources import Context, Part, Scope, resolve
from iptvvtab.jsonsql.statement import sides, unwrapped
from iptvvtab.jsonsql.texts import constant, is_number, is_safer_in_values, is_text, member, number, text
from iptvvtab.types import Json

Rule: TypeAlias = Callable[[exp.Expr, Scope, Context], Part]
Rules: TypeAlias = Mapping[type[exp.Expr], Rule]


def term(node: exp.Expr, scope: Scope, context: Context) -> Part:
    """Return an expression as JSON. Raises NoForm, StatementRefused for a name that is not there."""
    rule = context.rules.get(type(node))
    if rule is not None:
        return rule(node, scope, context)
    if type(node) in _REFUSED:
        feature, reason, advice = _REFUSED[type(node)]
        raise context.refused(node, feature, reason, advice, near=feature.split(" ")[0])
    if isinstance(node, exp.Func):
        raise no_function(node, context.statement.called(node), context)
    raise context.refused(node, context.statement.called(node), "has no form in JSONSQL", "write it otherwise")


def no_function(node: exp.Expr, name: str, context: Context) -> NoForm:
    """Return the refusal of a function that a portal is not known to have."""
    has = ", ".join([*sorted(context.features.functions), "coalesce and concat"])
    return context.refused(node, name, "this portal is not known to have it", f"it has {has}")


def terms(nodes: list[exp.Expr], scope: Scope, context: Context) -> list[Part]:
    """Return several of them."""
    return [term(one, scope, context) for one in nodes]


def condition(json: Json, *sides: Part) -> Part:
    """Return a condition that is NULL only where one of its sides is."""
    return Part(json, PgType.BOOLEAN, any(one.can_be_null for one in sides))


def clause(node: exp.Expr, scope: Scope, context: Context) -> Json:
    """Return what stands in WHERE, ON or HAVING: always an object, as a portal may take null and false for nothing."""
    json = term(node, scope, context).json
    if isinstance(json, dict):
        return json
    if isinstance(json, str):
        return {"is": [json, True]}
    if json is None or isinstance(json, bool):
        return {"eq": [1, int(bool(json))]}
    raise context.refused(node, "a number as a condition", "PostgreSQL takes none", "write a comparison")


def keys_in(json: Json) -> set[str]:
    """Return all keys of a part of a document: the aliases that it names are among them."""
    if isinstance(json, dict):
        return set(json) | {key for one in json.values() for key in keys_in(one)}
    return {key for one in json for key in keys_in(one)} if isinstance(json, list) else set()


def denied(part: Part) -> Part:
    """Return NOT of a condition; IS has a form of its own, as it is never NULL."""
    for key, other in (("is", "is_not"), ("is_not", "is")):
        if isinstance(part.json, dict) and set(part.json) == {key} and isinstance(part.json[key], list):
            return condition({other: part.json[key]}, part)
    return condition({"not": part.json}, part)


def _column(node: exp.Expr, scope: Scope, context: Context) -> Part:
    source, column, _ = resolve(node, scope, context)
    return source.part(column)


def _constant(node: exp.Expr, _: Scope, context: Context) -> Part:
    value = constant(node, context)
    return Part(value, PgType.BOOLEAN if isinstance(value, bool) else PgType.UNKNOWN, value is None)


def _literal(node: exp.Expr, scope: Scope, context: Context) -> Part:
    if is_text(node):
        return text(node, scope, context)
    value = number(node, context)
    return Part(value, PgType.INTEGER if isinstance(value, int) else PgType.NUMERIC, can_be_null=False)


def _paren(node: exp.Expr, scope: Scope, context: Context) -> Part:
    return term(context.take(node, "this")[0], scope, context)


def _neg(node: exp.Expr, scope: Scope, context: Context) -> Part:
    if is_number(node):
        return _literal(node, scope, context)
    side = term(context.take(node, "this")[0], scope, context)
    if side.json is None or isinstance(side.json, str):
        raise context.refused(node, "- before a text or NULL", "PostgreSQL does not know its type", "write the number")
    return Part({"mul": [-1, side.json]}, side.type, side.can_be_null)


def _chain(key: str) -> Rule:
    """Return the rule of AND and OR, which need no nesting."""

    def rule(node: exp.Expr, scope: Scope, context: Context) -> Part:
        joined = [term(one, scope, context) for one in sides(node, context.take)]
        return condition({key: [one.json for one in joined]}, *joined)

    return rule


def _not(node: exp.Expr, scope: Scope, context: Context) -> Part:
    return denied(term(context.take(node, "this")[0], scope, context))


def _arithmetic(key: str) -> Rule:
    def rule(node: exp.Expr, scope: Scope, context: Context) -> Part:
        left, right = terms(context.take(node, "this", "expression"), scope, context)
        kinds = {left.type, right.type}
        kind = kinds.pop() if len(kinds) == 1 else PgType.NUMERIC
        return Part({key: [left.json, right.json]}, kind, left.can_be_null or right.can_be_null)

    return rule


def _comparison(key: str) -> Rule:
    def rule(node: exp.Expr, scope: Scope, context: Context) -> Part:
        left, right = context.take(node, "this", "expression")
        return _compared(key, left, right, scope, context)

    return rule


def _compared(key: str, left: exp.Expr, right: exp.Expr, scope: Scope, context: Context) -> Part:
    if key in ("eq", "neq"):
        for one, other in ((left, right), (right, left)):
            literal = unwrapped(other)
            if is_text(literal) and not is_text(unwrapped(one)):
                part, value = term(one, scope, context), constant(literal, context)
                if is_safer_in_values(value, part, scope):
                    found = condition(member(part, [value], scope), part)
                    return found if key == "eq" else denied(found)
            elif (found_in := _beside_scalar(one, literal, scope, context)) is not None:
                return found_in if key == "eq" else denied(found_in)
    sides = terms([left, right], scope, context)
    return condition({key: [one.json for one in sides]}, *sides)


def _beside_scalar(left: exp.Expr, right: exp.Expr, scope: Scope, context: Context) -> Part | None:
    """Return `left = (SELECT max(x) ...)` as IN, which is the same where there is exactly one row."""
    if not isinstance(right, exp.Subquery) or isinstance(unwrapped(left), exp.Subquery):
        return None
    selected = context.query(context.take(right, "this")[0], scope, context)
    if not selected.is_one_row or len(selected.outputs) != 1:
        return None
    part = term(left, scope, context)
    return condition({"in": [part.json, {"select": selected.json}]}, Part(None))


def _between(node: exp.Expr, scope: Scope, context: Context) -> Part:
    this, low, high = terms(context.take(node, "this", "low", "high"), scope, context)
    return condition({"and": [{"gte": [this.json, low.json]}, {"lte": [this.json, high.json]}]}, this, low, high)


def _is(node: exp.Expr, scope: Scope, context: Context) -> Part:
    this, test, negate = context.take(node, "this", "expression", "negate")
    if not isinstance(test, (exp.Null, exp.Boolean)):
        raise context.refused(
            node, "IS of a value", "only NULL, TRUE and FALSE can follow", "write IS NOT DISTINCT FROM"
        )
    key = "is_not" if negate else "is"
    return condition({key: [term(this, scope, context).json, constant(test, context)]})


def _distinct_from(node: exp.Expr, scope: Scope, context: Context) -> Part:
    """IS [NOT] DISTINCT FROM, which is never NULL: equal, or both NULL."""
    sides = context.take(node, "this", "expression")
    is_same = isinstance(node, exp.NullSafeEQ)
    nulls = [isinstance(unwrapped(one), exp.Null) for one in sides]
    if any(nulls):
        other = term(sides[0] if nulls[1] else sides[1], scope, context)
        return condition({"is" if is_same else "is_not": [other.json, None]})
    parts = terms(sides, scope, context)
    equal = {"is": [_compared("eq", sides[0], sides[1], scope, context).json, True]}
    if all(one.can_be_null for one in parts):
        both = {"and": [{"is": [one.json, None]} for one in parts]}
        return condition({"or": [equal, both]} if is_same else {"not": {"or": [equal, both]}})
    return condition(equal if is_same else {"is_not": equal["is"]})


def _like(key: str) -> Rule:
    def rule(node: exp.Expr, scope: Scope, context: Context) -> Part:
        this, pattern, negate = context.take(node, "this", "expression", "negate")
        if key == "ilike" and not context.features.ilike:
            raise context.refused(
                node,
                "ILIKE",
                "this portal was not seen to have it",
                "`iptvvtab doctor` looks; LIKE knows case",
                near="ILIKE",
            )
        sides = terms([this, pattern], scope, context)
        found = condition({key: [one.json for one in sides]}, *sides)
        return denied(found) if negate else found

    return rule


def _escape(node: exp.Expr, scope: Scope, context: Context) -> Part:
    """LIKE with an escape of its own: the portal's is the backslash."""
    like, character = context.take(node, "this", "expression")
    pattern = like.args.get("expression")
    if not (isinstance(like, (exp.Like, exp.ILike)) and is_text(pattern) and is_text(character)):
        raise context.refused(
            node, "LIKE with ESCAPE", "only a pattern that is written out can be changed", "write it out"
        )
    mark = constant(character, context)
    if len(mark) > 1:
        raise context.refused(node, "ESCAPE", "takes one character", "write one", near="ESCAPE")
    changed = like.copy()
    literal = exp.Literal.string(_with_backslashes(constant(pattern, context), mark))
    literal.meta.update(pattern.meta)
    changed.set("expression", literal)
    return term(changed, scope, context)


def _with_backslashes(pattern: str, mark: str) -> str:
    found, is_escaped = "", False
    for one in pattern:
        if one == mark and not is_escaped:
            is_escaped = True
            continue
        found += "\\" + one if is_escaped or one == "\\" else one
        is_escaped = False
    return found + ("\\" if is_escaped else "")


OPERATORS: Rules = {
    exp.Column: _column,
    exp.Literal: _literal,
    exp.Null: _constant,
    exp.Boolean: _constant,
    exp.Paren: _paren,
    exp.Neg: _neg,
    exp.And: _chain("and"),
    exp.Or: _chain("or"),
    exp.Not: _not,
    exp.EQ: _comparison("eq"),
    exp.NEQ: _comparison("neq"),
    exp.LT: _comparison("lt"),
    exp.GT: _comparison("gt"),
    exp.LTE: _comparison("lte"),
    exp.GTE: _comparison("gte"),
    exp.Add: _arithmetic("add"),
    exp.Sub: _arithmetic("sub"),
    exp.Mul: _arithmetic("mul"),
    exp.Div: _arithmetic("div"),
    exp.Mod: _arithmetic("mod"),
    exp.Between: _between,
    exp.Is: _is,
    exp.NullSafeEQ: _distinct_from,
    exp.NullSafeNEQ: _distinct_from,
    exp.Like: _like("like"),
    exp.ILike: _like("ilike"),
    exp.Escape: _escape,
}
"""Operators and what they stand between; subqueries.py and calls.py have the others."""

_REFUSED: dict[type[exp.Expr], tuple[str, str, str]] = {
    exp.Case: ("CASE", "has no form in JSONSQL", "ask for the columns and decide afterwards, or use coalesce"),
    exp.Window: ("OVER (a window)", "has no form in JSONSQL", "use GROUP BY, or `iptvvtab query`, where SQLite has it"),
    exp.Filter: ("FILTER", "has no form in JSONSQL", "put the condition into WHERE"),
    exp.Any: ("ANY", "has no form in JSONSQL", "write IN"),
    exp.All: ("ALL", "has no form in JSONSQL", "compare with max() or min()"),
    exp.Placeholder: ("a parameter", "nothing gives it a value here", "write the value"),
    exp.Parameter: ("a parameter", "nothing gives it a value here", "write the value"),
    exp.RegexpLike: ("~ (a regular expression)", "has no form in JSONSQL", "use LIKE"),
    exp.RegexpILike: ("~* (a regular expression)", "has no form in JSONSQL", "use ILIKE"),
    exp.SimilarTo: ("SIMILAR TO", "has no form in JSONSQL", "use LIKE"),
    exp.Tuple: ("a row of values", "has no form in JSONSQL", "compare column by column, joined by AND"),
    exp.Star: ("*", "is a list of columns, no value", "name the column"),
    exp.Interval: ("INTERVAL", "has no form in JSONSQL", "work out the moment and write it as a text"),
    exp.Collate: ("COLLATE", "has no form in JSONSQL", "leave it out; the portal's own order holds"),
    exp.Array: ("ARRAY", "has no form in JSONSQL", "write IN (...)"),
    exp.AtTimeZone: ("AT TIME ZONE", "has no form in JSONSQL", "convert the moment afterwards"),
    exp.Pow: ("^ (a power)", "has no form in JSONSQL", "multiply"),
    exp.ByteString: ("a text with E''", "would depend on its escapes", "write it as '...'"),
    exp.RawString: ("a text with $$", "has no form of its own", "write it as '...'"),
    exp.BitwiseAnd: ("& (of bits)", "has no form in JSONSQL", "ask for the numbers"),
    exp.BitwiseOr: ("| (of bits)", "has no form in JSONSQL", "ask for the numbers"),
    exp.BitwiseNot: ("~ (of bits)", "has no form in JSONSQL", "ask for the numbers"),
    exp.BitwiseLeftShift: ("<< (of bits)", "has no form in JSONSQL", "ask for the numbers"),
    exp.BitwiseRightShift: (">> (of bits)", "has no form in JSONSQL", "ask for the numbers"),
    exp.Bracket: ("[ ] (a part of an array)", "has no form in JSONSQL", "ask for the whole array"),
    exp.Dot: (". (a part of a value)", "has no form in JSONSQL", "ask for the whole value"),
    exp.JSONExtract: ("-> (a part of JSON)", "has no form in JSONSQL", "ask for the whole document"),
    exp.JSONExtractScalar: ("->> (a part of JSON)", "has no form in JSONSQL", "ask for the whole document"),
    exp.HexString: ("a text of bits", "has no form in JSONSQL", "write it as '...'"),
    exp.Rollup: ("ROLLUP", "has no form in JSONSQL", "ask once for each grouping"),
    exp.Cube: ("CUBE", "has no form in JSONSQL", "ask once for each grouping"),
    exp.GroupingSets: ("GROUPING SETS", "has no form in JSONSQL", "ask once for each grouping"),
    exp.Order: ("ORDER BY in an aggregate", "has no form in JSONSQL", "leave it out"),
    exp.Distinct: ("DISTINCT", "stands in an aggregate of one argument", "count one column"),
}
